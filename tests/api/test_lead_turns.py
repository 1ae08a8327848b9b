"""The turns in the life of a lead, and its state in one word (S0.4, S1.5, S1.6, S2.7, S2.8)."""

from datetime import datetime

import asyncpg
import pytest

from actions.conversations import send_message
from domain.addresses import address_hash
from domain.conversations import Channel
from domain.ids import new_id, show_id
from domain.people import LeadScope, Role
from tests.play.leads import do, look, note, stages
from tests.play.past import bare, settled
from tests.play.tenant import Tenant, next_number

FEED = """subscription { inboxEvents(after: "0", filter: {kinds: [LEAD_CHANGED]}) { ... on LeadChanged {
  version lead { id version } } } }"""


async def a_lead(tenant: Tenant, **facts: object) -> str:
    return show_id("lead", await tenant.lead(**facts))


async def turn(tenant: Tenant, verb: str, lead: str) -> dict[str, object]:
    return await do(tenant.agent, verb, leadId=lead)


@pytest.mark.parametrize(
    ("verb", "field", "back"),
    [("archiveLead", "archivedAt", "restoreLead"), ("takeOverLead", "manualModeAt", "handBackLead")],
)
async def test_there_and_back(tenant: Tenant, verb: str, field: str, back: str) -> None:
    """S1.5 (archived, manual_mode, each with its time); once more changes nothing, not even the time."""
    lead = await a_lead(tenant)
    first = await turn(tenant, verb, lead)
    assert first[field] and await turn(tenant, verb, lead) == first
    returned = await turn(tenant, back, lead)
    assert returned[field] is None and await turn(tenant, back, lead) == returned
    assert returned["version"] == (await look(tenant.agent, lead))["version"] == int(str(first["version"])) + 1


async def test_every_turn_is_told_once(tenant: Tenant) -> None:
    """With the version that it made."""
    lead = await a_lead(tenant)
    verbs = ("qualifyLead", "markLeadLost", "reopenLead", "takeOverLead", "handBackLead", "archiveLead", "restoreLead")
    versions = [(await look(tenant.agent, lead))["version"]]
    for verb in verbs:
        versions += [(await turn(tenant, verb, lead))["version"], (await turn(tenant, verb, lead)).get("version")]
    async with tenant.agent.hear(FEED) as ear:
        heard = [(await ear.next())["version"] for _ in range(len(verbs) + 1)]
        assert await ear.is_silent()
    assert heard[-1] == versions[-1] and len(set(filter(None, versions))) == len(verbs) + 1


@pytest.mark.parametrize(
    "verb", ["takeOverLead", "handBackLead", "qualifyLead", "markLeadLost", "reopenLead", "changeLead", "moveLead"]
)
async def test_nothing_is_done_to_who_was_put_away(tenant: Tenant, verb: str) -> None:
    """A typed no that says what to do first; noting is no change of who they are."""
    lead = await a_lead(tenant)
    await turn(tenant, "archiveLead", lead)
    given = {"leadId": lead}
    if verb == "moveLead":
        given["pipelineStageId"] = next(iter((await stages(tenant.agent)).values()))
    assert (await do(tenant.agent, verb, **given))["code"] == "LEAD_ARCHIVED"
    for many in ("tagLeads", "untagLeads"):
        refused = await do(tenant.agent, many, leadIds=[lead], tags=["vip"])
        assert (refused["code"], refused["field"]) == ("LEAD_ARCHIVED", "leadIds")
    assert (await do(tenant.agent, "assignLeads", leadIds=[lead], ownerId=None))["code"] == "LEAD_ARCHIVED"
    assert "id" in await note(tenant.agent, lead, "Rang by themselves.")


async def test_a_lead_is_qualified_lost_and_reopened(tenant: Tenant) -> None:
    """S0.4, S2.7: what happened decides where a lead that was lost stands again."""
    phone = next_number()
    lead = await a_lead(tenant, phone=phone)
    assert (await turn(tenant, "qualifyLead", lead))["lifecycle"] == "QUALIFIED"
    assert (await turn(tenant, "markLeadLost", lead))["lifecycle"] == "LOST"
    assert (await turn(tenant, "qualifyLead", lead))["code"] == "CONFLICT"
    assert (await turn(tenant, "reopenLead", lead))["lifecycle"] == "NEW"
    assert (await turn(tenant, "reopenLead", lead))["code"] == "CONFLICT"
    await tenant.text("Yes?", sender=phone)
    await turn(tenant, "markLeadLost", lead)
    assert (await turn(tenant, "reopenLead", lead))["lifecycle"] == "ENGAGED"


async def test_a_customer_is_neither_lost_nor_qualified(tenant: Tenant) -> None:
    lead = await a_lead(tenant)
    convert = "mutation ($l: ID!) { convertLead(input: {leadId: $l}) { __typename } }"
    await tenant.owner.ask(convert, l=lead)
    for verb in ("markLeadLost", "qualifyLead", "reopenLead"):
        assert (await turn(tenant, verb, lead))["code"] == "CONFLICT"


async def test_writing_to_a_lead_contacts_it(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.8: `last_contacted_at` when the carrier took the text; the first one moves a new lead on, and is told."""
    lead_id = await tenant.lead()
    lead = show_id("lead", lead_id)
    conversation = new_id()
    add = """insert into conversations (organization_id, id, lead_id, channel) values ($1, $2, $3, 'SMS')"""
    await sql.execute(add, tenant.organization_id, conversation, lead_id)
    before = await look(tenant.agent, lead)
    assert (before["lifecycle"], before["lastContactedAt"], before["contactStatus"]) == ("NEW", None, "READY")
    for number in range(2):
        async with tenant.house.parts.database.work(tenant.product) as session:
            await send_message(session, conversation, f"Hello {number}", f"key {number}")
        await settled(tenant, sql)
        after = await look(tenant.agent, lead)
        assert (after["lifecycle"], after["contactStatus"]) == ("CONTACTED", "CONTACTED_1")
        assert (after["version"], after["messageCount"]) == (before["version"] + 1, number + 1)
    sent = "select max(sent_at) from messages where organization_id = $1"
    assert datetime.fromisoformat(after["lastContactedAt"]) == await sql.fetchval(sent, tenant.organization_id)
    async with tenant.agent.hear(FEED) as ear:
        assert [(await ear.next())["version"] for _ in range(2)] == [after["version"]] * 2, "added, and contacted"
        assert await ear.is_silent()


async def test_the_latest_reply_is_read_where_it_stands(tenant: Tenant) -> None:
    """S1.5, S1.6 (reply_received_at, latest_lead_reply, total_messages): true at once, because nothing keeps a copy."""
    phone = next_number()
    lead = await a_lead(tenant, phone=phone)
    for number in range(3):
        conversation, _ = await tenant.text(f"text {number}", sender=phone)
    await tenant.answer(conversation)
    found = await look(tenant.agent, lead)
    assert (found["latestReply"], found["messageCount"]) == ({"body": "text 2"}, 4)
    asked = "query ($l: ID!) { lead(id: $l) { latestReply { createdAt } replyReceivedAt } }"
    times = (await tenant.agent.ask(asked, l=lead))["lead"]
    assert times["latestReply"]["createdAt"] == times["replyReceivedAt"]


async def suppress(tenant: Tenant, sql: asyncpg.Connection, channel: Channel, address: str) -> None:
    hash = address_hash(tenant.organization_id, channel, address)
    add = """insert into suppressions (organization_id, id, channel, address_hash, reason)
      values ($1, $2, $3, $4, 'ERASED')"""
    await sql.execute(add, tenant.organization_id, new_id(), channel, hash)


async def test_one_word_for_where_a_lead_stands(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.5 (contact_status): ARCHIVED > REMOVED > CONVERTED > HOT, WARM, COLD > CONTACTED > READY (ruling 9)."""
    phone = next_number()
    lead = await a_lead(tenant, phone=phone)
    id = bare(lead)

    async def becomes(status: str) -> None:
        assert (await look(tenant.agent, lead))["contactStatus"] == status

    await becomes("READY")
    for lifecycle, status in (("CONTACTED", "CONTACTED_1"), ("ENGAGED", "CONTACTED_1"), ("LOST", "COLD")):
        await sql.execute("update leads set lifecycle = $2 where id = $1", id, lifecycle)
        await becomes(status)
    for temperature in ("COLD", "WARM", "HOT"):
        await sql.execute("update leads set temperature = $2 where id = $1", id, temperature)
        await becomes(temperature)
    await sql.execute("update leads set lifecycle = 'CONVERTED' where id = $1", id)
    await becomes("CONVERTED")
    await suppress(tenant, sql, Channel.SMS, phone)
    await becomes("REMOVED")
    await sql.execute("update leads set archived_at = now() where id = $1", id)
    await becomes("ARCHIVED")


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.WHATSAPP, Channel.EMAIL, Channel.CALL])
async def test_who_asked_not_to_be_written_to_is_removed(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, channel: Channel
) -> None:
    """By the address that a channel uses; not by a suppression that was lifted, nor by another organization's."""
    phone, email = next_number(), "ann@example.com"
    lead = await a_lead(tenant, phone=phone, email=email)
    address = email if channel is Channel.EMAIL else phone
    await suppress(stranger, sql, channel, address)
    assert (await look(tenant.agent, lead))["contactStatus"] == "READY"
    await suppress(tenant, sql, channel, address)
    expected = "READY" if channel is Channel.CALL else "REMOVED"
    assert (await look(tenant.agent, lead))["contactStatus"] == expected
    lift = "update suppressions set lifted_at = now() where organization_id = $1"
    await sql.execute(lift, tenant.organization_id)
    assert (await look(tenant.agent, lead))["contactStatus"] == "READY"


@pytest.mark.parametrize("verb", ["archiveLead", "takeOverLead", "qualifyLead", "markLeadLost", "changeLead"])
async def test_what_is_out_of_sight_is_not_found(tenant: Tenant, verb: str) -> None:
    me, _ = await tenant.colleague(LeadScope.ASSIGNED_AND_UNASSIGNED)
    theirs = await a_lead(tenant, owner_id=tenant.members[Role.AGENT])
    assert (await do(me, verb, leadId=theirs))["code"] == "NOT_FOUND"
    assert (await note(me, theirs, "No."))["code"] == "NOT_FOUND"
