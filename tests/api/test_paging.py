"""Keyset pages: every order of every list, both ways, whatever the sizes, and pages within pages."""

from typing import Any

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.play.crowd import crowd
from tests.play.pages import ask_page, backwards, forwards, ids
from tests.play.past import bare
from tests.play.served import KINDS, LISTS, ORDERS, TABLES, snake
from tests.play.tenant import Tenant

# What a missing value sorts as: before everything else.
_LOWEST = {"lastMessageAt": "-infinity"}


async def sorted_ids(sql: asyncpg.Connection, tenant: Tenant, field: str, order: list[dict[str, str]]) -> list[str]:
    """The ids as plain Python sorts the rows: key by key, then by id in the direction of the last key."""
    table = TABLES[LISTS[field]]
    rows = [
        dict(row)
        for row in await sql.fetch(f"select * from {table} where organization_id = $1", tenant.organization_id)
    ]
    keys = [(snake(key), way) for item in order for key, way in item.items()]
    for column, way in reversed([*keys, ("id", keys[-1][1])]):
        rows.sort(key=lambda row: (row[column] is not None, row[column]), reverse=way == "DESC")
    kind = KINDS[LISTS[field]]
    return [f"{kind}_{row['id']}" for row in rows]


@pytest.mark.parametrize("way", ["ASC", "DESC"])
@pytest.mark.parametrize(("field", "key"), ORDERS)
async def test_every_order_collects_every_row_once(
    tenant: Tenant, sql: asyncpg.Connection, field: str, key: str, way: str
) -> None:
    """Equal keys and missing values included (S0.11)."""
    await crowd(tenant, sql)
    order = [{key: way}]
    expected = await sorted_ids(sql, tenant, field, order)
    for size in (1, 4, 13, 100):
        assert await forwards(tenant.owner, field, size, order=order) == expected
        assert await backwards(tenant.owner, field, size, order=order) == expected


@pytest.mark.parametrize("field", LISTS)
async def test_without_an_order_the_newest_come_first(tenant: Tenant, sql: asyncpg.Connection, field: str) -> None:
    """Conversations by their last message, those without one at the end (S0.11); stages by their place; the others by
    when they were made."""
    await crowd(tenant, sql)
    key = {"conversations": "lastMessageAt", "auditLogs": "at", "pipelineStages": "position"}.get(field, "createdAt")
    order = [{key: "ASC" if key == "position" else "DESC"}]
    assert await forwards(tenant.owner, field, 5) == await sorted_ids(sql, tenant, field, order)


KEYS = [list(keys) for keys in (("lastMessageAt", "createdAt"), ("createdAt", "lastMessageAt"), ("createdAt",))]
ONE_WAY = {key: st.sampled_from([{key: "ASC"}, {key: "DESC"}]) for key in ("lastMessageAt", "createdAt")}
ORDER = st.sampled_from(KEYS).flatmap(lambda keys: st.tuples(*(ONE_WAY[key] for key in keys)))


@settings(max_examples=40)
@given(order=ORDER, sizes=st.lists(st.integers(1, 6), min_size=1, max_size=8))
async def test_any_sizes_in_any_order(
    lively: Tenant, sql: asyncpg.Connection, order: tuple[dict[str, str], ...], sizes: list[int]
) -> None:
    """Also with the keys running in opposite directions."""
    expected = await sorted_ids(sql, lively, "conversations", list(order))
    assert await forwards(lively.agent, "conversations", sizes, order=order) == expected
    assert await backwards(lively.agent, "conversations", sizes, order=order) == expected


@pytest.fixture
async def lively(tenant: Tenant, sql: asyncpg.Connection) -> Tenant:
    await crowd(tenant, sql)
    return tenant


async def test_a_new_row_never_shifts_the_pages_behind(lively: Tenant) -> None:
    first = await ask_page(lively.agent, "messages", first=5)
    await lively.text("newer than all of them")
    rest = await forwards(lively.agent, "messages", 100)
    second = await ask_page(lively.agent, "messages", first=5, after=first["pageInfo"]["endCursor"])
    assert [*ids(first), *ids(second)] == rest[1:11]


async def test_an_edge_in_the_middle_is_a_place_to_page_from(lively: Tenant) -> None:
    whole = await ask_page(lively.agent, "leads", first=100)
    for number, edge in enumerate(whole["edges"]):
        after = await ask_page(lively.agent, "leads", first=100, after=edge["cursor"])
        before = await ask_page(lively.agent, "leads", last=100, before=edge["cursor"])
        assert [*ids(before), edge["node"]["id"], *ids(after)] == ids(whole)
        assert (after["pageInfo"]["hasNextPage"], before["pageInfo"]["hasPreviousPage"]) == (False, False)
        assert number == len(before["edges"])


async def test_an_empty_list_is_a_page_without_rows(tenant: Tenant) -> None:
    for field in LISTS.keys() - {
        "members",
        "auditLogs",
        "pipelineStages",
        "phoneNumbers",
    }:  # what an organization begins with
        page = await ask_page(tenant.owner, field, first=10)
        facts = {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None}
        assert page == {"edges": [], "totalCount": 0, "pageInfo": facts}


@pytest.mark.parametrize("part", ["totalCount", "__typename", "pageInfo { __typename }", "totalCount __typename"])
@pytest.mark.parametrize("rows", [0, 1, 3])
async def test_a_list_may_be_asked_for_one_fact_alone(tenant: Tenant, part: str, rows: int) -> None:
    for number in range(rows):
        await tenant.text(f"text {number}")
    found = await tenant.agent.ask(f"{{ conversations {{ {part} }} }}")
    assert found["conversations"].get("totalCount", rows) == rows


NESTED = """query ($a: ID!, $b: ID!, $after: Cursor, $before: Cursor) {
  a: conversation(id: $a) { messages(first: 2, after: $after, order: [{createdAt: ASC}]) { ...page } }
  b: conversation(id: $b) { messages(last: 2, before: $before) { ...page } }
}
fragment page on MessageConnection {
  nodes { body } edges { cursor } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
}"""


async def test_nested_pages_have_cursors_of_their_own(tenant: Tenant) -> None:
    threads = []
    for name in "ab":
        conversation, _ = await tenant.text(f"{name}0", sender=f"+44790000000{1 + 'ab'.index(name)}")
        for number in range(1, 4):
            await tenant.text(f"{name}{number}", sender=f"+44790000000{1 + 'ab'.index(name)}")
        threads.append(conversation)
    first = await tenant.agent.ask(NESTED, a=threads[0], b=threads[1])
    assert bodies(first["a"]) == ["a0", "a1"]
    assert bodies(first["b"]) == ["b1", "b0"]  # newest first, so the last two are the oldest
    a, b = (first[name]["messages"]["pageInfo"] for name in "ab")
    assert (a["hasNextPage"], a["hasPreviousPage"], b["hasNextPage"], b["hasPreviousPage"]) == (
        True,
        False,
        False,
        True,
    )
    second = await tenant.agent.ask(NESTED, a=threads[0], b=threads[1], after=a["endCursor"], before=b["startCursor"])
    assert (bodies(second["a"]), bodies(second["b"])) == (["a2", "a3"], ["b3", "b2"])
    assert all(second[name]["messages"]["totalCount"] == 4 for name in "ab")
    assert bare(threads[0]) != bare(threads[1])


def bodies(conversation: dict[str, Any]) -> list[str]:
    return [row["body"] for row in conversation["messages"]["nodes"]]
