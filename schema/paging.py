"""Connections: lists that can grow, in pages."""

from collections.abc import Mapping
from inspect import Parameter, Signature
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from db.entity import Entity
from schema.filters import filter_of, order_of
from schema.scalars import Cursor

T = TypeVar("T")


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether rows follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether rows precede this page.")
    start_cursor: Cursor | None = strawberry.field(description="The first row's cursor; null on an empty page.")
    end_cursor: Cursor | None = strawberry.field(description="The last row's cursor; null on an empty page.")


@strawberry.type(description="A row and its place in the list.")
class Edge(Generic[T]):
    cursor: Cursor = strawberry.field(description="The row's place, to page from.")
    node: T = strawberry.field(description="The row.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The rows with their cursors.")
    nodes: list[T] = strawberry.field(description="The rows alone.")
    page_info: PageInfo = strawberry.field(description="Where the page stands.")
    total_count: int = strawberry.field(
        description="How many rows the filter leaves; of a search at most 10,000. Counted only when asked for."
    )


_SEARCHES = {
    "Lead": "What to look for, by the beginnings of words, all of which must fit: names, phone numbers by their digits "
    "from the beginning or the end, e-mail addresses and what follows the @, companies, or all of them in one text or "
    "note. The best come first: whole words before beginnings, names before the rest, texts and notes last, and among "
    "equals the newest, so leave `order` out. At most 200 characters, of which eight words count. An empty text lists "
    "everything.",
    "Lesson": "What to look for, by the beginnings of words, all of which the lesson or its tags must have. Titles "
    "come before the rest, and among equals the newest, so leave `order` out. At most 200 characters, of which eight "
    "words count. An empty text lists everything.",
    "Message": "Words, all of which the message must have; of three letters or more their beginnings do. At most 200 "
    "characters, of which eight words count. An empty text lists everything.",
}


def _argument(name: str, type_: Any, description: str) -> Parameter:
    annotated = strawberry.argument(description=description)
    return Parameter(
        name, Parameter.KEYWORD_ONLY, default=strawberry.UNSET, annotation=Annotated[type_ | None, annotated]
    )


def _page_arguments(entity: Entity) -> list[Parameter]:
    search = [_argument("search", str, _SEARCHES[entity.type_name])] if entity.search else []
    return [
        _argument("first", int, "How many rows from the start, at most 100; 25 when nothing is said."),
        _argument("after", Cursor, "Start behind this row."),
        _argument("last", int, "How many rows from the end, at most 100."),
        _argument("before", Cursor, "End before this row."),
        _argument("filter", filter_of(entity), "Which rows."),
        _argument("order", list[order_of(entity)], "In which order."),  # type: ignore[misc]
        *search,
    ]


def connection(entity: Entity, description: str, metadata: Mapping[str, Any] | None = None) -> Any:
    """A field that is a page of rows of an entity. Nobody calls its resolver: it is there for its arguments."""

    def rows(**_: Any) -> Any: ...

    rows.__signature__ = Signature(_page_arguments(entity))  # type: ignore[attr-defined]
    return strawberry.field(resolver=rows, description=description, metadata=metadata)
