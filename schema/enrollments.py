"""Who is in which campaign, and what is planned for them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.campaigns.enrolling import EnrollmentSource
from domain.campaigns.reasons import GateReason
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus, StepRunStatus
from schema.campaigns import Campaign, CampaignStep
from schema.conversations import Message
from schema.leads import Lead
from schema.node import Kept
from schema.people import Member

if TYPE_CHECKING:
    from schema.tasks import Task


@strawberry.type(description="A step of a campaign as it is planned for one lead, and what became of it.")
class StepRun(Kept):
    position: int = strawberry.field(description="Its place in the campaign, from 1.")
    status: StepRunStatus = strawberry.field(description="How it stands.")
    scheduled_at: datetime | None = strawberry.field(
        description="When it is to be sent, or was; what comes later moves with what goes before. Null: there is no "
        "time at which it may be sent."
    )
    expires_at: datetime | None = strawberry.field(description="From when it is not sent any more; null: never.")
    skip_reason: GateReason | None = strawberry.field(
        description="Why it was not sent, or is not sent yet; null where nothing stood in its way."
    )
    ended_at: datetime | None = strawberry.field(description="When it was sent, left out or called off.")
    step: CampaignStep = strawberry.field(description="What is sent where.")
    message: Message | None = strawberry.field(description="The message it became.")
    task: Annotated["Task", strawberry.lazy("schema.tasks")] | None = strawberry.field(
        description="The call it became, for people to make."
    )


@strawberry.type(description="A lead in a campaign. While one stands, there is no other of the lead in that campaign.")
class Enrollment(Kept):
    source: EnrollmentSource = strawberry.field(description="What enrolled them.")
    status: EnrollmentStatus = strawberry.field(description="How it stands.")
    reason: EnrollmentReason | None = strawberry.field(description="Why it rests or is over; null while it is active.")
    enrolled_at: datetime = strawberry.field(description="When it began.")
    last_step_at: datetime | None = strawberry.field(description="When a step was last sent.")
    replied_at: datetime | None = strawberry.field(
        description="When the lead first replied to it. A reply is to the campaign that wrote last."
    )
    opted_out_at: datetime | None = strawberry.field(
        description="When the lead asked to be left alone, where this campaign had written last."
    )
    paused_at: datetime | None = strawberry.field(description="Since when it rests; null while it does not.")
    ended_at: datetime | None = strawberry.field(description="When it was over.")
    campaign: Campaign = strawberry.field(description="The campaign.")
    lead: Lead = strawberry.field(description="The lead.")
    enrolled_by: Member | None = strawberry.field(description="Who enrolled them by hand; else null.")
    step_runs: list[StepRun] = strawberry.field(description="What is planned, step by step, and what became of it.")


@strawberry.type(description="Enrolments of leads who were named together.")
class Enrolled:
    enrollments: list[Enrollment] = strawberry.field(description="Those, in the order the leads were named.")
