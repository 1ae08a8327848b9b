"""Filters: every operator, missing values, and any combination of and, or and not."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import asyncpg
import pytest
from graphql import GraphQLInputObjectType
from hypothesis import given, settings
from hypothesis import strategies as st

from actions.campaigns import draft_campaign
from domain.campaigns.drafts import CampaignKind
from domain.ids import show_id
from domain.people import Role
from tests.play.crowd import crowd
from tests.play.pages import ask_page, backwards, forwards, ids
from tests.play.past import bare, keep_dataset, live
from tests.play.served import KINDS, LISTS, TABLES, input_type, snake
from tests.play.tenant import Tenant

Row = dict[str, Any]
DAY = "2026-02-02T00:00:00+00:00"
TWO_O_CLOCK = datetime.fromisoformat("2026-01-01T02:00:00Z")


async def rows_of(sql: asyncpg.Connection, tenant: Tenant, field: str) -> list[Row]:
    """Without those that only lead to another, and campaigns that belong to templates."""
    table = TABLES[LISTS[field]]
    rows = await sql.fetch(f"select * from {table} where organization_id = $1", tenant.organization_id)
    hidden = "message_template_id" if table == "campaigns" else "merged_into_id"
    return [dict(row) for row in rows if not row.get(hidden)]


async def same(tenant: Tenant, sql: asyncpg.Connection, field: str, filter: Row, keep: Callable[[Row], bool]) -> int:
    """The filter leaves exactly the rows `keep` keeps, and counts them; returns how many."""
    kind = KINDS[LISTS[field]]
    expected = {f"{kind}_{row['id']}" for row in await rows_of(sql, tenant, field) if keep(row)}
    page = await ask_page(tenant.owner, field, first=100, filter=filter)
    assert set(ids(page)) == expected
    assert page["totalCount"] == len(page["edges"]) == len(expected)
    return len(expected)


def missing() -> list[tuple[str, str]]:
    """Every column of every list that can be asked for its absence."""
    found = []
    for field, row in LISTS.items():
        if field == "auditLogs":
            continue  # of which there are more than a page; test_audit asks for them
        for name, operand in input_type(f"{row}Filter").fields.items():
            if isinstance(operand.type, GraphQLInputObjectType) and "isNull" in operand.type.fields:
                found.append((field, name))
    return found


@pytest.fixture
async def lively(tenant: Tenant, sql: asyncpg.Connection) -> Tenant:
    await crowd(tenant, sql)
    past = await live(tenant, sql)
    await keep_dataset(tenant, bare(past.lead), name="Another")
    await sql.execute("update datasets set archived_at = now() where id = $1", bare(past.dataset))
    async with tenant.house.parts.database.work(tenant.product) as session:
        await draft_campaign(session, CampaignKind.SEQUENCE, {"name": "Of no dataset"})
    return tenant


@pytest.mark.parametrize(("field", "name"), missing())
async def test_is_null_tells_present_from_missing(
    lively: Tenant, sql: asyncpg.Connection, field: str, name: str
) -> None:
    column = snake(name)
    await lively.lead(phone=None, email=f"{lively.slug}@example.com")
    absent = await same(lively, sql, field, {name: {"isNull": True}}, lambda row: row[column] is None)
    present = await same(lively, sql, field, {name: {"isNull": False}}, lambda row: row[column] is not None)
    assert present and (absent or field == "insights")


async def test_what_is_missing_is_neither_before_nor_after(lively: Tenant, sql: asyncpg.Connection) -> None:
    day = datetime.fromisoformat(DAY)
    tests: dict[str, Callable[[datetime], bool]] = {
        "lt": lambda at: at < day,
        "lte": lambda at: at <= day,
        "gt": lambda at: at > day,
        "gte": lambda at: at >= day,
    }
    for operator, holds in tests.items():
        await same(
            lively,
            sql,
            "conversations",
            {"lastMessageAt": {operator: DAY}},
            lambda row, holds=holds: row["last_message_at"] is not None and holds(row["last_message_at"]),  # type: ignore[misc]
        )


async def test_a_range(lively: Tenant, sql: asyncpg.Connection) -> None:
    low, high = (datetime.fromisoformat(f"2026-01-01T0{hour}:00:00+00:00") for hour in (1, 3))
    between = {"createdAt": {"gte": low.isoformat(), "lt": high.isoformat()}}
    assert await same(lively, sql, "messages", between, lambda row: low <= row["created_at"] < high)


async def test_in_a_list_and_in_an_empty_one(lively: Tenant, sql: asyncpg.Connection) -> None:
    both = {"status": {"in": ["ACTIVE", "CLOSED"]}}
    assert await same(lively, sql, "conversations", both, lambda row: row["status"] in ("ACTIVE", "CLOSED"))
    assert await same(lively, sql, "conversations", {"status": {"in": []}}, lambda row: False) == 0
    assert await same(lively, sql, "leads", {"phone": {"in": []}}, lambda row: False) == 0


async def test_empty_and_or_not(lively: Tenant, sql: asyncpg.Connection) -> None:
    """All of nothing is everything, one of nothing is nothing."""
    cases: list[tuple[Row, bool]] = [({}, True), ({"and": []}, True), ({"or": []}, False), ({"not": {}}, False)]
    for filter, expected in cases:
        await same(lively, sql, "leads", filter, lambda row, expected=expected: expected)  # type: ignore[misc]


async def test_by_the_ids_of_others(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await crowd(tenant, sql, 3)
    past = await live(tenant, sql)
    for field, filter in [
        ("conversations", {"leadId": {"eq": past.lead}}),
        ("messages", {"leadId": {"in": [past.lead]}, "conversationId": {"eq": past.conversation}}),
        ("insights", {"messageId": {"eq": past.answer}, "conversationId": {"in": [past.conversation]}}),
        ("leads", {"phone": {"eq": past.phone}, "email": {"eq": past.email.upper()}}),
        ("leads", {"phone": {"eq": f"{past.phone[:5]} {past.phone[5:]}"}}),
    ]:
        page = await ask_page(tenant.agent, field, first=10, filter=filter)
        assert page["totalCount"] == (2 if field == "messages" else 1), (field, filter)


async def test_pages_of_a_filtered_list(lively: Tenant) -> None:
    filter = {"or": [{"isUnread": {"eq": True}}, {"assigneeId": {"isNull": True}}]}
    whole = ids(await ask_page(lively.agent, "conversations", first=100, filter=filter))
    assert 3 < len(whole) < 14
    assert await forwards(lively.agent, "conversations", 2, filter=filter) == whole
    assert await backwards(lively.agent, "conversations", 3, filter=filter) == whole


@settings(max_examples=60)
@given(data=st.data())
async def test_any_combination(lively: Tenant, sql: asyncpg.Connection, data: st.DataObject) -> None:
    agent = lively.members[Role.AGENT]
    terms: list[tuple[Row, Callable[[Row], bool | None]]] = [
        ({"status": {"eq": "ACTIVE"}}, lambda row: row["status"] == "ACTIVE"),
        ({"isUnread": {"eq": True}}, lambda row: row["unread_count"] > 0),
        ({"assigneeId": {"isNull": True}}, lambda row: row["assignee_id"] is None),
        ({"assigneeId": {"eq": show_id("member", agent)}}, lambda row: row["assignee_id"] == agent),
        ({"createdAt": {"gt": TWO_O_CLOCK.isoformat()}}, lambda row: row["created_at"] > TWO_O_CLOCK),
    ]
    leaves = st.sampled_from(terms)
    filter, keep = data.draw(st.recursive(leaves, combined, max_leaves=8))
    await same(lively, sql, "conversations", filter, lambda row: bool(keep(row)))


def combined(inner: Any) -> Any:
    several = st.lists(inner, max_size=3)
    return st.one_of(
        several.map(lambda parts: ({"and": [p[0] for p in parts]}, lambda row: all(p[1](row) for p in parts))),
        several.map(lambda parts: ({"or": [p[0] for p in parts]}, lambda row: any(p[1](row) for p in parts))),
        inner.map(lambda part: ({"not": part[0]}, lambda row: not part[1](row))),
    )
