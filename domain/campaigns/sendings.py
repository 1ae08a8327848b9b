"""What is known of something that is about to be sent: what the gate looks at."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from domain.campaigns.rates import Allowance, FrequencyCap
from domain.campaigns.schedules import Schedule
from domain.campaigns.states import CampaignStatus, EnrollmentStatus, StepRunStatus
from domain.conversations import Channel
from domain.datasets import LawfulBasis
from domain.people import OrganizationStatus


class Purpose(StrEnum):
    """Why something is sent, which decides what may keep it: see `domain/campaigns/reasons.py`."""

    STEP = "STEP"  # of a campaign
    NUDGE = "NUDGE"  # where a campaign wrote and nobody has said anything for long
    ANSWER = "ANSWER"  # Sophie's, to what a lead wrote
    BY_HAND = "BY_HAND"  # what a person writes
    COMPLIANCE = "COMPLIANCE"  # to STOP and HELP


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """The organization, and the policy of the campaign."""

    status: OrganizationStatus = OrganizationStatus.ACTIVE
    country: str
    sending_enabled: bool = True
    allow_international: bool = False
    respond_to_inbound_24_7: bool = True
    respect_schedule_strictly: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """The canonical lead: consent, opt-outs and counts of all who are the same person are theirs.

    `lawful_basis` is that of a dataset they are in, the campaign's if there is one; `is_suppressed` and
    `is_address_invalid` are of the address on the channel. `last_replied_at` is the newest inbound of any kind.
    """

    address: str | None
    archived_at: datetime | None = None
    manual_mode_at: datetime | None = None
    is_suppressed: bool = False
    is_address_invalid: bool = False
    lawful_basis: LawfulBasis | None = None
    consent_withdrawn_at: datetime | None = None
    last_replied_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolled:
    """The enrolment a step belongs to. `stops_on_reply` is whether a reply since then ends what was planned."""

    campaign_status: CampaignStatus
    status: EnrollmentStatus
    enrolled_at: datetime
    step_run_status: StepRunStatus = StepRunStatus.SCHEDULED
    stops_on_reply: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """`blocked_words` are the organization's that the text contains; `was_sent` where it has a message already;
    `has_sender` is whether there is anything to send it from on the channel."""

    purpose: Purpose
    channel: Channel = Channel.SMS
    segments: int = 1
    blocked_words: tuple[str, ...] = ()
    expires_at: datetime | None = None
    was_sent: bool = False
    has_sender: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What else was sent: under the rates that count, and to this person by campaigns (`contacted_at`)."""

    allowances: tuple[Allowance, ...] = ()
    frequency_cap: FrequencyCap | None = None
    contacted_at: tuple[datetime, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sending:
    """One thing that may or may not be sent. Steps have an enrolment, everything else has none."""

    outgoing: Outgoing
    sender: Sender
    recipient: Recipient
    schedule: Schedule
    enrolled: Enrolled | None = None
    traffic: Traffic = field(default_factory=Traffic)
