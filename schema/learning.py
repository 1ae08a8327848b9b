"""Insights and their evidence."""

from datetime import datetime

import strawberry

from db.learning import INSIGHT_EVIDENCE
from domain.learning import InsightCategory, InsightSeverity, InsightStatus, InsightType
from schema.campaigns import Campaign
from schema.conversations import Conversation, Message
from schema.datasets import Dataset
from schema.leads import Lead
from schema.lessons import Lesson
from schema.node import Kept
from schema.paging import Connection, connection
from schema.people import Member
from schema.prompts import PromptVersion


@strawberry.type(description="A text that an insight was noticed in. One sees those of the leads one sees.")
class InsightEvidence(Kept):
    message: Message = strawberry.field(description="The text.")
    conversation: Conversation = strawberry.field(description="Where it was said.")
    lead: Lead = strawberry.field(description="To whom.")


@strawberry.type(
    description="Something Sophie noticed. The same in texts from the same step of a campaign, or the same author, to "
    "leads whom the same people see, is one insight with several texts as evidence."
)
class Insight(Kept):
    type: InsightType = strawberry.field(description="What it is about.")
    severity: InsightSeverity = strawberry.field(description="How much it matters.")
    category: InsightCategory = strawberry.field(description="What kind of thing it is.")
    status: InsightStatus = strawberry.field(description="What became of it.")
    title: str = strawberry.field(description="In a few words.")
    description: str = strawberry.field(description="In full.")
    suggestion: str | None = strawberry.field(description="What to do about it.")
    original_text: str | None = strawberry.field(description="The text it was noticed in.")
    suggested_text: str | None = strawberry.field(
        description="That text without what was noticed, where it can be written by rules."
    )
    evidence_count: int = strawberry.field(description="In how many texts it was noticed.")
    affected_leads_count: int = strawberry.field(description="How many leads got them.")
    evidence: Connection[InsightEvidence] = connection(
        INSIGHT_EVIDENCE, "The texts it was noticed in, to leads one sees, newest first unless ordered otherwise."
    )
    lead: Lead | None = strawberry.field(description="The lead it was first noticed with; null for patterns.")
    campaign: Campaign | None = strawberry.field(description="The campaign whose texts it is about, if it is one.")
    dataset: Dataset | None = strawberry.field(description="The dataset whose leads a pattern is about.")
    message: Message | None = strawberry.field(description="The message it was first noticed in; null for patterns.")
    conversation: Conversation | None = strawberry.field(description="Where that was; null for patterns.")
    reviewer: Member | None = strawberry.field(description="Who looked at it or decided last; null for programs.")
    reviewed_at: datetime | None = strawberry.field(description="When that was.")
    feedback: str | None = strawberry.field(description="In their words.")
    lesson: Lesson | None = strawberry.field(description="What was learned from it.")
    applied_version: PromptVersion | None = strawberry.field(description="The version of a prompt it first went into.")
    applied_at: datetime | None = strawberry.field(description="When that version was made.")
    impact_score: float | None = strawberry.field(
        description="The booking rate of that version less that of the one before; null while one has not written."
    )
