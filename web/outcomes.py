"""What became of the rows of an import, as CSV beside the cells they had."""

from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import UUID

import orjson

from actions.imports import read_outcomes
from db.database import Database
from db.session import Row
from domain.ids import show_id
from domain.imports.problems import Problem, ProblemCode
from domain.people import Actor
from domain.refusals import not_found
from domain.spreadsheets import Value, write_csv
from gateways.storage.files import Shelf, Storage, StoredFile
from gateways.tables.apart import Row as Line
from gateways.tables.apart import read_cells
from gateways.tables.faults import Choices

_AT_ONCE = 1000
_OURS = ("row", "outcome", "reasons", "lead")


async def outcome_lines(
    database: Database, storage: Storage, organization_id: UUID, import_id: UUID
) -> AsyncIterator[bytes]:
    """The header, then every row that is done, in the order of the file; without cells once the file is deleted."""
    actor = Actor(organization_id)
    async with database.work(actor) as session:
        facts = await session.row("imports", "get_outcome_facts", import_id)
    if facts is None:
        raise not_found("import", "importId")
    has_mark = True
    async for rows in _tables(database, storage, actor, import_id, facts):
        for piece in write_csv(rows, has_mark=has_mark):
            yield piece
        has_mark = False


async def _tables(
    database: Database, storage: Storage, actor: Actor, import_id: UUID, facts: Row
) -> AsyncIterator[list[list[Value]]]:
    headers = [] if facts["file_deleted_at"] else facts["headers"]
    yield [[*_OURS, *headers]]
    outcomes = _outcomes(database, actor, import_id)
    if facts["file_deleted_at"]:
        async for page in outcomes:
            yield [_ours(row) for row in page]
        return
    choices = Choices(facts["encoding"], facts["delimiter"], facts["header_row"])
    async with storage.local(StoredFile(actor.organization_id, Shelf.UPLOADS, import_id)) as path:
        cells = _flat(read_cells(path, choices))
        async for page in outcomes:
            yield [[*_ours(row), *await _cells_of(row["row_number"], cells)] for row in page]


async def _outcomes(database: Database, actor: Actor, import_id: UUID) -> AsyncIterator[Sequence[Row]]:
    last = 0
    while True:
        async with database.work(actor) as session:
            page = await read_outcomes(session, import_id, last, _AT_ONCE)
        if not page:
            return
        yield page
        last = page[-1]["row_number"]


async def _flat(batches: AsyncIterator[list[Line]]) -> AsyncIterator[Line]:
    async for batch in batches:
        for row in batch:
            yield row


async def _cells_of(number: int, cells: AsyncIterator[Line]) -> list[str]:
    """Both go by the number of the row, upwards."""
    async for found, texts in cells:
        if found == number:
            return texts
    return []


def _ours(row: Row) -> list[Value]:
    problems: list[dict[str, Any]] = orjson.loads(row["problems"]) if row["problems"] else []
    reasons = "; ".join(
        Problem(ProblemCode(one["code"]), one.get("field", ""), one.get("value", "")).sentence for one in problems
    )
    return [row["row_number"], row["outcome"], reasons, show_id("lead", row["lead_id"]) if row["lead_id"] else ""]
