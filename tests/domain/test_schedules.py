"""When somebody may be written to: in the window, never in quiet hours nor on holidays where they are."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.campaigns.days_off import is_day_off
from domain.campaigns.schedules import Schedule
from domain.campaigns.windows import USUAL_WINDOW, Weekday, Window
from domain.campaigns.zones import Whereabouts

MINUTE = timedelta(minutes=1)
WEEK = tuple(Weekday)
# With clocks that change by an hour, by half an hour, at other times of the year, or not; ahead of UTC and behind.
ZONES = [
    "Europe/London", "Europe/Dublin", "America/New_York", "America/Adak", "America/St_Johns", "Asia/Kolkata",
    "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Chatham", "Pacific/Kiritimati", "Africa/Casablanca",
    "Africa/Cairo", "America/Havana", "Antarctica/Troll", "UTC",
]  # fmt: skip
CHANGES = [
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 10, 25),
    date(2026, 11, 1),
]


def windows(zones: st.SearchStrategy[str | None]) -> st.SearchStrategy[Window]:
    times = st.integers(0, 24 * 12 - 1).map(lambda n: time(n // 12, n % 12 * 5))
    days = st.frozensets(st.sampled_from(WEEK), min_size=1)
    return st.builds(Window, days, times, times, zones)


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    zones = tuple(draw(st.lists(st.sampled_from(ZONES), min_size=1, max_size=3, unique=True)))
    where = Whereabouts(zones, draw(st.sampled_from(["GB", "US", "DE", "XX"])), draw(st.sampled_from([None, "SCT"])))
    window = draw(st.none() | windows(st.none() | st.sampled_from(ZONES)))
    return Schedule(where, window, draw(st.booleans()))


INSTANTS = st.one_of(
    st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31)),
    st.builds(
        lambda day, minutes: datetime.combine(day, time()) + minutes * MINUTE,
        st.sampled_from(CHANGES),
        st.integers(-24 * 60, 48 * 60),
    ),
).map(lambda at: at.replace(tzinfo=UTC))


def may_be_written_to(schedule: Schedule, at: datetime) -> bool:
    """The rule itself, as somebody would say it who looks at the clocks on the walls."""
    window = schedule.window
    for zone in schedule.where.zones:
        wall = at.astimezone(ZoneInfo(zone))
        if not time(8) <= wall.time() < time(21):
            return False
        if schedule.keeps_holidays and is_day_off(wall.date(), schedule.where.country, schedule.where.subdivision):
            return False
        if window and not in_window(window, at.astimezone(ZoneInfo(window.sending_time_zone or zone))):
            return False
    return True


def in_window(window: Window, wall: datetime) -> bool:
    now, today, yesterday = wall.time(), WEEK[wall.weekday()], WEEK[wall.weekday() - 1]
    if window.sending_start < window.sending_end:
        return today in window.sending_days and window.sending_start <= now < window.sending_end
    begun_today = today in window.sending_days and now >= window.sending_start
    return begun_today or (yesterday in window.sending_days and now < window.sending_end)


@given(schedules(), INSTANTS)
def test_it_is_open_when_every_clock_says_so(schedule: Schedule, at: datetime) -> None:
    """Ruling 22, S1.3: window, quiet hours and holidays, in every zone the lead may be in, whatever the clocks do."""
    assert schedule.is_open(at) is may_be_written_to(schedule, at)
    assert schedule.is_quiet(at) is not all(
        time(8) <= at.astimezone(ZoneInfo(zone)).time() < time(21) for zone in schedule.where.zones
    )


@settings(max_examples=60)
@given(schedules(), INSTANTS)
def test_the_next_opening_is_the_earliest(schedule: Schedule, at: datetime) -> None:
    found = schedule.next_opening(at)
    until = min(found or at + timedelta(days=3), at + timedelta(days=3))
    minutes = int((until - at) / MINUTE)
    assert not any(may_be_written_to(schedule, at + n * MINUTE) for n in range(minutes) if at + n * MINUTE < until)
    if found:
        assert found >= at and may_be_written_to(schedule, found)
        assert found == at or not may_be_written_to(schedule, found - timedelta(microseconds=1))


@settings(max_examples=60)
@given(schedules(), INSTANTS)
def test_what_is_open_stays_open_until_it_closes(schedule: Schedule, at: datetime) -> None:
    opens = schedule.next_opening(at)
    if opens is None:
        return
    closes = schedule.closes_at(opens)
    assert closes and opens < closes <= opens + timedelta(hours=14)
    minutes = int((closes - opens) / MINUTE)
    assert all(may_be_written_to(schedule, opens + n * MINUTE) for n in range(minutes))
    assert may_be_written_to(schedule, closes - timedelta(microseconds=1)) and not may_be_written_to(schedule, closes)
    assert schedule.closes_at(closes) is None


def london(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/London"))


LONDON = Whereabouts(("Europe/London",), "GB")
NIGHT = Window(frozenset({Weekday.FRIDAY}), time(20), time(9))


@pytest.mark.parametrize(
    ("window", "at", "opens"),
    [
        (USUAL_WINDOW, "2026-06-05 09:00", "2026-06-05 09:00"),
        (USUAL_WINDOW, "2026-06-05 16:59", "2026-06-05 16:59"),
        (USUAL_WINDOW, "2026-06-05 17:00", "2026-06-08 09:00"),  # the end is no longer in it; the weekend is not
        (USUAL_WINDOW, "2026-04-02 17:00", "2026-04-07 09:00"),  # Easter
        (USUAL_WINDOW, "2026-12-24 20:00", "2026-12-29 09:00"),  # Boxing Day's Monday
        (None, "2026-06-05 22:00", "2026-06-06 08:00"),
        (NIGHT, "2026-06-05 21:00", "2026-06-06 08:00"),  # Friday's night goes on in the morning
        (NIGHT, "2026-06-06 09:00", "2026-06-12 20:00"),
        (Window(frozenset(WEEK), time(), time()), "2026-06-05 07:00", "2026-06-05 08:00"),  # all day is until quiet
    ],
)
def test_when_it_opens(window: Window | None, at: str, opens: str) -> None:
    """S1.3, S1.4."""
    assert Schedule(LONDON, window).next_opening(london(at)) == london(opens)


def test_a_window_the_quiet_hours_leave_empty_never_opens() -> None:
    schedule = Schedule(LONDON, Window(frozenset(WEEK), time(22), time(6)))
    assert schedule.next_opening(london("2026-06-05 12:00")) is None
    assert not schedule.is_open(london("2026-06-05 23:00"))
    nobody = Window(frozenset(), time(9), time(17))
    assert Schedule(LONDON, nobody).next_opening(london("2026-06-05 12:00")) is None


def test_the_clocks_of_spring_and_autumn() -> None:
    """The Sundays on which 01:00–02:00 does not exist, and comes twice: the window is at 09:00 all the same."""
    daily = Schedule(LONDON, Window(frozenset(WEEK), time(9), time(17)), keeps_holidays=False)
    opens = [daily.next_opening(datetime(2026, month, day, tzinfo=UTC)) for month, day in [(3, 28), (3, 29), (10, 25)]]
    assert [at and (at.hour, at.tzinfo) for at in opens] == [(9, UTC), (8, UTC), (9, UTC)]


def test_a_time_that_does_not_exist_and_one_that_comes_twice() -> None:
    early = Window(frozenset(WEEK), time(1, 30), time(2, 30))
    spring = [(span.begins_at, span.ends_at) for span in early.open_on(date(2026, 3, 29), "Europe/London")]
    assert spring == [(datetime(2026, 3, 29, 1, 0, tzinfo=UTC), datetime(2026, 3, 29, 1, 30, tzinfo=UTC))]
    autumn = [(span.begins_at, span.ends_at) for span in early.open_on(date(2026, 10, 25), "Europe/London")]
    assert autumn == [
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), datetime(2026, 10, 25, 2, 30, tzinfo=UTC)),
    ]


def test_a_window_with_a_zone_of_its_own_is_still_cut_to_the_leads_quiet_hours() -> None:
    """S1.3: a sending zone; ruling 22: the floor is the lead's own."""
    office = Window(frozenset(WEEK), time(9), time(17), "Europe/London")
    schedule = Schedule(Whereabouts(("America/New_York",), "US"), office)
    span = schedule.opening_after(datetime(2026, 6, 5, tzinfo=UTC))
    assert span == (datetime(2026, 6, 5, 12, tzinfo=UTC), datetime(2026, 6, 5, 16, tzinfo=UTC))


def test_whoever_may_be_in_several_zones_is_written_to_when_all_are_awake() -> None:
    schedule = Schedule(Whereabouts(("America/New_York", "America/Los_Angeles"), "US"), None)
    span = schedule.opening_after(datetime(2026, 6, 5, 12, tzinfo=UTC))
    assert span == (datetime(2026, 6, 5, 15, tzinfo=UTC), datetime(2026, 6, 6, 1, tzinfo=UTC))
    apart = Whereabouts(("Europe/Kaliningrad", "Asia/Kamchatka"), "RU")
    assert Schedule(apart, USUAL_WINDOW).next_opening(datetime(2026, 6, 5, tzinfo=UTC)) is None


def test_holidays_are_those_of_country_and_subdivision() -> None:
    day = date(2026, 11, 30)  # St Andrew's
    assert is_day_off(day, "GB", "SCT") and not is_day_off(day, "GB", "ENG") and not is_day_off(day, "GB")
    easter = date(2026, 4, 6)
    assert is_day_off(easter, "GB") and not is_day_off(easter, "GB", "SCT")
    assert is_day_off(date(2026, 12, 25), "GB", "??") and not is_day_off(date(2026, 12, 25), "??")
