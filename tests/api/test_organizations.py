"""Organizations: changed, paused, cancelled, past their trial; and the keys of programs (S1.1, S2.1)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from domain.people import Role
from tests.play.callers import Caller
from tests.play.past import hasten
from tests.play.tenant import Tenant
from tests.play.waiting import until

FACTS = """name country timeZone email phone website industry logoUrl primaryColor agentScope blacklistedWords version
  status isSending plan trialEndsAt"""
CHANGE = f"""mutation ($input: ChangeOrganizationInput!) {{ changeOrganization(input: $input) {{
  ... on Organization {{ {FACTS} }} ... on Refused {{ code field }} }} }}"""
SEND = """mutation ($i: SendMessageInput!) { sendMessage(input: $i) { ... on Message { id status }
  ... on Refused { code why: message } } }"""


async def change(caller: Caller, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await caller.ask(CHANGE, input=given))["changeOrganization"]
    return made


async def turn(caller: Caller, verb: str) -> dict[str, Any]:
    document = f"mutation {{ a: {verb}Organization {{ ... on Organization {{ status isSending }} }} }}"
    made: dict[str, Any] = (await caller.ask(document))["a"]
    return made


async def test_what_is_left_out_stays_and_null_clears(tenant: Tenant) -> None:
    given = {
        "email": "hello@solar.example", "phone": "+44 7900 900123", "website": "https://solar.example",
        "industry": "HOME_IMPROVEMENT", "primaryColor": "#AABBCC", "timeZone": "Europe/Berlin",
        "agentScope": "ASSIGNED",
        "blacklistedWords": [" Cheap ", "cheap", "", "deal"], "logoUrl": "https://solar.example/logo.png",
    }  # fmt: skip
    made = await change(tenant.owner, **given)
    assert (made["phone"], made["primaryColor"]) == ("+447900900123", "#aabbcc")
    assert made["blacklistedWords"] == ["cheap", "deal"]
    after = await change(tenant.owner, email=None, name="Sunny")
    assert after == made | {"email": None, "name": "Sunny", "version": made["version"] + 1}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": None}, "name"), ({"name": " "}, "name"), ({"name": "x" * 201}, "name"),
        ({"country": "gb"}, "country"),
        ({"timeZone": "Mars/Olympus"}, "timeZone"), ({"primaryColor": "green"}, "primaryColor"),
        ({"phone": "12"}, "phone"), ({"website": "javascript:alert(1)"}, "website"), ({"logoUrl": "//x"}, "logoUrl"),
        ({"blacklistedWords": ["w"] * 201}, "blacklistedWords"), ({"name": "\x00"}, "name"),
    ],
)  # fmt: skip
async def test_what_cannot_be_is_refused_by_name(tenant: Tenant, given: dict[str, Any], field: str) -> None:
    assert await change(tenant.owner, **given) == {"code": "BAD_INPUT", "field": field}


async def test_of_two_who_read_one_version_one_wins(tenant: Tenant) -> None:
    outcomes = await asyncio.gather(
        *(
            change(caller, name=f"By {number}", expectedVersion=1)
            for number, caller in enumerate((tenant.owner, tenant.admin))
        )
    )
    assert sorted(outcome.get("code", "") for outcome in outcomes) == ["", "CONFLICT"]


async def test_a_new_agent_sees_what_the_organization_says(tenant: Tenant) -> None:
    await change(tenant.owner, agentScope="ASSIGNED")
    invite = """mutation { inviteMember(input: {email: "a@b.example", role: AGENT}) { ... on NewStaffInvitation {
      staffInvitation { leadScope } } } }"""
    assert (await tenant.owner.ask(invite))["inviteMember"]["staffInvitation"] == {"leadScope": "ASSIGNED"}


@pytest.mark.parametrize("stop", ["pause", "cancel", "trial"])
async def test_what_stops_sending_says_so_and_receives_on(tenant: Tenant, sql: asyncpg.Connection, stop: str) -> None:
    """S1.1, S2.1: what waits stays queued, and goes when the organization is back at work."""
    conversation, _ = await tenant.text()
    if stop == "trial":
        ended = datetime.now(UTC) - timedelta(seconds=1)
        await sql.execute("update organizations set trial_ends_at = $2 where id = $1", tenant.organization_id, ended)
    else:
        assert (await turn(tenant.owner, stop))["isSending"] is False
    given = {"conversationId": conversation, "body": "Yes.", "idempotencyKey": "k"}
    refused = (await tenant.owner.ask(SEND, i=given))["sendMessage"]
    assert refused["code"] == "ORGANIZATION_INACTIVE" and len(refused["why"]) > 20
    assert (await tenant.text("still heard"))[0]
    if stop == "trial":
        await sql.execute("update organizations set trial_ends_at = null where id = $1", tenant.organization_id)
    else:
        assert await turn(tenant.owner, "resume") == {"status": "ACTIVE", "isSending": True}
    sent = (await tenant.owner.ask(SEND, i=given))["sendMessage"]["id"]
    await hasten(tenant, sql)

    async def has_left() -> bool:
        found = (await tenant.owner.ask("query ($id: ID!) { node(id: $id) { ... on Message { status } } }", id=sent))[
            "node"
        ]
        return bool(found["status"] in ("SENT", "DELIVERED", "READ"))

    await until(has_left)


async def test_what_was_queued_waits_for_the_pause_to_end(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await tenant.text()
    await sql.execute("update organizations set status = 'PAUSED' where id = $1", tenant.organization_id)
    await sql.execute(
        "insert into messages (organization_id, id, conversation_id, lead_id, direction, status, body, sender,"
        " recipient, segments) select organization_id, gen_random_uuid(), id, lead_id, 'OUTBOUND', 'QUEUED', 'later',"
        " sender, '+447900000000', 1 from conversations where organization_id = $1",
        tenant.organization_id,
    )
    status = "select status from messages where organization_id = $1 and body = 'later'"
    tenant.poke()
    await tenant.text("time passes")
    assert await sql.fetchval(status, tenant.organization_id) == "QUEUED"
    await turn(tenant.owner, "resume")
    tenant.poke()
    await until(lambda: sql.fetchval(f"{status} and status <> 'QUEUED'", tenant.organization_id))


async def test_into_a_cancelled_organization_come_owners_and_admins(tenant: Tenant) -> None:
    """S1.1: logins limited; open sockets of the others close."""
    async with tenant.agent.hear("subscription { inboxEvents { __typename } }") as ear:
        await tenant.followed()
        await turn(tenant.admin, "cancel")
        with pytest.raises(Exception, match="Closed"):
            await ear.next(3)
    await asyncio.sleep(1)
    for role in Role:
        code = await tenant.as_(role).answer("{ eventCursor }")
        assert ("errors" not in code) == (role in (Role.OWNER, Role.ADMIN)), role


async def test_a_key_is_shown_once_used_and_revoked(tenant: Tenant, sql: asyncpg.Connection) -> None:
    create = """mutation ($e: DateTime) {
      createApiKey(input: {name: "n8n", permissions: [INBOX_READ], expiresAt: $e}) { ... on Refused { code field }
        ... on NewApiKey { key apiKey { id name lastCharacters permissions lastUsedAt } } } }"""
    made = (await tenant.owner.ask(create))["createApiKey"]
    key, kept = made["key"], made["apiKey"]
    assert kept["lastCharacters"] == key[-6:] and kept["lastUsedAt"] is None
    program = Caller(tenant.house.http, tenant.house.ws, key)
    assert (await program.ask("{ eventCursor }"))["eventCursor"]
    listed = (await tenant.owner.ask("{ apiKeys { nodes { id lastUsedAt version revokedAt } } }"))["apiKeys"]["nodes"]
    assert listed[0]["lastUsedAt"] and listed[0]["version"] == 1, "being used is no change"
    revoke = "mutation ($id: ID!) { revokeApiKey(input: {apiKeyId: $id}) { ... on ApiKey { revokedAt } } }"
    first = (await tenant.owner.ask(revoke, id=kept["id"]))["revokeApiKey"]
    assert (await tenant.owner.ask(revoke, id=kept["id"]))["revokeApiKey"] == first
    await asyncio.sleep(1)
    assert await program.code("{ eventCursor }") == "UNAUTHENTICATED"
    past = (await tenant.owner.ask(create, e="2020-01-01T00:00:00Z"))["createApiKey"]
    assert past == {"code": "BAD_INPUT", "field": "expiresAt"}
