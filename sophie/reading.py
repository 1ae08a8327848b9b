"""A text as Sophie reads it: with what was said before, to whom, and what time it is there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from domain.conversations import MessageDirection

MOST_READ = 3_000  # characters of an e-mail; nobody else may wait for what comes after them
_APOSTROPHES = str.maketrans("’‘`´", "''''")
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


@dataclass(frozen=True, slots=True)
class Line:
    """Something said before, `hours_before` the text that is read."""

    direction: MessageDirection
    text: str
    hours_before: float

    @property
    def is_inbound(self) -> bool:
        return self.direction == MessageDirection.INBOUND


@dataclass(frozen=True)
class Reading:
    """`before` is in order, the oldest first. `hour` is the lead's own when the text was written; None where it is not
    known. A text that no carrier bills by its length may be as long as an e-mail is."""

    text: str
    channel: str = "SMS"
    before: Sequence[Line] = ()
    first_name: str | None = None
    hour: int | None = None
    blacklisted_words: Sequence[str] = ()
    is_billed: bool = True

    @cached_property
    def plain(self) -> str:
        """With one kind of apostrophe, as the rules are written."""
        return calm(self.text)

    @cached_property
    def burst(self) -> tuple[Line, ...]:
        """What the lead said since we last did: what this text answers."""
        return tuple(takewhile(lambda line: line.is_inbound, reversed(self.before)))[::-1]

    @cached_property
    def asked(self) -> str:
        """The words of what this text answers; empty where it answers nothing."""
        return calm(" \n".join(line.text for line in self.burst))

    @property
    def last(self) -> Line | None:
        return self.before[-1] if self.before else None

    @cached_property
    def heard(self) -> Line | None:
        """The last that the lead said, however long ago."""
        return next((line for line in reversed(self.before) if line.is_inbound), None)

    @property
    def unanswered(self) -> int:
        """How many texts of ours nobody has answered."""
        return sum(1 for _ in takewhile(lambda line: not line.is_inbound, reversed(self.before)))


def calm(text: str) -> str:
    return text[:MOST_READ].translate(_APOSTROPHES)


def sentences(text: str) -> list[str]:
    return [found.strip() for found in _SENTENCE.findall(text) if found.strip()]


def words(*patterns: str) -> re.Pattern[str]:
    """Any of the patterns, as whole words, in any case."""
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?:(?<=\s)|(?!\w))", re.IGNORECASE)


def quoted(found: Sequence[str]) -> str:
    """The first few of what was found, for a description."""
    shown = list(dict.fromkeys(" ".join(one.split()) for one in found))[:3]
    return ", ".join(f"“{one}”" for one in shown)
