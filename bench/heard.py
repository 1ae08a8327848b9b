"""What became of texts that were posted by schedule: who heard each of them, how often and when."""

from collections import Counter
from dataclasses import dataclass

from bench.crowds import Notes
from bench.webhooks import Posted


@dataclass(frozen=True, slots=True)
class Heard:
    """Of texts to so many listeners each. Waits are in seconds from when each was due, sorted.

    `rate` is how many texts a second went all the way, `backlog` how many had not when the last was due.
    """

    waits: list[float]
    rate: float
    backlog: int
    once: float
    in_order: bool
    returns: int

    def wait(self, hundredths: int) -> float:
        return quantile(self.waits, hundredths)


def judge(posted: Posted, notes: Notes, listeners: int) -> Heard:
    """`listeners` is how many should hear each text; the texts are numbered from 0 in the order they were due."""
    waits = sorted(time - posted.due[number] for number, time in zip(notes.numbers, notes.times, strict=True))
    heard = Counter(zip(notes.places, notes.numbers, strict=True))
    in_time = Counter(number for number, time in zip(notes.numbers, notes.times, strict=True) if time <= posted.ended)
    seconds = max(notes.times) - posted.due[0] if notes.times else float("inf")
    return Heard(
        waits,
        len(posted.due) / seconds,
        len(posted.due) - sum(count >= listeners for count in in_time.values()),
        sum(count == 1 for count in heard.values()) / (len(posted.due) * listeners),
        _is_in_order(notes),
        notes.returns,
    )


def _is_in_order(notes: Notes) -> bool:
    """Whether the cursors only grew at every place."""
    reached: dict[int, int] = {}
    for place, cursor in zip(notes.places, notes.cursors, strict=True):
        if cursor <= reached.get(place, -1):
            return False
        reached[place] = cursor
    return True


def quantile(values: list[float], hundredths: int) -> float:
    """Of sorted values."""
    return values[len(values) * hundredths // 100] if values else float("nan")
