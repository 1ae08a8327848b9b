"""Answers by plain rules, where no model is configured: short, honest, and to a colleague wherever they do not know."""

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from domain.answering import Answer, Brief, Intent, Usage, burst_of
from domain.compliance import Verdict, judge
from domain.leads import Sentiment, Temperature
from domain.outputs.folding import folded

MODEL = "rules"


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a burst means, by the first rule whose words stand in it."""

    intent: Intent
    sentiment: Sentiment = Sentiment.NEUTRAL
    temperature: Temperature = Temperature.UNKNOWN
    wants_human: bool = False
    wants_booking: bool = False


_HUMAN = _Reading(Intent.HUMAN, wants_human=True)
_COMPLAINT = _Reading(Intent.COMPLAINT, Sentiment.NEGATIVE, wants_human=True)
_WRONG = _Reading(Intent.WRONG_PERSON, Sentiment.NEUTRAL, Temperature.COLD, wants_human=True)
_NO = _Reading(Intent.NOT_INTERESTED, Sentiment.NEGATIVE, Temperature.COLD)
_LATER = _Reading(Intent.OBJECTION, Sentiment.NEUTRAL, Temperature.WARM)
_DOUBT = _Reading(Intent.OBJECTION, Sentiment.UNCLEAR, Temperature.WARM, wants_human=True)
_BOOKING = _Reading(Intent.BOOKING, Sentiment.POSITIVE, Temperature.HOT, wants_booking=True)
_QUESTION = _Reading(Intent.QUESTION, Sentiment.NEUTRAL, Temperature.WARM, wants_human=True)
_YES = _Reading(Intent.INTERESTED, Sentiment.POSITIVE, Temperature.HOT, wants_booking=True)
_THANKS = _Reading(Intent.OTHER, Sentiment.POSITIVE, Temperature.WARM)
_UNCLEAR = _Reading(Intent.OTHER, Sentiment.UNCLEAR, wants_human=True)
_NOTHING = _Reading(Intent.OTHER, Sentiment.UNCLEAR)

# Whole words; the first that stand in the burst decide. What people must see comes before what they may like to hear.
_WORDS: tuple[tuple[_Reading, tuple[str, ...]], ...] = (
    (
        _HUMAN,
        (
            "(?:real|actual|human|live) (?:person|human|agent|being)",
            "(?:speak|talk|chat) (?:to|with) (?:a|an|some) ?(?:one|body|human|person|manager|colleague)",
            r"(?:are you|is this|am i) (?:\w+ )*(?:bot|robot|ai|automated|machine)",
        ),
    ),
    (
        _COMPLAINT,
        (
            r"complain\w*|disgust\w*|terrible|awful|scam\w*|fraud\w*|rip ?off|lawyer|solicitor|trading standards",
            "ombudsman|refund|unacceptable|furious|report you",
        ),
    ),
    (
        _WRONG,
        (
            "wrong (?:number|person|guy|man)|who(?:s| is)? this|(?:dont|do not) know (?:you|who you)",
            r"never (?:enquired|inquired|asked|signed up|heard of)|not (?:my name|called)|this isnt \w+$",
        ),
    ),
    (
        _NO,
        (
            "not? (?:really )?(?:interested|for me|thank|thanks|ty)|no longer (?:need|want|interested|looking)",
            "(?:dont|do not|wont) (?:need|want)|no need|gone with|sold it|^no|^nah|^nope",
            "already (?:got|have|bought|done|had|sorted|found|gone)",
        ),
    ),
    (
        _LATER,
        (
            "not (?:now|right now|yet|at the moment|today|this)|later|busy|on holiday|at work|maybe",
            "next (?:month|year)|few (?:weeks|months)|in a (?:meeting|few)",
        ),
    ),
    (
        _DOUBT,
        (
            "too (?:expensive|dear|much)|cant afford|cheaper|overpriced|not sure|dont trust|reviews?|worried",
            r"what(?:s| is) the catch|concern\w*|guarantee\w*|prices?|cost\w*|how much|finance|deposit|discount|quote",
        ),
    ),
    (
        _BOOKING,
        (
            "book|booking|appointment|(?:call|ring|phone) me|give me a (?:call|ring)|meet|visit|test drive|slot",
            "come (?:in|by|over|round)|what time|when can|available|tomorrow|(?:this|next) week",
            r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|\d{1,2}(?::\d\d)? ?(?:am|pm)",
        ),
    ),
    (_QUESTION, (r"\W*\?", "^(?:what|when|where|which|why|how|who|do|does|can|could|is|are|will|would)")),
    (
        _YES,
        (
            "^(?:yes|yeah|yep|yup|ya|sure|ok|okay|please|definitely|absolutely|sounds good|go on|interested)",
            r"(?:im|i am|still|very|yes) (?:\w+ )?(?:interested|keen|looking)|tell me more|lets (?:do|go|talk)",
            r"send (?:me )?(?:the |more )?(?:details|info\w*)",
        ),
    ),
    (_THANKS, ("thanks|thank you|cheers|ta|great|perfect|brilliant|lovely",)),
)
_RULES = tuple(
    (reading, re.compile("|".join(rf"(?<!\w)(?:{part})(?!\w)" for part in parts), re.MULTILINE))
    for reading, parts in _WORDS
)

_COLLEAGUE = "a colleague will get back to you here"
_TEXTS: Mapping[_Reading, str] = {
    _HUMAN: f"Of course{{name}}, {_COLLEAGUE}. When suits you best?",
    _COMPLAINT: f"I am sorry to hear that{{name}}. I am passing this on, and {_COLLEAGUE}.",
    _WRONG: "Sorry for the trouble. This is {organization}; I am passing this on so that it is put right.",
    _NO: "Thanks for letting us know{name}. We will leave it there. All the best from {organization}.",
    _LATER: "No problem{name}. When would be a better time to get in touch?",
    _DOUBT: f"That is a fair point{{name}}. I would rather not guess, so {_COLLEAGUE}. Is there more they should know?",
    _BOOKING: f"Gladly{{name}}. I am passing that on, and {_COLLEAGUE} to agree on the time. What would suit you best?",
    _QUESTION: f"Good question{{name}}. I would rather not guess, so {_COLLEAGUE}. Is there more they should know?",
    _YES: "Great to hear{name}. What would be a good day and time for a call?",
    _THANKS: "You are welcome{name}. Is there anything else we can help with?",
    _UNCLEAR: f"Thanks for your message{{name}}. I want to get this right, so {_COLLEAGUE}.",
    _NOTHING: "",
}
_LINKED = {
    _BOOKING: "Gladly{name}. You can pick a time here: {booking_link} Or tell us what suits you?",
    _YES: "Great to hear{name}. You can pick a time for a call here: {booking_link} Or shall we suggest one?",
}


def answer_plainly(brief: Brief) -> tuple[Answer, Usage]:
    """Answers the last burst by the first rule that knows it. What nobody said needs no answer, nor does a STOP, which
    was complied with before."""
    began = time.monotonic()
    answer = _answer(brief)
    return answer, Usage(MODEL, took_ms=round((time.monotonic() - began) * 1000))


def _answer(brief: Brief) -> Answer:
    said = [line.text for line in burst_of(brief.lines)]
    if any(judge(text, is_opted_out=False).verdict is Verdict.STOP for text in said):
        return Answer("", Sentiment.NEGATIVE, Temperature.COLD, Intent.STOP, wants_human=False, wants_booking=False)
    reading = _read("\n".join(said))
    text = _text(brief, reading)
    # A time that nobody can pick by themselves is agreed on by a colleague.
    wants_human = reading.wants_human or (reading is _BOOKING and not brief.booking_link)
    return Answer(text, reading.sentiment, reading.temperature, reading.intent, wants_human, reading.wants_booking)


def _read(said: str) -> _Reading:
    plain = "\n".join(" ".join(line.split()) for line in folded(said).splitlines()).strip()
    if not plain:
        return _NOTHING
    return next((reading for reading, pattern in _RULES if pattern.search(plain)), _UNCLEAR)


def _text(brief: Brief, reading: _Reading) -> str:
    template = _LINKED.get(reading, _TEXTS[reading]) if brief.booking_link else _TEXTS[reading]
    first_name = " ".join(brief.facts.get("first_name", "").split())
    # What an import has put there is used only where it can be a name.
    name = f", {first_name}" if re.fullmatch(r"[^\W\d_](?:[^\W\d_]|['’ -]){0,29}", first_name) else ""
    return template.format(name=name, organization=brief.organization, booking_link=brief.booking_link)
