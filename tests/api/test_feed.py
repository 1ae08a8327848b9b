"""The feed: resumed without a gap or a repeat, filtered, gapless under load, and mended when it breaks."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import asyncpg
import pytest
from gql.transport.exceptions import TransportQueryError

from db.database import Database
from realtime.pokes import Pokes
from tests.play.past import raise_insight
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

BODIES = """subscription ($after: Cursor) { inboxEvents(after: $after, filter: {kinds: [MESSAGE_RECEIVED]})
  { ... on MessageReceived { id cursor at message { body } } } }"""
ALL = "subscription ($after: Cursor) { inboxEvents(after: $after) { __typename ... on Event { id cursor } } }"


def bodies(events: list[dict[str, Any]]) -> list[str]:
    return [event["message"]["body"] for event in events]


async def position(tenant: Tenant) -> str:
    cursor: str = (await tenant.agent.ask("{ eventCursor }"))["eventCursor"]
    return cursor


async def write(tenant: Tenant, texts: range, sender: str | None = None) -> None:
    for number in texts:
        await tenant.text(str(number), sender=sender)


async def test_what_was_missed_comes_first_and_in_order(tenant: Tenant) -> None:
    await write(tenant, range(3))
    async with tenant.agent.hear(BODIES, after="0") as ear:
        first = await ear.take(3)
    await write(tenant, range(3, 6))
    async with tenant.agent.hear(BODIES, after=first[1]["cursor"]) as ear:
        missed = await ear.take(4)
        await write(tenant, range(6, 7))
        assert bodies(first) + bodies(missed[1:]) + bodies(await ear.take(1)) == list("0123456")
        assert await ear.is_silent()
    assert missed[0] == first[2]


async def test_the_switch_to_live_loses_and_repeats_nothing(tenant: Tenant) -> None:
    """Writers are at it before, during and after the switch; more than one portion of the replay holds."""
    await write(tenant, range(250), sender=next_number())
    writers = [asyncio.create_task(write(tenant, range(start, start + 25))) for start in (1000, 2000, 3000)]
    async with tenant.agent.hear(BODIES, after="0") as ear, tenant.agent.hear(BODIES, after="0") as other:
        heard = await ear.take(325)
        assert await other.take(325) == heard
        assert await ear.is_silent()
    await asyncio.gather(*writers)
    assert bodies(heard)[:250] == [str(number) for number in range(250)]
    assert len({event["id"] for event in heard}) == 325
    cursors = [int(event["cursor"]) for event in heard]
    assert cursors == sorted(set(cursors))
    for start in (1000, 2000, 3000):
        assert [body for body in bodies(heard) if int(body) // 1000 * 1000 == start] == [
            str(start + n) for n in range(25)
        ]


async def test_numbers_have_no_gaps_under_ten_writers(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await asyncio.gather(*(write(tenant, range(8)) for _ in range(10)))
    rows = await sql.fetch("select seq from events where organization_id = $1 order by seq", tenant.organization_id)
    assert [row["seq"] for row in rows] == list(range(1, len(rows) + 1))
    assert await position(tenant) == str(len(rows)) and len(rows) == 320
    async with tenant.agent.hear(ALL, after="0") as ear:
        assert [event["cursor"] for event in await ear.take(320)] == [str(row["seq"]) for row in rows]


async def test_a_snapshot_and_its_cursor_leave_no_gap(tenant: Tenant) -> None:
    """The cursor is read before the rows, wherever it stands in the query."""
    asked = "{ messages(first: 100) { nodes { body } } eventCursor }"
    writer = asyncio.create_task(write(tenant, range(60), sender=next_number()))
    for _ in range(8):
        answer = await tenant.agent.ask(asked)
        assert list(answer) == ["messages", "eventCursor"]
        seen = {row["body"] for row in answer["messages"]["nodes"]}
        async with tenant.agent.hear(BODIES, after=answer["eventCursor"]) as ear:
            while seen != {str(number) for number in range(60)}:
                body = bodies([await ear.next()])[0]
                assert body in seen or int(body) == len(seen)
                seen.add(body)
            break
    await writer


async def only(tenant: Tenant, filter: str, count: int, look: Callable[[dict[str, Any]], Any]) -> list[Any]:
    """Everything a filtered stream replays, known to be everything by the silence after it."""
    text = (
        f'subscription {{ inboxEvents(after: "0", filter: {{{filter}}}) {{ __typename ... on Event {{ cursor }} }} }}'
    )
    async with tenant.agent.hear(text) as ear:
        heard = await ear.take(count)
        assert await ear.is_silent()
    return [look(event) for event in heard]


async def test_filters_by_kind_and_by_conversation(tenant: Tenant) -> None:
    mine, _ = await tenant.text("mine")
    await tenant.text("another's")
    kind: Callable[[dict[str, Any]], str] = lambda event: event["__typename"]  # noqa: E731
    assert await only(tenant, "kinds: [MESSAGE_RECEIVED]", 2, kind) == ["MessageReceived"] * 2
    assert await only(tenant, f'conversationId: "{mine}"', 2, kind) == ["ConversationChanged", "MessageReceived"]
    both = f'conversationId: "{mine}", kinds: [MESSAGE_RECEIVED, LEAD_CHANGED]'
    assert await only(tenant, both, 1, kind) == ["MessageReceived"]
    assert set(await only(tenant, "kinds: [CONVERSATION_CHANGED, LEAD_CHANGED]", 6, kind)) == {
        "LeadChanged",
        "ConversationChanged",
    }


async def test_messages_of_one_conversation_from_both_sides(tenant: Tenant) -> None:
    phone = next_number()
    conversation, _ = await tenant.text("Hello?", sender=phone)
    await tenant.text("somebody else")
    added = """subscription ($id: ID!) { messageAdded(conversationId: $id, after: "0") {
      __typename cursor message { body direction } conversation { id } } }"""
    async with tenant.agent.hear(added, id=conversation) as ear:
        assert (await ear.next())["message"] == {"body": "Hello?", "direction": "INBOUND"}
        await tenant.answer(conversation, "Hello.")
        event = await ear.next()
        assert (event["__typename"], event["conversation"]) == ("MessageAdded", {"id": conversation})
        assert event["message"] == {"body": "Hello.", "direction": "OUTBOUND"}


async def test_insights_as_sophie_raises_them(tenant: Tenant) -> None:
    conversation, message = await tenant.text()
    async with tenant.agent.hear("subscription { sophieInsightAdded { insight { id title message { id } } } }") as ear:
        await tenant.followed()
        insight = await raise_insight(tenant, conversation, message)
        assert await ear.next() == {"insight": {"id": insight, "title": "Curt", "message": {"id": message}}}


@pytest.mark.parametrize("cursor", ["999999", "-1", "abc", "", "1.5", "٣", "9" * 30])
async def test_a_cursor_that_is_none_of_this_feed(tenant: Tenant, cursor: str) -> None:
    async with tenant.agent.hear(ALL, after=cursor) as ear:
        with pytest.raises(TransportQueryError) as refused:
            await ear.next(3)
    [error] = refused.value.errors or []
    assert error["extensions"]["code"] == "BAD_USER_INPUT" and error["extensions"]["requestId"]
    assert error["extensions"]["field"] == "after"


async def test_leaving_leaves_nothing_behind(tenant: Tenant) -> None:
    async with tenant.agent.hear(ALL), tenant.viewer.hear(BODIES):
        await tenant.followed(2)
    await tenant.followed(0)


async def far_write(tenant: Tenant, body: str) -> None:
    """A commit of another process: it pokes through the database alone."""
    settings = tenant.house.settings
    database = Database(tenant.house.database_url, pool_size=4, timeout_seconds=settings.statement_timeout_seconds)
    await database.connect()
    pokes = Pokes(database, tenant.house.database_url)
    database.on_commit = pokes.committed
    running = asyncio.create_task(pokes.run())
    house = replace(tenant.house, parts=replace(tenant.house.parts, database=database))
    try:
        await replace(tenant, house=house).text(body)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await database.disconnect()


LISTENERS = (
    "select pid from pg_stat_activity where query in ('select 1', 'LISTEN \"rekindle\"') and pid <> pg_backend_pid()"
)


async def test_a_killed_listener_heals_and_nothing_is_lost(tenant: Tenant, sql: asyncpg.Connection) -> None:
    async with tenant.agent.hear(BODIES, after="0") as ear:
        await tenant.followed()
        before = {row["pid"] for row in await sql.fetch(LISTENERS)}
        assert before
        for pid in before:
            await sql.fetchval("select pg_terminate_backend($1)", pid)
        await far_write(tenant, "while deaf")
        assert bodies([await ear.next()]) == ["while deaf"]

        async def is_back() -> bool:
            return bool({row["pid"] for row in await sql.fetch(LISTENERS)} - before)

        await until(is_back, 12)
        await far_write(tenant, "hearing again")
        assert bodies([await ear.next()]) == ["hearing again"]
