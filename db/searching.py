"""What fits a search, as SQL: an index of words hands it out in order; where a list is short, its rows are looked at."""

from dataclasses import dataclass

from db.entity import Search
from db.listing import Listed, Source

NEAR = 300  # rows: so many are looked at, as the list has them in order, before the index is asked
FEW = 1000  # rows: where a filter leaves no more, they are looked at, and the index is not asked
_HIT = {"tier": "smallint", "at": "timestamptz", "id": "uuid"}


@dataclass(frozen=True, slots=True)
class Searched:
    """A list that is searched. `asked` and `places` are bound: what is looked for, and the keys of the cursor, if any.

    `whole` is where any of its rows comes from, `beyond` what says that a row is behind the cursor.
    """

    source: Source
    search: Search
    asked: str
    places: tuple[str, ...]
    whole: str
    beyond: str

    def listed(self) -> Listed:
        if self.source.is_related:
            return self._of_one()
        return self._best_first() if self.search.keys else self._as_listed()

    def _of_one(self) -> Listed:
        """Rows that hang on another one are all looked at."""
        fitting = self._fitting(self.source.any())
        return Listed(f"{self._asked} {self._page(fitting)}", f"({self._asked} select count(*) from ({fitting}) c)")

    def _best_first(self) -> Listed:
        """Of all rows, by how well they fit."""
        behind = zip(self.places or ("null",) * len(_HIT), _HIT.values(), strict=True)
        found = self._found(", ".join(f"{place}::{type_}" for place, type_ in behind))
        limit = f" limit {self.source.size}"
        if not self.source.page.filter:
            return Listed(self._in_order(found + limit), self._count())
        short = self._page(f"{self._fitting('select * from few')} where {self._is_short}")
        return Listed(
            f"{self._few} {self._in_order(f'({short}) union all ({found} where not {self._is_short}{limit})')}",
            self._count(),
        )

    def _as_listed(self) -> Listed:
        """Of all rows, in the list's own order: first among those that are near, and then from where these end."""
        limit, that = f" limit {self.source.size}", self.source.that
        near = self.source.first(NEAR, self.beyond)
        said = self._in_order(self._fitting("select * from near"))
        end = f"(select * from near {that}{self.source.order} limit 1 offset {NEAR - 1}) e cross join lateral "
        keys = ", ".join(f"e.{name}" for name, _ in self.source.page.order)
        found = f"{self._found(f'null::smallint, {keys}', end)} where (select count(*) from said) < {self.source.size}"
        rows = self._in_order(f"(select * from said) union all ({found}{limit})")
        return Listed(
            f"{self._asked}, near as materialized ({near}), said as materialized ({said}) {rows}", self._count()
        )

    def _count(self) -> str:
        found = f"select count(*) from ({self._found(', '.join(f'null::{type_}' for type_ in _HIT.values()))}) c"
        if not self.source.page.filter:
            return f"({found})"
        fitting = f"select count(*) from ({self._fitting('select * from few')}) c"
        return f"({self._few} select case when {self._is_short} then ({fitting}) else ({found}) end)"

    @property
    def _asked(self) -> str:
        return f"with asked as materialized (select queries_of({self.asked}) as q)"

    @property
    def _few(self) -> str:
        """In the list's own order, which an index has."""
        entity, that = self.source.entity, self.source.that
        keys = [(entity.by_column[name].sort_key(that), way) for name, way in entity.default_order]
        order = ", ".join(f"{key} {way}" for key, way in (*keys, (f"{that}.id", keys[-1][1])))
        limit = f"limit {FEW + 1}"
        first = self.source.any(f" order by {order} {limit}")
        return f"{self._asked}, few as materialized (select * from ({first}) {that} {limit})"

    @property
    def _is_short(self) -> str:
        return f"(select count(*) from few) <= {FEW}"

    def _fitting(self, rows: str) -> str:
        """Those of these rows that fit."""
        match = self.search.match.format(t=self.source.that)
        return (
            f"select {self.source.that}.*{self._hit('hit')} from asked cross join ({rows}) {self.source.that}"
            f" cross join lateral {match} hit"
        )

    def _found(self, behind: str, end: str = "") -> str:
        """Rows that the index hands out, as long as somebody fetches. What is not in sight, or filtered out, is left out."""
        that, is_ascending = self.source.that, self.source.is_ascending
        return (
            f"select {that}.*{self._hit('(s.hit)')}"
            f" from {end}(select {self.search.find}({self.asked}, {is_ascending}, {behind}) as hit) s"
            f" cross join lateral (select {that}.*{self.whole} and {that}.id = (s.hit).row_id offset 0) {that}"
        )

    def _hit(self, hit: str) -> str:
        return "".join(f", {hit}.{name} as hit_{name}" for name in _HIT) if self.search.keys else ""

    def _page(self, rows: str) -> str:
        return self._in_order(f"select * from ({rows}) {self.source.that} where true{self.beyond}")

    def _in_order(self, rows: str) -> str:
        return (
            f"select {self.source.that}.* from ({rows}) {self.source.that}{self.source.order} limit {self.source.size}"
        )
