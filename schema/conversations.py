"""Conversations and messages."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.conversations import MESSAGES
from db.learning import INSIGHTS
from domain.conversations import (
    Channel,
    ConversationStatus,
    MessageDirection,
    MessageKind,
    MessagePurpose,
    MessageStatus,
)
from domain.leads import Sentiment
from domain.learning import FeedbackStatus
from schema.leads import Lead
from schema.node import Kept
from schema.paging import Connection, connection
from schema.people import Member

if TYPE_CHECKING:
    from schema.campaigns import Campaign
    from schema.learning import Insight


@strawberry.type(description="What was said with one lead on one channel.")
class Conversation(Kept):
    channel: Channel = strawberry.field(description="How one talks.")
    status: ConversationStatus = strawberry.field(description="Where it stands.")
    unread_count: int = strawberry.field(description="Messages from the lead since somebody last looked.")
    is_unread: bool = strawberry.field(description="Whether there are any.")
    last_message_at: datetime | None = strawberry.field(description="When the last message came or went.")
    quality_score: float | None = strawberry.field(
        description="How well it is led, from 0.00 to 1.00, by the scores of our latest texts; null without any."
    )
    needs_review: bool = strawberry.field(
        description="Whether somebody should look: a grave fault, a low score, an angry lead, one who wants a person."
    )
    summary: str | None = strawberry.field(description="In a line: what the lead wants, and who had the last word.")
    sentiment: Sentiment = strawberry.field(description="How the lead feels, by their latest words.")
    lead: Lead = strawberry.field(description="Who one talks to.")
    assignee: Member | None = strawberry.field(description="Who answers; null while nobody is charged with it.")
    last_message: "Message | None" = strawberry.field(description="The newest message.")
    messages: Connection["Message"] = connection(MESSAGES, "Every message, newest first unless ordered otherwise.")
    insights: Connection[Annotated["Insight", strawberry.lazy("schema.learning")]] = connection(
        INSIGHTS, "What Sophie noticed in it."
    )


@strawberry.type(description="One message, in either direction.")
class Message(Kept):
    direction: MessageDirection = strawberry.field(description="Who wrote it.")
    kind: MessageKind = strawberry.field(description="What it is for.")
    purpose: MessagePurpose = strawberry.field(
        description="Whether it is part of a talk, or an answer that must be given."
    )
    status: MessageStatus = strawberry.field(description="Where it is.")
    subject: str | None = strawberry.field(description="What an e-mail is about; null for texts.")
    body: str = strawberry.field(description="The text.")
    media_urls: list[str] = strawberry.field(description="Pictures and files that came with it.")
    sender: str = strawberry.field(description="The address it came from.")
    recipient: str = strawberry.field(description="The address it went to.")
    segments: int = strawberry.field(description="How many parts a carrier bills.")
    ai_generated: bool = strawberry.field(description="Whether a machine wrote it.")
    quality_score: float | None = strawberry.field(
        description="How good it is, from 0.00 to 1.00: 0.90 without a fault, more for what succeeds, less for each "
        "fault by its severity. Null until it is reviewed, and for what leads write."
    )
    feedback: str | None = strawberry.field(
        description="What was said of the gravest of what was noticed in it: by whoever decided, or else by Sophie."
    )
    feedback_status: FeedbackStatus | None = strawberry.field(
        description="What became of that; null where nothing was noticed."
    )
    retries: int = strawberry.field(
        description="How often the same text had come to nothing before: the phone was off."
    )
    error_code: int | None = strawberry.field(description="The carrier's code, where it failed.")
    error_message: str | None = strawberry.field(description="The carrier's words, where it failed.")
    sent_at: datetime | None = strawberry.field(description="When the carrier took it.")
    delivered_at: datetime | None = strawberry.field(description="When the device had it.")
    read_at: datetime | None = strawberry.field(description="When the lead opened it.")
    conversation: Conversation = strawberry.field(description="Where it belongs.")
    lead: Lead = strawberry.field(description="Who it came from or went to.")
    author: Member | None = strawberry.field(description="The colleague who wrote it; null for leads and machines.")
    campaign: Annotated["Campaign", strawberry.lazy("schema.campaigns")] | None = strawberry.field(
        description="The campaign it is a step of; else null."
    )
    insights: Connection[Annotated["Insight", strawberry.lazy("schema.learning")]] = connection(
        INSIGHTS, "What Sophie noticed in it."
    )
