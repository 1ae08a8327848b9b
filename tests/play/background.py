"""Work in the background, as a dashboard begins and follows it: bulk operations and exports."""

import csv
import io
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from actions.bulk import begin_bulk_operation
from actions.exporting import create_export
from domain.bulk import BulkVerb
from domain.ids import show_id
from domain.people import Actor, Role
from tests.play.callers import Caller
from tests.play.tenant import Tenant
from tests.play.waiting import until

BEGIN = """mutation ($i: BeginBulkOperationInput!) { begin: beginBulkOperation(input: $i) {
  ... on BulkOperation { id status totalCount } ... on Refused { code message why: field } } }"""
OPERATION = """query ($id: ID!) { bulkOperation(id: $id) { id verb arguments filter status problem totalCount doneCount
  refusedCount completedAt version creator { id } rows(first: 100) { totalCount nodes { position outcome refusalCode
  reason lead { id } } } } }"""
CREATE = """mutation ($i: CreateExportInput!) { create: createExport(input: $i) {
  ... on Export { id status list columns } ... on Refused { code message why: field } } }"""
EXPORT = """query ($id: ID!) { export(id: $id) { id list filter columns status problem totalRows doneRows sizeBytes
  fileDeletedAt creator { id } } }"""
LINK = """mutation ($id: ID!) { linkExport(input: {exportId: $id}) {
  ... on DownloadLink { url expiresAt } ... on Refused { code message } } }"""


async def begin_bulk(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    begun: dict[str, Any] = (await caller.ask(BEGIN, i={"verb": verb} | given))["begin"]
    return begun


async def operation(caller: Caller, id: str) -> Any:
    return (await caller.ask(OPERATION, id=id))["bulkOperation"]


async def done_in_bulk(tenant: Tenant, caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    """A bulk operation that has ended."""
    begun = await begin_bulk(caller, verb, **given)
    assert "id" in begun, begun
    return await ended(tenant, caller, operation, begun["id"])


async def ended(tenant: Tenant, caller: Caller, read: Any, id: str) -> dict[str, Any]:
    async def has_ended() -> bool:
        tenant.poke()
        return (await read(caller, id))["status"] not in ("RUNNING", "WRITING")

    await until(has_ended, 60)
    found: dict[str, Any] = await read(caller, id)
    return found


async def export(caller: Caller, id: str) -> Any:
    return (await caller.ask(EXPORT, id=id))["export"]


async def created(caller: Caller, list: str, filter: Any = None, **given: Any) -> dict[str, Any]:
    made: dict[str, Any] = (await caller.ask(CREATE, i={"list": {list: filter or {}}} | given))["create"]
    return made


async def written(tenant: Tenant, caller: Caller, list: str, filter: Any = None, **given: Any) -> dict[str, Any]:
    """An export that has ended."""
    made = await created(caller, list, filter, **given)
    assert "id" in made, made
    return await ended(tenant, caller, export, made["id"])


async def linked(caller: Caller, id: str) -> Any:
    return (await caller.ask(LINK, id=id))["linkExport"]


async def fetched(url: str) -> httpx.Response:
    async with httpx.AsyncClient() as client:
        return await client.get(url)


async def table(tenant: Tenant, caller: Caller, list: str, filter: Any = None, **given: Any) -> Any:
    """The rows of a written list, each by its columns."""
    found = await written(tenant, caller, list, filter, **given)
    assert found["status"] == "COMPLETED", found
    content = await fetched((await linked(caller, found["id"]))["url"])
    assert content.status_code == 200, content.text
    return [*csv.DictReader(io.StringIO(content.content.decode("utf-8-sig")))]


async def crowd_of_leads(sql: asyncpg.Connection, organization_id: UUID, size: int) -> None:
    """Ann 1, Ann 2 and so on, each with a number, around everything that an action would do."""
    await sql.execute(
        "insert into leads (organization_id, id, first_name, phone, pipeline_stage_id)"
        " select $1, gen_random_uuid(), 'Ann ' || n, '+4478' || lpad(n::text, 8, '0'),"
        " (select id from pipeline_stages where organization_id = $1 and is_default) from generate_series(1, $2) n",
        organization_id,
        size,
    )


async def keep_work(tenant: Tenant, sql: asyncpg.Connection, lead: UUID) -> dict[str, str]:
    """Something that was done to a lead, a list that was written down, and words that are written another day."""
    later = "insert into words_due (organization_id, lead_ids, due_at) values ($1, array[$2::uuid], now() + $3)"
    await sql.execute(later, tenant.organization_id, lead, timedelta(days=1))
    async with tenant.house.parts.database.work(Actor(tenant.organization_id, tenant.members[Role.AGENT])) as session:
        operation = await begin_bulk_operation(session, BulkVerb.HAND_BACK, {}, lead_ids=[lead], filter=None)
        export = await create_export(session, "members", {}, [])

    async def is_done() -> bool:
        tenant.poke()
        of = "select status from bulk_operations where id = $1 union all select status from exports where id = $2"
        return {row["status"] for row in await sql.fetch(of, operation, export)} == {"COMPLETED"}

    await until(is_done)
    row = await sql.fetchval("select id from bulk_operation_rows where bulk_operation_id = $1", operation)
    return {
        "bulk_operation": show_id("bulk_operation", operation),
        "bulk_operation_row": show_id("bulk_operation_row", row),
        "export": show_id("export", export),
    }
