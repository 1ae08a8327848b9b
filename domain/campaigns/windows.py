"""Sending windows: at which times of which days an organization writes to people."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from enum import StrEnum

from domain.campaigns.spans import Span, joined, span_of
from domain.refusals import bad_input

_DAY = timedelta(days=1)


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


_WEEK = tuple(Weekday)


@dataclass(frozen=True, slots=True)
class Window:
    """From `sending_start` until just before `sending_end`, beginning on any of the days.

    An end that is not after the start is one of the next day. The times are those of `sending_time_zone`; without one,
    of wherever the lead is.
    """

    sending_days: frozenset[Weekday]
    sending_start: time
    sending_end: time
    sending_time_zone: str | None = None

    @property
    def crosses_midnight(self) -> bool:
        return self.sending_end <= self.sending_start

    def open_on(self, day: date, zone: str) -> list[Span]:
        """When clocks there show that day and a time in the window."""
        return list(joined(span for start, end in self._times_on(day) for span in span_of(zone, day, start, end)))

    def _times_on(self, day: date) -> Iterator[tuple[time, time]]:
        if self.crosses_midnight and self._begins_on(day - _DAY) and self.sending_end > time():
            yield time(), self.sending_end
        if self._begins_on(day):
            yield self.sending_start, time() if self.crosses_midnight else self.sending_end

    def _begins_on(self, day: date) -> bool:
        return _WEEK[day.weekday()] in self.sending_days


# S1.3 says no hours: these are for who says none (ruling 22).
USUAL_WINDOW = Window(frozenset(_WEEK[:5]), time(9), time(17))
# The law's and decency's: whatever is chosen is cut to it, in the lead's own time.
FLOOR = Window(frozenset(_WEEK), time(8), time(21))


@dataclass(frozen=True, slots=True)
class WindowChoice:
    """What somebody said of a window; what they did not say is None. The two times are said together or not at all."""

    sending_days: frozenset[Weekday] | None = None
    sending_start: time | None = None
    sending_end: time | None = None
    sending_time_zone: str | None = None


def settle_window(policy: WindowChoice, organization: WindowChoice | None = None) -> Window:
    """Days, times and zone each as the policy says, else the organization, else as usual."""
    choices = (policy, organization or WindowChoice())
    days = [one.sending_days for one in choices if one.sending_days is not None]
    times = [(one.sending_start, one.sending_end) for one in choices]
    zones = [one.sending_time_zone for one in choices if one.sending_time_zone]
    usual = USUAL_WINDOW.sending_start, USUAL_WINDOW.sending_end
    start, end = next(((a, b) for a, b in times if a is not None and b is not None), usual)
    return Window((*days, USUAL_WINDOW.sending_days)[0], start, end, (*zones, None)[0])


def check_window(choice: WindowChoice) -> WindowChoice:
    """The choice itself; refuses one in which nothing could ever be sent."""
    if (choice.sending_start is None) != (choice.sending_end is None):
        raise bad_input("Say both when sending begins and when it ends, or neither.", "sendingStart")
    if choice.sending_days is not None and not choice.sending_days:
        raise bad_input("Name at least one day, or leave the days out for the usual ones.", "sendingDays")
    if choice.sending_time_zone is None and not _leaves_time(settle_window(choice)):
        raise bad_input("Nothing is sent from 21:00 to 08:00 where the lead is: choose other hours.", "sendingStart")
    return choice


def _leaves_time(window: Window) -> bool:
    """Whether the quiet hours leave anything of it."""
    days = [date(2001, 1, 1) + n * _DAY for n in range(8)]  # a week, and the morning after it
    floors = [span for day in days for span in FLOOR.open_on(day, "UTC")]
    spans = [span for day in days for span in window.open_on(day, "UTC")]
    return any(max(a.begins_at, b.begins_at) < min(a.ends_at, b.ends_at) for a in floors for b in spans)
