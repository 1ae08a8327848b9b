"""What texts do to conversations and leads, and texts of every shape (S0.7, S0.13)."""

from uuid import uuid4

import asyncpg
import pytest

from domain.people import Role
from tests.play.inbound import a_text, inbox, post, say, worked_off
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

READ = """mutation ($i: MarkConversationReadInput!) { markConversationRead(input: $i) {
  ... on Conversation { unreadCount isUnread } ... on Refused { code } } }"""
BODIES = {
    "emoji": ("Hi 👋🏽 — naïve? 日本語", "Hi 👋🏽 — naïve? 日本語"),
    "nothing": ("", ""),
    "NUL": ("a\x00b", "a�b"),
    "long": ("x" * 20_000, "x" * 20_000),
    "quotes": ("'); drop table messages; -- \\ \" {\n\r\t}", "'); drop table messages; -- \\ \" {\n\r\t}"),
    "spaces": ("  kept as it came  ", "  kept as it came  "),
    "lookalike": ("\\u0000 %00 &amp;", "\\u0000 %00 &amp;"),
}


@pytest.mark.parametrize("shape", BODIES)
async def test_a_body_arrives_as_it_was_written(tenant: Tenant, sql: asyncpg.Connection, shape: str) -> None:
    said, kept = BODIES[shape]
    assert (await say(tenant, said)).status_code == 200
    [thread] = await worked_off(tenant, sql)
    assert thread["messages"]["nodes"][0]["body"] == kept


async def test_pictures_come_along(tenant: Tenant, sql: asyncpg.Connection) -> None:
    media = [f"https://api.twilio.com/Media/ME{number}" for number in range(3)]
    await say(tenant, "", media=media)
    [thread] = await worked_off(tenant, sql)
    assert thread["messages"]["nodes"][0]["mediaUrls"] == media


async def test_whatsapp_is_a_thread_of_its_own(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.10: several conversations per lead, one per channel."""
    phone = next_number()
    await say(tenant, "by text", phone)
    await tenant.house.carrier.say(f"whatsapp:{phone}", f"whatsapp:{tenant.number}", "by WhatsApp")
    threads = {thread["channel"]: thread for thread in await worked_off(tenant, sql)}
    assert set(threads) == {"SMS", "WHATSAPP"}
    assert threads["SMS"]["lead"]["id"] == threads["WHATSAPP"]["lead"]["id"]
    assert threads["WHATSAPP"]["messages"]["nodes"][0]["sender"] == phone


@pytest.mark.parametrize("sender", ["60777", "PARCEL", "Rail 24", "H&M", "Auto-24", "o2_info"])
async def test_senders_without_a_number(tenant: Tenant, sql: asyncpg.Connection, sender: str) -> None:
    """Short codes, and names, which carriers allow letters, digits, spaces and & + - _ in."""
    fields = a_text(tenant, From=sender)
    assert (await post(tenant.house, fields)).status_code == 200
    [thread] = await worked_off(tenant, sql)
    assert (thread["lead"]["phone"], thread["lead"]["name"]) == (sender, sender)


async def test_a_closed_conversation_is_opened_again(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.13."""
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await sql.execute("update conversations set status = 'CLOSED' where id = $1", bare(conversation))
    await say(tenant, "One more thing.", phone)
    [thread] = await worked_off(tenant, sql)
    assert (thread["id"], thread["status"], thread["unreadCount"]) == (conversation, "ACTIVE", 2)


async def test_an_archived_conversation_stays_away(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await sql.execute("update conversations set status = 'ARCHIVED' where id = $1", bare(conversation))
    await say(tenant, "Hello again.", phone)
    threads = {thread["id"]: thread for thread in await worked_off(tenant, sql)}
    assert len(threads) == 2 and threads.pop(conversation)["status"] == "ARCHIVED"
    [thread] = threads.values()
    assert (thread["status"], thread["unreadCount"], thread["messages"]["totalCount"]) == ("ACTIVE", 1, 1)


async def test_the_unread_are_counted_until_somebody_looks(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.13; and looking twice is told once."""
    phone = next_number()
    for number in range(3):
        await say(tenant, f"text {number}", phone)
    [thread] = await worked_off(tenant, sql)
    assert thread["unreadCount"] == 3
    read = await tenant.viewer.ask(READ, i={"conversationId": thread["id"]})
    assert read["markConversationRead"] == {"unreadCount": 0, "isUnread": False}
    cursor = await tenant.agent.ask("{ eventCursor }")
    await tenant.viewer.ask(READ, i={"conversationId": thread["id"]})
    assert await tenant.agent.ask("{ eventCursor }") == cursor
    await say(tenant, "and another", phone)
    assert (await worked_off(tenant, sql))[0]["unreadCount"] == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("NEW", "ENGAGED"),
        ("CONTACTED", "ENGAGED"),
        ("QUALIFIED", "QUALIFIED"),
        ("CONVERTED", "CONVERTED"),
        ("LOST", "LOST"),
    ],
)
async def test_a_reply_moves_a_lead_forward_never_back(
    tenant: Tenant, sql: asyncpg.Connection, before: str, after: str
) -> None:
    phone = next_number()
    lead = await tenant.lead(phone=phone, owner_id=tenant.members[Role.AGENT])
    await sql.execute("update leads set lifecycle = $2 where id = $1", lead, before)
    await say(tenant, "Yes please.", phone)
    [thread] = await worked_off(tenant, sql)
    assert (thread["lead"]["id"], thread["lead"]["lifecycle"]) == (f"lead_{lead}", after)
    assert thread["assignee"] == {"id": f"member_{tenant.members[Role.AGENT]}"}  # the lead's owner answers


async def test_one_that_cannot_be_worked_off_does_not_hold_up_the_others(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    bad, phone = a_text(tenant, NumMedia="many", MessageSid=f"SM{uuid4().hex}"), next_number()
    assert (await post(tenant.house, bad)).status_code == 200
    await say(tenant, "I am fine.", phone)
    settled = "select count(*) from inbound_webhooks where organization_id = $1 and settled_at is not null"
    await until(lambda: sql.fetchval(settled, tenant.organization_id))
    assert [thread["lead"]["phone"] for thread in await inbox(tenant)] == [phone]
    look = "select attempts, problem from inbound_webhooks where provider_id = $1"
    [kept] = await sql.fetch(look, bad["MessageSid"])
    assert kept["attempts"] >= 1 and "ValueError" in kept["problem"]
