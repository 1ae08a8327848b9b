"""What becomes of a booking does not depend on the order in which it is told, nor on how often (S1.7)."""

from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.bookings import (
    FACTS,
    PERSONAL,
    STATE,
    BookingNotice,
    BookingStatus,
    amend,
    check_times,
    is_web_address,
    without_person,
)
from domain.refusals import Refusal

START = datetime(2026, 3, 1, 9, tzinfo=UTC)


def notice(status: BookingStatus, minute: int, **more: Any) -> BookingNotice:
    """A calendar tells the same of a booking until it is moved: what is told later begins later."""
    facts = dict.fromkeys(FACTS) | {"starts_at": START, "ends_at": START, "title": "A call"}
    return BookingNotice("uid", status, START + timedelta(minutes=minute), facts, **more)


def moved(told: BookingNotice, days: int) -> BookingNotice:
    at = START + timedelta(days=days)
    facts = told.facts | {"starts_at": at, "ends_at": at}
    return BookingNotice(told.external_id, told.status, told.told_at, facts, rescheduled_from="before")


MAKING = st.builds(
    lambda status, minute: moved(notice(status, minute), minute),
    st.sampled_from([BookingStatus.REQUESTED, BookingStatus.BOOKED]),
    st.integers(0, 50),
)
CANCELLING = st.builds(
    lambda minute: notice(BookingStatus.CANCELLED, minute, cancel_reason=str(minute)), st.integers(0, 50)
)


def outcome(notices: list[BookingNotice]) -> dict[str, Any]:
    state: dict[str, Any] | None = None
    for one in notices:
        state = amend(state, one)
    assert state
    return state


@given(st.lists(MAKING | CANCELLING, min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_order_and_any_repeats_end_the_same(notices: list[BookingNotice], chance: Any) -> None:
    repeated = [*notices, *chance.choices(notices, k=3)]
    shuffled = chance.sample(repeated, k=len(repeated))
    if any(one.status is not BookingStatus.CANCELLED for one in notices):
        assert outcome(shuffled) == outcome(notices)


@given(st.lists(MAKING | CANCELLING, min_size=2, max_size=6))
def test_a_status_never_goes_back(notices: list[BookingNotice]) -> None:
    order = list(BookingStatus)
    state: dict[str, Any] | None = None
    for one in notices:
        before = order.index(state["status"]) if state else 0
        state = amend(state, one)
        assert order.index(state["status"]) >= before


def test_requested_booked_and_cancelled() -> None:
    steps = [notice(BookingStatus.REQUESTED, 0), notice(BookingStatus.BOOKED, 5), notice(BookingStatus.CANCELLED, 9)]
    state = reduce(lambda was, told: amend(was, told), steps, None)
    assert state and set(state) == set(STATE)
    assert (state["status"], state["booked_at"]) == (BookingStatus.CANCELLED, START + timedelta(minutes=5))
    assert state["cancelled_at"] == START + timedelta(minutes=9)


def test_what_was_moved_stays_moved() -> None:
    state = amend(None, notice(BookingStatus.BOOKED, 0)) | {"status": BookingStatus.RESCHEDULED}
    assert amend(state, notice(BookingStatus.CANCELLED, 1))["status"] is BookingStatus.RESCHEDULED


def test_of_a_person_who_is_erased_only_the_times_stay() -> None:
    facts = dict.fromkeys(FACTS, "Ann") | {"starts_at": START, "ends_at": START, "time_zone": "Europe/Paris"}
    told = BookingNotice("uid", BookingStatus.CANCELLED, START, facts, cancel_reason="Ann is ill")
    left = without_person(amend(None, told))
    assert {name for name in PERSONAL if left[name]} == set() and "Ann" not in str(left)
    assert (left["starts_at"], left["time_zone"], left["status"]) == (START, "Europe/Paris", "CANCELLED")


@pytest.mark.parametrize(
    ("starts", "ends", "field"),
    [
        (-1, None, "startsAt"),
        (0, None, "startsAt"),
        (60 * 24 * 731, None, "startsAt"),
        (60, 60, "endsAt"),
        (60, 30, "endsAt"),
        (60, 60 + 24 * 60 + 1, "endsAt"),
    ],
)
def test_times_that_cannot_be(starts: int, ends: int | None, field: str) -> None:
    given_ends = START + timedelta(minutes=ends) if ends is not None else None
    with pytest.raises(Refusal) as refused:
        check_times(START + timedelta(minutes=starts), given_ends, START)
    assert refused.value.field == field


def test_half_an_hour_unless_told_otherwise() -> None:
    starts = START + timedelta(hours=1)
    assert check_times(starts, None, START) == (starts, starts + timedelta(minutes=30))
    assert check_times(starts, None, START, timedelta(hours=1))[1] == starts + timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("https://meet.example.com/x", True),
        ("http://localhost:3000", True),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https:///x", False),
        ("https://a b", False),
        ("https://x/" + "y" * 3000, False),
    ],
)
def test_only_web_addresses_become_links(text: str, is_one: bool) -> None:
    assert is_web_address(text) is is_one
