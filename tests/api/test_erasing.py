"""Erasure: nothing personal is left anywhere in the database, and a report says what went (S2.15)."""

from uuid import uuid4

import asyncpg

from domain.addresses import address_hash
from domain.conversations import Channel
from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.inbound import say, worked_off
from tests.play.past import raise_insight, settled
from tests.play.tenant import Tenant, next_number

ERASE = """mutation ($id: ID!) { eraseLead(input: {leadId: $id}) { ... on ErasedLead {
  leadId messages insights webhooks records suppressed } ... on Refused { code } } }"""
LOOK = """query ($id: ID!) { lead(id: $id) { name firstName phone email tags erasedAt archivedAt } }"""
TABLES = """select table_name from information_schema.columns
  where table_schema = 'public' and column_name = 'organization_id'"""


async def traces(tenant: Tenant, sql: asyncpg.Connection, *marks: str) -> list[str]:
    """Tables in which any of these can still be read."""
    found = []
    for row in await sql.fetch(TABLES):
        of = f"select string_agg(t::text, ' ') from {row['table_name']} t where organization_id = $1"
        whole = await sql.fetchval(of, tenant.organization_id) or ""
        found += [f"{row['table_name']}: {mark}" for mark in marks if mark in whole]
    return found


async def test_nothing_personal_is_left(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """As it came over the wire: raw webhook, lead, texts both ways, what Sophie quoted, and the audit trail."""
    phone, email, word = next_number(), f"{uuid4().hex}@example.com", f"word{uuid4().hex}"
    lead = show_id("lead", await tenant.lead(first_name="Annabel", phone=phone, email=email, tags=["vip"]))
    await say(tenant, f"I am {word}", phone)
    await worked_off(tenant, sql)
    asked = f'{{ lead(id: "{lead}") {{ conversations {{ nodes {{ id }} }} }} }}'
    conversation = (await tenant.owner.ask(asked))["lead"]["conversations"]["nodes"][0]["id"]
    answer = await tenant.answer(conversation, f"CALL US NOW {word}!!")
    await raise_insight(tenant, conversation, answer)
    await settled(tenant, sql)
    assert len(await traces(tenant, sql, phone, email, word, "Annabel")) > 4
    report = (await tenant.as_(Role.MANAGER).ask(ERASE, id=lead))["eraseLead"]
    assert (report["leadId"], report["messages"], report["suppressed"]) == (lead, 2, 4)
    assert report["webhooks"] >= 1 and report["insights"] >= 1 and report["records"] >= 2
    assert await traces(tenant, sql, phone, email, word, "Annabel", phone[1:]) == []
    found = (await tenant.owner.ask(LOOK, id=lead))["lead"]
    assert (found["name"], found["phone"], found["tags"]) == ("Unknown", None, []) and found["erasedAt"]
    hash = address_hash(tenant.organization_id, Channel.SMS, phone)
    kept = "select reason from suppressions where organization_id = $1 and address_hash = $2"
    assert await sql.fetchval(kept, tenant.organization_id, hash) == "ERASED"


async def test_erasing_again_finds_nothing_more(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead())
    assert (await tenant.owner.ask(ERASE, id=lead))["eraseLead"]["suppressed"] == 3
    again = (await tenant.owner.ask(ERASE, id=lead))["eraseLead"]
    assert (again["messages"], again["insights"], again["webhooks"], again["suppressed"]) == (0, 0, 0, 0)


async def test_who_writes_again_is_somebody_new(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone = next_number()
    lead = await tenant.lead(phone=phone)
    await tenant.owner.ask(ERASE, id=show_id("lead", lead))
    await tenant.text("It is me", sender=phone)
    assert await sql.fetchval("select count(*) from leads where organization_id = $1", tenant.organization_id) == 2


async def test_only_who_may_and_only_what_they_see(tenant: Tenant, stranger: Tenant) -> None:
    lead = show_id("lead", await tenant.lead(owner_id=tenant.members[Role.OWNER]))
    assert (await tenant.agent.ask(ERASE, id=lead))["eraseLead"] == {"code": "FORBIDDEN"}
    assert (await stranger.owner.ask(ERASE, id=lead))["eraseLead"] == {"code": "NOT_FOUND"}
    scoped, member = await tenant.colleague(LeadScope.ASSIGNED)
    widen = """mutation ($m: ID!) { changeMember(input: {memberId: $m, permissions: [LEADS_ERASE]}) { __typename } }"""
    await tenant.owner.ask(widen, m=show_id("member", member))
    assert (await scoped.ask(ERASE, id=lead))["eraseLead"] == {"code": "NOT_FOUND"}
