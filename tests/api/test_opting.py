"""Opting out and coming back: immediate, for the whole organization, by the address."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import show_id
from tests.play.callers import Caller
from tests.play.leads import look
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

OUT = """mutation ($i: OptOutInput!) { a: optOutLead(input: $i) { ... on Lead { optedOutOf contactStatus version }
  ... on Refused { code why: field } } }"""
IN = """mutation ($i: OptInInput!) { a: optInLead(input: $i) { ... on Lead { optedOutOf contactStatus version }
  ... on Refused { code why: field } } }"""
SEND = """mutation ($i: SendMessageInput!) { a: sendMessage(input: $i) { ... on Message { id status }
  ... on Refused { code message } } }"""


async def ask(caller: Caller, document: str, **input: Any) -> dict[str, Any]:
    answer: dict[str, Any] = (await caller.ask(document, i=input))["a"]
    return answer


async def sent(tenant: Tenant, conversation: str) -> dict[str, Any]:
    key = uuid4().hex
    return await ask(tenant.agent, SEND, conversationId=conversation, body="Hello.", idempotencyKey=key)


async def queue(tenant: Tenant, sql: asyncpg.Connection, phone: str) -> None:
    """A text to the only conversation there is, as if whoever wrote it had not seen anything."""
    await sql.execute(
        "insert into messages (organization_id, id, conversation_id, lead_id, direction, status, body, sender,"
        " recipient, segments)"
        " select $1, gen_random_uuid(), c.id, c.lead_id, 'OUTBOUND', 'QUEUED', 'It waits.', $2, $3, 1"
        " from conversations c where c.organization_id = $1",
        tenant.organization_id,
        tenant.number,
        phone,
    )


async def test_who_opts_out_is_not_written_to_until_they_come_back(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    lead = show_id("lead", await tenant.lead(phone=phone, email=f"{uuid4().hex}@example.com"))
    conversation, _ = await tenant.text(sender=phone)
    before = await look(tenant.agent, lead)
    out = await ask(tenant.agent, OUT, leadId=lead)
    assert sorted(out["optedOutOf"]) == ["CALL", "EMAIL", "SMS", "WHATSAPP"] and out["contactStatus"] == "REMOVED"
    assert out["version"] >= before["version"]
    assert (await sent(tenant, conversation))["code"] == "LEAD_OPTED_OUT"
    assert (await ask(tenant.agent, OUT, leadId=lead)) == out, "once more changes nothing"
    back = await ask(tenant.agent, IN, leadId=lead, channels=["SMS"], reason="They called and asked for it.")
    assert sorted(back["optedOutOf"]) == ["CALL", "EMAIL", "WHATSAPP"]
    assert (await sent(tenant, conversation))["status"] == "QUEUED"
    why = "select lifted_reason from suppressions where organization_id = $1 and lifted_at is not null"
    assert await sql.fetchval(why, tenant.organization_id) == "They called and asked for it."
    again = await ask(tenant.agent, OUT, leadId=lead, channels=["SMS"])
    assert "SMS" in again["optedOutOf"]


async def test_it_holds_for_whoever_has_the_address(tenant: Tenant, stranger: Tenant) -> None:
    """Of this organization alone."""
    phone = next_number()
    lead = show_id("lead", await tenant.lead(phone=phone))
    await ask(tenant.agent, OUT, leadId=lead)
    second = await tenant.lead(first_name="Bob")
    change = """mutation ($i: ChangeLeadInput!) { changeLead(input: $i) { ... on Lead { optedOutOf } } }"""
    await tenant.owner.ask(change, i={"leadId": lead, "phone": next_number(), "email": None})
    changed = await tenant.owner.ask(change, i={"leadId": show_id("lead", second), "phone": phone})
    assert sorted(changed["changeLead"]["optedOutOf"]) == ["CALL", "SMS", "WHATSAPP"]
    other = show_id("lead", await stranger.lead(phone=phone))
    found = await stranger.owner.ask("query ($id: ID!) { lead(id: $id) { optedOutOf } }", id=other)
    assert found == {"lead": {"optedOutOf": []}}


async def test_texts_that_wait_are_called_back(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    lead = await sql.fetchval("select lead_id from conversations where id = $1", conversation.partition("_")[2])
    await sql.execute("update organizations set status = 'PAUSED' where id = $1", tenant.organization_id)
    await queue(tenant, sql, phone)
    await ask(tenant.agent, OUT, leadId=show_id("lead", lead), channels=["WHATSAPP"])
    status = "select status, error_message from messages where organization_id = $1 and direction = 'OUTBOUND'"
    assert await sql.fetchval(status, tenant.organization_id) == "QUEUED", "another channel"
    await ask(tenant.agent, OUT, leadId=show_id("lead", lead))
    found = await sql.fetchrow(status, tenant.organization_id)
    assert found and tuple(found) == ("CANCELED", "The lead has opted out.")


async def test_a_text_that_slipped_in_is_withheld_when_its_turn_comes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Queued by somebody who had not seen the opt-out; the carrier never hears of it."""
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    lead = await sql.fetchval("select lead_id from conversations where id = $1", conversation.partition("_")[2])
    await ask(tenant.agent, OUT, leadId=show_id("lead", lead))
    await queue(tenant, sql, phone)

    async def is_withheld() -> bool:
        tenant.poke()
        of = "select status from messages where organization_id = $1 and body = 'It waits.'"
        return bool(await sql.fetchval(of, tenant.organization_id) == "CANCELED")

    await until(is_withheld)
    assert not [one for one in tenant.house.carrier.accepted if one.recipient == phone]


@pytest.mark.parametrize(
    ("document", "given", "code", "field"),
    [
        (OUT, {"channels": ["EMAIL"]}, "LEAD_UNREACHABLE", "channels"),
        (IN, {"reason": "  "}, "BAD_INPUT", "reason"),
        (IN, {"reason": "x" * 501}, "BAD_INPUT", "reason"),
        (IN, {"reason": "a\x00b"}, "BAD_INPUT", "reason"),
    ],
)
async def test_what_cannot_be_is_refused(
    tenant: Tenant, document: str, given: dict[str, object], code: str, field: str
) -> None:
    lead = show_id("lead", await tenant.lead())
    refused = await ask(tenant.agent, document, leadId=lead, **given)
    assert (refused["code"], refused["why"]) == (code, field)
