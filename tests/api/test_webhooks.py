"""Inbound texts: genuine or forged, once or again, of every kind a carrier delivers (S0.7, S0.13)."""

import asyncio
from uuid import uuid4

import asyncpg
import pytest

from actions.organizations import add_phone_number
from gateways.twilio_webhooks import sign
from tests.play.house import TWILIO_TOKEN
from tests.play.inbound import a_text, inbox, post, rows, say, worked_off
from tests.play.tenant import Tenant, next_number


async def test_a_genuine_text_begins_a_conversation(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    answer = await say(tenant, "Is it still on?", phone)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/xml; charset=utf-8")
    assert answer.text.endswith("<Response/>")
    [thread] = await worked_off(tenant, sql)
    assert (thread["channel"], thread["status"], thread["unreadCount"], thread["assignee"]) == (
        "SMS",
        "ACTIVE",
        1,
        None,
    )
    lead = thread["lead"]
    assert (lead["name"], lead["phone"], lead["lifecycle"], lead["source"]) == (phone, phone, "ENGAGED", "INBOUND")
    assert thread["lastMessageAt"]
    said = {"body": "Is it still on?", "mediaUrls": [], "direction": "INBOUND", "status": "RECEIVED", "sender": phone}
    assert thread["messages"] == {"totalCount": 1, "nodes": [said]}


async def test_a_repeat_is_answered_and_stored_once(tenant: Tenant, sql: asyncpg.Connection) -> None:
    sid, phone = f"SM{uuid4().hex}", next_number()
    answers = [await say(tenant, "Once.", phone, sid=sid) for _ in range(3)]
    answers += await asyncio.gather(*(say(tenant, "Once.", phone, sid=sid) for _ in range(8)))
    assert {answer.status_code for answer in answers} == {200}
    [thread] = await worked_off(tenant, sql)
    assert (thread["unreadCount"], thread["messages"]["totalCount"], await rows(sql, sid)) == (1, 1, 1)


async def test_two_first_texts_at_once_are_one_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.7: one lead per number; and one open conversation per lead and channel."""
    phone = next_number()
    await asyncio.gather(*(say(tenant, f"text {number}", phone) for number in range(5)))
    [thread] = await worked_off(tenant, sql)
    assert (thread["unreadCount"], thread["messages"]["totalCount"]) == (5, 5)
    assert (await tenant.agent.ask("{ leads { totalCount } }"))["leads"]["totalCount"] == 1


async def test_first_texts_in_several_processes_are_one_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Transactions that overlap, as those of two workers do (S0.7)."""
    phone = next_number()
    threads = await asyncio.gather(*(tenant.text(f"text {number}", sender=phone) for number in range(6)))
    assert len({conversation for conversation, _ in threads}) == 1
    [thread] = await inbox(tenant)
    assert (thread["unreadCount"], thread["messages"]["totalCount"]) == (6, 6)


FORGERIES = {
    "no signature": {"X-Twilio-Signature": ""},
    "another's": {"X-Twilio-Signature": "cGFzc3dvcmQ="},
    "not even text": {"X-Twilio-Signature": "ÿ"},
}


@pytest.mark.parametrize("forgery", FORGERIES)
async def test_a_forged_text_leaves_no_trace(tenant: Tenant, sql: asyncpg.Connection, forgery: str) -> None:
    fields = a_text(tenant)
    headers = [(name.encode(), value.encode("latin-1")) for name, value in FORGERIES[forgery].items()]
    answer = await tenant.house.http.post("/webhooks/twilio/messages", data=fields, headers=headers)
    assert (answer.status_code, await rows(sql, fields["MessageSid"])) == (403, 0)


async def test_a_signature_for_another_url_or_other_fields_is_forged(tenant: Tenant, sql: asyncpg.Connection) -> None:
    fields, house = a_text(tenant), tenant.house
    elsewhere = await post(house, fields, f"{house.origin}/webhooks/twilio/status")
    other = sign(f"{house.origin}/webhooks/twilio/messages", fields | {"Body": "Bye."}, TWILIO_TOKEN)
    changed = await post(house, fields, **{"X-Twilio-Signature": other})
    wrong_secret = sign(f"{house.origin}/webhooks/twilio/messages", fields, "a guess")
    guessed = await post(house, fields, **{"X-Twilio-Signature": wrong_secret})
    assert {elsewhere.status_code, changed.status_code, guessed.status_code} == {403}
    assert await rows(sql, fields["MessageSid"]) == 0


@pytest.mark.parametrize("missing", ["MessageSid", "From", "To"])
async def test_a_text_without_what_it_needs_is_refused(tenant: Tenant, sql: asyncpg.Connection, missing: str) -> None:
    fields = a_text(tenant)
    del fields[missing]
    answer = await post(tenant.house, fields)
    assert (answer.status_code, answer.text) == (400, f"Missing: {missing}.")
    assert await rows(sql, fields.get("MessageSid", "nothing")) == 0


async def test_only_posts_are_heard(tenant: Tenant) -> None:
    assert (await tenant.house.http.get("/webhooks/twilio/messages")).status_code == 405


async def test_a_text_for_a_number_nobody_has_waits_for_its_owner(tenant: Tenant, sql: asyncpg.Connection) -> None:
    number, phone = next_number(), next_number()
    answer = await tenant.house.carrier.say(phone, number, "Anybody there?")
    assert answer.status_code == 200
    assert await inbox(tenant) == []
    async with tenant.house.parts.database.work(tenant.product) as session:
        await add_phone_number(session, number)
    [thread] = await worked_off(tenant, sql)
    assert (thread["lead"]["phone"], thread["messages"]["nodes"][0]["body"]) == (phone, "Anybody there?")
