"""Tasks: what people are to do for a lead, and what came of it."""

from enum import StrEnum

from domain.refusals import Refusal, RefusalCode, bad_input
from domain.texts import check_characters

_LONGEST_NOTE = 2000


class TaskKind(StrEnum):
    CALL = "CALL"


class TaskStatus(StrEnum):
    OPEN = "OPEN"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class TaskOutcome(StrEnum):
    """What came of a call."""

    REACHED = "REACHED"
    NO_ANSWER = "NO_ANSWER"
    VOICEMAIL = "VOICEMAIL"
    WRONG_NUMBER = "WRONG_NUMBER"
    NOT_INTERESTED = "NOT_INTERESTED"


# Whoever heard us, or will, was contacted, as by a text that a carrier took.
CONTACTED = frozenset({TaskOutcome.REACHED, TaskOutcome.VOICEMAIL, TaskOutcome.NOT_INTERESTED})


def check_note(note: str | None) -> str | None:
    """None for an empty one."""
    text = check_characters(note.strip(), "note") if note else ""
    if len(text) > _LONGEST_NOTE:
        raise bad_input(f"A note has at most {_LONGEST_NOTE} characters.", "note")
    return text or None


def check_open(status: TaskStatus) -> None:
    if status is not TaskStatus.OPEN:
        raise Refusal(RefusalCode.CONFLICT, f"This task is {status}: only one that is OPEN can be done.", "taskId")


def check_done(status: TaskStatus) -> None:
    if status is not TaskStatus.DONE:
        raise Refusal(RefusalCode.CONFLICT, f"This task is {status}: only one that is DONE can be reopened.", "taskId")
