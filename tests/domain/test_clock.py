"""When steps are due: nothing at night, nothing outside the window, nothing late, and the same each time."""

from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid5
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from domain.campaigns.clock import (
    Due,
    PlannedStep,
    due,
    is_expired,
    plan,
    resumed,
    run_open,
    schedule_of,
    validity_seconds,
)
from domain.campaigns.schedules import Schedule
from domain.campaigns.timing import DelayType, StepAnchor, StepTiming, check_timing
from domain.campaigns.windows import USUAL_WINDOW, Weekday, Window
from domain.campaigns.zones import Whereabouts
from domain.refusals import Refusal
from tests.domain.test_schedules import INSTANTS, LONDON, london, may_be_written_to, schedules

ENROLLMENT, STEP = UUID(int=1), UUID(int=2)
OFFICE = Schedule(LONDON, USUAL_WINDOW)
HOURS = st.integers(0, 200).map(lambda hours: timedelta(hours=hours))

TIMINGS = st.builds(
    StepTiming,
    anchor=st.sampled_from([StepAnchor.ENROLLED_AT, StepAnchor.PREVIOUS_STEP]),
    delay_days=st.integers(0, 10),
    delay_hours=st.integers(0, 100),
    delay_type=st.sampled_from(DelayType),
    delay_respect_sending_hours=st.booleans(),
    jitter_seconds=st.sampled_from([0, 300, 3600]),
    expires_after_hours=st.none() | st.integers(1, 100),
) | st.builds(lambda day: StepTiming(StepAnchor.DATE, day_number=day), st.integers(1, 30))


def asked(timing: StepTiming, schedule: Schedule = OFFICE, **at: Any) -> Due | None:
    return due(timing, schedule, ENROLLMENT, STEP, **at)


@settings(max_examples=150)
@given(TIMINGS, schedules(), INSTANTS)
def test_nothing_is_ever_due_outside_the_window_or_in_quiet_hours(
    timing: StepTiming, schedule: Schedule, enrolled_at: datetime
) -> None:
    """S0.19, S1.4, ruling 22: nor before its delay is over."""
    found = asked(check_timing(timing), schedule, enrolled_at=enrolled_at)
    if found is None:
        return
    assert may_be_written_to(schedule_of(timing, schedule), found.scheduled_at)
    assert found.scheduled_at >= enrolled_at + timing.delay
    assert found == asked(timing, schedule, enrolled_at=enrolled_at), "whoever asks again is told the same"
    assert found.expires_at is None or found.expires_at > found.scheduled_at


@settings(max_examples=80)
@given(schedules(), INSTANTS, HOURS, HOURS)
def test_business_hours_are_additive(schedule: Schedule, at: datetime, some: timedelta, more: timedelta) -> None:
    """Ruling 21."""
    first = run_open(schedule, at, some)
    whole = run_open(schedule, at, some + more)
    assume(whole is not None)
    assert first is not None and run_open(schedule, first, more) == whole


@settings(max_examples=80)
@given(schedules(), INSTANTS, HOURS.filter(bool))
def test_the_clock_runs_only_while_it_is_open(schedule: Schedule, at: datetime, length: timedelta) -> None:
    until = run_open(schedule, at, length)
    assume(until is not None and until - at < timedelta(days=60))
    assert until
    ran, now = timedelta(), schedule.next_opening(at)
    while now and now < until:
        closes_at = schedule.closes_at(now)
        assert closes_at
        ran, now = ran + min(closes_at, until) - now, schedule.next_opening(closes_at)
    assert ran == length


@pytest.mark.parametrize(
    ("timing", "enrolled", "scheduled"),
    [
        # S0.16, S0.19: day 1 is the enrolment, and day n so many days later at that time, where it may be.
        (StepTiming(StepAnchor.DATE, day_number=1), "2026-06-01 10:30", "2026-06-01 10:30"),
        (StepTiming(StepAnchor.DATE, day_number=2), "2026-06-01 10:30", "2026-06-02 10:30"),
        (StepTiming(StepAnchor.DATE, day_number=6), "2026-06-01 10:30", "2026-06-08 09:00"),
        (StepTiming(StepAnchor.DATE, day_number=4), "2026-03-27 10:30", "2026-03-30 10:30"),  # clocks change between
        (StepTiming(StepAnchor.DATE, day_number=3), "2026-03-27 01:30", "2026-03-30 09:00"),  # a time that is none
        # S1.3, S1.4: 48 hours later, at once if it respects nothing, at the next opening otherwise.
        (StepTiming(delay_hours=48), "2026-06-01 10:30", "2026-06-03 10:30"),
        (StepTiming(delay_hours=48), "2026-06-04 10:30", "2026-06-08 09:00"),
        (StepTiming(delay_hours=48, delay_respect_sending_hours=False), "2026-06-04 10:30", "2026-06-06 10:30"),
        (StepTiming(delay_hours=60, delay_respect_sending_hours=False), "2026-06-04 10:30", "2026-06-07 08:00"),
        # Ruling 21: eight hours a day are six working days.
        (StepTiming(delay_hours=48, delay_type=DelayType.BUSINESS_HOURS), "2026-06-01 10:30", "2026-06-09 10:30"),
        (StepTiming(delay_days=2, delay_type=DelayType.BUSINESS_HOURS), "2026-06-01 10:30", "2026-06-09 10:30"),
        (StepTiming(delay_hours=8, delay_type=DelayType.BUSINESS_HOURS), "2026-06-01 09:00", "2026-06-02 09:00"),
        (StepTiming(delay_hours=1, delay_type=DelayType.BUSINESS_HOURS), "2026-06-05 23:00", "2026-06-08 10:00"),
        (StepTiming(), "2026-06-06 12:00", "2026-06-08 09:00"),
    ],
)
def test_when_a_step_is_due(timing: StepTiming, enrolled: str, scheduled: str) -> None:
    found = asked(timing, enrolled_at=london(enrolled))
    assert found and found.scheduled_at == london(scheduled)


def test_a_delay_counts_from_the_step_before_once_there_is_one() -> None:
    """S1.4: M2 after M1, whenever that went out."""
    timing = StepTiming(delay_hours=48)
    found = asked(timing, enrolled_at=london("2026-06-01 10:00"), previous_at=london("2026-06-02 11:00"))
    assert found == Due(london("2026-06-04 11:00"), None)
    anchored = StepTiming(StepAnchor.ENROLLED_AT, delay_hours=48)
    found = asked(anchored, enrolled_at=london("2026-06-01 10:00"), previous_at=london("2026-06-02 11:00"))
    assert found == Due(london("2026-06-03 10:00"), None)


@given(INSTANTS, st.integers(0, 3600), st.uuids(), st.uuids())
def test_jitter_spreads_steps_and_stays_in_the_window(at: datetime, most: int, enrollment: UUID, step: UUID) -> None:
    plain, spread = (
        due(StepTiming(jitter_seconds=seconds), OFFICE, enrollment, step, enrolled_at=at) for seconds in (0, most)
    )
    assert plain and spread
    assert timedelta() <= spread.scheduled_at - plain.scheduled_at <= timedelta(seconds=most)
    assert OFFICE.closes_at(plain.scheduled_at) == OFFICE.closes_at(spread.scheduled_at)


def test_jitter_is_spread_evenly() -> None:
    morning = london("2026-06-01 09:00")
    found = [
        due(StepTiming(jitter_seconds=300), OFFICE, uuid5(ENROLLMENT, str(n)), STEP, enrolled_at=morning)
        for n in range(600)
    ]
    seconds = sorted((one.scheduled_at - morning).seconds for one in found if one)
    assert seconds[0] < 10 and seconds[-1] > 290
    assert max(b - a for a, b in pairwise(seconds)) < 15


def test_the_plan_of_a_whole_campaign_is_known_at_enrolment() -> None:
    """S3.4's plan before it runs, of S1.4's three messages, over a weekend and Easter."""
    steps = [PlannedStep(UUID(int=n), StepTiming(delay_hours=hours)) for n, hours in enumerate((0, 48, 72))]
    found = plan(steps, OFFICE, ENROLLMENT, london("2026-03-31 18:00"))
    assert [one and one.scheduled_at for one in found] == [
        london("2026-04-01 09:00"), london("2026-04-07 09:00"), london("2026-04-10 09:00"),
    ]  # fmt: skip
    never = Schedule(LONDON, Window(frozenset(Weekday), time(22), time(6)))
    assert plan(steps, never, ENROLLMENT, london("2026-03-31 18:00")) == [None, None, None]


@settings(max_examples=60)
@given(schedules(), INSTANTS)
def test_no_two_days_fall_on_one(schedule: Schedule, enrolled_at: datetime) -> None:
    """S0.16, S0.19: days 1, 2, 4 and 6, though nothing is sent at weekends."""
    steps = [PlannedStep(UUID(int=day), StepTiming(StepAnchor.DATE, day_number=day)) for day in (1, 2, 4, 6)]
    found = [one.scheduled_at for one in plan(steps, schedule, ENROLLMENT, enrolled_at) if one]
    assert all(later - earlier >= timedelta(days=1) for earlier, later in pairwise(found))
    for day, at in zip((1, 2, 4, 6), found, strict=False):
        assert at >= enrolled_at + timedelta(days=day - 1, hours=-2), "clocks that change, by no more than that"


def test_a_weekend_moves_the_days_after_it() -> None:
    """S0.19."""
    steps = [PlannedStep(UUID(int=day), StepTiming(StepAnchor.DATE, day_number=day)) for day in (1, 2, 4, 6)]
    found = plan(steps, OFFICE, ENROLLMENT, london("2026-06-05 18:00"))
    assert [one and one.scheduled_at.day for one in found] == [8, 9, 10, 11]


@pytest.mark.parametrize("delay_type", DelayType)
def test_what_never_may_be_sent_is_never_due(delay_type: DelayType) -> None:
    night = Schedule(LONDON, Window(frozenset(Weekday), time(22), time(6)))
    timing = StepTiming(delay_hours=1, delay_type=delay_type)
    assert asked(timing, night, enrolled_at=london("2026-06-01 10:00")) is None
    brief = Schedule(LONDON, Window(frozenset({Weekday.MONDAY}), time(9), time(9, 5)))
    assert run_open(brief, london("2026-06-01 10:00"), timedelta(days=365)) is None, "not in a thousand years"


def test_what_is_late_expires_and_is_not_sent() -> None:
    """S0.19: a step that nobody sent in time is not sent beside the next one."""
    found = asked(StepTiming(expires_after_hours=24), enrolled_at=london("2026-06-01 10:00"))
    assert found and found.expires_at == london("2026-06-02 10:00")
    assert not is_expired(found.expires_at, london("2026-06-02 09:59"))
    assert is_expired(found.expires_at, london("2026-06-02 10:00"))
    assert not is_expired(None, london("2036-06-02 10:00"))


def test_a_pause_moves_what_had_yet_to_come() -> None:
    """S3.4: pause ⇒ none sent, resume ⇒ re-timed."""
    was = Due(london("2026-06-03 10:00"), london("2026-06-03 22:00"))
    moved = resumed(was, london("2026-06-01 10:00"), london("2026-06-10 12:00"), OFFICE)
    assert moved == Due(london("2026-06-12 12:00"), london("2026-06-13 00:00"))
    overdue = resumed(was, london("2026-06-04 10:00"), london("2026-06-13 12:00"), OFFICE)
    assert overdue and overdue.scheduled_at == london("2026-06-15 09:00")


@settings(max_examples=100)
@given(schedules(), INSTANTS, st.none() | HOURS)
def test_a_carrier_never_tries_beyond_the_window_or_the_expiry(
    schedule: Schedule, now: datetime, left: timedelta | None
) -> None:
    expires_at = now + left if left is not None else None
    seconds = validity_seconds(schedule, now, expires_at)
    if not may_be_written_to(schedule, now):
        assert seconds == 0
    if seconds:
        last = now + timedelta(seconds=seconds) - timedelta(microseconds=1)
        assert may_be_written_to(schedule, last) and not is_expired(expires_at, last)
        assert seconds <= 36_000


def test_how_long_a_carrier_may_try() -> None:
    assert validity_seconds(OFFICE, london("2026-06-01 16:50")) == 600
    assert validity_seconds(OFFICE, london("2026-06-01 16:50"), london("2026-06-01 16:51")) == 60
    assert validity_seconds(OFFICE, london("2026-06-01 17:00")) == 0
    assert validity_seconds(OFFICE.without_window(), london("2026-06-01 08:00")) == 36_000


@pytest.mark.parametrize(
    ("timing", "field"),
    [
        (StepTiming(StepAnchor.DATE), "dayNumber"),
        (StepTiming(StepAnchor.DATE, day_number=0), "dayNumber"),
        (StepTiming(StepAnchor.ENROLLED_AT, day_number=1), "dayNumber"),
        (StepTiming(delay_hours=-1), "delayHours"),
        (StepTiming(delay_days=366), "delayHours"),
        (StepTiming(jitter_seconds=3601), "jitterSeconds"),
        (StepTiming(expires_after_hours=0), "expiresAfterHours"),
    ],
)
def test_a_timing_that_cannot_be_is_refused(timing: StepTiming, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_timing(timing)
    assert refused.value.field == field


def test_days_are_those_of_the_leads_own_calendar() -> None:
    """S0.19: in New York the clocks change three weeks before London's."""
    where = Whereabouts(("America/New_York",), "US")
    found = asked(
        StepTiming(StepAnchor.DATE, day_number=4), Schedule(where, USUAL_WINDOW),
        enrolled_at=datetime(2026, 3, 6, 15, tzinfo=UTC),
    )  # fmt: skip
    assert found and found.scheduled_at.astimezone(ZoneInfo("America/New_York")).hour == 10
