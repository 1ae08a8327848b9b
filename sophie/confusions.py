"""Words and forms that are taken for others, told apart by the words around them; each with what it should be, where
plain code can write it."""

from sophie.reading import words

_OURS = (
    r"(?:account|address|appointment|area|bank|bathroom|bill|boiler|booking|broadband|budget|building|business|car|"
    r"colleagues?|company|contract|current|decision|deposit|details|diary|driveway|e-?mail|enquiry|family|favou?rite|"
    r"flat|friends?|garage|garden|goals|gym|heating|home|house|husband|inbox|inquiry|insurance|job|kids|kitchen|"
    r"landlord|"
    r"lease|loft|membership|message|mobile|mortgage|name|needs|neighbour|number|office|order|own|panels|partner|"
    r"payment|"
    r"pension|phone|policy|postcode|preference|preferred|project|property|questions?|quote|renewal|reply|request|"
    r"roof|rooms?|schedule|site|situation|staff|street|survey|system|team|tenants|trade-in|trial|van|vehicle|visit|"
    r"website|wife|windows|work)"
)
_STATE = (
    r"(?:going|looking|getting|doing|trying|having|coming|wanting|wondering|considering|struggling|hoping|"
    r"interested|happy|"
    r"ready|able|unsure|not|still|very|really|too|quite|already|probably|definitely|currently|eligible|entitled|"
    r"booked in|in luck|all set|an?|the|free (?:to|this|next)|welcome(?= to|[,.!]|$))"
)
_SHORT_OF = (
    r"(?:a|an|the|not|been|going|very|really|so|too|just|still|worth|great (?:to|that)|good to|easy to|important|"
    r"possible|"
    r"because|time to|that|this|up to|fine|ok|okay|better to|on (?:the|monday|tuesday|friday)|in the|my|your|our|"
    r"always|"
    r"never|likely|ready|included|free (?:of|for|to|and)|all|no|cheaper|available|called|what|how|where|when|also)"
)
_BIGGER = (
    r"(?:more|less|rather|better|worse|cheaper|lower|higher|bigger|smaller|longer|shorter|faster|other|larger|fewer|"
    r"easier|earlier|sooner|greater)"
)
_THING = r"(?:it|he|she|everything)"
_CLAUSE = (
    r"(?:^|(?<=[,.!?;:] )|(?<=and )|(?<=because )|(?<=but )|(?<=so ))"  # where one begins, so that no verb is before
)
_ADVERB = r"(?:usually |only |also |really |always |all )?"
_BASE = (
    r"(?:depend|need|take|cost|include|cover|mean|come|seem|require|contain|help|save|want|offer|give|start|begin|"
    r"finish|last|look|work|go)"
)
_OBJECT = (
    r"(?:a|an|the|on|to|about|at|from|for|in|with|well|fine|great|you|your|us|all|both|up|no|not|only|between|"
    r"around|more|like|everything|it|two|three|four|five|\d+)"
)
_NUMBER = r"(?:two|three|four|five|six|seven|eight|nine|ten|twelve|several|many|few|[2-9]|[1-9]\d+)"
_UNIT = (
    r"(?:hour|day|week|month|year|minute|panel|bedroom|option|question|photo|class|session|seat|appointment|"
    r"slot|window)"
)
_REST = r"(?=[.,!?;]|$| (?:from|for|ago|and|to|in|at|on|left|later|after|before)\b)"
_VOWEL = (
    r"(?:appointment|hour|honest|e-?mail|offer|option|engineer|estimate|early|easy|electric|installer|update|idea|"
    r"old|opportunity|excellent|answer|extra|expert|agent|advis[eo]r|open|evening|afternoon|overview|invoice|account|"
    r"online|inverter|inspection|issue|example|interest|increase|upgrade|invitation)"
)
_CONSONANT = (
    r"(?:car|boiler|quote|survey|call|visit|house|roof|price|new|good|great|free|test|demo|plan|deal|used|unique|"
    r"user|"
    r"one|once|useful|full|few|time|day|date|week|month|big|small|quick|short|list|meeting|minute|message|number|"
    r"text|home|window|kitchen|trial|brochure|discount|company)"
)
_MANY = (
    r"(?:customers|clients|members|leads|people|engineers|owners|installers|prices|panels|windows|they|we|you) "
    r"(?:usually )?"
    r"(?:gets|has|is|was|parks|saves|pays|needs|wants|comes|goes|works|looks|does|takes|costs|starts|includes|"
    r"depends)"
)
_ONE = (
    r"(?:an?|this|that|each|every|one|the|our|your) (?:customer|bathroom|kitchen|survey|member|house|system|boiler|"
    r"person|visit|plan|session|quote|engineer|installer|surveyor|price|membership|warranty|trial|policy|insurance)"
)
_PAST = r"(?:went|came|saw|took|gave|wrote|spoke|chose|began|knew|drove|ate)"
_LOOSE = r"(?:out|money|your|the|it|this|time|interest|heat|any|pressure|that|you|weight)"
_GIVEN: tuple[tuple[str, str], ...] = (
    (rf"you're (?={_OURS}(?!\w)(?! (?:an?|the)\b))", "your "),
    (r"(to|on|in|of|at|for|with|from|too) you're (?!not|all|going|looking|welcome|interested|happy)", r"\1 your "),
    (rf"your (?={_STATE}(?!\w)(?! (?:of|own|first|best|last|rate|time|hand|side|answer|person|one)\b))", "you're "),
    (r"yours? welcome", "you're welcome"),
    (r"it's (?=(?:own|value|owner|battery|engine|roof|warranty|performance|efficiency|features|size|condition|"
    r"history|mileage|colou?r|price|age|capacity|location|interior|range)(?!\w))", "its "),
    (rf"its (?={_SHORT_OF}(?!\w))", "it's "),
    (r"their (?=(?:is|are|was|were|will be|has been|have been|isn't|aren't|might|may be|should be)(?!\w))", "there "),
    (r"they're (?=(?:is|are|was|were|own|house|home|car|team|website)(?!\w))", "their "),
    (r"there (?=own(?!\w))", "their "),
    (r"their (?=(?:going|coming|looking|happy|ready|not|still|very|all|both|able)(?! (?:of|time|rate)\b))", "they're "),
    (rf"({_BIGGER}(?: \w+)?) then (?=(?:an?|the|you|we|i|it|that|this|your|our|my|most|any|usual|expected|what|just|"
    rf"others?|"
     r"last|one|two|three|ten|half|\d+)(?!\w)|[£$€\d])", r"\1 than "),
    (r"(could|should|would|must|might) of(?! course)", r"\1 have"),
    (rf"(?:could|should|would|will|can|did|didn't|couldn't|can't|won't|don't|doesn't) {_PAST}", ""),
    (r"(is|it's|are|be|was|not|bit|far|way|getting|much) to (?=(?:much|many|late|expensive|early|long|high|busy|"
    r"soon|big|small|far)(?!\w))", r"\1 too "),
    (r"(send|sent|send it|send this|guide|details|link|come|speak|talk|going|forward|over|reply) too (?=(?:you|your|"
    r"you're|the|us|me|him|her|them|our|my)(?!\w))", r"\1 to "),
    (rf"loose (?={_LOOSE}(?!\w))", "lose "),
    (rf"loosing (?={_LOOSE}(?!\w))", "losing "),
    (r"weather (?=(?:you|you're|your|we|or not|they|he|she|i|to)(?!\w))", "whether "),
    (r"(will|not|won't|doesn't|may|might) effect (?=(?:your|the|you|it|our|how|any)(?!\w))", r"\1 affect "),
    (r"(the|no|any|big) affect (?=(?:on|of)(?!\w))", r"\1 effect "),
    (r"(some|more|any|my|our|free|your|expert) advise(?=[.,!?]|$| (?:on|about|for|from)\b)", r"\1 advice"),
    (r"(to|can|will|could|please|would) advice (?=(?:you|me|us|on|that|if)(?!\w))", r"\1 advise "),
    (r"(will|can|'ll|could|we) except (?=(?:your|the|this|it|cards?|payments?)(?!\w))", r"\1 accept "),
    (r"informations", "information"),
    (r"(?:more|some|your|the|any) (?:feedbacks|advices|equipments)", ""),
    (r"piece of mind", "peace of mind"),
    (r"look(?:ing)? forward to (?:hear|see|speak|meet|talk|welcome|work|receive)", ""),
    (r"(you|we|they) was", r"\1 were"),
    (r"(?<!do )(?<!did )(?<!\w)(he|she|it) don't", r"\1 doesn't"),
    (rf"{_CLAUSE}{_THING} {_ADVERB}{_BASE} {_OBJECT}", ""),
    (r"(?:does|did|doesn't|didn't) (?:he|she|it|you|we|they|the \w+) (?:has|had|goes|works|needs|wants|received|saw|"
    r"took|came|went|includes|costs)", ""),
    (r"(?:do|would) you (?:want|like|prefer) (?:that )?(?:i|we) \w+", ""),
    (rf"(?<![\w.:£$/-]){_NUMBER} {_UNIT}{_REST}", ""),
    (rf"(?<!of ){_MANY}(?= (?:an?|the|to|at|from|about|on|you|your|free|more|for|up|two|three|\d+|in)\b| [£$\d])", ""),
    (rf"(?<!does ){_ONE} {_BASE}(?= (?:at|from|about|on|up to|only|between|around|all|two|three|\d+)\b| [£$\d])", ""),
    (r"more (?:better|cheaper|easier|bigger|faster|quicker|warmer)|most (?:best|cheapest|easiest)", ""),
    (r"(?:few|couple of|lot of|number of) (?:day|week|hour|minute|question|option|month|year|photo)(?=[.,!?]| "
    r"(?:ago|to|and|for|left|before|about)\b)", ""),
    (r"(?:how many|several|too many|so many) (?:person|room|window|hour|day|week|year|bedroom|panel|user|car|seat|"
    r"adult|child|employee)", ""),
    (r"(hope|think|know|glad|if|sure|when|that) your (?=(?:well|okay?|keen|fine|free|good)(?!\w))", r"\1 you're "),
    (r"(you|we|they) has", r"\1 have"),
    (r"me and (?:the|my) \w+ (?:has|is|was)", ""),
    (rf"a (?={_VOWEL}(?!\w))", "an "),
    (rf"an (?={_CONSONANT}(?!\w))", "a "),
    (r"i (?:seen|done|been|gone|spoken|written) (?=(?:you|your|the|it|that|a|this|to|my)(?!\w))", ""),
    (rf"(?:have|has|had) {_PAST} (?:to|it|the|a|you|your|with|this|that|on|out)", ""),
)  # fmt: skip
CONFUSIONS = tuple((words(pattern), right) for pattern, right in _GIVEN)
