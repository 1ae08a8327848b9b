"""Selections: what a root field resolves to, and the one statement that answers it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias
from uuid import UUID

from db.compiler import Compiler
from db.entity import Entity
from db.pages import LARGEST_PAGE, Page
from db.shapes import Connection, Fields, Variants
from domain.people import SEES_ALL, Sight

# A read carries its context with it, in the same round trip. Materialized, and asked for inside the lateral, so that it
# is set before the first row is looked at; were it not, row-level security would show nothing.
_CONTEXT = (
    "with ctx as materialized (select begin_request($1, $2, {}) as ok) select {} from ctx cross join lateral ({}) q"
)


@dataclass(frozen=True, slots=True)
class ById:
    """One row of an entity, or null; where it was just made, with a secret that is shown this once."""

    entity: Entity
    id: UUID
    secret: str | None = None

    @property
    def values(self) -> tuple[Any, ...]:
        return (self.id, self.secret) if self.secret else (self.id,)


@dataclass(frozen=True, slots=True)
class Own:
    """The one row that belongs to whoever asks: their organization; where there is more to say, with these ids."""

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
    assignee: UUID | None = None

    @property
    def narrowing(self) -> dict[str, UUID]:
        """The columns of an event that must hold something, and what."""
        wanted = {"conversation_id": self.conversation, "assignee_id": self.assignee}
        return {name: value for name, value in wanted.items() if value}


@dataclass(frozen=True, slots=True)
class Several:
    """Rows of one entity by their ids: an object of them, without those that are gone."""

    entity: Entity
    ids: tuple[UUID, ...]

    @property
    def values(self) -> tuple[Any, ...]:
        return (self.ids,)


Selection: TypeAlias = ById | Own | Listing | Nodes | Several
Shape: TypeAlias = Fields | Connection | tuple[Fields, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """A finished statement; `rows` is the most rows it may touch.

    One `of_datasets` takes those that the caller is limited to as its last parameter.
    """

    sql: str
    rows: int
    of_datasets: bool = False


def _with_context(compiler: Compiler, sight: Sight, shown: str, rows: str) -> Statement:
    """A read that brings its context along: whoever is limited to no datasets asks in the same words as ever."""
    if not sight.is_limited:
        return Statement(_CONTEXT.format(f"'{sight.lead_scope}'", shown, rows), compiler.rows)
    datasets = compiler.bind("uuid[]")
    return Statement(_CONTEXT.format(f"'{sight.lead_scope}', {datasets}", shown, rows), compiler.rows, of_datasets=True)


def write_statement(
    selection: Selection, shape: Shape, pages: Sequence[Page], in_session: bool, sight: Sight = SEES_ALL
) -> Statement:
    """In a session the context is set already; a pure read brings it along."""
    first = 1 if in_session else 2
    member = "nullif(current_setting('rekindle.member_id', true), '')::uuid" if in_session else "$2"
    compiler = Compiler(pages, bound=first + len(selection.values), sight=sight, member=member)
    scalar = _scalar(compiler, selection, shape, first)
    if in_session:
        return Statement(f"select {scalar} as j", compiler.rows)
    return _with_context(compiler, sight, "q.j", f"select {scalar} as j where ctx.ok")


def _scalar(compiler: Compiler, selection: Selection, shape: Shape, first: int) -> str:
    if isinstance(shape, Connection):
        return compiler.connection(shape)
    if isinstance(shape, Fields) and isinstance(selection, Several):
        return compiler.several(shape, f"${first + 1}", LARGEST_PAGE)
    if isinstance(shape, Fields):
        wanted = f"${first + 1}" if isinstance(selection, ById) else None
        # Said besides, because a client may not have asked for the secret, and a parameter must stand somewhere.
        shown = f" and ${first + 2}::text is not null" if len(selection.values) > 1 else ""
        if isinstance(selection, Own) and selection.values:
            shown = f" and ${first + 1}::uuid[] is not null"
        return _row(compiler, shape, wanted, shown)
    rows = [_row(compiler, fields, f"${first + number}") for number, fields in enumerate(shape, start=1)]
    return f"json_build_array({', '.join(rows)})"


def _row(compiler: Compiler, fields: Fields, id: str | None, more: str = "") -> str:
    entity, alias = fields.entity, compiler.alias()
    wanted = f" and {alias}.id = {_target(compiler, entity, id)}" if id else ""
    where = f"{alias}.{entity.tenant} = $1{wanted}{more}"
    return compiler.object(fields, alias, f" from {entity.table} {alias} where {where}")


def _target(compiler: Compiler, entity: Entity, id: str) -> str:
    """The id of the row that is meant: where one row can lead to another, that of the other."""
    if not entity.leads_to:
        return id
    one = compiler.alias()
    to = f"case when {one}.{entity.leads_to} is null then {one}.id else {one}.{entity.leads_to} end"
    return f"(select {to} from {entity.table} {one} where {one}.{entity.tenant} = $1 and {one}.id = {id})"


_EVENTS_AT_ONCE = 200
# Of what is of no lead, and may be out of sight or gone: then nothing could be read of it, and nobody is told.
_OF_THINGS = {
    "CREDENTIAL_EXPIRED": "credentials",
    "BULK_OPERATION_CHANGED": "bulk_operations",
    "EXPORT_CHANGED": "exports",
    "REPLAY_CHANGED": "replays",
}


def _kept(kind: str, table: str, event: str, thing: str) -> str:
    of = (
        f"select {thing}.id from {table} {thing} where {thing}.organization_id = $1 and {thing}.id = {event}.subject_id"
    )
    return f" when {event}.kind = '{kind}' then ({of}) is not null"


def write_following(shape: Variants, narrowing: Sequence[str], sight: Sight) -> Statement:
    """Rows `(seq, json)` in order. Parameters: after, horizon, kinds, and what the narrowing columns must hold.

    Who sees an event saw its lead when it happened (the policy knows), and sees it still; what was withdrawn is for
    those who do not.
    """
    compiler = Compiler((), bound=5 + len(narrowing))
    one, lead, thing = compiler.alias(), compiler.alias(), compiler.alias()
    narrowed = "".join(f" and {one}.{name} = ${number}" for number, name in enumerate(narrowing, start=6))
    of = f"select {lead}.id from leads {lead} where {lead}.organization_id = $1 and {lead}.id = {one}.lead_id"
    still = f" and {lead}.assignee_id = {one}.assignee_id" if "assignee_id" in narrowing else ""
    seen = (
        f" and case when {one}.kind = 'LEAD_WITHDRAWN' then ({of} and {lead}.merged_into_id is null{still}) is null"
        f"{''.join(_kept(kind, table, one, thing) for kind, table in _OF_THINGS.items())}"
        f" else {one}.lead_id is null or ({of}) is not null end"
    )
    rows = (
        f"select {one}.seq, {compiler.variants(shape, one)} as j from {shape.table} {one}"
        f" where {one}.organization_id = $1 and {one}.seq > $3 and {one}.seq <= $4"
        f" and {one}.kind = any ($5::text[]){narrowed}{seen} and ctx.ok order by {one}.seq limit {_EVENTS_AT_ONCE}"
    )
    found = _with_context(compiler, sight, "q.seq, q.j", rows)
    return replace(found, sql=f"{found.sql} order by q.seq")


@dataclass(frozen=True, slots=True)
class Signalling:
    """Signals of these kinds, each read as its entity, while they happen."""

    entities: Mapping[str, Entity]
    subject: UUID | None = None  # None: of all


def write_signal(fields: Fields, sight: Sight) -> Statement:
    """The JSON of one signal, or nothing where its subject is out of sight. Parameters: subject, member, is_on, at."""
    compiler = Compiler((), bound=6)
    alias = compiler.alias()
    source = (
        f" from {fields.entity.table} {alias} where {alias}.organization_id = $1 and {alias}.id = $3"
        " and $4::uuid is not null and $5::boolean is not null and $6::timestamptz is not null"
    )
    json = compiler.object(fields, alias, source)
    return _with_context(compiler, sight, "q.j", f"select {json} as j where ctx.ok")
