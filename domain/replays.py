"""Replays: what a version of a prompt would have said in threads that were answered already."""

from enum import StrEnum

from domain.answering import Answer
from domain.drafts import SENTENCES, DraftReason
from domain.output_rules import REASONS, Breach
from domain.refusals import bad_input

MOST_THREADS = 100
MOST_TAUGHT = 100  # threads that taught lessons; those of the most important lessons
NOTHING = (
    "Nobody has answered any of these leads yet, and no lesson in this version was learned from a message you see."
)
OUT_OF_SIGHT = "Whoever began this does not see the conversation any more."


class ReplayStatus(StrEnum):
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


class ReplayOutcome(StrEnum):
    WAITING = "WAITING"
    WRITTEN = "WRITTEN"
    WITHHELD = "WITHHELD"
    FAILED = "FAILED"


def check_threads(threads: int) -> int:
    if not 1 <= threads <= MOST_THREADS:
        raise bad_input(f"Between 1 and {MOST_THREADS} threads are replayed at once.", "threads")
    return threads


def judge(answer: Answer, breaches: tuple[Breach, ...]) -> tuple[ReplayOutcome, str | None]:
    """What would have become of an answer, and why it would not have been sent."""
    if breaches:
        return ReplayOutcome.WITHHELD, " ".join(_said(breach) for breach in breaches)
    if not answer.text:
        reason = DraftReason.WANTS_HUMAN if answer.wants_human else DraftReason.NOTHING_TO_SAY
        return ReplayOutcome.WITHHELD, SENTENCES[reason]
    return ReplayOutcome.WRITTEN, None


def _said(breach: Breach) -> str:
    return REASONS[breach.rule] + (f" It says: {breach.words}" if breach.words else "")
