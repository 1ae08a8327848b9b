"""The rows of a connection, as SQL: a list as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.entity import Entity
from db.pages import Page, order_sql


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a page, in order and one more than it holds; and how many there are altogether."""

    rows: str
    count: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a list come from. `parts` make up the list together, each in order by an index."""

    entity: Entity
    page: Page
    that: str
    parts: Sequence[str]
    is_related: bool

    @property
    def size(self) -> int:
        """One row more than the page holds, to know whether there is another page."""
        return self.page.size + 1

    @property
    def order(self) -> str:
        return f" order by {order_sql(self.entity, self.page, self.that)}"

    @property
    def is_ascending(self) -> bool:
        """Whether rows are read from the lowest key on; what comes best first is read backwards from the last."""
        return self.page.backwards != (self.page.order[-1][1] == "ASC")

    def listed(self, beyond: str) -> Listed:
        count = " + ".join(f"(select count(*){part})" for part in self.parts)
        return Listed(self.first(self.size, beyond), f"({count})")

    def first(self, count: int, beyond: str) -> str:
        """So many rows behind the cursor, in order."""
        end = f"{self.order} limit {count}"
        rows = self.any(beyond + end)
        return rows if len(self.parts) == 1 else f"select {self.that}.* from ({rows}) {self.that}{end}"

    def any(self, end: str = "") -> str:
        """Rows of all parts, each part with this end."""
        return " union all ".join(f"(select {self.that}.*{part}{end})" for part in self.parts)
