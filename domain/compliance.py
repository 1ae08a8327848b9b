"""Whether a text asks to be left alone, to be written to again, or who this is: found out before anybody reads it."""

import re
from dataclasses import dataclass
from enum import StrEnum

from domain.plain_words import clauses_of, letters_of
from domain.pleas import find_plea


class Verdict(StrEnum):
    STOP = "STOP"
    START = "START"
    HELP = "HELP"
    NOTHING = "NOTHING"


class ConsentKind(StrEnum):
    GIVEN = "GIVEN"
    WITHDRAWN = "WITHDRAWN"


class ConsentSource(StrEnum):
    """How it became known what somebody wants."""

    KEYWORD = "KEYWORD"
    FREE_TEXT = "FREE_TEXT"
    REQUESTED = "REQUESTED"
    CARRIER = "CARRIER"
    LINK = "LINK"
    COMPLAINT = "COMPLAINT"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`rule` is the keyword that decided, or the name of the rule; empty where nothing did."""

    verdict: Verdict
    rule: str = ""
    source: ConsentSource = ConsentSource.KEYWORD


# What must be answered: who this is, and how to stop or to come back.
ANSWERS = {
    Verdict.STOP: "{}: You have opted out and will get no more texts from us. Reply START to hear from us again.",
    Verdict.START: "{}: You will hear from us again. Reply STOP at any time to opt out.",
    Verdict.HELP: "{}: You are texting with our team. Reply STOP to get no more texts. To reach a person, just write.",
}
_STOPS = ("STOP", "STOPALL", "UNSUBSCRIBE", "UNSUB", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "ARRET")
_WORDS = dict.fromkeys(_STOPS, Verdict.STOP) | {
    "START": Verdict.START,
    "UNSTOP": Verdict.START,
    "HELP": Verdict.HELP,
    "INFO": Verdict.HELP,
}
_KEYWORDS = {word.casefold(): Judgement(verdict, word) for word, verdict in _WORDS.items()}
_LINK = re.compile(r"https?://\S+")
_HEARD = 2_000  # characters from either end
# A phone tells whom it was sent from by quoting our own text, which says how to opt out.
_REACTION = re.compile(
    r"\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted\b.{0,20}\bto|removed an? .{0,30} from)"
    r"\s*[\"“«‘']",
    re.IGNORECASE,
)


def is_answerable(sender: str) -> bool:
    """Names and short codes are machines', which answer answers; and so do e-mail addresses while somebody is away."""
    return sender.startswith("+")


def judge(body: str, *, is_opted_out: bool) -> Judgement:
    """What the whole text says. Only of who opted out does a bare yes mean that they want to come back.

    Of more than any carrier carries, the beginning and the end are looked at: nobody else may wait for it.
    """
    if len(body) > 2 * _HEARD:
        body = f"{body[:_HEARD]}\n{body[-_HEARD:]}"
    letters = letters_of(body)
    keyword = _KEYWORDS.get(letters) or _KEYWORDS.get(letters.replace("0", "o"))
    if keyword:
        return keyword
    if letters == "yes" and is_opted_out:
        return Judgement(Verdict.START, "YES")
    rule = None if _REACTION.match(body) else find_plea(clauses_of(body))
    return Judgement(Verdict.STOP, rule, ConsentSource.FREE_TEXT) if rule else Judgement(Verdict.NOTHING)


def judge_mail(subject: str, body: str) -> Judgement:
    """In an e-mail a keyword may stand above a signature, or as the subject of an empty one."""
    body = _LINK.sub(" ", body)  # of an e-mail that is quoted, its link to unsubscribe
    first = next((line for line in body.splitlines() if line.strip()), "")
    whole = judge(body, is_opted_out=True)
    found = (whole, judge(first, is_opted_out=False), judge(subject, is_opted_out=False))
    is_stop = (one for one in found[1:] if one.verdict is Verdict.STOP and one.source is ConsentSource.KEYWORD)
    return whole if whole.verdict is not Verdict.NOTHING else next(is_stop, whole)
