"""Datasets."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.leads import LEADS
from domain.datasets import DuplicatePolicy, LawfulBasis
from schema.node import Kept
from schema.paging import Connection, connection
from schema.scalars import JSON

if TYPE_CHECKING:
    from schema.leads import Lead


@strawberry.type(
    description="A batch of leads. Its version counts changes of the dataset itself, not what its counters count."
)
class Dataset(Kept):
    name: str = strawberry.field(description="What it is called; no other one is, however it is written.")
    description: str | None = strawberry.field(description="What it is about.")
    source: str | None = strawberry.field(description="Where its leads came from.")
    column_mapping: JSON | None = strawberry.field(description="The heading of each column, and the field it fills.")
    duplicate_policy: DuplicatePolicy = strawberry.field(
        description="What happens to somebody who comes with it and is there already."
    )
    lawful_basis: LawfulBasis | None = strawberry.field(
        description="Why its leads may be written to; null while nobody has said so, and then nothing is sent."
    )
    auto_archive_after_days: int | None = strawberry.field(
        description="How many days after its start it is archived by itself; null for never."
    )
    started_at: datetime | None = strawberry.field(description="When work with it began; null before that.")
    archives_at: datetime | None = strawberry.field(description="When it will be archived by itself; null for never.")
    archived_at: datetime | None = strawberry.field(description="When it was put away; null while it is at hand.")
    total_leads: int = strawberry.field(description="How many leads are in it.")
    active_leads: int = strawberry.field(description="How many of them are not archived.")
    hot_leads: int = strawberry.field(description="How many of them are HOT, and not archived.")
    converted_leads: int = strawberry.field(description="How many of them became customers, archived since or not.")
    leads: Connection[Annotated["Lead", strawberry.lazy("schema.leads")]] = connection(
        LEADS, "The leads in it, newest first unless ordered otherwise."
    )
