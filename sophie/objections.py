"""How a text treats what the lead said: whether it heard a no, a doubt, a question, and does not argue."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from domain.compliance import Verdict, judge
from domain.learning import Finding, InsightCategory, InsightSeverity
from sophie import objection_words as said
from sophie.questions import is_ignored
from sophie.reading import Reading, calm, words

_STOPPED = words(
    r"unsubscribed|opted out|(?:won't|will not|not) (?:\w+ )?(?:hear|text|message|contact|write|receive|get|bother|"
    r"be (?:texted|contacted))",
    r"no (?:more|further) (?:\w+ )?(?:texts|messages|e-?mails|contact|calls)|(?:taken|take|took|removed|remove|"
    r"deleted|delete|off)",
)
_LET_GO = words(
    r"sorry|apolog\w+|remov\w+|delet\w+|taken? (?:you|your|this)|off our|(?:won't|will not)|mistake|updat\w+|"
    r"correct\w*|mix-?up"
)
_LONGEST_SOUND = 90 * 24  # hours; a no may have passed after that


@dataclass(frozen=True, slots=True)
class _Kind:
    """What is heard by a pattern in the lead's words, and what in the answer shows that it was heeded."""

    rule: str
    heard: re.Pattern[str]
    heeded: re.Pattern[str]
    title: str
    description: str
    suggestion: str
    severity: InsightSeverity = InsightSeverity.WARNING


_KINDS = (
    _Kind(
        "ignored_wrong_person",
        said.PERSON,
        _LET_GO,
        "It goes to the wrong person",
        "The lead said that they are somebody else, or never asked.",
        "Apologise, and take the number off the list.",
    ),
    _Kind(
        "ignored_no",
        said.NO,
        said.ACKNOWLEDGED,
        "A no was not heard",
        "The lead said no, and the text goes on as if they had not.",
        "Thank them for saying so, and leave the door open.",
    ),
    _Kind(
        "ignored_done",
        said.DONE,
        said.ACKNOWLEDGED,
        "It is done already",
        "The lead has what is offered, or is bound elsewhere, and the text does not take it up.",
        "Say that you have understood, and ask when it might matter again.",
    ),
    _Kind(
        "ignored_unfit",
        said.NOT_OURS,
        words(said.HEARD, r"landlord|owner|rent\w*|unfortunately|tenant\w*|own"),
        "The lead cannot buy this",
        "The lead said that it is not theirs to decide, and the text does not take it up.",
        "Say what that means for them, or thank them and stop.",
    ),
    _Kind(
        "ignored_price",
        said.PRICE,
        re.compile(f"{said.ACKNOWLEDGED.pattern}|{said.MONEY}", re.IGNORECASE),
        "The price was not talked about",
        "The lead finds it too expensive, and the text speaks of something else.",
        "Take the worry up, and ask what they had in mind.",
    ),
    _Kind(
        "ignored_doubt",
        said.THINKING,
        said.ACKNOWLEDGED,
        "Time to think was not given",
        "The lead wants to think, or to ask somebody, and the text brushes it aside.",
        "Give them the time, and offer what helps to decide.",
    ),
    _Kind(
        "ignored_person",
        said.A_PERSON,
        said.PERSON_GIVEN,
        "A person was asked for",
        "The lead wants to talk to a person, or to know whether this is one.",
        "Say who you are, or who will call and when.",
    ),
    _Kind(
        "ignored_anger",
        said.ANGER,
        said.SORRY,
        "Anger was not met",
        "The lead is angry, and the text neither apologises nor asks why.",
        "Apologise first, and say what happens next.",
    ),
)


def _fault(rule: str, severity: InsightSeverity, title: str, description: str, suggestion: str) -> Finding:
    return Finding(rule, severity, InsightCategory.OBJECTION, title, description, suggestion)


def objections_in(asked: str) -> list[str]:
    """The rules whose objection a lead's words raise."""
    return [kind.rule for kind in _KINDS if kind.heard.search(asked)]


def find_ignored_stop(reading: Reading) -> Iterator[Finding]:
    heard = reading.heard
    if heard is None or heard.hours_before > _LONGEST_SOUND or _STOPPED.search(reading.plain):
        return
    if judge(heard.text, is_opted_out=False).verdict is Verdict.STOP:
        yield _fault(
            "ignored_stop",
            InsightSeverity.CRITICAL,
            "It goes on after a stop",
            "The lead asked not to be written to any more.",
            "Confirm it, and write nothing else.",
        )


def find_ignored(reading: Reading) -> Iterator[Finding]:
    """The first objection of those in the lead's words that the text takes no notice of."""
    for kind in _KINDS:
        if kind.heard.search(reading.asked) and not kind.heeded.search(reading.plain):
            yield _fault(kind.rule, kind.severity, kind.title, kind.description, kind.suggestion)
            return


def find_return_after_no(reading: Reading) -> Iterator[Finding]:
    """A no that we have answered before holds on."""
    if reading.burst or reading.heard is None or reading.heard.hours_before > _LONGEST_SOUND:
        return
    heard = calm(reading.heard.text)
    if said.NO.search(heard) and not said.LATER.search(heard) and not said.ACKNOWLEDGED.search(reading.plain):
        yield _fault(
            "return_after_no",
            InsightSeverity.WARNING,
            "It comes back after a no",
            "The lead has said no, nothing since, and is asked again.",
            "Leave it at that.",
        )


def find_arguing(reading: Reading) -> Iterator[Finding]:
    """Contradicts what was objected to, or sells on behind a word of understanding."""
    is_no = said.NO.search(reading.asked) or said.DONE.search(reading.asked)
    is_objection = is_no or objections_in(reading.asked)
    argues = said.ARGUED.search(reading.plain) or (is_no and said.SELLING_ON.search(reading.plain))
    if (is_objection and argues) or (reading.burst and said.CONTRADICTED.search(reading.plain)):
        yield _fault(
            "arguing",
            InsightSeverity.WARNING,
            "The text argues",
            "It contradicts the lead's reason in place of understanding it.",
            "Take the reason as it is, and ask about it if anything.",
        )


def find_wrong_way(reading: Reading) -> Iterator[Finding]:
    """Who wants it in writing is not asked for a call."""
    if said.BY_MAIL.search(reading.asked) and said.CALLING.search(reading.plain) and "?" in reading.text:
        yield _fault(
            "wrong_way",
            InsightSeverity.WARNING,
            "Not the way they asked for",
            "The lead said how they want to be reached, and is asked for a call.",
            "Write it, as they asked.",
        )


def find_ignored_question(reading: Reading) -> Iterator[Finding]:
    if not objections_in(reading.asked) and is_ignored(reading.asked, reading.plain):
        yield _fault(
            "ignored_question",
            InsightSeverity.WARNING,
            "A question was not answered",
            "The lead asked something, and the text answers something else.",
            "Answer first, or say when you will.",
        )


OBJECTIONS: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    find_ignored_stop,
    find_ignored,
    find_return_after_no,
    find_arguing,
    find_wrong_way,
    find_ignored_question,
)
