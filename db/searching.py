"""What fits a search, as SQL: an index of words hands it out in order; rows of a short list are looked at."""

from dataclasses import dataclass

from db.entity import Search
from db.listing import Listed, Source
from db.pages import Page, order_sql, plain_key

FEW = 500  # rows: where a filter or a relation leaves no more, they are looked at, and the index is not asked
MOST_COUNTED = 10_000  # rows; of very common words nobody needs to know how often they were said
_HIT = {"tier": "smallint", "at": "timestamptz", "id": "uuid"}


@dataclass(frozen=True, slots=True)
class Searched:
    """A list that is searched. `source` is the list as it stands, and `whole` where any of its rows comes from.

    `asked` and `places` are bound: what is looked for, and the keys of the cursor, if any; `beyond` says that a row is
    behind it.
    """

    source: Source
    search: Search
    page: Page
    asked: str
    places: tuple[str, ...]
    beyond: str
    whole: str
    is_whole: bool

    def listed(self) -> Listed:
        limit = f" limit {self.page.size + 1}"
        rows, all_ = self._found(self._behind) + limit, f"{self._found('null, null, null')} limit {MOST_COUNTED}"
        if self.is_whole:
            return Listed(self._in_order(rows) + limit, f"(select count(*) from ({all_}) c)")
        short = f"select * from ({self._fitting}) {self.source.that} where {self._is_short}{self.beyond}"
        rows = self._in_order(f"({short}) union all ({self._found(self._behind)} and not {self._is_short}{limit})")
        count = f"case when {self._is_short} then (select count(*) from ({self._fitting}) c)"
        return Listed(
            f"{self._few} {rows}{limit}", f"({self._few} select {count} else (select count(*) from ({all_}) c) end)"
        )

    @property
    def _behind(self) -> str:
        """The keys of the cursor as those of a hit."""
        missing = ("null",) * (len(_HIT) - len(self.places))
        pairs = zip((*missing, *self.places), _HIT.values(), strict=True)
        return ", ".join(f"{place}::{type_}" for place, type_ in pairs)

    @property
    def _few(self) -> str:
        """In the list's own order, which an index has."""
        asked = f"asked as materialized (select queries_of({self.asked}) as q)"
        return f"with {asked}, few as materialized ({self.source.first(FEW + 1)})"

    @property
    def _is_short(self) -> str:
        return f"(select count(*) from few) <= {FEW}"

    @property
    def _fitting(self) -> str:
        """Those of the few that fit."""
        that = self.source.that
        match = self.search.match.format(t=that)
        return (
            f"select {that}.*{self._hit('hit')} from asked cross join few {that} cross join lateral {match} hit"
            f" where {self._is_short}"
        )

    def _found(self, behind: str) -> str:
        """Rows that the index hands out, as long as somebody fetches, without those out of sight or filtered out."""
        that = self.source.that
        is_ascending = self.page.backwards != (self.page.order[-1][1] == "ASC")
        return (
            f"select {that}.*{self._hit('(s.hit)')}"
            f" from (select {self.search.find}({self.asked}, {is_ascending}, {behind}) as hit) s"
            f" cross join lateral (select {that}.*{self.whole} and {that}.id = (s.hit).row_id offset 0) {that}"
            " where true"
        )

    def _hit(self, hit: str) -> str:
        return "".join(f", {hit}.{name} as hit_{name}" for name in _HIT) if self.search.keys else ""

    def _in_order(self, rows: str) -> str:
        that = self.source.that
        order = order_sql(self.source.entity, self.page, plain_key(that))
        return f"select {that}.* from ({rows}) {that} order by {order}"
