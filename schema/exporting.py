"""Exports: lists written down as files."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import strawberry

from db.entity import Entity
from db.exporting import LISTS
from domain.exporting import ExportStatus
from schema.filters import declare, filter_of
from schema.node import Kept
from schema.people import Member
from schema.scalars import JSON


@strawberry.type(
    description="A list on its way into a CSV file, which is kept for a week. Seen by whoever asked for it, and by "
    "those who see all that they saw. Its version counts steps, not rows: follow doneRows."
)
class Export(Kept):
    of: str = strawberry.field(name="list", description="Which list, by its name in Query.")
    filter: JSON = strawberry.field(description="Which of its rows, as it was said; {} is all.")
    columns: list[str] = strawberry.field(description="Its columns, from left to right.")
    status: ExportStatus = strawberry.field(description="How far it has come.")
    total_rows: int | None = strawberry.field(description="How many rows there were to write; null until it is known.")
    done_rows: int = strawberry.field(description="How many are written.")
    size_bytes: int | None = strawberry.field(description="How large the file is; null until it is written.")
    problem: str | None = strawberry.field(description="Why it failed, and what to do; or what it waits for.")
    completed_at: datetime | None = strawberry.field(description="When it ended, in whichever way.")
    file_deleted_at: datetime | None = strawberry.field(description="When the file was deleted, a week after.")
    creator: Member | None = strawberry.field(description="Who asked for it; null for programs.")


def _which(entity: Entity, name: str) -> tuple[Any, str]:
    return filter_of(entity), f"The rows of Query.{name} that this leaves; {{}} is all of them."


if TYPE_CHECKING:
    ExportedList = Any
else:
    ExportedList = declare(
        type("ExportedList", (), {}),
        "Which list, and which of its rows: one of these.",
        {name: _which(entity, name) for name, entity in LISTS.items()},
        one_of=True,
    )
