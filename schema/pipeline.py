"""The pipeline and its board, and what leads score for."""

from typing import TYPE_CHECKING, Annotated

import strawberry

from db.leads import LEADS
from domain.scoring import LeadField, ScoreCondition
from schema.node import Kept
from schema.paging import Connection, connection

if TYPE_CHECKING:
    from schema.leads import Lead


@strawberry.type(description="A stage that leads pass through.")
class PipelineStage(Kept):
    name: str = strawberry.field(description="What it is called.")
    position: int = strawberry.field(description="Its place among the stages; there may be gaps.")
    color: str | None = strawberry.field(description="Its colour, like #8cc63f.")
    is_default: bool = strawberry.field(description="Whether new leads stand here.")
    successor: "PipelineStage | None" = strawberry.field(
        description="Where its leads are being moved, because it is being deleted; null for every other."
    )
    leads: Connection[Annotated["Lead", strawberry.lazy("schema.leads")]] = connection(
        LEADS, "Its leads at hand: who came here last first, unless ordered otherwise. Those put away are on no board."
    )


@strawberry.type(description="The stages, in order.")
class Pipeline:
    stages: list[PipelineStage] = strawberry.field(description="All of them.")


@strawberry.type(description="A stage that is deleted.")
class DeletedPipelineStage:
    id: strawberry.ID = strawberry.field(description="Its id.")
    is_gone: bool = strawberry.field(
        description="Whether it has gone; if not, its leads are still being moved, and it goes after the last of them."
    )


@strawberry.type(description="What a lead scores points for.")
class ScoreReason:
    label: str = strawberry.field(description="In words.")
    points: int = strawberry.field(description="How many; less than none takes them away.")
    condition: ScoreCondition = strawberry.field(description="What a lead must meet.")
    field: LeadField | None = strawberry.field(description="Which field it looks at, where it looks at one.")
    value: str | None = strawberry.field(description="What the field or the tag must be, where there is a choice.")
