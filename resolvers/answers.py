"""What root fields resolve to: selections and units of work, which the executor answers."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any
from uuid import UUID

import strawberry

from db.entity import Entity
from db.selection import ById, Selection
from db.session import Session
from domain.ids import read_id

Id = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]


@dataclass(frozen=True, slots=True)
class Work:
    """What a mutation resolves to: a unit of work whose outcome is selected before it commits."""

    run: Callable[[Session], Awaitable[Selection]]


def by_id(entity: Entity, id: str, field: str = "id") -> Any:
    """One row by the id a client gave; refuses an id of another kind."""
    return ById(entity, read_id(entity.kind, id, field))


def making(entity: Entity, action: Callable[[Session], Awaitable[UUID]]) -> Any:
    """A unit of work that answers with the row whose id the action returns."""

    async def run(session: Session) -> Selection:
        return ById(entity, await action(session))

    return Work(run)
