"""Answers of Sophie's, and what models were asked."""

from datetime import datetime

import strawberry

from domain.answering import Intent
from domain.drafts import DraftReason, DraftStatus, ModelOutcome, ModelPurpose
from domain.leads import Sentiment, Temperature
from schema.conversations import Conversation, Message
from schema.leads import Lead
from schema.node import Kept, Node
from schema.people import Member
from schema.prompts import PromptVersion


@strawberry.type(
    description="An answer of Sophie's, from when one is planned to what became of it. A conversation has one that is "
    "open; what the lead writes meanwhile is answered with it."
)
class Draft(Kept):
    status: DraftStatus = strawberry.field(description="How it stands.")
    reason: DraftReason | None = strawberry.field(description="Why it was not sent by itself.")
    problem: str | None = strawberry.field(description="The same in a sentence.")
    is_proposal: bool = strawberry.field(description="Whether it is for people to decide about.")
    due_at: datetime | None = strawberry.field(description="When it is written; null once it is.")
    body: str | None = strawberry.field(description="What would be said, or was.")
    original_body: str | None = strawberry.field(description="What Sophie wrote, before anybody edited it.")
    intent: Intent | None = strawberry.field(description="What the lead's texts are for.")
    sentiment: Sentiment | None = strawberry.field(description="How they sound.")
    temperature: Temperature | None = strawberry.field(description="How near the lead is to buying.")
    wants_human: bool | None = strawberry.field(description="Whether they want a person, or Sophie does not know.")
    wants_booking: bool | None = strawberry.field(description="Whether they want a call.")
    model: str | None = strawberry.field(description='The model that wrote it; "rules" where none is configured.')
    reviewed_at: datetime | None = strawberry.field(description="When somebody decided about it, or edited it.")
    conversation: Conversation = strawberry.field(description="Where.")
    lead: Lead = strawberry.field(description="To whom.")
    inbound_message: Message | None = strawberry.field(description="The newest text that it answers.")
    message: Message | None = strawberry.field(description="What was sent.")
    prompt_version: PromptVersion | None = strawberry.field(description="The version of a prompt that wrote it.")
    asker: Member | None = strawberry.field(description="Who asked for it; null where a lead's text did.")
    reviewer: Member | None = strawberry.field(description="Who decided about it, or edited it.")


@strawberry.type(description="One question to a model, and what it took.")
class ModelUse(Node):
    purpose: ModelPurpose = strawberry.field(description="What it was asked for.")
    outcome: ModelOutcome = strawberry.field(description="What came of it.")
    model: str = strawberry.field(description="Which model.")
    input_tokens: int = strawberry.field(description="Tokens of the question.")
    output_tokens: int = strawberry.field(description="Tokens of the reply.")
    cost: int = strawberry.field(
        description="In millionths of the currency that the server's prices are in; 0 without prices."
    )
    took_ms: int = strawberry.field(description="How long it took, in milliseconds.")
    created_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="What models took over a time, for one purpose.")
class ModelUsage:
    purpose: ModelPurpose = strawberry.field(description="What they were asked for.")
    model: str = strawberry.field(description="Which model.")
    questions: int = strawberry.field(description="How often.")
    failures: int = strawberry.field(description="How often nothing came of it that could be used.")
    input_tokens: float = strawberry.field(description="Tokens of the questions: whole, and of any number.")
    output_tokens: float = strawberry.field(description="Tokens of the replies.")
    cost: float = strawberry.field(description="In millionths of the currency that the server's prices are in.")
