"""Answers of Sophie's: how they stand, when they are due, and what may become of one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from domain.campaigns.gate import Decision, decide
from domain.campaigns.sendings import Outgoing, Purpose, Sending
from domain.campaigns.terms import recipient_on, schedule_for, terms_of
from domain.conversations import Channel

LEASE = timedelta(minutes=2)  # for whoever writes one; longer than a model may take
MOST_ATTEMPTS = 5  # to reach a model, before people are asked to answer
MOST_LINES = 40  # of a conversation that are handed to whoever writes
_JITTER = timedelta(seconds=300)
_LATER = timedelta(seconds=15)


class AiMode(StrEnum):
    """OFF leaves answering to others; COPILOT proposes to people; AUTO answers."""

    OFF = "OFF"
    COPILOT = "COPILOT"
    AUTO = "AUTO"


class DraftStatus(StrEnum):
    WAITING = "WAITING"
    WRITING = "WRITING"
    PROPOSED = "PROPOSED"
    SENT = "SENT"
    WITHHELD = "WITHHELD"
    REJECTED = "REJECTED"
    DISCARDED = "DISCARDED"


class DraftReason(StrEnum):
    """Why it was not sent by itself."""

    COPILOT = "COPILOT"
    TOO_MANY_TURNS = "TOO_MANY_TURNS"
    WANTS_HUMAN = "WANTS_HUMAN"
    OUTPUT_RULE = "OUTPUT_RULE"
    MAY_NOT_SEND = "MAY_NOT_SEND"
    NOTHING_TO_SAY = "NOTHING_TO_SAY"
    MODEL_REFUSED = "MODEL_REFUSED"
    MODEL_MALFORMED = "MODEL_MALFORMED"
    MODEL_AWAY = "MODEL_AWAY"
    MANUAL_MODE = "MANUAL_MODE"
    HUMAN_REPLIED = "HUMAN_REPLIED"
    SWITCHED_OFF = "SWITCHED_OFF"
    OPTED_OUT = "OPTED_OUT"
    REJECTED = "REJECTED"


class ModelPurpose(StrEnum):
    ANSWER = "ANSWER"
    REVIEW = "REVIEW"
    REPLAY = "REPLAY"


class ModelOutcome(StrEnum):
    ANSWERED = "ANSWERED"
    REFUSED = "REFUSED"
    MALFORMED = "MALFORMED"
    AWAY = "AWAY"


# Where nothing came of it, in a sentence for people.
SENTENCES = {
    DraftReason.COPILOT: "Answers are proposed to people here.",
    DraftReason.TOO_MANY_TURNS: "Sophie has written as often as she may without one of you.",
    DraftReason.WANTS_HUMAN: "They want to speak to a person.",
    DraftReason.NOTHING_TO_SAY: "There is nothing to say to this.",
    DraftReason.MANUAL_MODE: "A colleague has taken the lead over.",
    DraftReason.HUMAN_REPLIED: "A colleague has answered.",
    DraftReason.OPTED_OUT: "They asked to be left alone.",
    DraftReason.SWITCHED_OFF: "Answering is switched off.",
}


def due_at(first_at: datetime, last_at: datetime, policy: Mapping[str, Any], chance: float) -> datetime:
    """So long after the first text of a burst, and no sooner than nothing came for so long (S1.3, S1.6).

    `chance` is between 0 and 1: how much of the jitter is added, where the policy wants any.
    """
    delay = timedelta(seconds=policy["ai_response_delay_seconds"])
    if policy["ai_response_delay_random"]:
        delay += _JITTER * chance
    return max(first_at + delay, last_at + timedelta(seconds=policy["ai_grouping_seconds"]))


def again_at(now: datetime, attempts: int) -> datetime:
    """Each time twice as late."""
    return now + _LATER * int(2 ** min(attempts, 6))


def ask_gate(row: Mapping[str, Any], now: datetime) -> Decision:
    """Whether an answer may go out now, as the gate has it, of a conversation as `get_brief` reads it."""
    terms, channel = terms_of(row), Channel(row["channel"])
    sender = replace(
        terms.sender,
        respond_to_inbound_24_7=row["responds_at_any_hour"],
        respect_schedule_strictly=row["is_schedule_strict"],
    )
    outgoing = Outgoing(purpose=Purpose.ANSWER, channel=channel, has_sender=row["has_sender"])
    recipient = recipient_on(row, channel)
    return decide(
        Sending(outgoing=outgoing, sender=sender, recipient=recipient, schedule=schedule_for(terms, row)), now
    )
