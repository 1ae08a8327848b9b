"""Shapes: which fields of which entities are asked for, under which keys. What GraphQL's selection sets become."""

from dataclasses import dataclass

from db.entity import Column, Entity, Few, Many, One


@dataclass(frozen=True, slots=True)
class Fields:
    """An object: response keys with what stands under each. A `str` is a constant: the name of the type."""

    entity: Entity
    items: "tuple[tuple[str, Column | str | Child | Connection], ...]"


@dataclass(frozen=True, slots=True)
class Child:
    """A related row, or a list of few."""

    relation: One | Few
    fields: Fields


@dataclass(frozen=True, slots=True)
class Edge:
    """A row beside its cursor. `"cursor"` stands for the cursor, any other `str` for the name of the type."""

    items: tuple[tuple[str, str | Fields], ...]


@dataclass(frozen=True, slots=True)
class PageInfo:
    """Facts about a page by their names in the API; any other `str` is the name of the type."""

    items: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Connection:
    """A page of rows: of a relation, or of all rows at the root. `page` numbers it among the pages of the request.

    `"totalCount"` stands for the count, any other `str` for the name of the type.
    """

    entity: Entity
    relation: Many | None
    page: int
    items: tuple[tuple[str, str | Fields | Edge | PageInfo], ...]


@dataclass(frozen=True, slots=True)
class Variants:
    """One table whose rows are of several types, told apart by the column `kind`."""

    table: str
    fields: tuple[tuple[str, Fields], ...]
