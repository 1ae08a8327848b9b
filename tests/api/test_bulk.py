"""What is done to many leads in the background: chosen, done, accounted for one by one, and told of (S0.4, S0.6)."""

import signal
from collections.abc import AsyncIterator

import asyncpg
import pytest

from actions.lead_turns import ARCHIVE, turn_lead
from domain.ids import new_id, show_id
from domain.people import LeadScope, Permission, Role
from tests.play.background import begin_bulk, crowd_of_leads, done_in_bulk, ended, operation
from tests.play.callers import Caller
from tests.play.leads import look
from tests.play.past import bare, keep_dataset
from tests.play.process import free_port, process
from tests.play.tenant import Tenant
from tests.play.waiting import until
from workers.bulk import take_bulk_operation

CANCEL = (
    "mutation ($id: ID!) { cancelBulkOperation(input: {bulkOperationId: $id}) { ... on BulkOperation { status } } }"
)
FEED = """subscription ($a: Cursor) { inboxEvents(after: $a, filter: {kinds: [BULK_OPERATION_CHANGED]}) {
  ... on BulkOperationChanged { version bulkOperation { id status doneCount totalCount version } } } }"""


async def leads_of(tenant: Tenant, count: int, **facts: object) -> list[str]:
    return [show_id("lead", await tenant.lead(**facts)) for _ in range(count)]


async def archived(tenant: Tenant, id: str) -> None:
    async with tenant.house.parts.database.work(tenant.product) as session:
        await turn_lead(session, bare(id), ARCHIVE)


async def test_leads_are_named_and_each_is_accounted_for(tenant: Tenant) -> None:
    """One who was put away, and one who never was, say why; the others are changed all the same."""
    ids = await leads_of(tenant, 3)
    await archived(tenant, ids[1])
    never = show_id("lead", new_id())
    found = await done_in_bulk(tenant, tenant.agent, "TAG", leadIds=[*ids, ids[0], never], tags=[" vip "])
    assert (found["status"], found["totalCount"], found["doneCount"], found["refusedCount"]) == ("COMPLETED", 4, 4, 2)
    rows = {row["lead"] and row["lead"]["id"]: row for row in found["rows"]["nodes"]}
    assert [row["position"] for row in found["rows"]["nodes"]] == [1, 2, 3, 4]
    assert [rows[id]["outcome"] for id in ids] == ["DONE", "REFUSED", "DONE"]
    assert (rows[ids[1]]["refusalCode"], rows[None]["refusalCode"]) == ("LEAD_ARCHIVED", "NOT_FOUND")
    assert "restore" in rows[ids[1]]["reason"]
    assert [(await look(tenant.agent, id))["tags"] for id in ids] == [["vip"], [], ["vip"]]


async def test_leads_are_chosen_by_a_filter_as_it_leaves_them_at_the_beginning(tenant: Tenant) -> None:
    """The verb may take from them what they were chosen by; and absorbed leads are nobody's rows."""
    chosen, others = await leads_of(tenant, 5, tags=["old"]), await leads_of(tenant, 2)
    filter = {"tag": {"eq": "old"}, "createdAt": {"gt": "2020-01-01T00:00:00Z"}}
    found = await done_in_bulk(tenant, tenant.owner, "UNTAG", filter=filter, tags=["old"])
    assert (found["totalCount"], found["refusedCount"]) == (5, 0)
    assert found["filter"]["tag"] == {"eq": "old"} and found["arguments"] == {"tags": ["old"]}
    assert [(await look(tenant.owner, id))["tags"] for id in chosen + others] == [[]] * 7
    nobody = await done_in_bulk(tenant, tenant.owner, "TAG", filter=filter, tags=["x"])
    assert (nobody["status"], nobody["totalCount"]) == ("COMPLETED", 0)


async def test_every_verb_does_what_it_does_to_one(tenant: Tenant) -> None:
    [id] = await leads_of(tenant, 1)
    stage = "{ pipelineStages(last: 1) { nodes { id } } }"
    stage_id = (await tenant.owner.ask(stage))["pipelineStages"]["nodes"][0]["id"]
    dataset = await keep_dataset(tenant)
    member = show_id("member", tenant.members[Role.AGENT])
    state = """query ($id: ID!) { lead(id: $id) { archivedAt manualModeAt pipelineStage { id } owner { id }
      assignee { id } datasets { nodes { id } } } }"""

    async def then(verb: str, **arguments: object) -> dict[str, object]:
        found = await done_in_bulk(tenant, tenant.owner, verb, leadIds=[id], **arguments)
        assert (found["doneCount"], found["refusedCount"]) == (1, 0), found
        lead: dict[str, object] = (await tenant.owner.ask(state, id=id))["lead"]
        return lead

    assert (await then("MOVE", pipelineStageId=stage_id))["pipelineStage"] == {"id": stage_id}
    lead = await then("ASSIGN", assigneeId=member)
    assert (lead["assignee"], lead["owner"]) == ({"id": member}, None)
    lead = await then("ASSIGN", ownerId=member, assigneeId=None)
    assert (lead["assignee"], lead["owner"]) == (None, {"id": member})
    assert (await then("ADD_TO_DATASET", datasetId=dataset))["datasets"] == {"nodes": [{"id": dataset}]}
    assert (await then("REMOVE_FROM_DATASET", datasetId=dataset))["datasets"] == {"nodes": []}
    assert (await then("TAKE_OVER"))["manualModeAt"]
    assert (await then("HAND_BACK"))["manualModeAt"] is None
    assert (await then("ARCHIVE"))["archivedAt"]
    assert (await then("RESTORE"))["archivedAt"] is None


@pytest.mark.parametrize(
    ("verb", "given", "code", "field"),
    [
        ("TAG", {}, "BAD_INPUT", "tags"),
        ("TAG", {"tags": []}, "BAD_INPUT", "tags"),
        ("ASSIGN", {}, "BAD_INPUT", "ownerId"),
        ("ARCHIVE", {"tags": ["x"]}, "BAD_INPUT", "tags"),
        ("MOVE", {"pipelineStageId": show_id("pipeline_stage", new_id())}, "NOT_FOUND", "pipelineStageId"),
        ("MOVE", {"pipelineStageId": show_id("lead", new_id())}, "BAD_INPUT", "pipelineStageId"),
        ("ASSIGN", {"ownerId": show_id("member", new_id())}, "NOT_FOUND", "ownerId"),
        ("ADD_TO_DATASET", {"datasetId": show_id("dataset", new_id())}, "NOT_FOUND", "datasetId"),
        ("ARCHIVE", {"leadIds": None}, "BAD_INPUT", "leadIds"),
        ("ARCHIVE", {"leadIds": []}, "BAD_INPUT", "leadIds"),
        ("ARCHIVE", {"filter": {}}, "BAD_INPUT", "leadIds"),
    ],
)
async def test_what_cannot_be_begun_is_refused_at_once(
    tenant: Tenant, verb: str, given: dict[str, object], code: str, field: str
) -> None:
    refused = await begin_bulk(tenant.owner, verb, **{"leadIds": [show_id("lead", new_id())], **given})
    assert (refused["code"], refused["why"]) == (code, field)


async def test_who_may_not_do_it_to_one_may_not_do_it_to_many(tenant: Tenant) -> None:
    ids = await leads_of(tenant, 1)
    dataset = await keep_dataset(tenant)
    assert (await begin_bulk(tenant.viewer, "ARCHIVE", leadIds=ids))["code"] == "FORBIDDEN"
    assert (await begin_bulk(tenant.agent, "ADD_TO_DATASET", leadIds=ids, datasetId=dataset))["code"] == "FORBIDDEN"
    key = await tenant.program(Permission.INBOX_READ, Permission.LEADS_WRITE)
    assert (await begin_bulk(key, "ASSIGN", leadIds=ids, ownerId=None))["code"] == "FORBIDDEN"
    assert (await done_in_bulk(tenant, key, "ARCHIVE", leadIds=ids))["refusedCount"] == 0


async def test_whoever_sees_some_leads_chooses_among_those(tenant: Tenant) -> None:
    """A narrow scope, and a limit to datasets; what is out of sight is as if it were not there."""
    limited_to = await keep_dataset(tenant, await tenant.lead(tags=["old"]))
    narrow, member = await tenant.colleague(LeadScope.ASSIGNED)
    limited, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(limited_to)}))
    [mine] = await leads_of(tenant, 1, tags=["old"], owner_id=member)
    [theirs] = await leads_of(tenant, 1, tags=["old"], owner_id=tenant.members[Role.OWNER])
    for caller in (narrow, limited):
        found = await done_in_bulk(tenant, caller, "TAG", filter={"tag": {"eq": "old"}}, tags=["seen"])
        assert (found["totalCount"], found["refusedCount"]) == (1, 0)
        named = await done_in_bulk(tenant, caller, "TAG", leadIds=[theirs], tags=["seen"])
        assert [row["refusalCode"] for row in named["rows"]["nodes"]] == ["NOT_FOUND"]
    assert (await look(tenant.owner, mine))["tags"] == ["old", "seen"]
    assert (await look(tenant.owner, theirs))["tags"] == ["old"]


async def test_an_operation_is_seen_by_its_maker_and_by_who_sees_all(tenant: Tenant, stranger: Tenant) -> None:
    narrow, _ = await tenant.colleague(LeadScope.ASSIGNED)
    limited, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(await keep_dataset(tenant))}))
    other, _ = await tenant.colleague(LeadScope.ASSIGNED)
    ids = await leads_of(tenant, 1)
    owners = await done_in_bulk(tenant, tenant.owner, "TAKE_OVER", leadIds=ids)
    narrows = await done_in_bulk(tenant, narrow, "TAKE_OVER", leadIds=ids)
    limiteds = await done_in_bulk(tenant, limited, "TAKE_OVER", leadIds=ids)
    count = "{ bulkOperations { totalCount nodes { id } } }"

    async def seen(caller: Caller) -> set[str]:
        found = (await caller.ask(count))["bulkOperations"]
        assert found["totalCount"] == len(found["nodes"])
        return {one["id"] for one in found["nodes"]}

    assert await seen(tenant.owner) == {owners["id"], narrows["id"], limiteds["id"]}
    assert await seen(narrow) == {narrows["id"]} and await seen(limited) == {limiteds["id"]}
    assert await seen(other) == await seen(stranger.owner) == set()
    assert await operation(other, owners["id"]) is None
    row = f"bulk_operation_row_{await rows_of(tenant, owners['id'])}"
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert (await tenant.owner.ask(node, id=row))["node"] == {"id": row}
    for caller in (other, limited, stranger.owner):
        assert (await caller.ask(node, id=row))["node"] is None
        assert (await caller.answer(CANCEL, id=owners["id"]))["data"]["cancelBulkOperation"] == {}


async def rows_of(tenant: Tenant, id: str) -> str:
    async with tenant.house.parts.database.work(tenant.product) as session:
        of = "select id from bulk_operation_rows where organization_id = $1 and bulk_operation_id = $2"
        return str(await session.connection.fetchval(of, tenant.organization_id, bare(id)))


async def test_progress_is_told_to_those_who_see_it(tenant: Tenant) -> None:
    ids = await leads_of(tenant, 3)
    other, _ = await tenant.colleague(LeadScope.ASSIGNED)
    async with tenant.agent.hear(FEED) as ear, other.hear(FEED) as deaf:
        await tenant.followed(2)
        narrow = await done_in_bulk(tenant, tenant.agent, "ARCHIVE", leadIds=ids)
        told = [(await ear.next())["bulkOperation"]]
        while told[-1]["status"] != "COMPLETED":
            told.append((await ear.next())["bulkOperation"])
        assert {one["id"] for one in told} == {narrow["id"]}
        assert told[-1]["doneCount"] == told[-1]["totalCount"] == 3
        assert await deaf.is_silent()


async def test_whoever_is_limited_hears_of_what_they_began(tenant: Tenant) -> None:
    """And of nothing that others began, whether they see more or other datasets."""
    lead = await tenant.lead()
    ours, others = await keep_dataset(tenant, lead), await keep_dataset(tenant, await tenant.lead())
    limited, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(ours)}))
    elsewhere, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(others)}))
    async with limited.hear(FEED) as ear, elsewhere.hear(FEED) as deaf:
        await tenant.followed(2)
        await done_in_bulk(tenant, tenant.owner, "TAKE_OVER", leadIds=[show_id("lead", lead)])
        mine = await done_in_bulk(tenant, limited, "HAND_BACK", leadIds=[show_id("lead", lead)])
        assert (await ear.next())["bulkOperation"]["id"] == mine["id"]
        assert await deaf.is_silent()


@pytest.fixture
async def sql(idle: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """Around the policies, in the database where nobody works."""
    connection = await asyncpg.connect(idle.house.database_url)
    yield connection
    await connection.close()


async def test_without_their_maker_nothing_is_done(idle: Tenant, sql: asyncpg.Connection) -> None:
    """Begun, and then whoever began it was suspended: it ends, and says so."""
    caller, member = await idle.colleague(LeadScope.ALL)
    ids = await leads_of(idle, 1)
    begun = await begin_bulk(caller, "ARCHIVE", leadIds=ids)
    await sql.execute("update memberships set status = 'SUSPENDED' where id = $1", member)
    assert await take_bulk_operation(idle.house.parts.database, idle.organization_id)
    found = await operation(idle.owner, begun["id"])
    assert found["status"] == "FAILED" and "begin it anew" in found["problem"]
    assert [row["outcome"] for row in found["rows"]["nodes"]] == ["WAITING"]


async def test_killed_twice_on_the_way_each_lead_has_its_turn_once(idle: Tenant, sql: asyncpg.Connection) -> None:
    """Each change of a lead is in the audit trail: none is there twice."""
    await crowd_of_leads(sql, idle.organization_id, 500)
    begun = await begin_bulk(idle.owner, "ARCHIVE", filter={"lifecycle": {"eq": "NEW"}})
    assert begun["totalCount"] == 500
    for share in (1, 250):
        async with process(idle.house, free_port(), "work") as worker:

            async def has_come_so_far(share: int = share) -> bool:
                return bool((await operation(idle.owner, begun["id"]))["doneCount"] >= share)

            await until(has_come_so_far, 60)
            worker.kill()
            assert await worker.wait() == -signal.SIGKILL
        assert (await operation(idle.owner, begun["id"]))["status"] == "RUNNING", "it was killed on the way"
        await sql.execute("update bulk_operations set next_attempt_at = now()")
    async with process(idle.house, free_port(), "work"):
        found = await ended(idle, idle.owner, operation, begun["id"])
    assert (found["status"], found["doneCount"], found["refusedCount"]) == ("COMPLETED", 500, 0)
    of = "select count(*) from leads where organization_id = $1 and archived_at is not null"
    assert await sql.fetchval(of, idle.organization_id) == 500
    turns = (
        "select count(*), count(distinct subject_id) from audit_logs"
        " where organization_id = $1 and verb = 'UPDATE' and subject = 'lead'"
    )
    row = await sql.fetchrow(turns, idle.organization_id)
    assert row and tuple(row) == (500, 500)


async def test_one_that_is_given_up_goes_no_further(idle: Tenant) -> None:
    ids = await leads_of(idle, 2)
    begun = await begin_bulk(idle.owner, "ARCHIVE", leadIds=ids)
    assert (await idle.owner.ask(CANCEL, id=begun["id"]))["cancelBulkOperation"] == {"status": "CANCELLED"}
    assert not await take_bulk_operation(idle.house.parts.database, idle.organization_id)
    found = await operation(idle.owner, begun["id"])
    assert (found["status"], found["doneCount"]) == ("CANCELLED", 0)
    assert (await look(idle.owner, ids[0]))["archivedAt"] is None
