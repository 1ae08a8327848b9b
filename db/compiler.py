"""Writes the SQL of a shape: one expression whose value is the JSON of everything asked for, at any depth.

It knows entities and SQL and nothing of GraphQL. `$1` is always the organization, and every table reference says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from db.entity import Column
from db.filters import render
from db.listing import Listed, Source
from db.pages import Page, beyond_cursor_sql, cursor_sql
from db.searching import Searched
from db.shapes import Child, Connection, Edge, Fields, PageInfo, Variants
from domain.people import LeadScope


@dataclass(slots=True)
class Compiler:
    """Writes one statement. Parameters are numbered in the order in which the pages collected their values."""

    pages: Sequence[Page]
    bound: int
    scope: LeadScope = LeadScope.ALL
    aliases: int = 0
    rows: int = 0  # the most rows the statement may touch
    _multiplier: int = 1

    def bind(self, type_name: str) -> str:
        self.bound += 1
        return f"${self.bound}::{type_name}"

    def alias(self) -> str:
        self.aliases += 1
        return f"t{self.aliases}"

    def object(self, shape: Fields, alias: str, source: str = "") -> str:
        """The JSON of one row. `source` is the FROM that finds it, absent where the row is in scope already."""
        self.rows += self._multiplier
        items = ", ".join(f'{self._item(value, alias)} as "{key}"' for key, value in shape.items)
        return f"(select row_to_json(o) from (select {items}{source}) o)"

    def _item(self, value: Column | str | Child | Connection, alias: str) -> str:
        match value:
            case str():
                return f"'{value}'::text"
            case Column():
                return value.value(alias)
            case Child():
                return self._child(value, alias)
            case Connection():
                return self.connection(value, alias)

    def _child(self, child: Child, this: str) -> str:
        that, entity = self.alias(), child.fields.entity
        source = (
            f" from {entity.table} {that} where {that}.{entity.tenant} = $1"
            f" and {child.relation.on.format(this=this, that=that)}"
        )
        if child.relation.latest:
            keys = ", ".join(f"{that}.{key}" for key in child.relation.latest.split(", "))
            source += f" order by {keys} limit 1"
        return self.object(child.fields, that, source)

    def variants(self, shape: Variants, alias: str) -> str:
        """The JSON of a row in scope, by its kind."""
        cases = " ".join(f"when '{kind}' then {self.object(fields, alias)}" for kind, fields in shape.fields)
        return f"case {alias}.kind {cases} end"

    def connection(self, shape: Connection, this: str = "") -> str:
        """The JSON of a connection. Reads one row more than the page holds, to know whether there is another page."""
        page, that, entity = self.pages[shape.page], self.alias(), shape.entity
        source = f" from {entity.table} {that} where {that}.{entity.tenant} = $1"
        if shape.relation:
            source += f" and {shape.relation.on.format(this=this, that=that)}"
        if page.filter:
            source += f" and {render(entity, page.filter, that, self.bind)}"
        listed = self._listed(shape, source, that)
        self._multiplier *= page.size
        rows = _Rows(self, that, page, listed.count)
        items = ", ".join(f'{rows.item(value, shape)} as "{key}"' for key, value in shape.items)
        self._multiplier //= page.size
        numbered = f"select row_number() over () as n{rows.columns()} from ({listed.rows}) {that}"
        # `having` makes it one row, even where nothing is gathered: a connection that only counts.
        gathered = f"select {rows.gathered()} from ({numbered}) p having true"
        return f"(select row_to_json(c) from (select {items} from ({gathered}) g) c)"

    def _listed(self, shape: Connection, source: str, that: str) -> Listed:
        """The rows of a page. Binds what is looked for, and then the keys of the cursor."""
        entity, page = shape.entity, self.pages[shape.page]
        asked = self.bind("text") if page.is_search else ""
        places = tuple(self.bind("text") for _ in page.order) if page.has_cursor else ()
        bound = iter(places)
        beyond = f" and {beyond_cursor_sql(entity, page, that, lambda _: next(bound))}" if places else ""
        parts = [source + part for part in self._parts(shape, that)]
        listed = Source(entity, page, that, parts, is_related=bool(shape.relation))
        if not (page.is_search and entity.search):
            return listed.listed(beyond)
        return Searched(listed, entity.search, asked, places, source, beyond).listed()

    def _parts(self, shape: Connection, that: str) -> list[str]:
        """What a scoped member sees of a whole table, as parts that an index each has in order; `$2` is the member.

        The policy would answer the same, but only after looking at everybody's rows.
        """
        if shape.relation or not shape.entity.scoped or self.scope is LeadScope.ALL:
            return [""]
        worked, owned = f" and {that}.assignee_id = $2", f" and {that}.owner_id = $2"
        parts = [worked, f"{owned} and {that}.assignee_id is distinct from $2"]
        if self.scope is LeadScope.ASSIGNED_AND_UNASSIGNED:
            parts.append(f" and {that}.owner_id is null and {that}.assignee_id is null")
        return parts


@dataclass(slots=True)
class _Rows:
    """A connection in three steps: `p` computes columns once per row, `g` gathers them, and the items refer to `g`."""

    compiler: Compiler
    alias: str
    page: Page
    count: str
    computed: list[str] = field(default_factory=list)
    aggregates: list[str] = field(default_factory=list)

    def columns(self) -> str:
        return "".join(f", {expression} as r{number}" for number, expression in enumerate(self.computed))

    def gathered(self) -> str:
        return ", ".join(f"{expression} as a{number}" for number, expression in enumerate(self.aggregates)) or "1"

    def _column(self, expression: str) -> str:
        return f"p.r{_place(expression, self.computed)}"

    def _gather(self, expression: str) -> str:
        return f"g.a{_place(expression, self.aggregates)}"

    def item(self, value: str | Fields | Edge | PageInfo, shape: Connection) -> str:
        match value:
            case "totalCount":
                return self.count
            case str():
                return f"'{value}'::text"
            case Fields():
                return self._list(self.compiler.object(value, self.alias))
            case Edge():
                return self._list(self._edge(value, shape))
            case PageInfo():
                facts = ", ".join(f'{self._fact(fact, shape)} as "{key}"' for key, fact in value.items)
                return f"(select row_to_json(i) from (select {facts}) i)"

    def _list(self, expression: str) -> str:
        way = " desc" if self.page.backwards else ""
        rows = f"json_agg({self._column(expression)} order by p.n{way}) filter (where p.n <= {self.page.size})"
        return self._gather(f"coalesce({rows}, '[]'::json)")

    def _edge(self, edge: Edge, shape: Connection) -> str:
        parts = ", ".join(f'{self._edge_item(value, shape)} as "{key}"' for key, value in edge.items)
        return f"(select row_to_json(e) from (select {parts}) e)"

    def _edge_item(self, value: str | Fields, shape: Connection) -> str:
        if isinstance(value, Fields):
            return self.compiler.object(value, self.alias)
        return cursor_sql(shape.entity, self.page.order, self.alias) if value == "cursor" else f"'{value}'::text"

    def _fact(self, fact: str, shape: Connection) -> str:
        size, backwards = self.page.size, self.page.backwards
        behind = "true" if self.page.has_cursor else "false"
        if fact in ("hasNextPage", "hasPreviousPage"):
            return behind if (fact == "hasNextPage") == backwards else self._gather(f"count(*) > {size}")
        if fact not in ("startCursor", "endCursor"):
            return f"'{fact}'::text"
        cursor = self._column(cursor_sql(shape.entity, self.page.order, self.alias))
        is_first_read = (fact == "startCursor") != backwards
        way, wanted = ("", "p.n = 1") if is_first_read else (" desc", f"p.n <= {size}")
        return self._gather(f"(array_agg({cursor} order by p.n{way}) filter (where {wanted}))[1]")


def _place(expression: str, kept: list[str]) -> int:
    """Where the expression is kept; the same one is kept once."""
    if expression not in kept:
        kept.append(expression)
    return kept.index(expression)
