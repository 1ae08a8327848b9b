"""The gate: whether something may be sent now, and if not, why and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.campaigns.clock import is_expired
from domain.campaigns.rates import cap_lifts_at, next_fit
from domain.campaigns.reasons import ASKED, NEVER_OPENS, SENTENCES, GateReason, Verdict
from domain.campaigns.sendings import Enrolled, Purpose, Recipient, Sender, Sending
from domain.campaigns.states import CampaignStatus, EnrollmentStatus, StepRunStatus
from domain.campaigns.zones import country_of_phone
from domain.conversations import Channel
from domain.people import OrganizationStatus

_R = GateReason
_BY_PHONE = (Channel.SMS, Channel.WHATSAPP, Channel.CALL)
# What belongs to no other country for whom a call is a call at home.
_AT_HOME = {country: ("GB", "GG", "IM", "JE") for country in ("GB", "GG", "IM", "JE")}


@dataclass(frozen=True, slots=True)
class Decision:
    """`reason` is None where it may be sent. `retry_at` is when to ask again; None where time alone changes nothing."""

    verdict: Verdict
    reason: GateReason | None = None
    retry_at: datetime | None = None
    message: str = "It may be sent now."

    @property
    def may_send(self) -> bool:
        return self.verdict is Verdict.SEND


def decide(sending: Sending, now: datetime) -> Decision:
    """What is over comes before what somebody can change, and that before what passes by itself.

    So a step is never told to wait for the morning if it will not be sent then either; and one that only rests is not
    told to be too late, because its time is set anew when it goes on.
    """
    asked = ASKED[sending.outgoing.purpose]
    for verdict, reasons in ((Verdict.END, _ends(sending)), (Verdict.HOLD, _holds(sending))):
        for reason in reasons:
            if reason in asked:
                return Decision(verdict, reason, None, _sentence(sending, reason))
    if _R.EXPIRED in asked and is_expired(sending.outgoing.expires_at, now):
        return Decision(Verdict.END, _R.EXPIRED, None, SENTENCES[_R.EXPIRED])
    return _in_time(sending, now)


def _ends(sending: Sending) -> Iterator[GateReason]:
    """What will not change, or only by somebody beginning again."""
    outgoing, recipient, enrolled = sending.outgoing, sending.recipient, sending.enrolled
    if outgoing.was_sent or (enrolled and enrolled.step_run_status is StepRunStatus.SENT):
        yield _R.ALREADY_SENT
    if recipient.is_suppressed:
        yield _R.SUPPRESSED
    if enrolled:
        yield from _ends_of(enrolled, recipient)
    if recipient.archived_at:
        yield _R.LEAD_ARCHIVED
    if not recipient.address or recipient.is_address_invalid:
        yield _R.INVALID_ADDRESS
    if _is_abroad(sending):
        yield _R.INTERNATIONAL_BLOCKED
    if recipient.consent_withdrawn_at:
        yield _R.NO_CONSENT
    if outgoing.blocked_words:
        yield _R.CONTENT_BLOCKED


def _ends_of(enrolled: Enrolled, recipient: Recipient) -> Iterator[GateReason]:
    replied_at = recipient.last_replied_at
    if enrolled.stops_on_reply and replied_at and replied_at >= enrolled.enrolled_at:
        yield _R.REPLIED_SINCE
    is_over = enrolled.step_run_status is not StepRunStatus.SCHEDULED
    if is_over or enrolled.status not in (EnrollmentStatus.ACTIVE, EnrollmentStatus.PAUSED):
        yield _R.ENROLLMENT_NOT_ACTIVE
    if enrolled.campaign_status is CampaignStatus.COMPLETED:
        yield _R.CAMPAIGN_NOT_ACTIVE


def _holds(sending: Sending) -> Iterator[GateReason]:
    """What rests until somebody lets it go on."""
    sender, enrolled = sending.sender, sending.enrolled
    if sender.status is not OrganizationStatus.ACTIVE:
        yield _R.ORGANIZATION_INACTIVE
    if not sender.sending_enabled:
        yield _R.SENDING_DISABLED
    if not sending.outgoing.has_sender:
        yield _R.NO_SENDER
    if enrolled is None or enrolled.campaign_status is not CampaignStatus.ACTIVE:
        yield _R.CAMPAIGN_NOT_ACTIVE
    if enrolled is None or enrolled.status is not EnrollmentStatus.ACTIVE:
        yield _R.ENROLLMENT_NOT_ACTIVE
    if sending.recipient.lawful_basis is None:
        yield _R.NO_CONSENT
    if sending.recipient.manual_mode_at:
        yield _R.MANUAL_MODE


def _in_time(sending: Sending, now: datetime) -> Decision:
    """What passes by itself: the first reason, and the first instant at which none of them is left."""
    waits = list(_waits(sending, now))
    if not waits:
        return Decision(Verdict.SEND)
    reason, retry_at = waits[0][0], _latest([until for _, until in waits])
    if retry_at and _keeps_hours(sending):
        retry_at = sending.schedule.next_opening(retry_at)
    if retry_at is None:
        never = NEVER_OPENS if reason in (_R.OUTSIDE_WINDOW, _R.QUIET_HOURS) else SENTENCES[reason]
        return Decision(Verdict.HOLD, reason, None, never)
    return Decision(Verdict.WAIT, reason, retry_at, SENTENCES[reason])


def _waits(sending: Sending, now: datetime) -> Iterator[tuple[GateReason, datetime | None]]:
    """Each reason that passes, and when it does."""
    asked, schedule, traffic = ASKED[sending.outgoing.purpose], sending.schedule, sending.traffic
    if _keeps_hours(sending) and not schedule.is_open(now):
        yield _R.QUIET_HOURS if schedule.is_quiet(now) else _R.OUTSIDE_WINDOW, schedule.next_opening(now)
    if _R.RATE_LIMITED in asked:
        fits_at = next_fit(traffic.allowances, sending.outgoing.segments, now)
        if fits_at != now:
            yield _R.RATE_LIMITED, fits_at
    if _R.FREQUENCY_CAP in asked and traffic.frequency_cap:
        lifts_at = cap_lifts_at(traffic.frequency_cap, traffic.contacted_at, now)
        if lifts_at != now:
            yield _R.FREQUENCY_CAP, lifts_at


def _latest(instants: list[datetime | None]) -> datetime | None:
    """None, which is never, is later than all."""
    known = [at for at in instants if at]
    return max(known) if len(known) == len(instants) else None


def _keeps_hours(sending: Sending) -> bool:
    """Answers go out at any hour, unless strictness is asked for, which wins (ruling 23)."""
    if sending.outgoing.purpose is Purpose.ANSWER:
        return sending.sender.respect_schedule_strictly or not sending.sender.respond_to_inbound_24_7
    return _R.OUTSIDE_WINDOW in ASKED[sending.outgoing.purpose]


def _is_abroad(sending: Sending) -> bool:
    sender: Sender = sending.sender
    if sender.allow_international or sending.outgoing.channel not in _BY_PHONE:
        return False
    country = country_of_phone(sending.recipient.address)
    return country not in _AT_HOME.get(sender.country, (sender.country,))


def _sentence(sending: Sending, reason: GateReason) -> str:
    words = ", ".join(f"“{word}”" for word in sending.outgoing.blocked_words)
    return f"{SENTENCES[reason][:-1]}: {words}." if reason is _R.CONTENT_BLOCKED else SENTENCES[reason]
