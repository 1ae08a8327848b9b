"""The rows of a connection, as SQL: a list as it stands."""

from collections.abc import Sequence
from dataclasses import dataclass

from db.entity import Entity
from db.pages import Key, Page, order_sql, plain_key


@dataclass(frozen=True, slots=True)
class Listed:
    """The rows of a page, in order and one more than it holds; and how many there are altogether."""

    rows: str
    count: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the rows of a list come from. `parts` make up the list together, each in order by an index.

    `key` says where the columns of that order stand.
    """

    entity: Entity
    page: Page
    that: str
    parts: Sequence[str]
    key: Key

    def listed(self, beyond: str) -> Listed:
        count = " + ".join(f"(select count(*){part})" for part in self.parts)
        return Listed(self.first(self.page.size + 1, beyond), f"({count})")

    def first(self, count: int, beyond: str = "") -> str:
        """So many rows behind the cursor, in order."""
        end = f" order by {order_sql(self.entity, self.page, self.key)} limit {count}"
        rows = " union all ".join(f"(select {self.that}.*{part}{beyond}{end})" for part in self.parts)
        if len(self.parts) == 1:
            return rows
        end = f" order by {order_sql(self.entity, self.page, plain_key(self.that))} limit {count}"
        return f"select {self.that}.* from ({rows}) {self.that}{end}"
