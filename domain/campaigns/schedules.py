"""When somebody may be written to: the window, cut to the quiet hours and the holidays where they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache, partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from domain.campaigns.days_off import is_day_off
from domain.campaigns.spans import Span, common, joined
from domain.campaigns.windows import FLOOR, Window
from domain.campaigns.zones import Whereabouts

Open: TypeAlias = Callable[[date], list[Span]]

_DAY = timedelta(days=1)
_NEIGHBOURS = range(-2, 3)  # days that overlap with one day elsewhere: clocks differ by up to 26 hours
# Long enough for every weekday, holiday and change of clocks to come round; what is closed all this time is for ever.
_FARTHEST_DAYS = 400


@dataclass(frozen=True, slots=True)
class Schedule:
    """Without a window the quiet hours alone count: people are at hand, or it was asked to send without delay.

    Where a lead may be in several zones it is open only when it would be in each of them.
    """

    where: Whereabouts
    window: Window | None
    keeps_holidays: bool = True

    def without_window(self) -> "Schedule":
        return replace(self, window=None, keeps_holidays=False)

    def is_open(self, at: datetime) -> bool:
        return self._find(at) is not None

    def is_quiet(self, at: datetime) -> bool:
        """Whether it is night, so that the window does not matter."""
        return not self.without_window().is_open(at)

    def closes_at(self, at: datetime) -> datetime | None:
        """When what is open at that instant closes, which is no longer open itself; None where it is closed."""
        span = self._find(at)
        return span.ends_at if span else None

    def next_opening(self, at: datetime) -> datetime | None:
        """The earliest instant, `at` or later, at which it is open; None for never."""
        span = self.opening_after(at)
        return max(span.begins_at, at) if span else None

    def opening_after(self, at: datetime) -> Span | None:
        """What is open then, or opens next, whole."""
        day = self._day(at)
        for number in range(_FARTHEST_DAYS):
            for span in open_on(self, day + number * _DAY):
                if span.ends_at > at:
                    return span
        return None

    def _find(self, at: datetime) -> Span | None:
        return next((span for span in open_on(self, self._day(at)) if span.begins_at <= at < span.ends_at), None)

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.where.zones[0])).date()


@lru_cache(maxsize=16_384)
def open_on(schedule: Schedule, day: date) -> tuple[Span, ...]:
    """What is open on a day of the first of the zones, in order. Nothing goes on beyond midnight there: it is quiet."""
    first, *others = schedule.where.zones
    spans = _awake(schedule, first, day)
    awake: list[Open] = [partial(_awake, schedule, zone) for zone in others]
    for other in (*awake, *_windows(schedule)):
        if not spans:
            break
        near = (span for number in _NEIGHBOURS for span in other(day + number * _DAY))
        spans = common(spans, list(near))
    return tuple(joined(spans))


def _windows(schedule: Schedule) -> Iterator[Open]:
    """The window's spans of a day, in each zone it has to be open in."""
    if window := schedule.window:
        zones = (window.sending_time_zone,) if window.sending_time_zone else schedule.where.zones
        for zone in zones:
            yield partial(window.open_on, zone=zone)


def _awake(schedule: Schedule, zone: str, day: date) -> list[Span]:
    """The day without its quiet hours, or nothing of a holiday."""
    where = schedule.where
    if schedule.keeps_holidays and is_day_off(day, where.country, where.subdivision):
        return []
    return FLOOR.open_on(day, zone)
