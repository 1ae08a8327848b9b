"""Dispatching: what the gate's answer makes of a step that is due, and of the enrolment it belongs to."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from domain.campaigns.clock import Due, due, schedule_of, validity_seconds
from domain.campaigns.drafts import StepChannel
from domain.campaigns.enrolling import Step
from domain.campaigns.gate import Decision, decide
from domain.campaigns.metering import Meter
from domain.campaigns.reasons import GateReason, Verdict
from domain.campaigns.sendings import Enrolled, Outgoing, Purpose, Sending, Traffic
from domain.campaigns.states import CampaignStatus, EnrollmentReason, EnrollmentStatus, Standing, StepRunStatus
from domain.campaigns.templates import Rendered, blocked_words, render
from domain.campaigns.terms import Terms, recipient_on, schedule_for
from domain.conversations import Channel

_ASKED_AGAIN = timedelta(minutes=15)  # after which a step that people keep is looked at again
_ENDS = {
    GateReason.EXPIRED: StepRunStatus.EXPIRED,
    GateReason.ENROLLMENT_NOT_ACTIVE: StepRunStatus.CANCELED,
    GateReason.CAMPAIGN_NOT_ACTIVE: StepRunStatus.CANCELED,
}
_PAUSES = {
    GateReason.SUPPRESSED: EnrollmentReason.OPTED_OUT,
    GateReason.INVALID_ADDRESS: EnrollmentReason.INVALID_ADDRESS,
}


@dataclass(frozen=True, slots=True)
class Run:
    """A step of somebody's enrolment that is due, with what it would say."""

    id: UUID
    enrollment_id: UUID
    enrolled_at: datetime
    enrollment_status: EnrollmentStatus
    step: Step
    person: Mapping[str, Any]
    subject: str | None  # of an e-mail
    text: Rendered
    scheduled_at: datetime
    expires_at: datetime | None
    held_at: datetime | None
    message_id: UUID  # of the text it becomes
    parked_id: UUID | None = None  # the same, where it became one that no carrier took

    @property
    def is_call(self) -> bool:
        """Which people make: no carrier has to do with it."""
        return self.step.channel is StepChannel.CALL

    def lasts_until(self, now: datetime) -> datetime | None:
        """While people kept it, its time did not run out."""
        kept = now - self.held_at if self.held_at else timedelta()
        return self.expires_at + kept if self.expires_at else None


@dataclass(frozen=True, slots=True)
class Settled:
    """How a run stands after it was looked at; one that is SCHEDULED is looked at again at `next_attempt_at`."""

    status: StepRunStatus
    reason: GateReason | None
    scheduled_at: datetime
    expires_at: datetime | None
    next_attempt_at: datetime | None = None
    held_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Following:
    """What comes after a run that is over: the next one and when it is due, or how the enrolment stands from now on."""

    step: Step | None = None
    due: Due | None = None
    standing: Standing | None = None


def ask(
    run: Run, terms: Terms, campaign_status: CampaignStatus, meter: Meter, senders: Container[Channel], now: datetime
) -> Decision:
    """The gate, of a run that is due. `senders` are the channels that there is something for to send it from."""
    channel = Channel(run.step.channel)
    schedule = schedule_for(terms, run.person)
    outgoing = Outgoing(
        purpose=Purpose.STEP,
        channel=channel,
        segments=run.text.segments,
        blocked_words=blocked_words(run.text, channel, terms.blacklisted_words),
        expires_at=run.lasts_until(now),
        has_sender=run.is_call or channel in senders,
    )
    enrolled = Enrolled(
        campaign_status=campaign_status,
        status=run.enrollment_status,
        enrolled_at=run.enrolled_at,
        stops_on_reply=run.step.only_without_reply,
    )
    return decide(
        Sending(
            outgoing=outgoing,
            sender=terms.sender,
            recipient=recipient_on(run.person, channel),
            schedule=schedule_of(run.step.timing, schedule),
            enrolled=enrolled,
            traffic=_traffic(run, terms, meter),
        ),
        now,
    )


def _traffic(run: Run, terms: Terms, meter: Meter) -> Traffic:
    """What went out already. Rates and the cap are of messages: people who call are asked for no patience by us."""
    if run.is_call:
        return Traffic()
    contacted_at = tuple(run.person["contacted_at"])
    return Traffic(allowances=meter.allowances(), frequency_cap=terms.frequency_cap, contacted_at=contacted_at)


def settle(run: Run, decision: Decision, now: datetime) -> Settled:
    """What becomes of it."""
    scheduled_at, expires_at = run.scheduled_at, run.lasts_until(now)
    match decision.verdict:
        case Verdict.SEND:
            return Settled(StepRunStatus.SENT, None, scheduled_at, expires_at)
        case Verdict.WAIT:
            at = decision.retry_at or now + _ASKED_AGAIN
            return Settled(StepRunStatus.SCHEDULED, decision.reason, at, expires_at, at)
        case Verdict.HOLD:
            later, held_at = now + _ASKED_AGAIN, run.held_at or now
            status, reason = StepRunStatus.SCHEDULED, decision.reason
            return Settled(status, reason, scheduled_at, run.expires_at, later, held_at)
    assert decision.reason, "what ends has a reason"
    status = _ENDS.get(decision.reason, StepRunStatus.SKIPPED)
    return Settled(status, decision.reason, scheduled_at, expires_at)


def follow(run: Run, settled: Settled, left: Sequence[Step], terms: Terms, now: datetime) -> Following:
    """After a run that is over. `left` are the steps of its enrolment that are still planned, in their order."""
    if not left:
        return Following(standing=Standing(EnrollmentStatus.COMPLETED, EnrollmentReason.CADENCE_FINISHED))
    pause = _PAUSES.get(settled.reason) if settled.reason else None
    if pause and all(step.channel == run.step.channel for step in left):
        return Following(standing=Standing(EnrollmentStatus.PAUSED, pause))
    step, was_sent = left[0], settled.status is StepRunStatus.SENT
    schedule = schedule_for(terms, run.person)
    previous_at = now if was_sent else run.scheduled_at
    began_at = terms.begins(run.enrolled_at)
    found = due(step.timing, schedule, run.enrollment_id, step.id, enrolled_at=began_at, previous_at=previous_at)
    return Following(step, found)


def validity(run: Run, terms: Terms, now: datetime) -> int:
    """For how many seconds a carrier may try."""
    schedule = schedule_of(run.step.timing, schedule_for(terms, run.person))
    return validity_seconds(schedule, now, run.lasts_until(now))


def say(template: str, channel: str, person: Mapping[str, Any], campaign: Mapping[str, Any]) -> Rendered:
    """What a step says to somebody, or the subject it has. Parts are billed of texts alone."""
    facts = {name: person[name] for name in _OF_PEOPLE} | {name: campaign[name] for name in _OF_CAMPAIGNS}
    link = campaign["cal_booking_link"] or campaign["organization_booking_link"]
    said = render(template, facts | {"booking_link": _named(link, person["id"])})
    segments = {Channel.EMAIL: 1, Channel.LINKEDIN: 1, Channel.CALL: 0}.get(Channel(channel), said.segments)
    return replace(said, segments=segments)


_OF_PEOPLE = (
    "first_name", "last_name", "name", "company", "title", "industry", "location", "postcode", "assignee",
)  # fmt: skip
_OF_CAMPAIGNS = ("organization", "organization_phone", "website")


def _named(link: str | None, lead_id: UUID) -> str | None:
    """With what makes Cal.com tell us whose booking it is."""
    joint = "&" if link and "?" in link else "?"
    return f"{link}{joint}metadata%5BrekindleLead%5D=lead_{lead_id}" if link else None
