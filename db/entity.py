"""An entity describes one table, as data: columns, relations, orders, filters. The read engine knows nothing else."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.people import Permission

ENTITIES: dict[str, "Entity"] = {}
ANY_KIND = "*"


def camel(name: str) -> str:
    """`last_message_at` → `lastMessageAt`, the spelling of the API."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


@dataclass(frozen=True, slots=True)
class Column:
    """One scalar field. `sql` defaults to the column of the same name; `{t}` in it stands for the row's alias."""

    name: str
    sql_type: str = "text"
    nullable: bool = False
    sql: str | None = None
    enum: type[StrEnum] | None = None
    refers: str | None = None  # the kind of thing an id column points at, or ANY_KIND
    shown: str | None = None  # what a client reads, where that is more than the expression
    filter: bool = False
    order: bool = False
    unique: bool = False  # at most one row has a value, so nobody lists those without
    lowest: str | None = None  # what a null sorts as, so that every order is total

    def expression(self, alias: str) -> str:
        return self.sql.format(t=alias) if self.sql else f"{alias}.{self.name}"

    def value(self, alias: str) -> str:
        """What a client reads: ids carry the kind of thing they name."""
        if self.shown:
            return self.shown.format(t=alias)
        expression = self.expression(alias)
        return f"'{self.refers}_' || {expression}" if self.refers else expression

    def sort_key(self, alias: str) -> str:
        expression = self.expression(alias)
        # A case, not a coalesce: PostgreSQL takes a coalesce for leaky, and under a policy asks no index about one.
        return (
            f"(case when {expression} is null then '{self.lowest}' else {expression} end)"
            if self.lowest
            else expression
        )


@dataclass(frozen=True, slots=True)
class One:
    """At most one related row. `on` joins `{that}` (the related row) to `{this}`; `latest` picks among several."""

    name: str
    target: str
    on: str
    nullable: bool = False
    latest: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A table between two others, many to many.

    `carries` names the columns of the far rows that it has a copy of: an index of it has them in that order.
    """

    table: str
    carries: tuple[tuple[str, str], ...] = ()

    def asked(self, alias: str, on: str) -> str:
        """Whether there is a row in it."""
        return f"exists (select from {self.table} {alias} where {alias}.organization_id = $1 and {on})"

    def joined(self, alias: str, on: str) -> str:
        return f" join {self.table} {alias} on {alias}.organization_id = $1 and {on}"


@dataclass(frozen=True, slots=True)
class Many:
    """A connection to related rows; `on` of one with a link joins `{link}` to `{this}` and to `{that}`.

    Without an `order` of its own it has the target's. One that `is_vast` may hold everybody's rows, so that a scope
    needs its parts.
    """

    name: str
    target: str
    on: str
    link: Link | None = None
    order: tuple[tuple[str, str], ...] = ()
    is_vast: bool = False


@dataclass(frozen=True, slots=True)
class Few:
    """A list of related rows, of which there cannot be more than so many, whole; `{that}` is one of them in `order`."""

    name: str
    target: str
    on: str
    order: str
    most: int


@dataclass(frozen=True, slots=True)
class Linked:
    """A filter by what a row is linked to, of which there may be several: one that matches is enough.

    `on` joins `{link}` to `{this}`; the link's column of this name is compared, and names a `refers`. `besides` holds
    as well, and is said where the link is not what gives the order.
    """

    name: str
    refers: str | None
    link: Link
    on: str
    besides: str = "true"
    enum: None = None
    sql_type: str = "uuid"
    nullable: bool = False
    unique: bool = False


@dataclass(frozen=True, slots=True)
class Search:
    """How rows are found by words.

    `find` is the function that hands out hits in order as long as somebody fetches; `match` tells how one row, `{t}`,
    fits. What is looked for is `asked.q`: queries, the best first. `keys` are what best first means, as columns of a
    hit; without them what is found keeps the order of its list.
    """

    find: str
    match: str
    keys: tuple[tuple[Column, str], ...] = ()


@dataclass(frozen=True)
class Entity:
    """A GraphQL type and the table behind it. `kind` is the word in its ids; `tenant` the column that isolates it."""

    type_name: str
    table: str
    kind: str
    columns: tuple[Column, ...]
    relations: tuple[One | Many | Few, ...] = ()
    default_order: tuple[tuple[str, str], ...] = (("created_at", "DESC"),)
    tenant: str = "organization_id"
    # What one needs to read it, wherever it stands; None in the portal, where the database alone decides.
    permission: Permission | None = Permission.INBOX_READ
    hidden: str | None = None  # which rows no list shows: they only lead somewhere, as `leads_to` says
    leads_to: str | None = None
    scoped: bool = False  # whether its rows belong to leads, and so to those who may see them
    has_leadless: bool = False  # whether some of its rows belong to no lead, and then to the `dataset_id` they name
    linked: tuple[Linked, ...] = ()
    search: Search | None = None
    beside: str = ""  # joined to `{t}`, a row of the table, of which it makes several; only where it is listed whole
    fields: dict[str, Column | One | Many | Few] = field(init=False)
    by_column: dict[str, Column] = field(init=False)

    def __post_init__(self) -> None:
        own = {camel(item.name): item for item in (*self.columns, *self.relations)}
        object.__setattr__(self, "fields", own)
        keys = [column for column, _ in self.search.keys] if self.search else []
        object.__setattr__(self, "by_column", {column.name: column for column in (*self.columns, *keys)})
        ENTITIES[self.type_name] = self

    def __hash__(self) -> int:
        return hash(self.type_name)

    def __eq__(self, other: Any) -> bool:
        return self is other

    @property
    def lead_column(self) -> str:
        """Where the lead is named that a row of a scoped entity belongs to."""
        return "id" if self.kind == "lead" else "lead_id"

    @property
    def filters(self) -> tuple[Column | Linked, ...]:
        return (*(column for column in self.columns if column.filter), *self.linked)

    @property
    def orders(self) -> tuple[Column, ...]:
        return tuple(column for column in self.columns if column.order)


def identity(kind: str) -> Column:
    """The id of an entity's own rows."""
    return Column("id", "uuid", refers=kind)


def kept() -> tuple[Column, ...]:
    """How often a row changed, when it came to be, and when it last changed; every list can be ordered by its birth."""
    born = Column("created_at", "timestamptz", filter=True, order=True)
    return Column("version", "integer"), born, Column("updated_at", "timestamptz")


def shown_once(type_name: str, secret: str, name: str, made: Entity) -> Entity:
    """What was made, beside its secret, which is bound to the statement because nobody keeps it."""
    return Entity(
        type_name,
        table=made.table,
        kind=made.kind,
        permission=made.permission,
        columns=(Column(secret, sql="$3::text"),),
        relations=(One(name, made.type_name, on="{that}.id = {this}.id"),),
    )
