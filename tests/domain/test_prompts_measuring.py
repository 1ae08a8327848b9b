"""How versions compare: intervals against known numbers, and verdicts that are the same either way round."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.prompts.measuring import ComparisonVerdict, Outcome, Rate, compare, rate, trips_guard

# Wilson's interval at 95 %, as statistics packages compute it.
KNOWN = [
    (0, 10, 0.0, 0.2775),
    (1, 10, 0.0179, 0.4042),
    (5, 10, 0.2366, 0.7634),
    (10, 10, 0.7225, 1.0),
    (50, 100, 0.4038, 0.5962),
    (3, 200, 0.0051, 0.0432),
    (81, 263, 0.2553, 0.3662),
]
_TURNED = {
    ComparisonVerdict.BETTER: ComparisonVerdict.WORSE,
    ComparisonVerdict.WORSE: ComparisonVerdict.BETTER,
}


@pytest.mark.parametrize(("count", "of", "low", "high"), KNOWN)
def test_intervals_are_wilsons(count: int, of: int, low: float, high: float) -> None:
    found = rate(count, of)
    assert [found.low, found.high] == pytest.approx([low, high], abs=0.0001)
    assert found.value == round(count / of, 4)


def test_of_nothing_nothing_is_known() -> None:
    assert rate(0, 0) == Rate(0, 0, None, 0.0, 1.0)


def rates(least: int = 0) -> st.SearchStrategy[Rate]:
    return st.integers(least, 2_000).flatmap(lambda of: st.integers(0, of).map(lambda count: rate(count, of)))


@given(rates())
def test_a_rate_lies_within_its_interval(one: Rate) -> None:
    assert 0 <= one.low <= one.high <= 1
    if one.value is not None:
        assert one.low - 0.0001 <= one.value <= one.high + 0.0001


@given(rates(), rates())
def test_what_is_better_one_way_is_worse_the_other(one: Rate, other: Rate) -> None:
    verdict = compare(one, other)
    assert compare(other, one) is _TURNED.get(verdict, verdict)


@given(rates())
def test_nothing_is_better_than_itself(one: Rate) -> None:
    assert compare(one, one) in (ComparisonVerdict.NO_DIFFERENCE, ComparisonVerdict.INSUFFICIENT_DATA)


@pytest.mark.parametrize(
    ("newer", "older", "verdict"),
    [
        (rate(29, 29), rate(0, 1_000), "INSUFFICIENT_DATA"),
        (rate(30, 30), rate(0, 29), "INSUFFICIENT_DATA"),
        (rate(30, 30), rate(0, 30), "BETTER"),
        (rate(0, 30), rate(30, 30), "WORSE"),
        (rate(16, 30), rate(14, 30), "NO_DIFFERENCE"),
        (rate(60, 1_000), rate(40, 1_000), "BETTER"),
        (rate(55, 1_000), rate(45, 1_000), "NO_DIFFERENCE"),
    ],
)
def test_a_difference_counts_where_chance_does_not_explain_it(newer: Rate, older: Rate, verdict: str) -> None:
    assert compare(newer, older) == verdict


@pytest.mark.parametrize(
    ("newer", "older", "trips"),
    [
        (Outcome(20, 20, opt_outs=10), Outcome(40, 40, opt_outs=1), True),
        (Outcome(19, 19, opt_outs=19), Outcome(40, 40, opt_outs=1), False),
        (Outcome(20, 20, opt_outs=10), Outcome(19, 19), False),
        (Outcome(20, 20, opt_outs=1), Outcome(40, 40, opt_outs=10), False),
        (Outcome(1, 5, breaches=3), None, True),
        (Outcome(1, 0, breaches=3), None, True),
        (Outcome(1, 5, breaches=2), None, False),
        (Outcome(40, 40, breaches=4), None, False),
        (Outcome(40, 40, breaches=5), None, True),
        (Outcome(), None, False),
    ],
)
def test_the_guard_trips_on_harm_alone(newer: Outcome, older: Outcome | None, trips: bool) -> None:
    why = trips_guard(newer, older)
    assert bool(why) is trips
