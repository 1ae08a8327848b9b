"""Lists written down as files: what is in them, who may have them, and for how long (S1.19)."""

import csv
import io
from datetime import UTC, datetime

import asyncpg
import pytest
from graphql import GraphQLInputObjectType, get_named_type

from db.entity import ENTITIES
from db.exporting import LISTS, columns_of
from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from gateways.storage.files import Shelf, StoredFile
from tests.play.background import created, crowd_of_leads, ended, export, fetched, linked, table, written
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset, live
from tests.play.process import free_port, process
from tests.play.served import LISTS as SERVED
from tests.play.served import root_fields
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until
from workers.shredding import Shredding

CANCEL = (
    "mutation ($id: ID!) { cancelExport(input: {exportId: $id}) { ... on Export { status } ... on Refused { code } } }"
)


async def test_leads_are_written_down_by_their_filter(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """The oldest first; a number stays a number, a formula does nothing, and several values stand in one cell."""
    phone = next_number()
    formula = await tenant.lead(first_name="=cmd|' /C calc'!A0", phone=phone, tags=["old", "-vip"])
    await sql.execute('update leads set custom_fields = \'{"eye": "blue"}\' where id = $1', formula)
    await tenant.lead(first_name='Søren, "S"\nLee', tags=["old"], owner_id=tenant.members[Role.AGENT])
    await tenant.lead(first_name="Cid")
    filter = {"tag": {"eq": "old"}, "createdAt": {"gt": "2020-01-01T00:00:00Z"}}
    first, second = await table(tenant, tenant.agent, "leads", filter)
    assert (first["firstName"], first["phone"]) == ("'=cmd|' /C calc'!A0", phone)
    assert (first["tags"], first["customFields"]) == ("old, -vip", '{"eye":"blue"}')
    assert (first["owner.name"], second["owner.name"]) == ("", "Agent")
    assert second["firstName"] == 'Søren, "S"\nLee' and second["id"].startswith("lead_")
    assert datetime.fromisoformat(second["createdAt"]) < datetime.now(UTC)


async def test_columns_are_chosen_and_put_in_order(tenant: Tenant) -> None:
    await tenant.lead(first_name="Ann", owner_id=tenant.members[Role.AGENT])
    [row] = await table(tenant, tenant.owner, "leads", columns=["owner.name", "firstName"])
    assert [*row.items()] == [("owner.name", "Agent"), ("firstName", "Ann")]
    refused = await created(tenant.owner, "leads", columns=["shoe"])
    assert (refused["code"], refused["why"]) == ("BAD_INPUT", "columns") and "firstName" in refused["message"]


def test_every_list_of_the_api_can_be_written_down() -> None:
    """By the filter of its own; and every column of each can be read."""
    assert set(LISTS) == set(SERVED)
    field = root_fields()["Mutation.createExport"].args["input"]
    given = get_named_type(field.type)
    assert isinstance(given, GraphQLInputObjectType)
    listed = get_named_type(given.fields["list"].type)
    assert isinstance(listed, GraphQLInputObjectType) and set(listed.fields) == set(SERVED) and listed.is_one_of
    for name in SERVED:
        of = root_fields()[f"Query.{name}"]
        assert get_named_type(of.args["filter"].type) == get_named_type(listed.fields[name].type)
        assert f"{LISTS[name].type_name}Connection" == get_named_type(of.type).name
        assert LISTS[name] is ENTITIES[LISTS[name].type_name]


@pytest.mark.parametrize("name", sorted(LISTS))
async def test_a_list_is_written_down_as_it_is_read(tenant: Tenant, sql: asyncpg.Connection, name: str) -> None:
    """As many rows as it has, each with every column; those of an organization alone."""
    await live(tenant, sql)
    rows = await table(tenant, tenant.owner, name)
    count = (await tenant.owner.ask(f"{{ {name} {{ totalCount }} }}"))[name]["totalCount"]
    growing = name in ("auditLogs", "exports")  # this export itself is among them
    assert len(rows) == count or (growing and rows)
    for row in rows:
        assert list(row) == columns_of(LISTS[name]) and row["id"]


async def test_whoever_sees_some_leads_exports_those(tenant: Tenant, stranger: Tenant) -> None:
    narrow, member = await tenant.colleague(LeadScope.ASSIGNED)
    mine, ours, theirs = [await tenant.lead(owner_id=owner) for owner in (member, None, tenant.members[Role.OWNER])]
    dataset = await keep_dataset(tenant, ours)
    limited, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(dataset)}))

    async def ids(caller: Caller) -> set[str]:
        return {row["id"] for row in await table(tenant, caller, "leads", columns=["id"])}

    assert await ids(narrow) == {show_id("lead", mine)}
    assert await ids(limited) == {show_id("lead", ours)}
    assert await ids(tenant.owner) == {show_id("lead", one) for one in (mine, ours, theirs)}
    made = (await written(tenant, tenant.owner, "leads"))["id"]
    for caller in (narrow, limited, stranger.owner):
        assert await export(caller, made) is None
        assert (await linked(caller, made))["code"] == "NOT_FOUND"


async def test_a_list_needs_what_reading_it_needs(tenant: Tenant) -> None:
    """When it is asked for, when it is written, and when its file is."""
    assert (await created(tenant.agent, "auditLogs"))["code"] == "FORBIDDEN"
    manager = await written(tenant, tenant.as_(Role.MANAGER), "auditLogs")
    assert "url" in await linked(tenant.owner, manager["id"])
    colleague, _ = await tenant.colleague(LeadScope.ALL)
    assert (await linked(colleague, manager["id"]))["code"] == "FORBIDDEN", "who sees all leads, and not the trail"
    key = await tenant.program(Permission.INBOX_READ)
    assert (await created(key, "apiKeys"))["code"] == "FORBIDDEN"
    assert (await written(tenant, key, "leads"))["status"] == "COMPLETED"


async def test_who_sees_less_than_they_did_has_no_file_of_then(tenant: Tenant, sql: asyncpg.Connection) -> None:
    caller, member = await tenant.colleague(LeadScope.ALL)
    made = await written(tenant, caller, "leads")
    assert "url" in await linked(caller, made["id"])
    await sql.execute("update memberships set lead_scope = 'ASSIGNED' where id = $1", member)

    async def is_refused() -> bool:  # a caller is known for a second
        return bool((await linked(caller, made["id"])).get("code") == "FORBIDDEN")

    await until(is_refused)


async def test_links_and_exports_are_in_the_trail(tenant: Tenant) -> None:
    """Who asked for what, and who fetched it."""
    made = await written(tenant, tenant.agent, "leads", {"lifecycle": {"eq": "NEW"}})
    await linked(tenant.agent, made["id"])
    trail = """query ($id: ID!) { auditLogs(filter: {subjectId: {eq: $id}}, order: {at: ASC}) {
      nodes { verb after member { id } } } }"""
    logs = (await tenant.owner.ask(trail, id=made["id"]))["auditLogs"]["nodes"]
    agent = {"id": show_id("member", tenant.members[Role.AGENT])}
    assert logs[0]["verb"] == "INSERT" and logs[0]["member"] == agent
    assert (logs[0]["after"]["list"], logs[0]["after"]["filter"]) == ("leads", {"lifecycle": {"eq": "NEW"}})
    assert "linked_at" in logs[-1]["after"] and logs[-1]["member"] == agent


async def test_a_link_opens_one_file_for_a_while(tenant: Tenant, sql: asyncpg.Connection) -> None:
    made = await written(tenant, tenant.owner, "leads")
    link = await linked(tenant.owner, made["id"])
    found = await fetched(link["url"])
    assert found.headers["content-disposition"].startswith('attachment; filename="leads ')
    assert found.headers["cache-control"] == "no-store" and len(found.content) == made["sizeBytes"]
    assert 800 < (datetime.fromisoformat(link["expiresAt"]) - datetime.now(UTC)).total_seconds() <= 900
    head, _, signature = link["url"].rpartition(".")
    other = "0" if signature[0] != "0" else "1"
    for wrong in (f"{head}.{other}{signature[1:]}", link["url"].replace("/exports/", "/outcomes/")):
        assert (await fetched(wrong)).status_code == 403
    await sql.execute("update exports set forget_at = now() where id = $1", bare(made["id"]))
    await Shredding(tenant.house.parts.database, tenant.house.parts.storage).shred()
    assert (await fetched(link["url"])).status_code == 404
    assert (await linked(tenant.owner, made["id"]))["code"] == "CONFLICT"
    assert (await export(tenant.owner, made["id"]))["fileDeletedAt"]
    kept = StoredFile(tenant.organization_id, Shelf.EXPORTS, bare(made["id"]))
    assert not await tenant.house.parts.storage.exists(kept)


async def test_progress_is_told(tenant: Tenant) -> None:
    feed = """subscription { inboxEvents(filter: {kinds: [EXPORT_CHANGED]}) { ... on ExportChanged {
      export { id status doneRows totalRows } } } }"""
    await tenant.lead()
    async with tenant.agent.hear(feed) as ear:
        await tenant.followed()
        made = await written(tenant, tenant.agent, "leads")
        told = [(await ear.next())["export"]]
        while told[-1]["status"] != "COMPLETED":
            told.append((await ear.next())["export"])
    assert told[-1] == {"id": made["id"], "status": "COMPLETED", "doneRows": 1, "totalRows": 1}


async def test_many_rows_are_written_page_by_page_and_a_kill_leaves_no_half_file(idle: Tenant) -> None:
    """Begun anew after the kill: no row is missing, and none is there twice, though leads come and change meanwhile."""
    sql = await asyncpg.connect(idle.house.database_url)
    await crowd_of_leads(sql, idle.organization_id, 3500)
    made = await created(idle.owner, "leads")
    storage = idle.house.settings.storage_url or ""
    async with process(idle.house, free_port(), "work", STORAGE_URL=storage) as worker:
        worker.kill()
        await worker.wait()
    await sql.execute("update exports set next_attempt_at = now()")
    async with process(idle.house, free_port(), "work", STORAGE_URL=storage):
        found = await ended(idle, idle.owner, export, made["id"])
    assert (found["status"], found["doneRows"], found["totalRows"]) == ("COMPLETED", 3500, 3500)
    pieces = idle.house.parts.storage.read(StoredFile(idle.organization_id, Shelf.EXPORTS, bare(made["id"])))
    content = b"".join([piece async for piece in pieces]).decode("utf-8-sig")
    rows = [*csv.DictReader(io.StringIO(content))]
    assert {row["firstName"] for row in rows} == {f"Ann {n}" for n in range(1, 3501)} and len(rows) == 3500
    await sql.close()


async def test_one_that_is_given_up_leaves_no_file(idle: Tenant) -> None:
    made = await created(idle.owner, "leads")
    assert (await idle.owner.ask(CANCEL, id=made["id"]))["cancelExport"] == {"status": "CANCELLED"}
    assert (await linked(idle.owner, made["id"]))["code"] == "CONFLICT"


async def test_files_of_an_organization_that_goes_go_with_it(stranger: Tenant) -> None:
    made = await written(stranger, stranger.owner, "leads")
    kept = StoredFile(stranger.organization_id, Shelf.EXPORTS, bare(made["id"]))
    storage = stranger.house.parts.storage
    assert await storage.exists(kept)
    delete = """mutation ($slug: String!) { deleteOrganization(input: {slug: $slug}) { __typename
      ... on Refused { message } } }"""
    answer = await stranger.owner.ask(delete, slug=stranger.slug)
    assert answer["deleteOrganization"]["__typename"] == "DeletedOrganization", answer
    await Shredding(stranger.house.parts.database, storage).empty()
    assert not await storage.exists(kept)
    assert await stranger.house.parts.database.look_up("find_folders_to_empty") == []
