"""Insights."""

from datetime import datetime

import strawberry

from domain.learning import InsightCategory, InsightSeverity, InsightStatus, InsightType
from schema.conversations import Conversation, Message
from schema.node import Kept
from schema.people import Member


@strawberry.type(description="Something Sophie noticed.")
class Insight(Kept):
    type: InsightType = strawberry.field(description="What it is about.")
    severity: InsightSeverity = strawberry.field(description="How much it matters.")
    category: InsightCategory = strawberry.field(description="What kind of thing it is.")
    status: InsightStatus = strawberry.field(description="What became of it.")
    title: str = strawberry.field(description="In a few words.")
    description: str = strawberry.field(description="In full.")
    suggestion: str | None = strawberry.field(description="What to do about it.")
    original_text: str | None = strawberry.field(description="The text it was noticed in.")
    message: Message | None = strawberry.field(description="The message it is about.")
    conversation: Conversation | None = strawberry.field(description="The conversation it is about.")
    reviewer: Member | None = strawberry.field(description="Who looked at it or decided last; null for programs.")
    reviewed_at: datetime | None = strawberry.field(description="When that was.")
    feedback: str | None = strawberry.field(description="In their words.")
