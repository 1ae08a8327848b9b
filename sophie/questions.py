"""Whether a text answers what was asked: by what an answer to such a question looks like, or by the words they "
"share."""

import re

from sophie.objection_words import MONEY
from sophie.reading import sentences, words

_TIME = (
    r"\b\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\.?)?\b|\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|\b(?:january|february|"
    r"march|april|may|june|"
    r"july|august|september|october|november|december)\b|\b(?:today|tonight|tomorrow|morning|afternoon|evening|noon|"
    r"midday|weekend|weekday|"
    r"week|weeks|month|months|day|days|year|years|hours?|minutes?|soon|now|anytime|any time|whenever|straight away|"
    r"already|spring|summer|autumn|winter)s?\b"
)
_NUMBERS = (
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|half|few|couple|several|"
    r"none|no|lifetime|life)\b"
)
_PLACE = (
    r"\b(?:in|at|on|near|opposite|behind|next to|by|off|from|to) (?:the |our |your )?[A-Z0-9]\w*|\b(?:address|"
    r"postcode|street|road|lane|"
    r"avenue|map|website|online|based|link|home|office|showroom|here|there)\b|https?://"
)
_WHO = (
    r"\b(?:i'm|i am|we're|we are|my name|name's|this is|it's|from|our|colleague|team|one of|me|engineer|company|"
    r"we (?:do|will|have|can)|i (?:do|will))\b"
)
_LATER = words(
    r"(?:i'll|i will|we'll|we will|let me|i can|happy to|allow me to) (?:\w+ )?(?:check|ask|find|look|get back|come "
    r"back|confirm|send|e-?mail|call|ring|"
    r"see|explain|show|run|go|tell|text|answer|work)(?: \w+)?",
    r"(?:good|great|fair|excellent) question|(?:not|isn't) (?:sure|certain|something (?:we|i))|don't know|depends?|"
    r"varies|it all depends|attached|enclosed|here(?:'s| is| are)|see (?:the|our)|sorry|unfortunately|afraid",
)
_YES = words(
    r"yes|yeah|yep|no|not|nope|of course|sure|certainly|absolutely|definitely|definately|only|usually|normally|"
    r"always|never|sometimes|mostly|"
    r"correct|exactly|indeed|possibly|probably|perhaps|maybe|almost|nearly|a (?:little|bit|few)|somewhat|slightly|"
    r"hardly|it's|they're|that's|there's|there is|there are|happy to|glad to|no problem|you're "
    r"right|feel free|either"
)
_KINDS = (
    (words(r"how much|what(?:'s| is| are| would| does| do|s)?[^?.!]{0,30} (?:price|cost|fee|fees|rate|rates|charge|"
    r"figure|lowest|damage)\w*|price|costs?|how expensive"), re.compile(f"{MONEY}|{_YES.pattern}", re.I)),
    (words(r"how (?:long|many|far|big|old|often|soon|quick\w*|large)"), re.compile(f"{_NUMBERS}|{_TIME}", re.I)),
    (words(r"when|what (?:time|day|date|hour)s?|which (?:day|date|time)s?"), re.compile(_TIME, re.I)),
    (words(r"where|what(?:'s| is)? (?:the |your )?(?:address|postcode)"), re.compile(_PLACE)),
    (words(r"who|which (?:company|firm)"), re.compile(_WHO, re.I)),
)  # fmt: skip
_FAMILIES = (
    (r"(?:do|does|did|don't|doesn't)", r"(?:do|does|did|don't|doesn't|didn't)"),
    (r"(?:can|could|can't|may)", r"(?:can|could|can't|cannot|may|able|possible|feel free|welcome to)"),
    (r"(?:is|are|isn't|aren't|was|were)", r"(?:is|are|isn't|aren't|was|were|we're|it's)"),
    (r"(?:will|would|won't|shall|should)", r"(?:will|would|won't|wouldn't|should|'ll)"),
    (r"(?:have|has|haven't|had)", r"(?:have|has|haven't|hasn't|'ve|had)"),
)
_BEGINS_WITH = [
    (
        words(rf"^{asked} |{asked} (?:you|i|we|it|they|the|that|there|your|this)"),
        re.compile(rf"(?<!\w){answer}(?!\w)", re.I),
    )
    for asked, answer in _FAMILIES
]
_THEY = words("it|they|that|those|this|these|them")
_ANY = words(r"do you (?:have|do|sell|offer|stock)|is there|are there|any")
_CONTENT = re.compile(r"[a-z]{4,}", re.IGNORECASE)
_EMPTY_IN_A_ROW = (
    "about also been come could does from give going good great have hello into just know like make many "
    "mean more much need please really should some sure take tell than thank thanks that their them then "
    "there they this very want what when where which will with would you're your"
)
_EMPTY = frozenset(_EMPTY_IN_A_ROW.split())
_OPEN = re.compile(r"^(?:\w+[, ]+){0,3}?(?:what|how|why|which)\b", re.IGNORECASE)
_SHORTEST_ANSWER = 6  # words; what so open a question is about, nobody can tell without a model
_STEM = 5  # letters that words of one family begin with
_QUESTION = re.compile(
    r"^(?:(?:hi|hello|hey|ok|okay|so|and|but|great|yes|possibly|maybe|thanks|sorry|just|also)[, .!]+)*(?:how|what|"
    r"when|where|who|which|why|(?:is|are|do|does|did|can|could|will|would|have|has)(?= (?:you|i|we|it|they|the|that|"
    r"there|"
    r"this|your|my|he|she|any)\b))\b",
    re.IGNORECASE,
)


def questions_in(text: str) -> list[str]:
    """The sentences that ask; without a mark only those that begin as questions do and are not too long for one."""
    asked = [one for one in sentences(text) if one.endswith("?")]
    return asked or [
        one for one in sentences(text) if one[-1] not in ".!" and _QUESTION.match(one) and 4 <= len(one.split()) <= 14
    ]


def is_ignored(asked: str, answer: str) -> bool:
    """Whether none of the questions in it is answered. Where it is doubtful, it is."""
    questions = questions_in(asked)
    return bool(questions) and not any(_is_answered(question, answer) for question in questions)


def _is_answered(question: str, answer: str) -> bool:
    if _LATER.search(answer):
        return True
    for asks, answers in _KINDS:
        if asks.search(question):
            return bool(answers.search(_told(answer)))
    told = _told(answer)
    is_taken_up = _THEY.search(question) and _THEY.search(told)
    is_counted = _ANY.search(question) and re.search(_NUMBERS, answer, re.IGNORECASE)
    if is_taken_up or is_counted or _YES.search(told) or _shared(question, answer):
        return True
    if _OPEN.match(question):
        return told != answer and len(told.split()) >= _SHORTEST_ANSWER
    return any(answers.search(told) for asks, answers in _BEGINS_WITH if asks.search(question))


def _told(answer: str) -> str:
    """What the answer says beside what it asks back; all of it where it only asks."""
    told = " ".join(one for one in sentences(answer) if not one.endswith("?"))
    return told or answer


def _shared(question: str, answer: str) -> bool:
    def stems(text: str) -> set[str]:
        return {word.lower()[:_STEM] for word in _CONTENT.findall(text) if word.lower() not in _EMPTY}

    return bool(stems(question) & stems(answer))
