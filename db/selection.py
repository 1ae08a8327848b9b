"""Selections: what a root field resolves to, and the one statement that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias
from uuid import UUID

from db.compiler import Compiler
from db.entity import Entity
from db.pages import Page
from db.shapes import Connection, Fields, Variants

# A read carries its context with it, in the same round trip. Materialized, and asked for inside the lateral, so that it
# is set before the first row is looked at; were it not, row-level security would show nothing.
_CONTEXT = "with ctx as materialized (select begin_request($1, $2) as ok)"


@dataclass(frozen=True, slots=True)
class ById:
    """One row of an entity, or null."""

    entity: Entity
    id: UUID

    @property
    def values(self) -> tuple[Any, ...]:
        return (self.id,)


@dataclass(frozen=True, slots=True)
class Own:
    """The one row that belongs to whoever asks: their organization."""

    entity: Entity
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """A connection over all rows of an entity, paged by the arguments of the field."""

    entity: Entity
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Nodes:
    """Rows of several entities in the order asked for; null where there is none."""

    entities: tuple[Entity, ...]
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Following:
    """Events after a position (None: from now on), of these kinds, each read as its entity."""

    after: int | None
    kinds: tuple[str, ...]
    entities: Mapping[str, Entity]
    conversation: UUID | None = None  # None: of all


Selection: TypeAlias = ById | Own | Listing | Nodes
Shape: TypeAlias = Fields | Connection | tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A finished statement; `rows` is the most rows it may touch."""

    sql: str
    rows: int


def write_statement(selection: Selection, shape: Shape, pages: Sequence[Page], in_session: bool) -> Statement:
    """In a session the context is set already; a pure read brings it along."""
    first = 1 if in_session else 2
    compiler = Compiler(pages, bound=first + len(selection.values))
    scalar = _scalar(compiler, selection, shape, first)
    if in_session:
        return Statement(f"select {scalar} as j", compiler.rows)
    sql = f"{_CONTEXT} select q.j from ctx cross join lateral (select {scalar} as j where ctx.ok) q"
    return Statement(sql, compiler.rows)


def _scalar(compiler: Compiler, selection: Selection, shape: Shape, first: int) -> str:
    if isinstance(shape, Connection):
        return compiler.connection(shape)
    if isinstance(shape, Fields):
        return _row(compiler, shape, f"${first + 1}" if isinstance(selection, ById) else None)
    rows = [_row(compiler, fields, f"${first + number}") for number, fields in enumerate(shape, start=1)]
    return f"json_build_array({', '.join(rows)})"


def _row(compiler: Compiler, fields: Fields, id: str | None) -> str:
    entity, alias = fields.entity, compiler.alias()
    wanted = f" and {alias}.id = {id}" if id else ""
    return compiler.object(fields, alias, f" from {entity.table} {alias} where {alias}.{entity.tenant} = $1{wanted}")


_EVENTS_AT_ONCE = 200


def write_following(shape: Variants, narrowed: bool) -> Statement:
    """Rows `(seq, json)` in order. Parameters: after, horizon, kinds, and the conversation where it is narrowed."""
    compiler = Compiler((), bound=6 if narrowed else 5)
    alias = compiler.alias()
    conversation = f" and {alias}.conversation_id = $6" if narrowed else ""
    rows = (
        f"select {alias}.seq, {compiler.variants(shape, alias)} as j from {shape.table} {alias}"
        f" where {alias}.organization_id = $1 and {alias}.seq > $3 and {alias}.seq <= $4"
        f" and {alias}.kind = any ($5::text[]){conversation} and ctx.ok order by {alias}.seq limit {_EVENTS_AT_ONCE}"
    )
    return Statement(
        f"{_CONTEXT} select q.seq, q.j from ctx cross join lateral ({rows}) q order by q.seq", compiler.rows
    )
