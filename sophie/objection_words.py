"""What leads say when they do not want what is offered, and what shows that somebody has heard it."""

from sophie.reading import words

HEARD = (
    r"understood|i (?:completely |totally |fully |quite |do )?understand|understandable|no (?:problem|worries|rush|"
    r"hurry|pressure)|"
    r"not a problem|fair (?:enough|point|question|comment)|of course|absolutely|(?:that |it )?makes (?:perfect |"
    r"total )?sense|i hear you|i (?:really |do |fully )?(?:appreciate|respect|get) (?:that|your|it|you|the)|"
    r"(?:thanks|thank you|thanks so much|thank you very much|i'm grateful)(?: \w+)? for (?:letting|telling|being|"
    r"your honesty|the update|explaining|sharing|saying|the heads[- ]up|your frankness)|sorry|apolog\w+|"
    r"that(?:'s| is) (?:absolutely |totally |completely |perfectly |quite |very |a )?(?:fine|ok|okay|good to "
    r"(?:know|hear)|great|"
    r"sensible|understandable|wise|fair|reasonable|alright|all right|normal|good news|lovely|wonderful|valid|true|"
    r"right)|got it|noted|happy to wait|take (?:your time|all the time)|whenever|no need|will do|all the best|"
    r"(?:perfectly|very|completely) (?:fine|normal|understandable|reasonable)|not at all|good to (?:know|hear)|"
    r"(?:glad|pleased|delighted) (?:to hear|you|that|for)|congratulations|i see (?:what|why|that|how)|i can see|"
    r"(?:i'll|we'll|i will|we will|won't|will not) (?:leave (?:you|it)|not|close|contact you again|message|text|"
    r"bother|trouble)|"
    r"as you (?:wish|asked|prefer|say)|sure(?: thing)?,|you're right|good (?:point|question|idea|plan|choice)"
)
ACKNOWLEDGED = words(HEARD)
ARGUED = words(
    r"you(?:'re| are) (?:\w+ )?(?:wrong|mistaken|missing (?:out|the)|making a (?:\w+ )?mistake)|you must have|you "
    r"don't understand",
    r"(?:that's|it's|this is|that is|it is) (?:simply |just |really )?not (?:true|right|correct|expensive|a lot|"
    r"much|how|the case)",
    r"(?:it|that|this) isn't (?:true|right|correct|expensive|a lot|much)|(?:isn't|not) (?:actually |really |that "
    r")*expensive",
    r"i (?:don't|doubt|disagree)(?: think)? (?:you|with)(?: \w+)?|surely|are you (?:really )?sure|think again|you "
    r"can't be serious",
    r"what is there to (?:think|talk|discuss|consider)|what(?:'s| is) there to|why (?:not|wait|on earth|would you|"
    r"do you need)",
    r"every(?:one|body) else|(?:most|other|many) people (?:don't|say|said|find|think|love)|you(?:'ll| will) "
    r"(?:regret|lose|miss)",
    r"before you go|change your mind|one last (?:offer|try|question|thing)|just (?:hear me out|listen|give (?:me|us|"
    r"it))",
    r"(?:nobody|no one) (?:else )?(?:says|has ever|complains)|you can (?:easily|surely|certainly) afford",
    r"that's what (?:they|everyone|everybody|people) (?:all )?says?|actually,? (?:you|it|we|that)",
    r"we(?:'re| are) (?:the )?(?:cheap\w*|cheaper|better|the best)",
)
CONTRADICTED = words(
    r"(?:that's|it's|this is|that is) (?:simply |just )?not (?:true|right|correct)|you(?:'re| are) (?:\w+ "
    r")?(?:wrong|mistaken)|you must have"
)
SELLING_ON = words(
    r"but (?:what if|have you|did you|would|could|can|how about|if|imagine|think|our|we|this|you|just|let)"
)
NO = words(
    r"not (?:really |at all |currently |very )?(?:interested|for me|for us|what (?:i|we)|looking (?:for|to|at)?|"
    r"keen|bothered)",
    r"no,? (?:thanks|thank you|ta|thx)|no longer (?:interested|need\w*|want\w*|looking|required)|(?:i'll|we'll|"
    r"gonna|going to) pass",
    r"(?:don't|do not|didn't) (?:really )?(?:want|need|require) (?:it|this|one|any|a|the|to buy|anything|your|solar|"
    r"new)",
    r"changed (?:my|our) minds?|decided (?:against|not to)|not going (?:ahead|to go ahead|to bother|to proceed)",
    r"(?:we|i)(?:'ll| will) leave it|lost interest|count me out|nah",
)  # fmt: skip
DONE = words(
    r"(?:already|just|recently|now) (?:\w+ )?(?:bought|got|have|had|done|sorted|installed|found|signed|went|gone|"
    r"booked|sold|chosen|use|using|switched|ordered|purchased|fitted|hired|joined|renewed|replaced|own|with)",
    r"(?:bought|got|have|had|chosen|found|ordered|fitted|installed|purchased|went|gone|signed|joined) (?:\w+ "
    r"){0,4}already",
    r"(?:had|got|have|getting) (?:it|them|that|this|ours|the \w+|one|mine) (?:all )?(?:done|fitted|installed|"
    r"replaced|sorted|serviced|fixed|put in|changed)",
    r"(?:went|gone|going|signed(?: up)?|gone ahead|stuck|with) (?:with )?(?:an?other|some(?:one|body) else|somebody|"
    r"a different|your competitors?)(?: \w+)?|someone else (?:did|has done|is doing) it",
    r"(?:bought|got (?:it|one|them|mine|ours)) (?:\w+ ){0,3}(?:elsewhere|somewhere else|from (?:another|someone|a "
    r"different))",
    r"(?:another|different) (?:firm|company|supplier|provider|agent|dealer|garage|builder|installer) (?:did|has|"
    r"have|is doing|fitted)?",
    r"sold (?:it|the|my|our|that)(?: \w+)?|(?:it's|that's|its|all|we're|i'm) (?:all )?(?:sorted|taken care of|done "
    r"now)|sorted (?:now|thanks|already)|"
    r"(?:sold|replaced|fixed|moved) (?:it|house|already|last)",
    r"(?:tied|locked|signed) in(?:to)?(?: \w+)?|under contract|(?:in|on|under) (?:an? )?(?:\w+ )?contract|current "
    r"(?:supplier|provider)",
)
NOT_OURS = words(
    r"(?:we|i)(?:'re| are|'m| am)? (?:only |just |both )?(?:rent|renting|tenants?|a tenant|lease)|rented|council "
    r"(?:house|flat|property)|"
    r"housing association|(?:don't|do not) own|not the (?:owner|homeowner|account holder)|(?:it's|is) (?:my |our |"
    r"the )?landlord's",
)
PERSON = words(
    r"wrong (?:number|person|guy|man|woman|one|contact)|(?:i'm|i am|this is|this isn't|it's|that's) not "
    r"(?:[A-Z]\w+)(?=[,.!]|$| (?:and|you|any|here))",
    r"(?:no(?:body| one)|nobody|no \w+) (?:here )?(?:called|by|of|with) that(?: name)?|(?:don't|do not) know (?:any|"
    r"who|a|an) \w+|"
    r"not (?:his|her|their) number|isn't (?:his|her|their) number|(?:new|changed) (?:owner of this )?number|never "
    r"heard of (?:you|him|her|them)",
    r"(?:i|we) (?:never|didn't|did not) (?:ask(?:ed)?|enquir\w+|inquir\w+|contact\w*|sign(?:ed)? up|request\w*)",
    r"got the wrong|this (?:number )?(?:isn't|is not|ain't) \w+(?:'s)?(?=[.,!]|$)",
)
PRICE = words(
    r"(?:too|so|very|really|bit|quite|pretty|rather|way too|more|is|looks|seems) (?:much )?(?:expensive|pricey|dear|"
    r"steep|high|costly|over ?priced)",
    r"expensive|pricey|over ?priced|rip-?off|(?:can't|cannot|couldn't|can not|couldnt|cant) afford|"
    r"(?:out of|over|above|beyond|outside|stretch\w*) (?:my|our|the) (?:budget|price range|means)|(?:tight|no|small|"
    r"limited) budget",
    r"(?:too|that's|so|lot|that) much(?: money)?(?=[.,!]|$| for| to)|(?:a )?lot (?:more|of money|to (?:pay|spend|"
    r"ask|find))|"
    r"more than (?:i|we|what|my|they|the)(?: \w+){0,4}|cheaper (?:quote|price|elsewhere|deal|one|somewhere|with|"
    r"online|than)",
    r"(?:got|had|found|seen|been quoted|have) (?:it |one |a quote |quotes? |something )?(?:\w+ )?(?:cheaper|for "
    r"less|lower)|"
    r"(?:not|isn't) worth (?:it|the|that)|(?:don't|haven't) (?:have|got) (?:that|the|enough|that kind of)(?: \w+)? "
    r"?(?:money|cash|budget|funds)?(?<=y|h|t|s)",
    r"money(?:'s| is) tight|can you do (?:it )?(?:any )?(?:cheaper|better|less)",
)
MONEY = (
    words(
        r"price\w*|cost\w*|quot\w+|pay\w*|paid|financ\w+|month(?:ly)?|instal?ments?|budget\w*|afford\w*|free|"
        r"sav(?:e|es|ing|ings)|worth|value|"
        r"figures?|rates?|estimat\w+|cheaper|discount\w*|deposit|spread|grants?|money|fee|fees|spend\w*|tariff|per "
        r"cent|quid|fund\w*|charge\w*|lower|match|option|expensive|starts? (?:at|from)|from \d+"
    ).pattern
    + r"|[£$€]|\d"
)
THINKING = words(
    r"(?:think|sleep|mull|talk|chat) (?:about|on|over) (?:it|this|that|things)|(?:think|talk|mull) (?:it|this|that|"
    r"things) (?:over|through)|"
    r"(?:need|let me|want|like|have|got|must|gotta|'d better|better|will|'ll) (?:to )?(?:\w+ )?(?:check|talk|speak|"
    r"discuss|"
    r"ask|consult|run (?:it|this))"
    r"(?: (?:it|this))?(?: (?:with|to|by|past|over with))? (?:my|the|our) (?:wife|husband|partner|boss|dad|mum|mom|"
    r"family|"
    r"other half|landlord|accountant|manager|board|team|parents|fiancee?|colleagues?|son|daughter|better half)",
    r"(?:need|want|like|have) (?:some |more |a bit (?:of|more) |a little |to have )?time|not (?:quite |too |really "
    r")?sure(?: yet)?(?=[.,!?]|$)|"
    r"still (?:deciding|thinking|weighing)|undecided|(?:can|may|could) (?:i|we) (?:think|have (?:a )?(?:think|"
    r"time))",
    r"(?:have|'ll have|need) a (?:think|chat)|let me think|not (?:really |quite |yet )?convinced|scepti\w+|"
    r"skeptical|(?:don't|not sure i) (?:trust|believe)",
)
_MONTH = (
    r"(?:january|february|march|april|may|june|july|august|september|october|november|december|christmas|easter|"
    r"summer|autumn|winter|spring|new year|q[1-4]|20\d\d)"
)
LATER = words(
    r"(?:try|call|ring|text|message|contact|ask|e-?mail|speak|talk|write|chat|remind|catch|get back|come back|check "
    r"back|check in)"
    r"(?: (?:to |with )?(?:me|us|you))?(?: \w+){0,3}? (?:again |back )?(?:later|next|tomorrow|after|then|another "
    r"(?:time|day)|when|once|"
    rf"this (?:evening|afternoon|weekend)|in (?:the )?(?:an? |few |\w+ )*(?:weeks?|months?|days?|hours?|year|"
    rf"{_MONTH})|"
    r"on (?:mon|tues|wednes|thurs|fri|satur|sun)day)",
    r"give (?:me|us) (?:until|till|a|an|some)(?: \w+)?|not (?:now|yet|today|this (?:week|month|year)|(?:a |the "
    r")?(?:good|right|best|great) (?:time|moment))|(?:bad|wrong) (?:time|moment)",
    r"(?:i'm|im|am|we're|bit|quite|very|really|too|so) (?:\w+ )?(?:busy|tied up|snowed under|swamped)|busy (?:now|"
    r"today|at|this|until)",
    r"in a meeting|(?:i'm|im|am) (?:\w+ )?(?:at work|at the \w+|driving|abroad|on holiday|on vacation|away(?=[.,!]|"
    r"$| at the| this| next))|can't (?:talk|speak|chat|text)(?: right)? now|"
    r"(?:away|on holiday|off|abroad) (?:until|till)",
    rf"(?:maybe|perhaps|probably|possibly|leave it) (?:later|next|after|in (?:the )?(?:an? |few )*(?:weeks?|months?|"
    rf"year|{_MONTH})|(?:until|till) \w+)",
    r"(?:i'll|we'll|i will|we will|let me) (?:get back|come back|be in touch|contact|call|ring|let you know|text|"
    r"message)(?: \w+)?|frozen budgets?",
)
WAITING = words(
    HEARD,
    r"tomorrow|next (?:week|month|year)|(?:in|until|till|after) \w+|later|then|another (?:time|day)|monday|tuesday|"
    r"wednesday|thursday|"
    r"friday|saturday|sunday|when(?:ever)? (?:you|would|is|suits|shall|should)|what time|which day|(?:what|which) "
    r"(?:time|day)|talk soon|enjoy",
)
BY_MAIL = words(
    r"(?:e-?mail|text|message|whatsapp|write)(?: to)? (?:me|us|it|only|instead|please|works|would)(?: \w+)?|"
    r"(?:prefer|rather|better by|by|via) "
    r"(?:an? )?(?:e-?mail|text|message|whatsapp)(?: \w+)?|(?:don't|do not|can't|cannot|please don't|no) (?:\w+ "
    r")?(?:call|calls|ring|phone|phone calls)"
    r"(?: me)?|(?:can't|cannot|don't|won't) (?:talk|speak|chat) (?:on|over) the phone|just text",
)
CALLING = words(
    r"(?:call|phone|ring|speak|talk|chat)(?:ing)?(?: to| with)?(?: you| on| over|\?|\.| tomorrow| now| today| about|"
    r" at)|(?:a|the|quick|phone) (?:call|chat|ring)"
)
A_PERSON = words(
    r"(?:speak|talk|chat|get through|put me through|pass me|transfer me|write)(?: me)?(?: to| with| on to| onto) "
    r"(?:an? |the |some |your |any )?(?:\w+ )?"
    r"(?:person|human|manager|someone|somebody|being|adviser|advisor|supervisor|boss|people|owner)",
    r"(?:are|is) (?:you|this) (?:an? )?(?:\w+ )?(?:bot|robot|machine|ai|computer|real|human|automated|person|"
    r"chatbot)|real (?:person|human)|"
    r"(?:a|an actual) human|your manager",
)
PERSON_GIVEN = words(
    r"colleague\w*|manager|person|human|team|call you|ring you|speak|talk|i'm (?!not)\w+|i am|my name|adviser|"
    r"advisor|assistant|bot|automated|someone|somebody|put you|pass (?:you|this)|real|yes|no"
)
ANGER = words(
    r"angry|furious|disgust\w*|ridiculous|appalling|terrible|awful|shocking|disgrace\w*|unacceptable|complain\w*|"
    r"complaint|scam\w*|"
    r"(?:fed|pissed) (?:up|off)|sick (?:of|and tired)|waste of (?:my |our )?time|wast(?:ed|ing) my|never again|"
    r"worst|joke of a|liars?|lied|"
    r"harass\w*|pester\w*|bloody|fuck\w*|shit\w*|bullshit|bollocks|crap|damn|useless|rubbish|pathetic|"
    r"(?:let|been let) (?:me |us )?down|(?:still|been) waiting|nobody (?:came|called|turned|showed|replied)|no(?:-| "
    r")?show|(?:how|why) (?:did|do) you (?:get|have) my|report (?:you|this)|solicitor|lawyer|trading standards"
)
SORRY = words(rf"{HEARD}|regret|put (?:this|it|that) right|look into|complaint|find out what")
