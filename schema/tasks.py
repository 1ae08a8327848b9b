"""Tasks: what people are to do for leads."""

from datetime import datetime

import strawberry

from domain.campaigns.reasons import GateReason
from domain.tasks import TaskKind, TaskOutcome, TaskStatus
from schema.campaigns import Campaign
from schema.leads import Lead
from schema.node import Kept
from schema.people import Member


@strawberry.type(description="Something that a campaign asks people to do for a lead.")
class Task(Kept):
    kind: TaskKind = strawberry.field(description="What is to be done.")
    status: TaskStatus = strawberry.field(description="How it stands.")
    title: str = strawberry.field(description="What it is about: the step's subject, else the campaign's name.")
    body: str = strawberry.field(description="What the step says, with the lead's facts in it.")
    due_at: datetime = strawberry.field(description="From when it is to be done.")
    outcome: TaskOutcome | None = strawberry.field(description="What came of it; null until it is done.")
    note: str | None = strawberry.field(description="What was noted with the outcome.")
    done_at: datetime | None = strawberry.field(description="When it was done.")
    cancelled_at: datetime | None = strawberry.field(description="When it was called off.")
    cancel_reason: GateReason | None = strawberry.field(description="Why it was called off.")
    lead: Lead = strawberry.field(description="For whom.")
    campaign: Campaign = strawberry.field(description="What asks for it.")
    assignee: Member | None = strawberry.field(
        description="Whose it is: whoever works the lead, else whoever owns it; null: anybody's. It goes with the lead."
    )
    done_by: Member | None = strawberry.field(description="Who did it; null for programs.")
