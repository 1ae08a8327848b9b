"""Times of day as clocks show them somewhere, as spans of real time: where clocks are put back or forward, too."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

_AROUND = timedelta(hours=16)  # farther from UTC no clock ever was
_SAMPLED = timedelta(hours=8)  # nowhere are clocks changed twice within it
_SECOND = timedelta(seconds=1)


class Span(NamedTuple):
    """From an instant until just before another, in UTC."""

    begins_at: datetime
    ends_at: datetime


@lru_cache(maxsize=65_536)
def span_of(zone: str, day: date, start: time, end: time) -> tuple[Span, ...]:
    """When clocks there show that day, `start` or later, and not yet `end`; midnight as `end` is that of the next day.

    Nothing where clocks pass over all of it, twice where they come back to it.
    """
    begins, ends = datetime.combine(day, start, UTC), datetime.combine(day, end, UTC)
    if end == time():
        ends += timedelta(days=1)
    found = (
        Span(max(begins - offset, since), min(ends - offset, until)) for since, until, offset in _offsets(zone, day)
    )
    return tuple(joined(span for span in found if span.begins_at < span.ends_at))


def joined(spans: Iterable[Span]) -> Iterator[Span]:
    """Of spans in order: those that touch or overlap made one."""
    last: Span | None = None
    for span in spans:
        if last and span.begins_at <= last.ends_at:
            last = Span(last.begins_at, max(last.ends_at, span.ends_at))
            continue
        if last:
            yield last
        last = span
    if last:
        yield last


def common(some: Sequence[Span], others: Sequence[Span]) -> list[Span]:
    """What is in both."""
    pairs = (Span(max(a.begins_at, b.begins_at), min(a.ends_at, b.ends_at)) for a in some for b in others)
    return sorted(span for span in pairs if span.begins_at < span.ends_at)


@lru_cache(maxsize=32_768)
def _offsets(zone: str, day: date) -> tuple[tuple[datetime, datetime, timedelta], ...]:
    """How far clocks there are ahead of UTC around that day: from when, until when, how far."""
    since = datetime.combine(day, time(), UTC) - _AROUND
    until = since + timedelta(days=1) + 2 * _AROUND
    clock = ZoneInfo(zone)
    changes = list(_changes(clock, since, until))
    edges = [since, *changes, until]
    return tuple((a, b, _offset(clock, a)) for a, b in pairwise(edges))


def _changes(clock: ZoneInfo, since: datetime, until: datetime) -> Iterator[datetime]:
    before = since
    while before < until:
        after = before + _SAMPLED
        if _offset(clock, before) != _offset(clock, after):
            yield _change(clock, before, after)
        before = after


def _change(clock: ZoneInfo, before: datetime, after: datetime) -> datetime:
    """The first second of the other offset."""
    while after - before > _SECOND:
        middle = before + (after - before) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if _offset(clock, middle) == _offset(clock, before):
            before = middle
        else:
            after = middle
    return after


def _offset(clock: ZoneInfo, at: datetime) -> timedelta:
    offset = at.astimezone(clock).utcoffset()
    assert offset is not None, "every zone has one"
    return offset
