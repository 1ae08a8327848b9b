"""Bulk operations: what is done to many leads in the background."""

from datetime import datetime

import strawberry

from db.bulk import BULK_OPERATION_ROWS
from domain.bulk import BulkOutcome, BulkStatus, BulkVerb
from domain.refusals import RefusalCode
from schema.leads import Lead
from schema.node import Kept, Node
from schema.paging import Connection, connection
from schema.people import Member
from schema.scalars import JSON


@strawberry.type(description="What became of one lead.")
class BulkOperationRow(Node):
    position: int = strawberry.field(description="Its place, from 1: rows are done in this order.")
    outcome: BulkOutcome = strawberry.field(description="What became of it.")
    refusal_code: RefusalCode | None = strawberry.field(description="Why it was refused, from a closed set; else null.")
    reason: str | None = strawberry.field(description="Why it was refused, in a sentence for a person; else null.")
    lead: Lead | None = strawberry.field(description="Who; null where you see nobody with the id that was named.")


@strawberry.type(
    description="Something that is done to many leads in the background. Seen by whoever began it, and by those who "
    "see all that they saw. Its version counts steps, not rows: follow doneCount."
)
class BulkOperation(Kept):
    verb: BulkVerb = strawberry.field(description="What is done.")
    arguments: JSON = strawberry.field(description="What it is done with, as it was said, like {tags: [...]}.")
    filter: JSON | None = strawberry.field(description="How the leads were chosen, as it was said; null: by their ids.")
    status: BulkStatus = strawberry.field(description="How far it has come.")
    total_count: int = strawberry.field(description="How many leads were chosen.")
    done_count: int = strawberry.field(description="How many have had their turn, those refused among them.")
    refused_count: int = strawberry.field(description="How many could not be changed; their rows say why.")
    problem: str | None = strawberry.field(description="Why it failed, and what to do; or what it waits for.")
    completed_at: datetime | None = strawberry.field(description="When it ended, in whichever way.")
    creator: Member | None = strawberry.field(description="Who began it; null for programs.")
    rows: Connection[BulkOperationRow] = connection(BULK_OPERATION_ROWS, "What became of each lead.")
