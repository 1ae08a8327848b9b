"""Leads who are one person, and customers, in datasets: seen and counted as the lead is (S1.15, S1.20)."""

import asyncpg
import pytest

from actions.customers import add_customer, convert_lead
from actions.leads import NewLead, add_lead
from domain.ids import show_id
from domain.people import LeadScope, Permission
from domain.refusals import Refusal
from tests.api.test_allowed_datasets import limited
from tests.api.test_dataset_counters import wrong
from tests.api.test_datasets import verb
from tests.api.test_merging import MERGE, UNDO
from tests.api.test_who_hears import FEED
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant, next_number

FOUND = """query ($id: ID!) { lead(id: $id) { id datasets { nodes { id } } conversations { totalCount } } }"""


async def a_pair(tenant: Tenant, one: list[str], other: list[str]) -> tuple[str, str]:
    """Two who wrote, in these datasets; the first is the older."""
    leads = []
    for datasets in (one, other):
        phone = next_number()
        lead = await tenant.lead(phone=phone, dataset_ids=[bare(dataset) for dataset in datasets])
        await tenant.text(sender=phone)
        leads.append(show_id("lead", lead))
    return leads[0], leads[1]


async def datasets_of(caller: Caller, lead: str) -> tuple[set[str], int] | None:
    found = (await caller.ask(FOUND, id=lead))["lead"]
    return found and ({node["id"] for node in found["datasets"]["nodes"]}, found["conversations"]["totalCount"])


async def stale(sql: asyncpg.Connection, tenant: Tenant) -> int:
    """How many rows say other datasets than those their lead, or who it was merged into, is in."""
    count = 0
    for table, key in (("leads", "id"), ("conversations", "lead_id"), ("messages", "lead_id"), ("customers", "lead_id"),
                       ("customer_invitations", "lead_id"), ("lead_merges", "lead_id")):  # fmt: skip
        count += await sql.fetchval(
            f"select count(*) from {table} x join leads l on l.id = x.{key} where x.organization_id = $1"
            " and array(select unnest(x.dataset_ids) order by 1) is distinct from array(select p.dataset_id"
            " from dataset_leads p where p.lead_id = coalesce(l.merged_into_id, l.id) order by 1)",
            tenant.organization_id,
        )
    return count


async def totals(tenant: Tenant) -> dict[str, int]:
    nodes = (await tenant.owner.ask("{ datasets { nodes { id totalLeads } } }"))["datasets"]["nodes"]
    return {node["id"]: node["totalLeads"] for node in nodes}


@pytest.mark.parametrize(
    ("one", "other"), [("here", "there"), ("", "there"), ("here", ""), ("", ""), ("both", "there"), ("here", "here")]
)
async def test_who_is_one_is_in_all_that_either_was_in(
    tenant: Tenant, sql: asyncpg.Connection, one: str, other: str
) -> None:
    """Counted once in each; taken apart, each is where it was."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    places = {"here": [here], "there": [there], "both": [here, there], "": []}
    kept, absorbed = await a_pair(tenant, places[one], places[other])
    before = await totals(tenant)
    merge = (await tenant.agent.ask(MERGE, a=kept, b=absorbed))["mergeLeads"]["merges"]["nodes"][0]["id"]
    union = {*places[one], *places[other]}
    assert await datasets_of(tenant.owner, kept) == await datasets_of(tenant.owner, absorbed) == (union, 2)
    assert await totals(tenant) == {dataset: int(dataset in union) for dataset in (here, there)}
    assert await stale(sql, tenant) == 0 and await wrong(sql, tenant) == []
    assert (await tenant.agent.ask(UNDO, m=merge))["undoMerge"]["id"] == absorbed
    assert await datasets_of(tenant.owner, kept) == ({*places[one]}, 1)
    assert await datasets_of(tenant.owner, absorbed) == ({*places[other]}, 1)
    assert await totals(tenant) == before
    assert await stale(sql, tenant) == 0 and await wrong(sql, tenant) == []


async def test_what_was_one_moves_as_one(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Also named by the id that was absorbed."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    kept, absorbed = await a_pair(tenant, [here], [])
    await tenant.agent.ask(MERGE, a=kept, b=absorbed)
    for lead in (absorbed, kept):
        assert (await verb(tenant.owner, "addLeads", datasetId=there, leadIds=[lead]))["totalLeads"] == 1
    assert await stale(sql, tenant) == 0
    gone = await verb(tenant.owner, "removeLeads", datasetId=here, leadIds=[absorbed])
    assert gone["totalLeads"] == 0 and await datasets_of(tenant.owner, kept) == ({there}, 2)
    assert await stale(sql, tenant) == 0 and await wrong(sql, tenant) == []


async def test_who_is_limited_merges_what_they_see_and_loses_what_comes_apart(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    me, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(here)}))
    other, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(there)}))
    hidden, seen = await a_pair(tenant, [there], [here])
    refused = (await me.ask(MERGE, a=hidden, b=seen))["mergeLeads"]
    assert refused["code"] == "NOT_FOUND"
    merge = (await tenant.owner.ask(MERGE, a=hidden, b=seen))["mergeLeads"]["merges"]["nodes"][0]["id"]
    assert await datasets_of(me, seen) == ({here}, 2), "who they are one with has come into sight"
    assert (await other.ask(UNDO, m=merge))["undoMerge"] == {"code": "FORBIDDEN"}
    async with me.hear(FEED) as ear:
        await tenant.followed()
        assert (await me.ask(UNDO, m=merge))["undoMerge"]["id"] == seen
        heard = [await ear.next() for _ in range(2)]
        assert [event["__typename"] for event in heard][:1] == ["LeadWithdrawn"] and heard[0]["leadId"] == hidden
    assert await datasets_of(me, hidden) is None and await datasets_of(me, seen) == ({here}, 1)
    assert await datasets_of(other, hidden) == ({there}, 1)
    assert await stale(sql, tenant) == 0


CUSTOMERS = "{ customers { totalCount nodes { id lead { id } } } }"


async def test_a_customer_is_seen_where_the_lead_is(tenant: Tenant, sql: asyncpg.Connection) -> None:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    me, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(here)}))
    leads = [await tenant.lead(dataset_ids=[bare(one)], email=f"{one[8:]}@example.com") for one in (here, there)]
    async with tenant.house.parts.database.work(tenant.product) as session:
        mine, theirs = [show_id("customer", await convert_lead(session, lead)) for lead in leads]
        await add_customer(session, {"first_name": "Never a lead"})
    assert [node["id"] for node in (await me.ask(CUSTOMERS))["customers"]["nodes"]] == [mine]
    assert (await me.ask("query ($id: ID!) { node(id: $id) { id } }", id=theirs))["node"] is None
    await verb(tenant.owner, "addLeads", datasetId=here, leadIds=[show_id("lead", leads[1])])
    assert (await me.ask(CUSTOMERS))["customers"]["totalCount"] == 2
    await verb(tenant.owner, "removeLeads", datasetId=here, leadIds=[show_id("lead", lead) for lead in leads])
    assert (await me.ask(CUSTOMERS))["customers"]["totalCount"] == 0
    assert await stale(sql, tenant) == 0


async def test_who_is_limited_makes_customers_of_leads_they_see(tenant: Tenant) -> None:
    """Also of somebody who was a customer before they were a lead; but none who would be in no dataset."""
    here = await keep_dataset(tenant)
    email = f"{tenant.slug}@example.com"
    known = await tenant.lead(dataset_ids=[bare(here)], email=email)
    async with tenant.house.parts.database.work(tenant.product) as session:
        before = await add_customer(session, {"first_name": "Bea", "email": email})
    actor = limited(tenant, here)
    async with tenant.house.parts.database.work(actor) as session:
        assert await convert_lead(session, known) == before
        assert await convert_lead(session, await add_lead(session, NewLead(phone=next_number()))) != before
    with pytest.raises(Refusal, match="limited"):
        async with tenant.house.parts.database.work(actor) as session:
            await add_customer(session, {"first_name": "Cid"})
    program = await tenant.program(Permission.INBOX_READ, limit=frozenset({bare(here)}))
    assert (await program.ask(CUSTOMERS))["customers"]["totalCount"] == 2
