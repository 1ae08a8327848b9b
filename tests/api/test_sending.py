"""Sending a text: queued, handed to the carrier once, followed to its end, and refused in words."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import show_id
from tests.play.past import bare, hasten
from tests.play.tenant import Tenant, next_number, open_tenant
from tests.play.texting import calm_down, reaches, send, taken
from tests.play.waiting import until

STATUSES = """subscription ($after: Cursor) {
  inboxEvents(after: $after, filter: {kinds: [MESSAGE_SENT, MESSAGE_STATUS_CHANGED]}) {
    __typename ... on MessageSent { message { id } } ... on MessageStatusChanged { message { id status } } } }"""


@pytest.fixture
async def calm(sql: asyncpg.Connection) -> None:
    await calm_down(sql)


async def test_a_text_goes_its_way_in_order(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    cursor = (await tenant.agent.ask("{ eventCursor }"))["eventCursor"]
    sent = await send(tenant.agent, conversation, "  Yes, it is.  ")
    assert (sent["__typename"], sent["status"], sent["body"], sent["segments"]) == (
        "Message",
        "QUEUED",
        "Yes, it is.",
        1,
    )
    assert sent["conversation"] == {"lastMessage": {"id": sent["id"]}}
    assert sent["sender"] == tenant.number
    async with tenant.agent.hear(STATUSES, after=cursor) as ear:
        assert (await ear.next())["__typename"] == "MessageSent"
        final = await reaches(tenant, sql, sent["id"], "DELIVERED")
        assert [event["__typename"] for event in await ear.take(2)] == ["MessageStatusChanged"] * 2
        assert await ear.is_silent()
    assert final["sentAt"] and final["deliveredAt"] and final["readAt"] is None
    assert [text.body for text in taken(tenant)] == ["Yes, it is."]


async def test_the_same_key_answers_the_same_message(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    first, again = [await send(tenant.agent, conversation, key="one") for _ in range(2)]
    assert again["id"] == first["id"]
    other_body = await send(tenant.agent, conversation, "No.", key="one")
    other_place = await send(tenant.agent, (await tenant.text())[0], key="one")
    for refused in (other_body, other_place):
        assert (refused["code"], refused["field"]) == ("IDEMPOTENCY_KEY_REUSED", "idempotencyKey")
    assert (await tenant.agent.ask("{ messages(filter: {status: {in: [RECEIVED]}}) { totalCount } }"))["messages"] == {
        "totalCount": 2
    }


async def test_concurrent_twins_are_one_message(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    sent = await asyncio.gather(*(send(tenant.agent, conversation, key="twin") for _ in range(8)))
    assert len({twin["id"] for twin in sent}) == 1
    await reaches(tenant, sql, sent[0]["id"], "DELIVERED")
    assert len(taken(tenant)) == 1


async def test_a_refusal_of_the_carrier_fails_the_text(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    tenant.house.carrier.opted_out.add(phone)
    sent = await send(tenant.agent, conversation)
    failed = await reaches(tenant, sql, sent["id"], "FAILED")
    assert (failed["errorCode"], failed["errorMessage"]) == (21610, "Attempt to send to unsubscribed recipient")
    assert failed["sentAt"] is None and taken(tenant) == []


async def test_a_text_the_carrier_could_not_deliver(tenant: Tenant, sql: asyncpg.Connection, calm: None) -> None:
    conversation, _ = await tenant.text()
    tenant.house.carrier.undeliver_next(30003)
    sent = await send(tenant.agent, conversation)
    assert (await reaches(tenant, sql, sent["id"], "UNDELIVERED"))["errorCode"] == 30003


async def test_while_the_carrier_is_away_the_text_waits(tenant: Tenant, sql: asyncpg.Connection, calm: None) -> None:
    conversation, _ = await tenant.text()
    await tenant.house.carrier.refuse_connections()
    try:
        sent = await send(tenant.agent, conversation)
        tried = "select attempts from messages where id = $1 and status = 'QUEUED'"
        assert await until(lambda: sql.fetchval(tried, bare(sent["id"]))) >= 1
    finally:
        await tenant.house.carrier.accept_connections()
    assert taken(tenant) == []
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert len(taken(tenant)) == 1


@pytest.mark.parametrize("code", [20429, 20003])
async def test_a_no_of_the_moment_is_not_a_no(tenant: Tenant, sql: asyncpg.Connection, calm: None, code: int) -> None:
    conversation, _ = await tenant.text()
    tenant.house.carrier.fail_next(code=code)
    sent = await send(tenant.agent, conversation)
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert len(taken(tenant)) == 1


async def refused(tenant: Tenant, conversation: str, **given: Any) -> tuple[str, str | None]:
    answer = await send(given.pop("caller", tenant.agent), conversation, **given)
    assert answer["__typename"] == "Refused" and answer["message"].endswith((".", ":"))
    return answer["code"], answer["field"]


async def test_a_paused_organization_sends_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.1: sends stop. Asked by an owner, whom a cancelled organization still lets in."""
    conversation, _ = await tenant.text()
    for status in ("PAUSED", "CANCELLED"):
        await sql.execute("update organizations set status = $2 where id = $1", tenant.organization_id, status)
        assert await refused(tenant, conversation, caller=tenant.owner) == ("ORGANIZATION_INACTIVE", None)


async def test_what_waits_when_the_organization_is_paused_stays(
    tenant: Tenant, sql: asyncpg.Connection, calm: None
) -> None:
    """S1.1: sends stop, also of what was queued before."""
    conversation, _ = await tenant.text()
    await tenant.house.carrier.refuse_connections()
    try:
        sent = await send(tenant.agent, conversation)
        tried = "select attempts from messages where id = $1 and status = 'QUEUED'"
        await until(lambda: sql.fetchval(tried, bare(sent["id"])))
        await sql.execute("update organizations set status = 'PAUSED' where id = $1", tenant.organization_id)
    finally:
        await tenant.house.carrier.accept_connections()
    await hasten(tenant, sql)
    await reaches_the_end_of_the_queue(tenant, sql)
    assert taken(tenant) == []
    await sql.execute("update organizations set status = 'ACTIVE' where id = $1", tenant.organization_id)
    await reaches(tenant, sql, sent["id"], "DELIVERED")


async def reaches_the_end_of_the_queue(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Another organization's text, asked for later, has gone out: so ours had its turn."""
    other = await open_tenant(tenant.house)
    conversation, _ = await other.text()
    await reaches(other, sql, (await send(other.agent, conversation))["id"], "DELIVERED")


async def test_a_lead_without_a_number_cannot_be_texted(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    await sql.execute(
        "update leads set phone = null, email = 'a@b.c' where organization_id = $1", tenant.organization_id
    )
    assert await refused(tenant, conversation) == ("LEAD_UNREACHABLE", None)


async def test_without_a_number_of_its_own_nothing_is_sent(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    await sql.execute("update conversations set sender = null where organization_id = $1", tenant.organization_id)
    await sql.execute("delete from phone_numbers where organization_id = $1", tenant.organization_id)
    assert await refused(tenant, conversation) == ("NO_SENDER", None)


async def test_a_viewer_may_not_send(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    assert await refused(tenant, conversation, caller=tenant.viewer) == ("FORBIDDEN", None)


@pytest.mark.parametrize("body", ["", "  \n ", "x" * 1601, "a\x00b"])
async def test_texts_no_carrier_takes(tenant: Tenant, body: str) -> None:
    conversation, _ = await tenant.text()
    assert await refused(tenant, conversation, body=body) == ("BAD_INPUT", "body")
    assert (await tenant.agent.ask("{ messages { totalCount } }"))["messages"]["totalCount"] == 1


@pytest.mark.parametrize("key", ["x" * 201, "a\x00b"])
async def test_keys_that_are_none(tenant: Tenant, key: str) -> None:
    conversation, _ = await tenant.text()
    assert await refused(tenant, conversation, key=key) == ("BAD_INPUT", "idempotencyKey")


async def test_the_longest_text_goes_whole(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    body = "😀" * 800
    sent = await send(tenant.agent, conversation, body)
    assert sent["segments"] == 24
    await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert taken(tenant)[0].body == body


async def test_an_id_of_another_kind_is_refused(tenant: Tenant) -> None:
    assert await refused(tenant, show_id("lead", uuid4())) == ("BAD_INPUT", "conversationId")
    assert await refused(tenant, show_id("conversation", uuid4())) == ("NOT_FOUND", "conversationId")
