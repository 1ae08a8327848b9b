"""Enrolling: how somebody begins in a campaign, and what is planned for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.campaigns.clock import Due, PlannedStep, plan
from domain.campaigns.drafts import StepChannel
from domain.campaigns.gate import Decision, decide
from domain.campaigns.reasons import GateReason, Verdict
from domain.campaigns.sendings import Enrolled, Outgoing, Purpose, Sending
from domain.campaigns.states import CampaignStatus, EnrollmentReason, EnrollmentStatus, Standing
from domain.campaigns.terms import Terms, recipient_on, schedule_for
from domain.campaigns.timing import DelayType, StepAnchor, StepTiming
from domain.conversations import Channel

MOST_AT_ONCE = 100
_PAUSED_BY = {
    GateReason.SUPPRESSED: EnrollmentReason.OPTED_OUT,
    GateReason.INVALID_ADDRESS: EnrollmentReason.INVALID_ADDRESS,
}


class EnrollmentSource(StrEnum):
    """What enrolled somebody."""

    BY_HAND = "BY_HAND"
    TAG = "TAG"
    DATASET = "DATASET"


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a campaign that runs."""

    id: UUID
    position: int
    channel: StepChannel
    subject: str | None
    body: str
    timing: StepTiming
    only_without_reply: bool


@dataclass(frozen=True, slots=True)
class Beginning:
    """How an enrolment begins: steps in their order with when each is due (None: never), and what keeps the first."""

    standing: Standing
    steps: Sequence[tuple[Step, Due | None]]
    reason: GateReason | None


def read_step(row: Mapping[str, Any]) -> Step:
    timing = StepTiming(
        StepAnchor(row["anchor"]),
        row["day_number"],
        row["delay_days"],
        row["delay_hours"],
        DelayType(row["delay_type"]),
        row["delay_respect_sending_hours"],
        row["jitter_seconds"],
        row["expires_after_hours"],
    )
    channel = StepChannel(row["channel"])
    id = UUID(int=row["id"].int)
    return Step(id, row["position"], channel, row["subject"], row["body"], timing, row["only_without_reply"])


def begin(
    enrollment_id: UUID, steps: Sequence[Step], terms: Terms, person: Mapping[str, Any], now: datetime
) -> Beginning:
    """Who could be sent none of it for the same lasting reason does not begin at all, and the reason is told."""
    schedule = schedule_for(terms, person)
    decisions = [_ask(step, terms, person, now) for step in steps]
    dues = plan([PlannedStep(step.id, step.timing) for step in steps], schedule, enrollment_id, terms.begins(now))
    lasting = {_PAUSED_BY.get(one.reason) if one.reason else None for one in decisions}
    standing = Standing(EnrollmentStatus.ACTIVE)
    if len(lasting) == 1 and (reason := lasting.pop()):
        standing = Standing(EnrollmentStatus.PAUSED, reason)
    first = decisions[0]
    kept = first.reason if first.verdict in (Verdict.HOLD, Verdict.END) else None
    return Beginning(standing, list(zip(steps, dues, strict=True)), kept or (None if dues[0] else _NEVER))


_NEVER = GateReason.OUTSIDE_WINDOW


def _ask(step: Step, terms: Terms, person: Mapping[str, Any], now: datetime) -> Decision:
    channel = Channel(step.channel)
    enrolled = Enrolled(campaign_status=CampaignStatus.ACTIVE, status=EnrollmentStatus.ACTIVE, enrolled_at=now)
    sending = Sending(
        outgoing=Outgoing(purpose=Purpose.STEP, channel=channel),
        sender=terms.sender,
        recipient=recipient_on(person, channel),
        schedule=schedule_for(terms, person),
        enrolled=enrolled,
    )
    return decide(sending, now)
