"""What a carrier's codes bring about: the blocked are left alone, dead numbers noted, phones that are off retried."""

from functools import partial
from typing import Any

import asyncpg
import pytest

from tests.play.past import bare, hasten
from tests.play.tenant import Tenant, next_number
from tests.play.texting import calm_down, reaches, read, send, taken
from tests.play.waiting import until

LEAD = """query ($p: PhoneNumber!) { leads(filter: {phone: {eq: $p}}) { nodes { id phoneProblem optedOutOf
  consents { nodes { kind source words message { id } } } } } }"""
TEXTS = """query ($c: ID!) { conversation(id: $c) { messages(order: [{createdAt: ASC}]) { nodes {
  id body status errorCode retries direction purpose } } } }"""
BLOCKED, NOT_A_NUMBER, NO_MOBILE = "+15005550004", "+15005550001", "+15005550009"  # as Twilio reserves them


async def lead_of(tenant: Tenant, phone: str) -> dict[str, Any]:
    [found] = (await tenant.owner.ask(LEAD, p=phone))["leads"]["nodes"]
    lead: dict[str, Any] = found
    return lead


async def texts(tenant: Tenant, conversation: str) -> list[dict[str, Any]]:
    found = (await tenant.owner.ask(TEXTS, c=conversation))["conversation"]["messages"]["nodes"]
    return [one for one in found if one["direction"] == "OUTBOUND"]


async def comes_back(tenant: Tenant, id: str) -> dict[str, Any]:
    """Waits until it is undelivered, and brings nothing forward that waits."""

    async def is_back() -> dict[str, Any] | None:
        found = await read(tenant, id)
        return found if found["status"] == "UNDELIVERED" else None

    found = await until(is_back)
    assert found
    return found


async def undelivered(tenant: Tenant, sql: asyncpg.Connection, conversation: str, code: int) -> str:
    await calm_down(sql)
    tenant.house.carrier.undeliver_next(code)
    sent = await send(tenant.agent, conversation)
    assert (await comes_back(tenant, sent["id"]))["errorCode"] == code
    return str(sent["id"])


async def test_whom_the_carrier_blocks_has_opted_out(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """They told the carrier and not us. A START from them comes back."""
    conversation, _ = await tenant.text(sender=BLOCKED)
    sent = await send(tenant.agent, conversation)
    assert (await reaches(tenant, sql, sent["id"], "FAILED"))["errorCode"] == 21610
    lead = await lead_of(tenant, BLOCKED)
    assert lead["optedOutOf"] == ["SMS"]
    assert lead["consents"]["nodes"] == [
        {"kind": "WITHDRAWN", "source": "CARRIER", "words": "21610", "message": {"id": sent["id"]}}
    ]
    assert (await send(tenant.agent, conversation))["code"] == "LEAD_OPTED_OUT"
    await tenant.text("START", sender=BLOCKED)
    assert (await lead_of(tenant, BLOCKED))["optedOutOf"] == []


@pytest.mark.parametrize("phone", [NOT_A_NUMBER, NO_MOBILE])
async def test_a_number_that_is_none_is_noted_until_it_is_another(
    tenant: Tenant, sql: asyncpg.Connection, phone: str
) -> None:
    conversation, _ = await tenant.text(sender=phone)
    sent = await send(tenant.agent, conversation)
    await reaches(tenant, sql, sent["id"], "FAILED")
    lead = await lead_of(tenant, phone)
    assert (lead["phoneProblem"], lead["optedOutOf"]) == ("INVALID", [])
    assert (await send(tenant.agent, conversation))["code"] == "LEAD_UNREACHABLE"
    change = "mutation ($i: ChangeLeadInput!) { changeLead(input: $i) { ... on Lead { phoneProblem } } }"
    changed = await tenant.owner.ask(change, i={"leadId": lead["id"], "phone": next_number()})
    assert changed["changeLead"] == {"phoneProblem": None}


async def test_whoever_writes_from_a_number_can_be_texted(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Whatever the carrier has said of it."""
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await undelivered(tenant, sql, conversation, 30006)
    assert (await lead_of(tenant, phone))["phoneProblem"] == "LANDLINE"
    await tenant.text("I do get texts.", sender=phone)
    assert (await lead_of(tenant, phone))["phoneProblem"] is None
    assert (await send(tenant.agent, conversation))["status"] == "QUEUED"


async def test_where_nobody_is_found_twice_the_number_is_invalid(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await undelivered(tenant, sql, conversation, 30005)
    assert (await lead_of(tenant, phone))["phoneProblem"] is None
    arrived = await send(tenant.agent, conversation)
    await reaches(tenant, sql, arrived["id"], "DELIVERED")
    await undelivered(tenant, sql, conversation, 30005)
    assert (await lead_of(tenant, phone))["phoneProblem"] is None, "something arrived in between"
    await undelivered(tenant, sql, conversation, 30005)
    assert (await lead_of(tenant, phone))["phoneProblem"] == "INVALID"


async def test_a_phone_that_is_off_is_tried_twice_more_later(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await calm_down(sql)
    tenant.house.carrier.undeliver_next(30003, times=3)
    sent = await send(tenant.agent, conversation, "Are you there?")
    soonest = "select scheduled_at - now() from messages where organization_id = $1 and retries = $2"
    await comes_back(tenant, sent["id"])
    for retries in (1, 2):
        waits = await until(partial(sql.fetchval, soonest, tenant.organization_id, retries))
        assert waits.total_seconds() > 25 * 60
        [*_, again] = await texts(tenant, conversation)
        await hasten(tenant, sql)
        await comes_back(tenant, again["id"])
    await hasten(tenant, sql)
    found = await texts(tenant, conversation)
    assert [(one["body"], one["status"], one["retries"]) for one in found] == [
        ("Are you there?", "UNDELIVERED", number) for number in range(3)
    ]
    assert found[0]["id"] == sent["id"] and len(taken(tenant)) == 3


async def test_who_opts_out_meanwhile_is_not_tried_again(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await undelivered(tenant, sql, conversation, 30003)
    await tenant.text("STOP", sender=phone)
    of = "select status from messages where organization_id = $1 and retries = 1"
    assert await sql.fetchval(of, tenant.organization_id) == "CANCELED"


async def test_a_carrier_that_is_given_too_much_is_given_nothing_for_a_while(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """Another text is not offered before the pause is over, however often it is due."""
    first, _ = await tenant.text()
    second, _ = await tenant.text()
    await calm_down(sql)
    offered = tenant.house.carrier.create_count
    tenant.house.carrier.fail_next(code=20429)
    refused = await send(tenant.agent, first)
    tried = "select attempts from messages where id = $1 and status = 'QUEUED'"
    await until(lambda: sql.fetchval(tried, bare(refused["id"])))
    waiting = await send(tenant.agent, second)
    tenant.poke()
    assert tenant.house.carrier.create_count == offered + 1
    for sent in (refused, waiting):
        await reaches(tenant, sql, sent["id"], "DELIVERED")
    assert tenant.house.carrier.create_count == offered + 3


async def test_spam_filters_are_only_recorded(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await undelivered(tenant, sql, conversation, 30007)
    lead = await lead_of(tenant, phone)
    assert (lead["phoneProblem"], lead["optedOutOf"], lead["consents"]["nodes"]) == (None, [], [])
    assert len(await texts(tenant, conversation)) == 1
