"""How campaigns, enrolments and steps stand, and which way each may go from there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

from domain.refusals import Refusal, RefusalCode


class CampaignStatus(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"


class EnrollmentStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    COMPLETED = "COMPLETED"
    QUALIFIED = "QUALIFIED"
    CANCELLED = "CANCELLED"


class EnrollmentReason(StrEnum):
    """Why an enrolment is not active, or not any more."""

    REPLIED = "REPLIED"
    CADENCE_FINISHED = "CADENCE_FINISHED"
    OPTED_OUT = "OPTED_OUT"
    MANUAL = "MANUAL"
    BOOKED = "BOOKED"
    MERGED = "MERGED"
    INVALID_ADDRESS = "INVALID_ADDRESS"
    CAMPAIGN_ENDED = "CAMPAIGN_ENDED"


class StepRunStatus(StrEnum):
    SCHEDULED = "SCHEDULED"
    SENT = "SENT"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"


_C, _E, _S, _R = CampaignStatus, EnrollmentStatus, StepRunStatus, EnrollmentReason

CAMPAIGN_MOVES: Mapping[CampaignStatus, frozenset[CampaignStatus]] = {
    _C.DRAFT: frozenset({_C.ACTIVE}),
    _C.ACTIVE: frozenset({_C.PAUSED, _C.COMPLETED}),
    _C.PAUSED: frozenset({_C.ACTIVE, _C.COMPLETED}),
    _C.COMPLETED: frozenset(),
}
ENROLLMENT_MOVES: Mapping[EnrollmentStatus, frozenset[EnrollmentStatus]] = {
    _E.ACTIVE: frozenset({_E.PAUSED, _E.COMPLETED, _E.QUALIFIED, _E.CANCELLED}),
    _E.PAUSED: frozenset({_E.ACTIVE, _E.COMPLETED, _E.QUALIFIED, _E.CANCELLED}),
    _E.COMPLETED: frozenset({_E.QUALIFIED}),  # somebody who replied turns out to be what was hoped for
    _E.QUALIFIED: frozenset(),
    _E.CANCELLED: frozenset(),
}
# A step is SENT from the moment its message is SENDING, in one transaction; the carrier may still refuse that, or not
# take it, and then it waits again.
STEP_MOVES: Mapping[StepRunStatus, frozenset[StepRunStatus]] = {
    _S.SCHEDULED: frozenset(set(_S) - {_S.SCHEDULED}),
    _S.SENT: frozenset({_S.FAILED, _S.SCHEDULED}),
    **dict.fromkeys((_S.FAILED, _S.SKIPPED, _S.EXPIRED, _S.CANCELED), frozenset()),
}
# While one of these stands, there is no other enrolment of the lead in the campaign.
STANDING = (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED)
REASONS: Mapping[EnrollmentStatus, frozenset[EnrollmentReason]] = {
    _E.ACTIVE: frozenset(),
    _E.PAUSED: frozenset({_R.OPTED_OUT, _R.MANUAL, _R.INVALID_ADDRESS}),
    _E.COMPLETED: frozenset({_R.REPLIED, _R.CADENCE_FINISHED, _R.CAMPAIGN_ENDED}),
    _E.QUALIFIED: frozenset({_R.REPLIED, _R.BOOKED, _R.MANUAL}),
    _E.CANCELLED: frozenset({_R.MANUAL, _R.MERGED, _R.CAMPAIGN_ENDED}),
}
# What becomes of an enrolment by itself when this happens. What a person does is said by the person.
_OUTCOMES: Mapping[EnrollmentReason, EnrollmentStatus] = {
    _R.REPLIED: _E.COMPLETED,
    _R.CADENCE_FINISHED: _E.COMPLETED,
    _R.OPTED_OUT: _E.PAUSED,
    _R.INVALID_ADDRESS: _E.PAUSED,
    _R.BOOKED: _E.QUALIFIED,
    _R.MERGED: _E.CANCELLED,
    _R.CAMPAIGN_ENDED: _E.COMPLETED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an enrolment stands, and why."""

    status: EnrollmentStatus
    reason: EnrollmentReason | None = None


def move_campaign(now: CampaignStatus, to: CampaignStatus) -> CampaignStatus:
    if to not in CAMPAIGN_MOVES[now]:
        raise _conflict(f"A campaign that is {now} cannot become {to}.")
    return to


def move_enrollment(now: Standing, to: Standing, *, is_suppressed: bool = False) -> Standing:
    """What somebody decides; refuses what is over, and to go on with who asked to be left alone."""
    if to.status not in ENROLLMENT_MOVES[now.status]:
        raise _conflict(f"An enrolment that is {now.status} cannot become {to.status}.")
    if to.reason not in (REASONS[to.status] or {None}):
        raise _conflict(f"An enrolment is not {to.status} because of {to.reason}.")
    if to.status is EnrollmentStatus.ACTIVE and is_suppressed:
        raise Refusal(RefusalCode.LEAD_OPTED_OUT, "They asked not to be written to, so this cannot be resumed.")
    return to


def after(now: Standing, event: EnrollmentReason) -> Standing:
    """What becomes of an enrolment when that happens. Told twice, or when it is over, it changes nothing.

    A text that asks to stop is OPTED_OUT, not REPLIED: whoever tells of both tells of OPTED_OUT.
    """
    status = _OUTCOMES.get(event)
    if status is None or status not in ENROLLMENT_MOVES[now.status]:
        return _graver(now, event)
    return Standing(status, event)


def _graver(now: Standing, event: EnrollmentReason) -> Standing:
    """A pause by hand becomes one that nobody may simply end."""
    paused = now.status is EnrollmentStatus.PAUSED and now.reason is not EnrollmentReason.OPTED_OUT
    return Standing(now.status, event) if paused and event is EnrollmentReason.OPTED_OUT else now


def may_enroll(others: Collection[EnrollmentStatus]) -> bool:
    """Whether a lead may be enrolled, again too, by how their other enrolments in the campaign stand (S0.17)."""
    return not any(status in STANDING for status in others)


def move_step(now: StepRunStatus, to: StepRunStatus) -> StepRunStatus | None:
    """None where it is already over: who comes second is no mistake, and changes nothing."""
    return to if to in STEP_MOVES[now] else None


def _conflict(message: str) -> Refusal:
    return Refusal(RefusalCode.CONFLICT, message)
