"""How much may be sent, to all and to one: never more than agreed in any minute, hour or day, whenever one looks."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from domain.refusals import bad_input


class Sent(NamedTuple):
    """A text that was sent, or is being sent."""

    at: datetime
    segments: int


class Limit(NamedTuple):
    most: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Rates:
    """Segments, which are what carriers bill and count; None is no limit. As in S1.3 unless told otherwise."""

    messages_per_minute: int | None = 1
    messages_per_hour: int | None = 30
    messages_per_day: int | None = 500

    def limits(self) -> Iterator[Limit]:
        for most, within in (
            (self.messages_per_minute, timedelta(minutes=1)),
            (self.messages_per_hour, timedelta(hours=1)),
            (self.messages_per_day, timedelta(days=1)),
        ):
            if most is not None:
                yield Limit(most, within)


@dataclass(frozen=True, slots=True)
class Allowance:
    """Rates, and what was sent under them: by an organization, by a campaign or by one of our numbers.

    `sent` reaches back as far as the longest limit. Of a long time it may be summed up, each sum at its latest instant.
    """

    rates: Rates
    sent: tuple[Sent, ...] = ()


@dataclass(frozen=True, slots=True)
class FrequencyCap:
    """At most so many texts to one person in so many days, counted over all campaigns."""

    messages: int = 3
    days: int = 7


def check_rates(rates: Rates) -> Rates:
    """The rates themselves; refuses those by which nothing could ever be sent."""
    for field in ("messages_per_minute", "messages_per_hour", "messages_per_day"):
        most = getattr(rates, field)
        if most is not None and most < 1:
            first, *rest = field.split("_")
            raise bad_input("At least one; null is no limit.", first + "".join(word.title() for word in rest))
    return rates


def next_fit(allowances: Iterable[Allowance], segments: int, now: datetime) -> datetime | None:
    """`now` where one more text of so many segments fits under all of them; else when it would, if nothing else were
    sent; None for never."""
    at = now
    for allowance in allowances:
        for limit in allowance.rates.limits():
            fits_at = _fits_at(limit, allowance.sent, segments, now)
            if fits_at is None:
                return None
            at = max(at, fits_at)
    return at


def cap_lifts_at(cap: FrequencyCap, sent_at: Iterable[datetime], now: datetime) -> datetime | None:
    """`now` where the person may get one more text; else when they may; None for never."""
    return _fits_at(Limit(cap.messages, timedelta(days=cap.days)), [Sent(at, 1) for at in sent_at], 1, now)


def _fits_at(limit: Limit, sent: Sequence[Sent], segments: int, now: datetime) -> datetime | None:
    if limit.most < 1:
        return None
    wanted = min(segments, limit.most)
    counted = sorted(piece for one in sent for piece in _pieces(limit, one) if piece.at > now - limit.within)
    used = sum(piece.segments for piece in counted)
    at = now
    for piece in counted:
        if used + wanted <= limit.most:
            break
        used -= piece.segments
        at = max(at, piece.at + limit.within)
    return at


def _pieces(limit: Limit, sent: Sent) -> Iterator[Sent]:
    """A text longer than a limit goes alone, and uses up the times after it as well: else it could never be sent."""
    at, left = sent
    while left > 0:
        yield Sent(at, min(left, limit.most))
        at, left = at + limit.within, left - limit.most
