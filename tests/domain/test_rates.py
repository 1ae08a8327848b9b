"""How much may be sent: in no minute, hour or day more than agreed, wherever one begins to count (S1.3)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.campaigns.rates import Allowance, FrequencyCap, Limit, Rates, Sent, cap_lifts_at, check_rates, next_fit
from domain.refusals import Refusal

NOW = datetime(2026, 6, 1, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def rates(per_minute: int | None = None, per_hour: int | None = None, per_day: int | None = None) -> Rates:
    return Rates(per_minute, per_hour, per_day)


def sent(*ago: int, segments: int = 1) -> tuple[Sent, ...]:
    return tuple(Sent(NOW - seconds * SECOND, segments) for seconds in ago)


RATES = st.builds(rates, st.none() | st.integers(1, 4), st.none() | st.integers(1, 20), st.none() | st.integers(1, 50))
# What people want to send: after how many seconds the next one, and how long.
WANTED = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 6)), max_size=40)


def send_all(wanted: list[tuple[int, int]], *under: Rates) -> list[Sent]:
    """Each is sent as soon as it may be, one after the other."""
    found: list[Sent] = []
    now = NOW
    for wait, segments in wanted:
        now += wait * SECOND
        at = next_fit([Allowance(one, tuple(found)) for one in under], segments, now)
        assert at is not None and at >= now
        assert next_fit([Allowance(one, tuple(found)) for one in under], segments, at) == at, "then it does fit"
        found.append(Sent(at, segments))
        now = at
    return found


def heaviest(limit: Limit, found: list[Sent]) -> int:
    """The most segments in any window of that length; of a text longer than the limit, what it may use at once."""
    windows = ([b for b in found if a.at <= b.at < a.at + limit.within] for a in found)
    return max((sum(min(one.segments, limit.most) for one in window) for window in windows), default=0)


@settings(max_examples=200)
@given(RATES, RATES, WANTED)
def test_no_window_ever_holds_more_than_its_limit(one: Rates, other: Rates, wanted: list[tuple[int, int]]) -> None:
    found = send_all(wanted, one, other)
    for limit in (*one.limits(), *other.limits()):
        assert heaviest(limit, found) <= limit.most


@given(st.integers(1, 3), st.lists(st.integers(1, 9), min_size=1, max_size=20))
def test_long_texts_are_paid_for_in_time(most: int, lengths: list[int]) -> None:
    found = send_all([(0, length) for length in lengths], rates(most))
    minutes = (found[-1].at - NOW) / timedelta(minutes=1)
    assert minutes >= sum(lengths[:-1]) / most - 1


@settings(max_examples=200)
@given(st.integers(1, 5), st.lists(st.integers(0, 90), max_size=8), st.integers(1, 5))
def test_it_fits_no_later_than_it_has_to(most: int, ago: list[int], segments: int) -> None:
    under = [Allowance(rates(most), sent(*ago))]
    at = next_fit(under, segments, NOW)
    assert at
    for second in range(int((at - NOW) / SECOND)):
        assert next_fit(under, segments, NOW + second * SECOND) != NOW + second * SECOND


@pytest.mark.parametrize(
    ("per", "before", "segments", "wait"),
    [
        (rates(1), sent(), 1, 0),
        (rates(1), sent(0), 1, 60),
        (rates(1), sent(59), 1, 1),
        (rates(1), sent(60), 1, 0),
        (rates(3), sent(10, 20, segments=1), 2, 40),
        (rates(3), sent(10, 20, segments=1), 1, 0),
        (rates(1), sent(), 2, 0),  # longer than a minute holds: alone, and the next minute is used up too
        (rates(1), sent(0, segments=2), 1, 120),
        (rates(1, 2), sent(600, 1200), 1, 2400),
        (rates(None, None, 2), sent(3600, 7200), 1, 22 * 3600),
        (rates(), sent(*range(100)), 9, 0),
        (Rates(), sent(0), 1, 60),
        (Rates(), sent(*range(60, 1860, 60)), 1, 3600 - 1800),
    ],
)
def test_when_a_text_fits(per: Rates, before: tuple[Sent, ...], segments: int, wait: int) -> None:
    assert next_fit([Allowance(per, before)], segments, NOW) == NOW + wait * SECOND


def test_one_of_our_numbers_may_have_a_limit_of_its_own() -> None:
    organization, number = Allowance(rates(10), sent(5)), Allowance(rates(1), sent(5))
    assert next_fit([organization], 1, NOW) == NOW
    assert next_fit([organization, number], 1, NOW) == NOW + 55 * SECOND
    assert next_fit([Allowance(rates(0))], 1, NOW) is None


def test_how_often_one_person_is_written_to() -> None:
    cap = FrequencyCap(messages=2, days=7)
    days = [NOW - timedelta(days=n) for n in (1, 3)]
    assert cap_lifts_at(cap, days[:1], NOW) == NOW
    assert cap_lifts_at(cap, days, NOW) == NOW + timedelta(days=4)
    assert cap_lifts_at(FrequencyCap(0), [], NOW) is None


@pytest.mark.parametrize(
    ("given_rates", "field"),
    [(rates(0), "messagesPerMinute"), (rates(1, -1), "messagesPerHour"), (rates(1, 1, 0), "messagesPerDay")],
)
def test_rates_by_which_nothing_could_be_sent_are_refused(given_rates: Rates, field: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_rates(given_rates)
    assert refused.value.field == field
    assert check_rates(rates()) == rates()
