"""What root fields resolve to: selections and units of work, which the executor answers."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import Annotated, Any
from uuid import UUID

import strawberry

from db.entity import Entity, camel
from db.selection import ById, Listing, Selection, Several
from db.session import Session
from domain.ids import read_id
from schema.paging import connection

What = strawberry.argument(description="What to do, and to what.")
Id = Annotated[strawberry.ID, strawberry.argument(description="Its id.")]


@dataclass(frozen=True, slots=True)
class Work:
    """A unit of work, whose outcome is selected before it commits, or is the answer. What a mutation resolves to."""

    run: Callable[[Session], Awaitable[Any]]
    entity: Entity | None = None  # what it will answer with, so that who may not read that is refused beforehand


@dataclass(slots=True)
class Together:
    """Rows that stand apart in one answer, and are read by one statement once the first of them is met."""

    selection: Several
    readings: dict[tuple[str, ...], asyncio.Task[dict[str, Any]]] = field(default_factory=dict)

    def one(self, id: UUID) -> "OneOf":
        return OneOf(self, id)


@dataclass(frozen=True, slots=True)
class OneOf:
    """A row among those that are read together."""

    rows: Together
    id: UUID


# Where a field keeps the plain function that graphql-core calls in the place of Strawberry's wrapper.
SELECTING = "selecting"


def one(entity: Entity, description: str, name: str | None = None) -> Any:
    """A root field that is one row, by the id a client gives; an id of another kind is refused."""

    def declared(id: Id) -> None: ...

    def select(_source: None, _info: Any, id: str) -> ById:
        return ById(entity, read_id(entity.kind, id, "id"))

    return strawberry.field(resolver=declared, name=name, description=description, metadata={SELECTING: select})


def many(entity: Entity, description: str) -> Any:
    """A root field that is a page of all rows of an entity."""
    listing = Listing(entity)

    def select(_source: None, _info: Any, **_: Any) -> Listing:
        return listing

    return connection(entity, description, {SELECTING: select})


def making(entity: Entity, action: Callable[[Session], Awaitable[UUID]]) -> Any:
    """A unit of work that answers with the row whose id the action returns."""

    async def run(session: Session) -> Selection:
        return ById(entity, await action(session))

    return Work(run, entity)


def making_once(entity: Entity, action: Callable[[Session], Awaitable[tuple[UUID, str]]]) -> Any:
    """As `making`, for what comes with a secret that is shown this once."""

    async def run(session: Session) -> Selection:
        return ById(entity, *await action(session))

    return Work(run, entity)


def fact(description: str) -> Any:
    """A field of an input that may be left out."""
    return strawberry.field(default=strawberry.UNSET, description=description)


def said(input: Any) -> dict[str, Any]:
    """What an input names, by its Python names; what was left out is not among it."""
    return {name: value for name, value in vars(input).items() if value is not strawberry.UNSET}


def plain(value: Any) -> Any:
    """An input as JSON has it, by the names of the API; what was left out is not among it."""
    definition = None if isinstance(value, Enum) else getattr(value, "__strawberry_definition__", None)
    if definition:
        said = (
            (field.graphql_name or camel(field.python_name), getattr(value, field.python_name))
            for field in definition.fields
        )
        return {name: plain(one) for name, one in said if one is not strawberry.UNSET}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return value.isoformat() if isinstance(value, datetime) else value


def given(value: Any) -> Any:
    """None where nothing was said. An empty text was said, and is looked at."""
    return None if value is strawberry.UNSET else value
