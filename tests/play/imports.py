"""Files of people on their way in, as a dashboard sends them."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.play.tenant import Tenant
from tests.play.waiting import until

CREATE = """mutation ($i: CreateImportInput!) { createImport(input: $i) {
  ... on NewImport { uploadUrl import { id status duplicatePolicy } } ... on Refused { code why: message field } } }"""
BEGIN = """mutation ($i: BeginImportInput!) { %s(input: $i) {
  ... on Import { id status } ... on Refused { code why: message field } } }"""
STATE = """query ($id: ID!) { import(id: $id) { id status problem fileKind encoding delimiter totalRows doneRows
  createdCount mergedCount linkedCount repeatedCount skippedCount failedCount rehearsedAt completedAt fileDeletedAt
  columns(first: 100) { nodes { position header target confidence samples } }
  rows(first: 100) { nodes { rowNumber outcome problems lead { id name phone } } } } }"""
DATASET = """mutation ($i: CreateDatasetInput!) { createDataset(input: $i) { ... on Dataset { id } } }"""


async def dataset(tenant: Tenant, **facts: Any) -> str:
    made = await tenant.owner.ask(DATASET, i={"name": uuid4().hex} | facts)
    id: str = made["createDataset"]["id"]
    return id


async def announced(tenant: Tenant, dataset_id: str | None = None, **given: Any) -> tuple[str, str]:
    """A new import and where its file goes."""
    of = dataset_id or await dataset(tenant)
    made = (await tenant.owner.ask(CREATE, i={"datasetId": of, "fileName": "people.csv"} | given))["createImport"]
    return made["import"]["id"], made["uploadUrl"]


async def put(url: str, content: bytes) -> httpx.Response:
    async with httpx.AsyncClient(timeout=60) as client:
        return await client.put(url, content=content)


async def state(tenant: Tenant, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await tenant.owner.ask(STATE, id=id))["import"]
    return found


async def reached(tenant: Tenant, id: str, *statuses: str) -> dict[str, Any]:
    """Returns when the import stands there."""

    async def is_there() -> bool:
        tenant.poke()
        return (await state(tenant, id))["status"] in statuses

    await until(is_there, 60)
    return await state(tenant, id)


async def mapped(tenant: Tenant, content: bytes, dataset_id: str | None = None, **given: Any) -> dict[str, Any]:
    """An import whose file was read."""
    id, url = await announced(tenant, dataset_id, **given)
    assert (await put(url, content)).status_code == 200
    return await reached(tenant, id, "MAPPING", "FAILED")


async def imported(tenant: Tenant, content: bytes, dataset_id: str | None = None, **given: Any) -> dict[str, Any]:
    """An import that has ended."""
    found = await mapped(tenant, content, dataset_id, **given)
    await begin(tenant, found["id"])
    return await reached(tenant, found["id"], "COMPLETED", "FAILED")


async def begin(tenant: Tenant, id: str, verb: str = "beginImport", **given: Any) -> dict[str, Any]:
    begun: dict[str, Any] = (await tenant.owner.ask(BEGIN % verb, i={"importId": id} | given))[verb]
    return begun


def outcomes(found: dict[str, Any]) -> list[str]:
    return [row["outcome"] for row in found["rows"]["nodes"]]


def bare(id: str) -> UUID:
    return UUID(id.rpartition("_")[2])
