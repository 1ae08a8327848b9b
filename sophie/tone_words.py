"""What pushing, hurrying, rude, reproachful and careless texts say, as patterns of whole words."""

import re

from sophie.reading import words

_NOW = r"(?:now|today|tonight|at once|immediately|straight ?away|right away|asap|this minute)"
_ACT = (
    r"(?:decide|sign(?: up)?|book|buy|order|commit|pay|act|reply|respond|answer|confirm|call|ring|choose|go ahead|"
    r"get back to (?:me|us)|let (?:me|us) know|make (?:a|your) (?:decision|mind up)|do (?:it|this))"
)
_LATE = (
    r"(?:today|tonight|midnight|tomorrow|soon|now|within \w+|by (?:\d+ ?[ap]m|noon)|in (?:the next )?\w+ "
    r"(?:minutes?|hours?))"
)
_NUMBER = r"(?:an? few|a couple(?: of)?|one|two|three|four|five|six|several|many|\d+)"
DEMANDS = words(
    rf"you(?:'ve| have|'d| had)? ?(?:really |just )?(?:must|need to|have to|got to|better|should) (?:\w+ )?{_ACT}"
    rf"\b[^.?!\n]{{0,40}}? {_NOW}",
    rf"(?:i|we) (?:really )?(?:need|must|have) (?:to )?(?:know|hear)(?: \w+){{0,3}} {_NOW}",
    rf"(?<!to )(?<!not )(?<!n't )(?:buy|order|act|sign up|sign|commit|decide|book|answer me|reply|pay) {_NOW}(?! "
    rf"(?:or|if))",
    r"you(?:'d| would)(?: have to)? be (?:\w+ )?(?:crazy|mad|silly|stupid|foolish|an? (?:\w+ )?(?:fool|idiot))(?: "
    r"not)? to",
    r"any (?:sensible|reasonable|smart|serious) (?:person|homeowner|buyer|customer|driver|business|owner)|i(?:'ll| "
    r"will) assume you|"
    r"(?:give|giving|let|letting) (?:your|the|this) \w+ (?:away|go)|what are you waiting for|what is there to "
    r"(?:think|talk|discuss|consider)(?: about| over)?",
    r"what(?:'s| is) (?:there to think about|stopping you|holding you back|the hold-?up)",
    r"(?:just|simply) (?:say yes|sign(?: it| here| the \w+)?|do it)|let's just get (?:you|this|it) \w+",
    r"(?:every(?:one|body)) else (?:\w+ ){0,5}(?:said yes|signed(?: up)?|agreed|joined|bought|gone ahead|has one|is "
    r"doing it)",
    r"(?:i|we) (?:need|want|expect|require|demand|must have) (?:an? |your |the )?(?:\w+ )?(?:answer|decision|reply|"
    r"response|yes)",
    r"(?:don't|do not|won't|will not|can't|cannot) take no for an answer",
    r"you(?:'ll| will)(?: only| just)? (?:regret|kick yourself)",
    r"you (?:can't|cannot|can not|can't really) (?:afford to (?:wait|miss|say no|ignore)|say no|refuse|turn (?:this|"
    r"it) down)",
    r"no(?:body| one) (?:in their right mind|sensible|with any sense|says no)",
    r"there(?:'s| is) (?:really )?no (?:excuse|reason (?:not )?to (?:wait|say no|refuse|delay|hesitate|not))",
    r"(?:stop|quit) (?:thinking|hesitating|waiting|dithering|delaying|putting (?:it|this|me) off|messing)",
    r"(?:this is )?(?:your|the) (?:final|last) (?:warning|notice|reminder)",
    r"(?:or|otherwise) (?:i|we)(?:'ll| will| shall|'m going to| am going to|'re going to| are going to) (?:have to )?"
    r"(?:give|offer|pass|sell|close|cancel|withdraw|take|assume|charge|let)",
    r"(?:i|we)(?:'ll| will) (?:keep|carry on|continue) (?:on )?(?:calling|ringing|texting|messaging|trying|"
    r"contacting|asking)",
    r"(?:keep|going to keep|been|not) chasing you",
    r"(?:give|send) me your (?:card|bank|payment)(?: \w+)?|trust me",
    r"let's get (?:you|this) (?:signed|closed|locked|done)(?: \w+)? (?:now|today|tonight)",
    r"(?<=[.!?] )come on[,!]|^come on[, !]",
    r"why wait|why (?:on earth )?would(?:n't)? (?:you|anyone)(?: not| ever)? (?:wait|say no|want to miss|pay more|"
    r"pass|refuse)",
    r"you(?:'ve| have) got nothing to lose|(?:it's|it is) a no[- ]brainer|you won't get (?:a )?better",
)
URGENCY = words(
    r"(?:last|final) (?:chance|opportunity|call|few (?:hours|days|slots|places|spots))(?! (?:you|we|i) )",
    r"(?:limited|short)[- ]time(?: only| offer| deal)?",
    rf"(?:offer|deal|price|discount|slot|quote|promo\w*|sale|rate|place|spot)s?(?: \w+){{0,2}} "
    rf"(?:ends?|expires?|closes?|disappears?|vanish(?:es)?|runs out|is gone|goes up|go up)(?: \w+){{0,2}} {_LATE}",
    r"only (?:an? |the )?(?:few|couple(?: of)?|one|two|three|four|five|\d+)(?: more)?(?: \w+){0,2} (?:left|"
    r"remaining)",
    r"(?:nearly|almost) (?:gone|sold out|all gone)|or (?:it|they|the \w+)(?:'s|'re| is| are|'ll be| will be) gone",
    r"before (?:it's|it is) (?:too late|gone|all gone)|before (?:they're|they are|it all) (?:gone|goes)",
    r"before (?:(?:some|any)(?:body|one) else|others?) (?:do|does|gets?|grabs?|takes?|snaps?)",
    r"(?:while|whilst) (?:stocks?|supplies|they|places|slots) lasts?",
    r"(?:won't|will not|doesn't|not going to) (?:last (?:long|forever|much longer|the \w+)|hang around|be around "
    r"(?:long|forever))",
    r"running out (?:of (?:time|stock|slots|places|spots|spaces)|fast|soon|quickly)",
    r"time(?:'s| is) (?:running out|ticking|almost up|nearly up)|clock(?:'s| is) ticking",
    r"(?:selling|going|filling|moving|disappearing|flying)(?: up| out)? (?:fast|quickly|like hot cakes)",
    r"(?:can't|cannot) hold (?:it|this|the \w+|that)(?: \w+){0,3} (?:long\w*|for (?:you|anyone|ever)|forever)",
    r"(?:don't|do not|never) (?:miss (?:out|this|it|the chance|your chance)|delay|hesitate(?! to)|hang about|lose "
    r"out)",
    r"you(?:'ll| will|'re going to)? (?:miss(?:ing)? out|lose (?:out|your (?:slot|place|spot|discount)))",
    r"(?<!no )(?<!any )hurry(?: up)?(?! (?:at|about))|now or never|once[- ]in[- ]a[- ]lifetime|never be repeated",
    r"urgent(?=[:!])|act (?:fast|quickly|immediately|now)",
    r"(?:today|tonight|24 hours?|48 hours?|one day) only",
    r"(?:pay|reply|decide|book|sign|answer|confirm|order|call|respond)\b[^.!?\n]{0,40} (?:in|within) the next "
    r"(?:few |couple of )?(?:\w+ )?(?:minutes?|hours?)",
    rf"{_NUMBER} (?:other )?(?:people|buyers|customers|families|clients|others) (?:are |have )?(?:\w+ ){{0,3}}?"
    r"(?:looking|interested|asking|waiting|queu\w+|viewing|lined up)",
    r"(?:some(?:one|body)|others?) else (?:is|are|will|might|could) (?:\w+ )?(?:interested|waiting|take|buy|get|"
    r"grab|snap)",
    r"(?:grab|snap|claim|secure|lock)(?: in| up)? (?:it|yours|this|your)(?: \w+)? (?:now|today|while|fast)",
)
RUDE = words(
    r"(?:fuck|shit|bollock|arse|bastard|bitch|wank)\w*|crap|piss\w*|damn(?:ed)?|bloody|what the hell|wtf|stfu",
    r"(?:stupid|idiots?|idiotic|morons?|moronic|pathetic|clueless|imbecile|ignorant|ungrateful|cheapskate|lazy)",
    r"it(?:'s| is) (?:\w+ )?rude|i told you|have it your (?:own )?way|^seriously|^fine\.|^really\?|read my "
    r"(?:texts?|messages?|e-?mails?)|"
    r"shut up|get lost|get a (?:life|grip|clue)|grow up|get real|give me a break|too (?:slow|thick|dense) to",
    r"are you (?:mad|crazy|joking|kidding|deaf|blind|dense|thick|(?:even |really )?serious)",
    r"(?:as|like) i(?:'ve| have)? (?:already|clearly|previously|just) (?:said|told|explained|mentioned|stated)(?: "
    r"you)?|like i said",
    r"i(?:'ve| have)? already (?:told|explained|said)(?: \w+)?|how many times (?:do|have|must|can) i",
    r"for the (?:last|hundredth|umpteenth) time|i won't (?:say|ask|tell you|explain)(?: \w+)? again",
    r"(?:can't|don't|won't) you (?:read|listen|understand|get it|pay attention|see)|what part of",
    r"(?:did|do|can|are|were) you (?:even|actually bother\w*|bother|not) (?:to )?(?:read\w*|listen\w*|understand|"
    r"pay\w*|look\w*)",
    r"what (?:don't|do|can't) you (?:not )?understand(?: about)?|learn to read",
    r"wast(?:e|ing|ed|es)(?: of)? (?:my|our|everyone's|everybody's) time|waste of time|time[- ]?wasters?",
    r"not my (?:problem|fault|job)|(?:that's |it's |is )(?:your (?:own )?)(?:problem|loss|fault)|your loss",
    r"what(?: is|'s) (?:your problem|wrong with you|the matter with you)",
    r"(?:don't|stop) (?:be|being) (?:so )?(?:silly|difficult|ridiculous|rude|awkward|childish|daft|dramatic|fussy|"
    r"cheap|mean)",
    r"you(?:'re| are) (?:being |just |so |very |really |clearly |simply )*(?:ridiculous|rude|silly|unreasonable|"
    r"impossible|childish|wrong|lying|a liar|hopeless|paranoid|awkward|dramatic|mistaken|too fussy|confused about)",
    r"you (?:must|clearly|obviously|probably) (?:have |haven't |didn't |don't )?(?:\w+ )?(?:made a mistake|misread|"
    r"misunderst\w+|read|check\w*|understand|listen\w*|know|looked)(?= |[.!?]|$)(?! (?:that|how|what)\b)",
    r"(?:obviously|clearly),? you|i (?:don't|doubt) (?:think )?you (?:\w+ )?(?:check\w*|read|look\w*|understand|"
    r"understood|listen\w*)(?: \w+)?",
    r"surely you(?: \w+)?|even (?:a child|my \w+|you) (?:can|could|would|should)",
    r"(?:most|other|normal|sensible) (?:people|customers) (?:get it|understand|manage|don't (?:need|ask|have))(?: "
    r"\w+)?",
    r"it(?:'s| is)?(?: really| just)?(?:n't| isn't| not| is not) (?:really |that |so )?(?:complicated|hard|"
    r"difficult|rocket science)(?=[,.!]|$)",
    r"let me (?:spell (?:it|this) out|make (?:it|this) (?:simple|easy|clear) for you)|(?:try to|please try and) "
    r"keep up",
    r"(?:that's|this is|it's) (?:just |simply )?(?:ridiculous|nonsense|rubbish|laughable|absurd|stupid)",
    r"(?:don't|haven't|do not) (?:have |got )?(?:the )?time (?:for (?:this|you|games)|to (?:argue|waste|chase))",
    r"how (?:hard|difficult) (?:is|can) (?:it|that)(?: be)?",
    r"(?:couldn't|could not) care less|i don't care|who cares|so what|suit yourself|please yourself|deal with it|"
    r"tough luck",
    r"too bad|calm down|(?<=[.!?] )whatever(?=[.,!])|(?:per|as per|re-?read) my (?:last|previous) (?:text|message|"
    r"e-?mail)",
    r"any(?:one|body) (?:with (?:half )?a brain|can see)|if you can't afford it",
    r"(?<!to )(?<!you )make up your (?:\w+ )?mind|(?:yes or no|in or out)\s*\?",
    r"(?<=[.!?] )(?:listen|look), (?:mate|love|pal|i|you)|^(?:listen|look), (?:mate|love|pal|i|you)",
)
GUILT = words(
    r"(?:i|we)(?:'m| am|'re| are| was| were) (?:\w+ )?(?:disappointed|let down|hurt|offended|upset|saddened|"
    r"insulted)",
    r"(?:it's|that's|this is|it is|that is) (?:\w+ )?(?:disappointing|hurtful|unfair|not (?:very )?fair|rude of you)",
    r"a (?:real |great )?(?:shame|pity) (?:that )?you (?:didn't|couldn't|haven't|never|won't|don't)",
    r"let(?:ting)? (?:me|us|everyone|the team|your \w+|yourself) down",
    r"after (?:all|everything) (?:of )?(?:(?:the|this|that|my|our) (?:\w+ )?(?:time|effort|work|help|hours|trouble)"
    r"|(?:that )?(?:i|we)(?:'ve| have)?(?: \w+)? (?:done|did|put))",
    r"(?:i|we)(?:'ve| have)? (?:\w+ )?(?:spent|wasted|gone to|worked|stayed|went to|made a special|turned (?:down|"
    r"away))\b[^.!?\n]{0,60}\b(?:for you|on you|on your \w+|on this|because of you|trouble)",
    r"(?:i|we) (?:really |honestly )?thought (?:that )?(?:you were (?:serious|interested|keen|better|different|"
    r"honest)|you (?:cared|wanted|meant)"
    r"|we had (?:a deal|an agreement|an understanding))",
    r"you (?:promised|swore|assured (?:me|us)|gave (?:me|us) your word)",
    r"you (?:said|told (?:me|us)) [^.!?\n]{0,50} (?:but|and|yet) (?:you |i |we )?(?:never|haven't|didn't|nothing|"
    r"still)",
    r"you (?:owe (?:me|us)|could (?:at least|have (?:the decency|at least))|might at least|should have (?:at least "
    r")?(?:told|said|let|called|replied|answered))",
    r"the least you (?:can|could|might)(?: do)?|(?:have|had) the (?:\w+ )?(?:decency|courtesy|manners)|(?:common|"
    r"basic) (?:courtesy|decency)",
    r"you(?:'ve|'re| have| are| keep)(?: \w+)? (?:ignored|ignoring|ghosted|ghosting|avoiding|avoided)|you ignored|"
    r"ignoring (?:me|us|my|our)",
    r"why (?:are|do|have|did|would|haven't|aren't|didn't|won't|don't) you (?:been |not |keep |even )*"
    r"(?:ignor|repl|answer|respon|avoid|ghost|call(?:ed)? (?:me )?back|got back|get back|gotten back|bother|pick)\w*",
    r"(?<!if )you (?:never|still haven't|haven't even|have not even|didn't even|have not had|haven't had) "
    r"(?:the \w+|repl\w+|answer\w*|called|call|got back|respond\w*|showed|turned up|bothered|said|told|had|read|"
    r"looked|paid|opened)",
    r"you (?:haven't bothered|didn't bother|couldn't be bothered|can't be bothered|didn't care)",
    r"(?:i|we)(?:'ve| have)(?: now)? (?:texted|messaged|called|rung|written|contacted|chased|tried|e-?mailed|asked|"
    r"left)(?: to)?"
    r"(?: you| \w+ you)?(?: \w+){0,2} (?:three|four|five|six|several|so many|\d+|many|countless) (?:times|messages|"
    r"texts|voicemails|e-?mails)",
    r"(?:this is|that's|it's) (?:now )?(?:my|the|our) (?:third|fourth|fifth|sixth|\d+(?:rd|th)) (?:text|message|"
    r"attempt|try|time|e-?mail|call|reminder)",
    r"my (?:boss|manager|family|kids|children|job|targets?|commission|bonus)(?: \w+){0,2} (?:on my back|angry|cross|"
    r"furious|not happy|fire|sack|on this|on you|on it|kill|unhappy|mad|this sale|upset|depends?|relies)",
    r"(?:i|we)(?:'ll| will| could| might)(?: \w+)? (?:get in(?:to)? trouble|lose my (?:job|bonus|commission)|get "
    r"(?:fired|sacked)|look (?:bad|stupid|foolish|silly))",
    r"(?:i|we) (?:really |desperately |just )?need (?:this|your) (?:one|sale|deal|business|order|signature)|"
    r"count(?:ing|ed)? on you",
    r"(?:don't you|do you (?:even|not|really)) (?:care|value|respect|appreciate)(?: \w+)?|shame on|how could you|"
    r"selfish",
    r"(?:i|we)(?:'ve| have) been (?:waiting|sitting|chasing|holding)(?: \w+){0,4} (?:all (?:day|week|morning|"
    r"afternoon)|for (?:days|weeks|hours|ages))",
    r"think of (?:your|the) (?:family|children|kids|wife|husband)|(?:know )?(?:whether|if) you(?:'re| are) (?:even "
    r")?serious",
)
SLANG = words(
    r"gonna|wanna|gotta|lemme|gimme|dunno|kinda|sorta|shoulda|coulda|woulda|outta|tryna|ain't|y'all|innit|cuz|coz|"
    r"cos",
    r"yo|wassup|lol|lmao|rofl|omg|tbh|imo|imho|btw|idk|ngl|brb|ttyl|smh|yolo|fomo|nvm|hmu|wyd|lmk",
    r"u|ur|thx|thanx|tnx|plz|pls|plse|ppl|tmrw|tmr|2moro|2morrow|2mrw|2nite|2day|b4|gr8|l8r|m8|cya|luv|wot|wat|tho|"
    r"soz",
    r"defo|deffo|obvs|totes|blates|prolly|whatevs",
    r"mate|bro|bruv|bruh|dude|buddy|pal|fam|hun|hunny|babe|sweetie|darlin|guv|fella|geezer|peeps|homie",
    r"awesome ?sauce|well good|dead (?:good|cheap|easy|nice)|no biggie|fo sho|hit me up|wass? up|whats up|my bad|"
    r"quid|dosh|a steal",
    r"stoked|psyched|easy peasy|laters|or what|sick deal|hook you up",
    r"(?=(?!www|[ivx]+\b)[a-z]*([a-z])\1\1)[a-z]+",
)
# Words that are no abbreviation, whoever writes them in capitals.
LOUD = re.compile(
    r"\b(?:NOW|FREE|TODAY|LOVE|BEST|HUGE|AMAZING|VERY|REALLY|NEVER|MUST|EVERY|PERFECT|PLEASE|YOUR|YOU|LAST|ONLY|"
    r"SALE|URGENT|WIN|HURRY|STILL|ALWAYS|ALREADY|WHY)\b"
)
_ABBREVIATIONS = (
    "ASAP IKEA NATO NASA HVAC HEPA RSVP HMRC DVLA FENSA GDPR NICEIC HIIT YMCA UNESCO OFGEM HETAS RICS HDMI WLTP"
)
ABBREVIATIONS = frozenset(_ABBREVIATIONS.split())
