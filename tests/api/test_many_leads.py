"""What is done to several leads at once, and finding leads by their tags (S0.4, S0.6, S0.8)."""

from collections.abc import Mapping

import asyncpg
import pytest

from domain.ids import new_id, show_id
from domain.people import LeadScope, Role
from tests.play.leads import do, look
from tests.play.past import bare
from tests.play.tenant import Tenant

FEED = """subscription ($a: Cursor) { inboxEvents(after: $a) { __typename ... on LeadChanged { lead { id tags } }
  ... on LeadWithdrawn { leadId } ... on ConversationAssigned { conversation { id } } } }"""
TAGGED = "query ($f: LeadFilter, $o: [LeadOrder!]) { leads(filter: $f, order: $o) { totalCount nodes { id } } }"


async def leads_of(tenant: Tenant, count: int, **facts: object) -> list[str]:
    return [show_id("lead", await tenant.lead(**facts)) for _ in range(count)]


async def tagged(tenant: Tenant, filter: Mapping[str, object], **order: object) -> list[str]:
    found = (await tenant.owner.ask(TAGGED, f=filter, **order))["leads"]
    ids = [lead["id"] for lead in found["nodes"]]
    assert found["totalCount"] == len(ids)
    return ids


async def test_tags_come_and_go(tenant: Tenant) -> None:
    """S0.4: for all of them, in the order named; each tag once, behind those that are there."""
    ids = await leads_of(tenant, 3, tags=["farm"])
    found = await do(tenant.agent, "tagLeads", leadIds=ids[::-1], tags=[" vip ", "farm", "vip"])
    assert [(lead["id"], lead["tags"]) for lead in found["leads"]] == [(id, ["farm", "vip"]) for id in ids[::-1]]
    found = await do(tenant.agent, "untagLeads", leadIds=ids[:2], tags=["farm", "unknown"])
    assert [lead["tags"] for lead in found["leads"]] == [["vip"], ["vip"]]
    assert (await look(tenant.agent, ids[2]))["tags"] == ["farm", "vip"]


async def test_tags_that_are_there_already_change_nothing(tenant: Tenant) -> None:
    """S0.8: not fired when tags are rewritten with the same content; who has them is left out of the change."""
    with_tag, without = (await leads_of(tenant, 1, tags=["vip", "farm"])) + (await leads_of(tenant, 1))
    before = await look(tenant.agent, with_tag)
    cursor = (await tenant.agent.ask("{ eventCursor }"))["eventCursor"]
    for verb, tags in (("tagLeads", ["farm", "vip"]), ("untagLeads", ["unknown"])):
        await do(tenant.agent, verb, leadIds=[with_tag], tags=tags)
        assert await look(tenant.agent, with_tag) == before
    await do(tenant.agent, "tagLeads", leadIds=[with_tag, without], tags=["vip"])
    async with tenant.agent.hear(FEED, a=cursor) as ear:
        assert await ear.next() == {"__typename": "LeadChanged", "lead": {"id": without, "tags": ["vip"]}}
        assert await ear.is_silent()
    assert await look(tenant.agent, with_tag) == before


@pytest.mark.parametrize("verb", ["tagLeads", "untagLeads", "assignLeads"])
async def test_all_of_them_or_none(tenant: Tenant, stranger: Tenant, verb: str) -> None:
    """Whether an id was never there, is another organization's, or out of sight."""
    mine = await leads_of(tenant, 2, tags=["farm"])
    theirs = await leads_of(tenant, 1, owner_id=tenant.members[Role.OWNER])
    before = [await look(tenant.agent, id) for id in mine]
    given: dict[str, object] = {"ownerId": None} if verb == "assignLeads" else {"tags": ["farm", "vip"]}
    for other in (f"lead_{new_id()}", (await leads_of(stranger, 1))[0], theirs[0]):
        refused = await do(tenant.agent, verb, leadIds=[mine[0], other, mine[1]], **given)
        assert (refused["code"], refused["field"]) == ("NOT_FOUND", "leadIds")
    assert [await look(tenant.agent, id) for id in mine] == before


@pytest.mark.parametrize("count", [0, 101])
async def test_between_one_and_a_hundred(tenant: Tenant, count: int) -> None:
    ids = [f"lead_{new_id()}" for _ in range(count)]
    for verb, given in (("tagLeads", {"tags": ["vip"]}), ("assignLeads", {"ownerId": None})):
        refused = await do(tenant.agent, verb, leadIds=ids, **given)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "leadIds")


async def test_a_hundred_at_once(tenant: Tenant) -> None:
    ids = await leads_of(tenant, 100)
    found = await do(tenant.agent, "tagLeads", leadIds=ids, tags=["vip"])
    assert [lead["id"] for lead in found["leads"]] == ids
    assert (await tenant.owner.ask(TAGGED, f={"tag": {"eq": "vip"}}))["leads"]["totalCount"] == 100


async def test_tags_that_cannot_be_are_refused(tenant: Tenant) -> None:
    [lead] = await leads_of(tenant, 1, tags=[str(number) for number in range(50)])
    for tags in ([], [""], ["x" * 101], ["one too many"]):
        refused = await do(tenant.agent, "tagLeads", leadIds=[lead], tags=tags)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "tags")


async def test_leads_are_found_by_their_tags(tenant: Tenant) -> None:
    """S0.6: one, any of several, all of several, and not; in the order of the list and in any other."""
    [both] = await leads_of(tenant, 1, tags=["vip", "farm"])
    [vip] = await leads_of(tenant, 1, tags=["vip"])
    [farm] = await leads_of(tenant, 1, tags=["farm"])
    [none] = await leads_of(tenant, 1)
    assert await tagged(tenant, {"tag": {"eq": "vip"}}) == [vip, both]
    assert await tagged(tenant, {"tag": {"eq": "VIP"}}) == []
    assert await tagged(tenant, {"tag": {"in": ["vip", "farm"]}}) == [farm, vip, both]
    assert await tagged(tenant, {"and": [{"tag": {"eq": "vip"}}, {"tag": {"eq": "farm"}}]}) == [both]
    assert await tagged(tenant, {"tag": {"eq": "vip"}, "not": {"tag": {"eq": "farm"}}}) == [vip]
    either = {"or": [{"tag": {"eq": "vip"}}, {"not": {"tag": {"in": ["farm"]}}}]}
    assert await tagged(tenant, either) == [none, vip, both]
    for order in ([{"createdAt": "ASC"}], [{"name": "ASC"}, {"createdAt": "ASC"}], [{"score": "ASC"}]):
        assert await tagged(tenant, {"tag": {"eq": "vip"}}, o=order) == [both, vip]


async def test_the_index_of_tags_follows_whoever_writes_leads(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Imports, merges, hands in the database: the trigger forgets nobody, and all stand where their list has them."""
    ids = await leads_of(tenant, 3, tags=["vip", "farm"])
    first = bare(ids[0])
    await sql.execute("update leads set tags = '{vip,new,new}' where id = $1", first)
    await sql.execute("update leads set created_at = timestamptz '2020-01-01' where id = $1", bare(ids[1]))
    await sql.execute("delete from leads where id = $1", bare(ids[2]))
    stands = """select l.id, l.created_at, array(select distinct tag from unnest(l.tags) tag order by tag) as tags,
      array(select tag from lead_tags t where t.organization_id = l.organization_id and t.lead_id = l.id
            and t.lead_created_at = l.created_at order by tag) as indexed
      from leads l where l.organization_id = $1"""
    rows = await sql.fetch(stands, tenant.organization_id)
    assert len(rows) == 2 and all(row["tags"] == row["indexed"] for row in rows)
    of = "select count(*) from lead_tags where organization_id = $1"
    assert await sql.fetchval(of, tenant.organization_id) == sum(len(row["tags"]) for row in rows) == 4
    assert await tagged(tenant, {"tag": {"eq": "vip"}}) == ids[:2]


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_a_tag_shows_nobody_more_than_they_see(tenant: Tenant, scope: LeadScope) -> None:
    me, member = await tenant.colleague(scope)
    mine = await leads_of(tenant, 2, tags=["vip"], owner_id=member)
    await leads_of(tenant, 2, tags=["vip"], owner_id=tenant.members[Role.AGENT])
    pool = await leads_of(tenant, 1, tags=["vip"])
    found = (await me.ask(TAGGED, f={"tag": {"eq": "vip"}}))["leads"]
    expected = {LeadScope.ALL: 5, LeadScope.ASSIGNED_AND_UNASSIGNED: 3, LeadScope.ASSIGNED: 2}[scope]
    assert (found["totalCount"], len(found["nodes"])) == (expected, expected)
    seen = {lead["id"] for lead in found["nodes"]}
    assert seen >= {*mine} and (pool[0] in seen) == (scope is not LeadScope.ASSIGNED)


async def test_leads_are_handed_over_with_all_that_belongs_to_them(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.25: owner, assignee or both; what is left out stays, null is for nobody."""
    conversations = [(await tenant.text(f"text {number}"))[0] for number in range(2)]
    of = "select 'lead_' || lead_id from conversations where id = $1"
    ids = [await sql.fetchval(of, bare(conversation)) for conversation in conversations]
    await do(tenant.agent, "changeLead", leadId=ids[0], title="Owner")
    agent, owner = (show_id("member", tenant.members[role]) for role in (Role.AGENT, Role.OWNER))
    cursor = (await tenant.owner.ask("{ eventCursor }"))["eventCursor"]
    found = await do(tenant.agent, "assignLeads", leadIds=ids, ownerId=owner, assigneeId=agent)
    assert [(lead["owner"]["id"], lead["assignee"]["id"]) for lead in found["leads"]] == [(owner, agent)] * 2
    async with tenant.owner.hear(FEED, a=cursor) as ear:
        heard = [event["__typename"] for event in await ear.take(4)]
        assert heard == ["LeadChanged", "ConversationAssigned"] * 2 and await ear.is_silent()
    assert (await do(tenant.owner, "assignLeads", leadIds=ids[:1], assigneeId=None))["leads"][0]["owner"] == {
        "id": owner
    }
    for table in ("conversations", "messages", "lead_notes"):
        rows = await sql.fetch(f"select * from {table} where 'lead_' || lead_id = $1", ids[0])
        assert {(row["owner_id"], row["assignee_id"]) for row in rows} <= {(tenant.members[Role.OWNER], None)}, table


async def test_who_hands_leads_over_sees_those_that_stay_in_sight(tenant: Tenant) -> None:
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    ids = await leads_of(tenant, 3, owner_id=member)
    other = show_id("member", tenant.members[Role.AGENT])
    found = await do(me, "assignLeads", leadIds=ids, assigneeId=other)
    assert [lead["id"] for lead in found["leads"]] == ids, "they are still their owner's"
    gone = await do(me, "assignLeads", leadIds=ids, ownerId=other, assigneeId=other)
    assert {lead["id"] for lead in gone["leads"]} <= {*ids}
    assert await look(me, ids[0]) is None
    assert (await look(tenant.agent, ids[0]))["assignee"] == {"id": other}


async def test_a_hand_over_names_somebody_who_is_there(tenant: Tenant, stranger: Tenant) -> None:
    ids = await leads_of(tenant, 1)
    nobody = show_id("member", stranger.members[Role.AGENT])
    for field in ("ownerId", "assigneeId"):
        refused = await do(tenant.agent, "assignLeads", leadIds=ids, **{field: nobody})
        assert (refused["code"], refused["field"]) == ("NOT_FOUND", field)
    assert (await do(tenant.agent, "assignLeads", leadIds=ids))["code"] == "BAD_INPUT"
