"""Campaigns: who is written to, by which steps, and when."""

from datetime import datetime, time
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.enrollments import ENROLLMENTS
from domain.campaigns.drafts import CampaignKind, HotLeadAssignment, StepChannel
from domain.campaigns.states import CampaignStatus
from domain.campaigns.timing import DelayType, StepAnchor
from domain.campaigns.windows import Weekday
from schema.datasets import Dataset
from schema.message_templates import MessageTemplate
from schema.node import Kept, Node
from schema.paging import Connection, connection
from schema.people import Member

if TYPE_CHECKING:
    from schema.enrollments import Enrollment


@strawberry.type(description="When and how often is written, and what becomes of replies. Campaigns share policies.")
class CampaignPolicy(Kept):
    name: str = strawberry.field(description="What it is called; no other one at hand is, however it is written.")
    description: str | None = strawberry.field(description="What it is for.")
    sending_enabled: bool = strawberry.field(description="Whether anything is sent under it.")
    sending_days: list[Weekday] = strawberry.field(
        description="On which days; none named: on the organization's, else Monday to Friday."
    )
    sending_start: time | None = strawberry.field(description="From when; null: the organization's, else 09:00.")
    sending_end: time | None = strawberry.field(
        description="Until when, on the next day where that is earlier; null: the organization's, else 17:00. Never "
        "between 21:00 and 08:00 where the lead is."
    )
    sending_time_zone: str | None = strawberry.field(
        description="IANA name of the zone the times are of; null: wherever the lead is."
    )
    keeps_holidays: bool = strawberry.field(description="Whether nothing is sent on public holidays where the lead is.")
    messages_per_minute: int = strawberry.field(description="Segments a minute at most, over all campaigns under it.")
    messages_per_hour: int = strawberry.field(description="Segments an hour at most.")
    messages_per_day: int = strawberry.field(description="Segments in twenty-four hours at most.")
    messages_per_person: int | None = strawberry.field(
        description="How many messages of campaigns one person gets at most in personDays; null: no limit."
    )
    person_days: int = strawberry.field(description="In how many days that is counted.")
    allow_international: bool = strawberry.field(description="Whether numbers of other countries are written to.")
    sender: str | None = strawberry.field(description="The number it is sent from; null: the organization's.")
    cal_booking_link: str | None = strawberry.field(description="Where leads book a call; null: the organization's.")
    ai_response_enabled: bool = strawberry.field(description="Whether replies are answered by the machine.")
    ai_response_delay_seconds: int = strawberry.field(description="How long it waits before it answers.")
    ai_response_delay_random: bool = strawberry.field(
        description="Whether it waits up to five minutes more, by chance."
    )
    ai_grouping_seconds: int = strawberry.field(description="How long it waits for more texts of a burst.")
    responds_at_any_hour: bool = strawberry.field(description="Whether replies are answered outside the window too.")
    is_schedule_strict: bool = strawberry.field(description="Whether they are not, whatever else is said.")
    silence_timeout_days: int | None = strawberry.field(
        description="After how many days of silence a conversation is archived; null: never."
    )
    silence_nudge_days: int | None = strawberry.field(description="After how many it is nudged once; null: never.")
    silence_nudge_body: str | None = strawberry.field(description="With which words.")
    notifies_of_hot_leads: bool = strawberry.field(description="Whether people are told when a lead turns hot.")
    hot_lead_assignment: HotLeadAssignment = strawberry.field(description="Who is then given the lead.")
    updates_status: bool = strawberry.field(description="Whether the machine sets the facts of a lead who replied.")


@strawberry.type(description="One step of a campaign.")
class CampaignStep(Node):
    position: int = strawberry.field(description="Its place, from 1.")
    channel: StepChannel = strawberry.field(description="On which channel; CALL is a task for people.")
    subject: str | None = strawberry.field(description="The subject of an e-mail, or what a call is about; else null.")
    body: str = strawberry.field(description="What is said, with merge fields like {{first_name|there}}.")
    anchor: StepAnchor = strawberry.field(description="What its delay counts from.")
    day_number: int | None = strawberry.field(description="For DATE: the day after enrolment, which itself is day 1.")
    delay_days: int = strawberry.field(description="Days to wait.")
    delay_hours: int = strawberry.field(description="And hours.")
    delay_type: DelayType = strawberry.field(description="Whether that clock runs always, or in sending hours alone.")
    delay_respect_sending_hours: bool = strawberry.field(
        description="Whether what falls outside sending hours waits for the next opening. Quiet hours always count."
    )
    jitter_seconds: int = strawberry.field(description="Spread by chance over so many seconds.")
    expires_after_hours: int | None = strawberry.field(
        description="Hours after it was due when it is not worth sending any more; null: never."
    )
    only_without_reply: bool = strawberry.field(description="Whether it is left out once the lead has replied.")


@strawberry.type(description="A campaign: who is written to, and by which steps.")
class Campaign(Kept):
    kind: CampaignKind = strawberry.field(description="Its shape.")
    name: str = strawberry.field(description="What it is called.")
    description: str | None = strawberry.field(description="What it is about.")
    status: CampaignStatus = strawberry.field(description="How it stands.")
    tag: str | None = strawberry.field(description="Whoever is given this tag is enrolled; no other campaign has it.")
    is_predefined: bool = strawberry.field(description="Whether it came with the product: its tag stays.")
    starts_at: datetime | None = strawberry.field(description="Before when nothing of it is due; null: at once.")
    activated_at: datetime | None = strawberry.field(description="When it was activated; null before that.")
    paused_at: datetime | None = strawberry.field(description="Since when it rests; null while it does not.")
    completed_at: datetime | None = strawberry.field(description="When it was completed.")
    archived_at: datetime | None = strawberry.field(description="When it was put away.")
    enrolled_count: int = strawberry.field(description="How many enrolments there are, those that are over among them.")
    active_count: int = strawberry.field(description="How many are active.")
    replied_count: int = strawberry.field(description="How many have replied to it.")
    positive_count: int = strawberry.field(description="How many of those are in favour.")
    booked_count: int = strawberry.field(description="How many have booked a call while they were in it.")
    opted_out_count: int = strawberry.field(description="How many asked to be left alone when it had written last.")
    sent_count: int = strawberry.field(description="How many messages of it a carrier has taken.")
    delivered_count: int = strawberry.field(description="How many of those have arrived.")
    segments_count: int = strawberry.field(description="How many segments those are, which is what they cost.")
    dataset: Dataset | None = strawberry.field(description="Whose leads are enrolled when it begins; null: nobody's.")
    policy: CampaignPolicy | None = strawberry.field(description="What it keeps to; null: what is usual.")
    message_template: MessageTemplate | None = strawberry.field(
        description="The template that it sends to whoever is given its tag: such a campaign is in no list, and "
        "changes with its template; null for all others."
    )
    creator: Member | None = strawberry.field(description="Who drafted it; null for programs.")
    steps: list[CampaignStep] = strawberry.field(description="Its steps, in their order.")
    enrollments: Connection[Annotated["Enrollment", strawberry.lazy("schema.enrollments")]] = connection(
        ENROLLMENTS, "Who is in it or was in it, newest first unless ordered otherwise."
    )


@strawberry.type(description="Campaigns that were added together.")
class AddedCampaigns:
    campaigns: list[Campaign] = strawberry.field(description="Those, in their order; none where all were there.")
