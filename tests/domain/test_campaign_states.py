"""How campaigns, enrolments and steps go on, and in which order steps stand."""

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.campaigns.sequences import check_sequence, next_day, number_by_day
from domain.campaigns.states import (
    CAMPAIGN_MOVES,
    ENROLLMENT_MOVES,
    REASONS,
    STEP_MOVES,
    CampaignStatus,
    EnrollmentReason,
    EnrollmentStatus,
    Standing,
    StepRunStatus,
    after,
    may_enroll,
    move_campaign,
    move_enrollment,
    move_step,
)
from domain.campaigns.timing import StepAnchor, StepTiming
from domain.refusals import Refusal, RefusalCode

E, R, S, C = EnrollmentStatus, EnrollmentReason, StepRunStatus, CampaignStatus
ACTIVE = Standing(E.ACTIVE)
STANDINGS = [Standing(status, reason) for status in E for reason in (REASONS[status] or {None})]


@pytest.mark.parametrize(
    ("now", "event", "then"),
    [
        (ACTIVE, R.REPLIED, Standing(E.COMPLETED, R.REPLIED)),  # S0.14
        (ACTIVE, R.CADENCE_FINISHED, Standing(E.COMPLETED, R.CADENCE_FINISHED)),
        (ACTIVE, R.OPTED_OUT, Standing(E.PAUSED, R.OPTED_OUT)),
        (ACTIVE, R.BOOKED, Standing(E.QUALIFIED, R.BOOKED)),
        (ACTIVE, R.MERGED, Standing(E.CANCELLED, R.MERGED)),
        (ACTIVE, R.INVALID_ADDRESS, Standing(E.PAUSED, R.INVALID_ADDRESS)),
        (ACTIVE, R.CAMPAIGN_ENDED, Standing(E.COMPLETED, R.CAMPAIGN_ENDED)),
        (ACTIVE, R.MANUAL, ACTIVE),  # what a person does is said by the person
        (Standing(E.PAUSED, R.MANUAL), R.OPTED_OUT, Standing(E.PAUSED, R.OPTED_OUT)),
        (Standing(E.PAUSED, R.OPTED_OUT), R.INVALID_ADDRESS, Standing(E.PAUSED, R.OPTED_OUT)),
        (Standing(E.COMPLETED, R.REPLIED), R.BOOKED, Standing(E.QUALIFIED, R.BOOKED)),
        (Standing(E.COMPLETED, R.REPLIED), R.OPTED_OUT, Standing(E.COMPLETED, R.REPLIED)),
        (Standing(E.QUALIFIED, R.BOOKED), R.REPLIED, Standing(E.QUALIFIED, R.BOOKED)),
        (Standing(E.CANCELLED, R.MANUAL), R.REPLIED, Standing(E.CANCELLED, R.MANUAL)),
    ],
)
def test_what_becomes_of_an_enrolment(now: Standing, event: EnrollmentReason, then: Standing) -> None:
    """S0.18, ruling 18."""
    assert after(now, event) == then


@given(st.sampled_from(STANDINGS), st.lists(st.sampled_from(R), max_size=6))
def test_whatever_happens_it_goes_only_where_it_may(now: Standing, events: list[EnrollmentReason]) -> None:
    for event in events:
        then = after(now, event)
        assert then.status is now.status or then.status in ENROLLMENT_MOVES[now.status]
        assert then.reason in (REASONS[then.status] or {None})
        assert after(then, event) == then, "told twice it changes nothing"
        now = then


def test_every_way_that_is_not_allowed_is_refused() -> None:
    """S0.18, S3.3, S3.6."""
    for now, to in product(STANDINGS, STANDINGS):
        if to.status in ENROLLMENT_MOVES[now.status]:
            assert move_enrollment(now, to) == to
            continue
        with pytest.raises(Refusal) as refused:
            move_enrollment(now, to)
        assert refused.value.code is RefusalCode.CONFLICT
    for was, then in product(C, C):
        if then in CAMPAIGN_MOVES[was]:
            assert move_campaign(was, then) is then
        else:
            with pytest.raises(Refusal):
                move_campaign(was, then)
    for before, wanted in product(S, S):
        assert move_step(before, wanted) is (wanted if wanted in STEP_MOVES[before] else None)


def test_a_status_goes_with_its_own_reasons_alone() -> None:
    with pytest.raises(Refusal):
        move_enrollment(ACTIVE, Standing(E.PAUSED, R.CADENCE_FINISHED))
    with pytest.raises(Refusal):
        move_enrollment(ACTIVE, Standing(E.CANCELLED))
    with pytest.raises(Refusal):
        move_enrollment(Standing(E.PAUSED, R.MANUAL), Standing(E.ACTIVE, R.MANUAL))


def test_who_opted_out_is_not_resumed_while_that_holds() -> None:
    """S0.18, S3.6's opted_out; ruling 18."""
    paused = Standing(E.PAUSED, R.OPTED_OUT)
    with pytest.raises(Refusal) as refused:
        move_enrollment(paused, ACTIVE, is_suppressed=True)
    assert refused.value.code is RefusalCode.LEAD_OPTED_OUT
    assert move_enrollment(paused, ACTIVE) == ACTIVE


@pytest.mark.parametrize(
    ("others", "may"),
    [
        ([], True),
        ([E.COMPLETED, E.QUALIFIED, E.CANCELLED], True),
        ([E.ACTIVE], False),
        ([E.COMPLETED, E.PAUSED], False),
    ],
)
def test_who_may_be_enrolled_again(others: list[EnrollmentStatus], may: bool) -> None:
    """S0.17, S3.6."""
    assert may_enroll(others) is may


def test_a_step_that_was_sent_can_only_have_failed() -> None:
    """S3.4."""
    assert move_step(S.SENT, S.FAILED) is S.FAILED
    assert move_step(S.SENT, S.SENT) is None and move_step(S.CANCELED, S.SENT) is None


def on_day(day: int) -> StepTiming:
    return StepTiming(StepAnchor.DATE, day_number=day)


def test_steps_come_in_the_order_of_their_numbers_and_days() -> None:
    """S0.16."""
    steps = [(number, on_day(day)) for number, day in enumerate((1, 2, 4, 6), 1)]
    assert check_sequence(steps[::-1]) == steps
    mixed = [(1, on_day(1)), (2, StepTiming(delay_hours=48)), (3, on_day(5))]
    assert check_sequence(mixed) == mixed


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([], "steps"),
        ([(number, on_day(number)) for number in range(1, 32)], "steps"),
        ([(1, on_day(1)), (1, on_day(2))], "stepNumber"),
        ([(1, on_day(1)), (3, on_day(2))], "stepNumber"),
        ([(0, on_day(1))], "stepNumber"),
        ([(1, on_day(2)), (2, on_day(2))], "dayNumber"),
        ([(1, on_day(4)), (2, on_day(2))], "dayNumber"),
    ],
)
def test_an_order_that_cannot_be_is_refused(steps: list[tuple[int, StepTiming]], field: str) -> None:
    """S0.16: unique days, and numbers that agree with them, which the original forgot."""
    with pytest.raises(Refusal) as refused:
        check_sequence(steps)
    assert refused.value.field == field


def test_the_day_that_comes_next() -> None:
    """S0.17, S0.19."""
    days = (1, 2, 4, 6)
    assert [next_day(days, last) for last in (0, 1, 2, 4, 6)] == [1, 2, 4, 6, None]
    assert number_by_day((4, 1, 6, 2)) == {1: 1, 2: 2, 4: 3, 6: 4}
    with pytest.raises(Refusal):
        number_by_day((1, 1))
