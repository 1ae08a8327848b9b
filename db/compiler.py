"""Writes the SQL of a shape: one expression whose value is the JSON of everything asked for, at any depth.

It knows entities and SQL and nothing of GraphQL. `$1` is always the organization, and every table reference says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from db.entity import Column, Few
from db.filters import render
from db.links import join
from db.listing import Listed, Source
from db.pages import Key, Page, beyond_cursor_sql, cursor_sql, plain_key
from db.searching import Searched
from db.shapes import Child, Connection, Edge, Fields, PageInfo, Variants
from domain.people import SEES_ALL, LeadScope, Sight

# Who is limited to so few leads has all that is theirs gathered, and put in order. For who is limited to more, the list
# is walked until a page is full: of its rows enough are theirs.
_FEW_LEADS = 1000


@dataclass(slots=True)
class Compiler:
    """Writes one statement. Parameters are numbered in the order in which the pages collected their values."""

    pages: Sequence[Page]
    bound: int
    sight: Sight = SEES_ALL
    member: str = "$2"
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
        that, relation, entity = self.alias(), child.relation, child.fields.entity
        source = (
            f" from {entity.table} {that}{entity.beside.format(t=that)} where {that}.{entity.tenant} = $1"
            f" and {relation.on.format(this=this, that=that)}"
        )
        if isinstance(relation, Few):
            return self._list(relation, child.fields, that, source)
        if relation.latest:
            keys = ", ".join(f"{that}.{key}" for key in relation.latest.split(", "))
            source += f" order by {keys} limit 1"
        return self.object(child.fields, that, source)

    def _list(self, few: Few, fields: Fields, that: str, source: str) -> str:
        self._multiplier *= few.most
        row = self.object(fields, that)
        self._multiplier //= few.most
        return f"(select coalesce(json_agg({row} order by {few.order.format(that=that)}), '[]'::json){source})"

    def several(self, fields: Fields, ids: str, most: int) -> str:
        """The JSON of rows by their ids, which are bound there: each under its own."""
        that, entity = self.alias(), fields.entity
        self._multiplier *= most
        row = self.object(fields, that)
        self._multiplier //= most
        source = f"from {entity.table} {that} where {that}.{entity.tenant} = $1 and {that}.id = any ({ids}::uuid[])"
        return f"(select coalesce(json_object_agg({that}.id, {row}), '{{}}'::json) {source})"

    def variants(self, shape: Variants, alias: str) -> str:
        """The JSON of a row in scope, by its kind."""
        cases = " ".join(f"when '{kind}' then {self.object(fields, alias)}" for kind, fields in shape.fields)
        return f"case {alias}.kind {cases} end"

    def connection(self, shape: Connection, this: str = "") -> str:
        """The JSON of a connection. Reads one row more than the page holds, to know whether there is another page."""
        page, that = self.pages[shape.page], self.alias()
        listed = self._listed(shape, this, that)
        self._multiplier *= page.size
        rows = _Rows(self, that, page, listed.count)
        items = ", ".join(f'{rows.item(value, shape)} as "{key}"' for key, value in shape.items)
        self._multiplier //= page.size
        numbered = f"select row_number() over () as n{rows.columns()} from ({listed.rows}) {that}"
        # `having` makes it one row, even where nothing is gathered: a connection that only counts.
        gathered = f"select {rows.gathered()} from ({numbered}) p having true"
        return f"(select row_to_json(c) from (select {items} from ({gathered}) g) c)"

    def ids(self, shape: Connection) -> str:
        """Every id of a connection, in no order; each once."""
        that = self.alias()
        source, _ = self._source(shape, self.pages[shape.page], "", that)
        return " union all ".join(f"select {that}.id{source}{part}" for part in self._parts(shape, that))

    def _listed(self, shape: Connection, this: str, that: str) -> Listed:
        """The rows of a page. Binds what the filter compares, what is looked for, and the keys of the cursor."""
        entity, page, relation = shape.entity, self.pages[shape.page], shape.relation
        search = entity.search if page.is_search else None
        usual = (relation.order if relation else ()) or entity.default_order
        plain = replace(page, order=(*usual, ("id", usual[-1][1])), backwards=False) if search else page
        source, key = self._source(shape, plain, this, that)
        asked = self.bind("text") if search else ""
        places = tuple(self.bind("text") for _ in page.order) if page.has_cursor else ()
        beyond = f" and {beyond_cursor_sql(entity, page, plain_key(that) if search else key, places)}" if places else ""
        listed = Source(entity, plain, that, [source + part for part in self._parts(shape, that)], key)
        if not search:
            return listed.listed(beyond)
        is_whole = not (page.filter or relation)
        return Searched(listed, search, page, asked, places, beyond, source, is_whole).listed()

    def _source(self, shape: Connection, page: Page, this: str, that: str) -> tuple[str, Key]:
        """Where the rows of a connection are found, and where the columns of this page's order stand."""
        entity, relation = shape.entity, shape.relation
        joined = join(entity, relation, page, this, that)
        source = f" from {entity.table} {that}{joined.sql if joined else ''} where {that}.{entity.tenant} = $1"
        if entity.hidden:
            source += f" and {entity.hidden.format(t=that)}"
        if relation and relation.link and not joined:
            source += f" and {relation.link.asked('link', relation.on.format(link='link', this=this, that=that))}"
        elif relation and not relation.link:
            source += f" and {relation.on.format(this=this, that=that)}"
        left = joined.filter if joined else page.filter
        if left:
            source += f" and {render(entity, left, that, self.bind)}"
        return source, joined.key if joined else plain_key(that)

    def _parts(self, shape: Connection, that: str) -> list[str]:
        """What somebody with a narrow sight sees of a whole table, as parts that an index each has in order.

        The policies would answer the same, but only after looking at everybody's rows.
        """
        is_whole = shape.relation is None or shape.relation.is_vast
        if not is_whole or not shape.entity.scoped:
            return [""]
        parts = self._keepers(that)
        if not self.sight.is_limited or shape.relation:
            return parts
        counted = f"select coalesce(sum(few.total_leads), 0) from datasets few where {_allowed('few', 'id')}"
        few = f"({counted}) <= {_FEW_LEADS}"
        those = f"select those.lead_id from dataset_leads those where {_allowed('those', 'dataset_id')}"
        gathered = f" and {few} and {that}.{shape.entity.lead_column} = any (array({those}))"
        leadless = f" and {few} and {that}.lead_id is null and {that}.dataset_id = any (allowed_datasets())"
        rest = [f" and not {few}{part}" for part in parts]
        return [gathered, leadless, *rest] if shape.entity.has_leadless else [gathered, *rest]

    def _keepers(self, that: str) -> list[str]:
        """What a scoped member works, what they own, and what nobody has."""
        if self.sight.lead_scope is LeadScope.ALL:
            return [""]
        worked, owned = f" and {that}.assignee_id = {self.member}", f" and {that}.owner_id = {self.member}"
        parts = [worked, f"{owned} and {that}.assignee_id is distinct from {self.member}"]
        if self.sight.lead_scope is LeadScope.ASSIGNED_AND_UNASSIGNED:
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


def _allowed(alias: str, column: str) -> str:
    return f"{alias}.organization_id = $1 and {alias}.{column} = any (allowed_datasets())"


def _place(expression: str, kept: list[str]) -> int:
    """Where the expression is kept; the same one is kept once."""
    if expression not in kept:
        kept.append(expression)
    return kept.index(expression)
