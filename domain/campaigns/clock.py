"""When a step is due, until when it is worth sending, and how long a carrier may try."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from domain.campaigns.schedules import Schedule
from domain.campaigns.timing import DelayType, StepAnchor, StepTiming
from domain.conversations import LONGEST_VALIDITY_SECONDS

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_FARTHEST = timedelta(days=5 * 365)  # the longest delay, in the working hours of a week


@dataclass(frozen=True, slots=True)
class Due:
    """A step is sent at `scheduled_at` or soon after, and never at `expires_at` or later."""

    scheduled_at: datetime
    expires_at: datetime | None


@dataclass(frozen=True, slots=True)
class PlannedStep:
    id: UUID
    timing: StepTiming


def due(
    timing: StepTiming, schedule: Schedule, enrollment_id: UUID, step_id: UUID, *,
    enrolled_at: datetime, previous_at: datetime | None = None,
) -> Due | None:  # fmt: skip
    """When a step is to be sent; None where it never may be.

    `previous_at` is when the step before was sent, or is due while it has not been; the first step has none, and counts
    from the enrolment. The answer is always in the schedule; without `delay_respect_sending_hours` in the one that
    has the quiet hours alone.
    """
    asked = schedule_of(timing, schedule)
    since = _anchored(timing, schedule, enrolled_at, previous_at)
    if timing.delay_type is DelayType.BUSINESS_HOURS:
        opens = run_open(asked, since, timing.delay)
    else:
        opens = asked.next_opening(since + timing.delay)
    if opens is None:
        return None
    at = _spread(asked, opens, _jitter(timing, enrollment_id, step_id))
    hours = timing.expires_after_hours
    return Due(at, at + hours * _HOUR if hours is not None else None)


def plan(
    steps: Sequence[PlannedStep], schedule: Schedule, enrollment_id: UUID, enrolled_at: datetime
) -> list[Due | None]:
    """When each step will be due if all goes well; the steps after one that never is are never due either, if they wait
    for it."""
    found: list[Due | None] = []
    previous_at: datetime | None = None
    for number, step in enumerate(steps):
        waits = step.timing.anchor is StepAnchor.PREVIOUS_STEP and number > 0
        if waits and previous_at is None:
            found.append(None)
            continue
        one = due(step.timing, schedule, enrollment_id, step.id, enrolled_at=enrolled_at, previous_at=previous_at)
        previous_at = one.scheduled_at if one else None
        found.append(one)
    return found


def run_open(schedule: Schedule, since: datetime, length: timedelta) -> datetime | None:
    """The instant by which the schedule was open for so long, moved to where it is open; None for never.

    Running for one length and then for another is running for both.
    """
    left, at = length, since.astimezone(UTC)
    while (span := schedule.opening_after(at)) and at - since < _FARTHEST:
        begins = max(span.begins_at, at)
        if left < span.ends_at - begins:
            return begins + left
        left -= span.ends_at - begins
        at = span.ends_at
    return None


def resumed(was: Due, paused_at: datetime, resumed_at: datetime, schedule: Schedule) -> Due | None:
    """A step that waited through a pause: as far from its end as it was from its beginning; None for never."""
    left = max(was.scheduled_at - paused_at, timedelta())
    at = schedule.next_opening(resumed_at + left)
    if at is None:
        return None
    return Due(at, at + (was.expires_at - was.scheduled_at) if was.expires_at else None)


def is_expired(expires_at: datetime | None, now: datetime) -> bool:
    return expires_at is not None and now >= expires_at


def validity_seconds(schedule: Schedule, now: datetime, expires_at: datetime | None = None) -> int:
    """How long a carrier may go on trying: until the window closes or the step expires; 0 where it may not begin."""
    closes_at = schedule.closes_at(now)
    if closes_at is None or is_expired(expires_at, now):
        return 0
    until = min(closes_at, expires_at or closes_at)
    return min(int((until - now).total_seconds()), LONGEST_VALIDITY_SECONDS)


def schedule_of(timing: StepTiming, schedule: Schedule) -> Schedule:
    """Which one a step is sent by, so that the gate asks the same as the clock did."""
    keeps_window = timing.delay_respect_sending_hours or timing.delay_type is DelayType.BUSINESS_HOURS
    return schedule if keeps_window else schedule.without_window()


def _anchored(timing: StepTiming, schedule: Schedule, enrolled_at: datetime, previous_at: datetime | None) -> datetime:
    """What the delay counts from. Steps of two days never come on one, as they would after a weekend."""
    if timing.anchor is StepAnchor.PREVIOUS_STEP:
        return previous_at or enrolled_at
    at = _day_of(timing, schedule, enrolled_at)
    if timing.anchor is StepAnchor.DATE and previous_at:
        return max(at, previous_at + _DAY)
    return at


def _day_of(timing: StepTiming, schedule: Schedule, enrolled_at: datetime) -> datetime:
    """The time of the enrolment, so many days later on the lead's calendar; where clocks pass over it, after that."""
    days = timedelta(days=(timing.day_number or 1) - 1)
    wall = enrolled_at.astimezone(ZoneInfo(schedule.where.zones[0]))
    return (wall + days).astimezone(UTC)


def _jitter(timing: StepTiming, enrollment_id: UUID, step_id: UUID) -> timedelta:
    """The same for the same step of the same enrolment, and spread evenly over all of them."""
    if timing.jitter_seconds == 0:
        return timedelta()
    drawn = int.from_bytes(hashlib.sha256(enrollment_id.bytes + step_id.bytes).digest()[:8])
    return timedelta(seconds=drawn % (timing.jitter_seconds + 1))


def _spread(schedule: Schedule, opens: datetime, jitter: timedelta) -> datetime:
    """Later by the jitter, but still in the same opening."""
    closes_at = schedule.closes_at(opens)
    assert closes_at, "it opens then"
    room = closes_at - opens
    return opens + (jitter if jitter < room else jitter % room)
