"""Who sees a replay and its rows, and where they go: where their leads go (S1.11, S1.15)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.answering import GOOD
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset
from tests.play.replaying import ReplayDesk, do
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send

FEED = """subscription { inboxEvents(after: "0", filter: {kinds: [REPLAY_CHANGED]}) {
  ... on ReplayChanged { version replay { id status doneCount } } } }"""


@pytest.fixture
def desk(unattended: Tenant) -> ReplayDesk:
    return ReplayDesk(unattended)


@pytest.fixture
async def sql(unattended: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """Around the policies, in the database where nobody works."""
    connection = await asyncpg.connect(unattended.house.database_url)
    yield connection
    await connection.close()


async def test_whoever_sees_some_leads_replays_with_those(desk: ReplayDesk) -> None:
    """And sees what they began; others see of it no more than of its leads."""
    tenant = desk.tenant
    limit = await keep_dataset(tenant, await tenant.lead())
    narrow, member = await tenant.colleague(LeadScope.ASSIGNED, Role.MANAGER)
    limited, _ = await tenant.colleague(LeadScope.ALL, Role.MANAGER, frozenset({bare(limit)}))
    number = next_number()
    await tenant.lead(phone=number, owner_id=member)
    conversation, _ = await tenant.text("Hello?", number)
    mine = (await send(narrow, conversation, "Hello."))["id"]
    await desk.thread("Hi", "Hi there.")
    _, version = await desk.prompt()
    found = await desk.replayed(version, narrow)
    assert [row["message"]["id"] for row in found["rows"]["nodes"]] == [mine]
    assert (await desk.begin(version, limited))["totalCount"] == 0
    whole = await desk.replayed(version)
    assert whole["totalCount"] == 2
    assert await desk.read(whole["id"], narrow) is None and await desk.read(found["id"], limited) is None
    assert await desk.read(found["id"], tenant.owner)


async def test_who_lost_sight_of_a_lead_replays_it_no_more(desk: ReplayDesk, sql: asyncpg.Connection) -> None:
    """The rights that count are those of now; and whoever may not act any more has nothing done."""
    narrow, member = await desk.tenant.colleague(LeadScope.ASSIGNED, Role.MANAGER)
    number = next_number()
    lead = show_id("lead", await desk.tenant.lead(phone=number, owner_id=member))
    conversation, _ = await desk.tenant.text("Hello?", number)
    await send(narrow, conversation, "Hello.")
    _, version = await desk.prompt()
    begun = await desk.begin(version, narrow)
    give = "mutation ($i: AssignLeadsInput!) { assignLeads(input: $i) { __typename } }"
    await desk.tenant.owner.ask(give, i={"leadIds": [lead], "ownerId": None, "assigneeId": None})
    await desk.work()
    found, theirs = await desk.read(begun["id"]), await desk.read(begun["id"], narrow)
    assert found and theirs and theirs["rows"]["nodes"] == [] and desk.pen.asked == []
    [row] = found["rows"]["nodes"]
    assert row["outcome"] == "FAILED" and "does not see" in row["problem"]
    again = await desk.begin(version)
    await sql.execute("update memberships set status = 'SUSPENDED' where id = $1", desk.tenant.members[Role.OWNER])
    await desk.work()
    failed = await desk.read(again["id"], desk.tenant.admin)
    assert failed and failed["status"] == "FAILED" and "begin it anew" in failed["problem"]


async def test_rows_go_where_their_leads_go(desk: ReplayDesk) -> None:
    """Into datasets, into a merge and out of it again."""
    tenant = desk.tenant
    older = show_id("lead", await tenant.lead())
    await desk.thread("Hi", "Hello.")
    _, version = await desk.prompt()
    [row] = (await desk.replayed(version))["rows"]["nodes"]
    dataset = await keep_dataset(tenant)
    limited, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(dataset)}))
    asked = "query ($id: ID!) { node(id: $id) { ... on ReplayRow { lead { id } } } }"

    async def whose(caller: Caller) -> str | None:
        found = (await caller.ask(asked, id=row["id"]))["node"]
        return found and str(found["lead"]["id"])

    async def change(verb: str, **given: Any) -> dict[str, Any]:
        return await do(tenant.owner, verb, "... on Node { id ... on Lead { merges { nodes { id } } } }", **given)

    assert await whose(limited) is None
    put = "mutation ($i: DatasetLeadsInput!) { addLeadsToDataset(input: $i) { __typename } }"
    await tenant.owner.ask(put, i={"datasetId": dataset, "leadIds": [row["lead"]["id"]]})
    assert await whose(limited) == row["lead"]["id"]
    merged = await change("mergeLeads", leadId=older, otherLeadId=row["lead"]["id"])
    assert await whose(limited) == await whose(tenant.owner) == older
    [merge] = merged["merges"]["nodes"]
    await change("undoMerge", leadMergeId=merge["id"])
    assert await whose(limited) == await whose(tenant.owner) == row["lead"]["id"]


async def test_of_who_is_erased_nothing_is_kept(desk: ReplayDesk) -> None:
    """Neither what was written before, nor what comes of what was being asked meanwhile."""
    await desk.thread("It is Ann from Leeds", "Hello Ann.")
    _, version = await desk.prompt()
    desk.pen.says = replace(GOOD, text="Hello Ann from Leeds, it costs £99.")
    found = await desk.replayed(version)
    erase = "mutation ($i: EraseLeadInput!) { eraseLead(input: $i) { __typename } }"

    async def gone() -> None:
        lead = {"leadId": found["rows"]["nodes"][0]["lead"]["id"]}
        assert (await desk.tenant.owner.ask(erase, i=lead))["eraseLead"]["__typename"] == "ErasedLead"

    desk.pen.meanwhile = gone
    second = await desk.replayed(version)
    assert (second["status"], second["doneCount"], second["breachesCount"]) == ("COMPLETED", 1, 0)
    for each in (await desk.read(found["id"]), second):
        [row] = each["rows"]["nodes"] if each else []
        assert (row["body"], row["problem"]) == (None, None)
    assert second["rows"]["nodes"][0]["outcome"] == "FAILED"
    assert (await desk.begin(version))["totalCount"] == 0


async def test_replays_are_heard_of_by_whoever_sees_them(desk: ReplayDesk) -> None:
    await desk.thread("Hi", "Hello.")
    _, version = await desk.prompt()
    other, _ = await desk.tenant.colleague(LeadScope.ASSIGNED)
    found = await desk.replayed(version)
    async with desk.tenant.owner.hear(FEED) as ear, other.hear(FEED) as deaf:
        told = [(await ear.next())["replay"] for _ in range(3)]
        assert {one["id"] for one in told} == {found["id"]}
        assert (told[-1]["status"], told[-1]["doneCount"]) == ("COMPLETED", 1)
        assert await deaf.is_silent()
