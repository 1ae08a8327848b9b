"""Pages: keyset cursors that carry the order and the id, forwards and backwards."""

import base64
import hashlib
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Any, TypeAlias
from uuid import UUID

from db.entity import Column, Entity, camel
from db.filters import Structure, read_filter
from domain.refusals import bad_input
from domain.search import read_search

LARGEST_PAGE = 100
DEFAULT_PAGE = 25

Order: TypeAlias = tuple[tuple[str, str], ...]


class Direction(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


@dataclass(frozen=True, slots=True)
class Page:
    """The shape of a request for a page. Hashable: together with the fields asked for it decides the SQL."""

    size: int
    backwards: bool
    has_cursor: bool
    order: Order
    filter: Structure | None
    is_search: bool = False


def read_page(entity: Entity, given: Mapping[str, Any], values: list[Any], usual: Order = ()) -> Page:
    """Arguments of a connection → a page; appends the values to bind: filter, search, cursor."""
    first, last, after, before = (given.get(name) for name in ("first", "last", "after", "before"))
    backwards = last is not None or before is not None
    if backwards and (first is not None or after is not None):
        raise bad_input("Page forwards with first and after, or backwards with last and before, not both.", "first")
    size = last if backwards else first
    sought = read_search(given.get("search"))
    order = _read_order(entity, given.get("order") or (), usual or entity.default_order, bool(sought))
    wanted = given.get("filter")
    structure = read_filter(entity, wanted, values) if wanted else None
    if sought:
        values.append(sought)
    cursor = before if backwards else after
    if cursor is not None:
        values.extend(read_cursor(entity, order, cursor, "before" if backwards else "after"))
    size = check_size(size, "last" if backwards else "first")
    return Page(size, backwards, cursor is not None, order, structure, bool(sought))


def check_size(size: int | None, field: str) -> int:
    if size is None:
        return DEFAULT_PAGE
    if not 1 <= size <= LARGEST_PAGE:
        raise bad_input(f"A page holds between 1 and {LARGEST_PAGE} rows; {size} were asked for.", field)
    return size


def _read_order(entity: Entity, given: Any, usual: Order, is_search: bool) -> Order:
    if is_search and entity.search and entity.search.keys:
        if given:
            raise bad_input("What is searched comes best first: leave the order out.", "order")
        return tuple((column.name, way) for column, way in entity.search.keys)
    keys = [(camel(column.name), column.name) for column in entity.orders]
    wanted: dict[str, str] = {}
    for name, way in ((name, str(item[key])) for item in given for key, name in keys if item.get(key)):
        wanted.setdefault(name, way)
    order = tuple(wanted.items()) or usual
    return (*order, ("id", order[-1][1]))


def keys(entity: Entity, order: Order) -> list[Column]:
    return [entity.by_column[name] for name, _ in order]


@lru_cache(maxsize=1024)
def signature(entity: Entity, order: Order) -> str:
    """Tells the cursors of one list from those of another."""
    return hashlib.sha256(f"{entity.type_name}{order}".encode()).hexdigest()[:8]


def cursor_sql(entity: Entity, order: Order, alias: str) -> str:
    texts = ", ".join(f"{column.sort_key(alias)}::text" for column in keys(entity, order))
    array = f"json_build_array('{signature(entity, order)}', {texts})::text"
    return f"translate(encode(convert_to({array}, 'UTF8'), 'base64'), E'+/=\\n', '-_')"


def read_cursor(entity: Entity, order: Order, cursor: str, field: str) -> list[str]:
    """The keys a cursor stands at, as texts; refuses what this list did not hand out."""
    columns = keys(entity, order)
    texts: list[str] = []
    try:
        stamp, *texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        valid = stamp == signature(entity, order) and len(texts) == len(columns)
        for column, text in zip(columns, texts, strict=True):
            _check_key(column, text)
    except (ValueError, TypeError, AttributeError):
        valid = False
    if not valid:
        raise bad_input("This cursor is not from this list and order: take it from pageInfo or an edge of it.", field)
    return texts


_INTEGERS = {"smallint": 2**15, "integer": 2**31}
# Cursors hold keys as PostgreSQL writes them in UTC; Python reads more spellings than PostgreSQL does.
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00")


def _check_key(column: Column, text: str) -> None:
    """Raises ValueError or TypeError where the text is not one that `cursor_sql` could have written."""
    text.encode()
    if column.sql_type == "uuid":
        valid = str(UUID(text)) == text
    elif column.sql_type in _INTEGERS:
        valid = str(int(text)) == text and abs(int(text)) < _INTEGERS[column.sql_type]
    elif column.sql_type == "timestamptz" and text not in ("infinity", "-infinity"):
        valid = bool(_INSTANT.fullmatch(text) and datetime.fromisoformat(text))
    else:
        valid = "\x00" not in text
    if not valid:
        raise ValueError


# Where a column of a row stands, as an order compares it.
Key: TypeAlias = Callable[[Column], str]


def order_sql(entity: Entity, page: Page, key: Key) -> str:
    """The page's order; a page read backwards is read in the opposite one and turned round afterwards."""
    flip = {"ASC": "desc", "DESC": "asc"} if page.backwards else {"ASC": "asc", "DESC": "desc"}
    return ", ".join(f"{key(entity.by_column[name])} {flip[way]}" for name, way in page.order)


def plain_key(alias: str) -> Key:
    """Where columns stand in their own table."""
    return lambda column: column.sort_key(alias)


def beyond_cursor_sql(entity: Entity, page: Page, key: Key, places: Sequence[str]) -> str:
    """Rows after the cursor, whose keys are bound to these places. With one direction throughout, a row comparison,
    which an index answers."""
    pairs = [
        (key(column), f"{place}::{column.sql_type}", (way == "ASC") != page.backwards)
        for column, (_, way), place in zip(keys(entity, page.order), page.order, places, strict=True)
    ]
    if len({ascending for _, _, ascending in pairs}) == 1:
        mine, theirs = ", ".join(p[0] for p in pairs), ", ".join(p[1] for p in pairs)
        return f"({mine}) {'>' if pairs[0][2] else '<'} ({theirs})"
    clause = "false"
    for mine, theirs, ascending in reversed(pairs):
        clause = f"({mine} {'>' if ascending else '<'} {theirs} or ({mine} = {theirs} and {clause}))"
    return clause
