"""Replays: what a version of a prompt would have said."""

from datetime import datetime

import strawberry

from db.replays import REPLAY_ROWS
from domain.answering import Intent
from domain.leads import Sentiment
from domain.output_rules import OutputRule
from domain.replays import ReplayOutcome, ReplayStatus
from schema.conversations import Conversation, Message
from schema.datasets import Dataset
from schema.leads import Lead
from schema.node import Kept, Node
from schema.paging import Connection, connection
from schema.people import Member
from schema.prompts import PromptVersion


@strawberry.type(
    description="One thread as it stood when the lead had written `inboundMessage`, with what was really answered and "
    "what the version would say, side by side. What is known of the lead is what is known today."
)
class ReplayRow(Node):
    position: int = strawberry.field(description="Its place, from 1: those that taught lessons first, then the newest.")
    is_of_lesson: bool = strawberry.field(description="Whether a lesson in the version was learned in it.")
    outcome: ReplayOutcome = strawberry.field(description="What became of it.")
    problem: str | None = strawberry.field(description="Why it would not be sent, or why there is nothing; else null.")
    body: str | None = strawberry.field(description="What the version would say. It was sent to nobody.")
    breaches: list[OutputRule] = strawberry.field(description="The rules of answers that it breaks.")
    intent: Intent | None = strawberry.field(description="What the lead's texts are for, as it understood them.")
    sentiment: Sentiment | None = strawberry.field(description="How they sound to it.")
    wants_human: bool | None = strawberry.field(description="Whether it would ask a colleague to look.")
    model: str | None = strawberry.field(description='The model that wrote it; "rules" where none is configured.')
    lead: Lead = strawberry.field(description="Who wrote.")
    conversation: Conversation = strawberry.field(description="Where.")
    inbound_message: Message = strawberry.field(description="The newest of the lead's texts that are answered.")
    message: Message | None = strawberry.field(
        description="What was really answered; null where a lesson was learned from a text that nobody answered."
    )


@strawberry.type(
    description="A version of a prompt at work on threads that were answered already, in the background: nothing is "
    "sent, no lead changes, and it counts for no figures. Seen by whoever began it, and by those who see all that they "
    "saw. Its version counts steps, not rows: follow doneCount."
)
class Replay(Kept):
    status: ReplayStatus = strawberry.field(description="How far it has come.")
    threads: int = strawberry.field(description="How many of the threads answered last were asked for.")
    total_count: int = strawberry.field(description="How many threads it has, those that taught lessons among them.")
    done_count: int = strawberry.field(description="How many have had their turn.")
    breaches_count: int = strawberry.field(description="In how many of those the version breaks a rule of answers.")
    problem: str | None = strawberry.field(
        description="Why it failed, why there is nothing in it, or what it waits for; else null."
    )
    completed_at: datetime | None = strawberry.field(description="When it ended, in whichever way.")
    prompt_version: PromptVersion = strawberry.field(description="What is replayed.")
    dataset: Dataset | None = strawberry.field(
        description="With whose leads; null: those whom the prompt is for. Those that taught lessons come besides."
    )
    creator: Member | None = strawberry.field(description="Who began it; null for programs.")
    rows: Connection[ReplayRow] = connection(REPLAY_ROWS, "Thread by thread, as far as you see their leads.")
