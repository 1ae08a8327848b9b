"""Walking a list page by page, as a client would."""

from collections.abc import Iterator, Sequence
from itertools import repeat
from typing import Any

from tests.play.callers import Caller
from tests.play.served import LISTS

_PAGE = """query ($first: Int, $after: Cursor, $last: Int, $before: Cursor, $filter: %sFilter, $order: [%sOrder!]) {
  page: %s(first: $first, after: $after, last: $last, before: $before, filter: $filter, order: $order) {
    edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}"""


def document(field: str) -> str:
    return _PAGE % (LISTS[field], LISTS[field], field)


async def ask_page(caller: Caller, field: str, **arguments: Any) -> dict[str, Any]:
    page: dict[str, Any] = (await caller.ask(document(field), **arguments))["page"]
    cursors = [edge["cursor"] for edge in page["edges"]]
    ends = [cursors[0], cursors[-1]] if cursors else [None, None]
    assert [page["pageInfo"]["startCursor"], page["pageInfo"]["endCursor"]] == ends
    return page


def ids(page: dict[str, Any]) -> list[str]:
    return [edge["node"]["id"] for edge in page["edges"]]


async def forwards(caller: Caller, field: str, sizes: int | Sequence[int], **arguments: Any) -> list[str]:
    """All ids from the first page to the last; the facts about each page are checked on the way."""
    found: list[str] = []
    cursor: str | None = None
    for size in _endless(sizes):
        page = await ask_page(caller, field, first=size, after=cursor, **arguments)
        found += ids(page)
        assert page["pageInfo"]["hasPreviousPage"] == (cursor is not None)
        assert page["pageInfo"]["hasNextPage"] == (len(found) < page["totalCount"])
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found
    raise AssertionError("unreachable")


async def backwards(caller: Caller, field: str, sizes: int | Sequence[int], **arguments: Any) -> list[str]:
    """All ids, collected from the last page to the first, in the list's own order."""
    found: list[str] = []
    cursor: str | None = None
    for size in _endless(sizes):
        page = await ask_page(caller, field, last=size, before=cursor, **arguments)
        found = ids(page) + found
        assert page["pageInfo"]["hasNextPage"] == (cursor is not None)
        assert page["pageInfo"]["hasPreviousPage"] == (len(found) < page["totalCount"])
        cursor = page["pageInfo"]["startCursor"]
        if not page["pageInfo"]["hasPreviousPage"]:
            return found
    raise AssertionError("unreachable")


def _endless(sizes: int | Sequence[int]) -> Iterator[int]:
    if isinstance(sizes, int):
        yield from repeat(sizes)
    else:
        yield from sizes
        yield from repeat(sizes[-1])
