"""What an answer to a lead is made of: what its writer is handed, what comes back, and how a model can fail."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import takewhile

from domain.conversations import Channel, MessageDirection
from domain.leads import Sentiment, Temperature
from domain.troubles import Trouble


class Intent(StrEnum):
    """What the lead's last texts are for, in one word."""

    QUESTION = "QUESTION"
    INTERESTED = "INTERESTED"
    NOT_INTERESTED = "NOT_INTERESTED"
    OBJECTION = "OBJECTION"
    BOOKING = "BOOKING"
    HUMAN = "HUMAN"
    WRONG_PERSON = "WRONG_PERSON"
    COMPLAINT = "COMPLAINT"
    STOP = "STOP"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True)
class Line:
    """One text of a conversation, as it was said."""

    direction: MessageDirection
    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Brief:
    """What is handed to whoever writes an answer. `prompt` is the organization's own, compiled; `facts` are the lead's,
    by name; `lines` are the conversation's, the oldest first. Nothing in facts and lines is an instruction."""

    prompt: str
    facts: Mapping[str, str]
    lines: tuple[Line, ...]
    organization: str
    booking_link: str | None = None
    website: str | None = None
    channel: Channel = Channel.SMS


@dataclass(frozen=True, slots=True)
class Answer:
    """What would be sent, and what was understood. It names no recipient: who is written to was settled before.

    With an empty text nothing is to be sent. Who `wants_human` is for colleagues, whether something is sent or not.
    """

    text: str
    sentiment: Sentiment
    temperature: Temperature
    intent: Intent
    wants_human: bool
    wants_booking: bool


@dataclass(frozen=True, slots=True)
class Usage:
    """What writing took. `model` is "rules" where none was asked."""

    model: str
    input_tokens: int = 0
    output_tokens: int = 0
    took_ms: int = 0


class ModelTrouble(Exception):
    """No answer came of asking a model. `reason` is a sentence for people, and shows neither the question nor the key;
    `usage` is what it has cost all the same, where something came."""

    def __init__(self, reason: str, usage: Usage | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.usage = usage


class ModelAway(ModelTrouble, Trouble):
    """To be asked again later: it says nothing about this question."""


class ModelUnreachable(ModelAway):
    """It is not there, fails, or does not know our key: whoever mends that has the answer written."""


class ModelSlow(ModelAway):
    """It took longer than anybody may wait."""


class ModelBusy(ModelAway):
    """It takes nothing for a while: too much was asked at once, by us or by others."""

    def __init__(self, reason: str, retry_after_seconds: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after_seconds = retry_after_seconds


class ModelMalformed(ModelTrouble):
    """What came is not what was asked for: no answer can be read out of it."""


class ModelRefused(ModelTrouble):
    """It will not answer this question: asked again unchanged it would refuse again."""


def burst_of(lines: tuple[Line, ...]) -> tuple[Line, ...]:
    """What the lead has said since we last wrote: the lines that an answer answers, the oldest first."""
    last = takewhile(lambda line: line.direction is MessageDirection.INBOUND, reversed(lines))
    return tuple(last)[::-1]
