"""Writes lists down as CSV, one export of an organization at a time, page by page."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from actions.exporting import complete_export, end_export, note_rows
from actions.holding import maker_of
from db.database import Database
from db.exporting import LISTS, permissions_for, write_export_page
from db.session import Session
from domain.exporting import ExportStatus, read_row
from domain.spreadsheets import write_csv
from gateways.storage.files import Shelf, Storage, StoredFile
from workers.holding import Held, take_work

_LARGEST_BYTES = 4 * 1024**3
_TELL_EVERY = 10_000  # rows


@dataclass(frozen=True, slots=True)
class Exporter:
    database: Database
    storage: Storage

    async def take_export(self, organization_id: UUID) -> bool:
        """The next one that is due, to its end. After a kill it is begun anew: a file appears whole or not at all."""
        return await take_work(self.database, "exporting", organization_id, self._do, _fail)

    async def _do(self, held: Held) -> None:
        file = StoredFile(held.organization_id, Shelf.EXPORTS, held.job["id"])
        size = await self.storage.put(file, self._lines(held), _LARGEST_BYTES)
        async with held.work() as session:
            await complete_export(session, held.job["id"], size)

    async def _lines(self, held: Held) -> AsyncIterator[bytes]:
        columns: list[str] = held.job["columns"]
        for piece in write_csv([columns]):
            yield piece
        told = done = total = 0
        async for page in self._pages(held):
            total = page.get("totalCount", total)
            for piece in write_csv((read_row(row, columns) for row in page["nodes"]), has_mark=False):
                yield piece
            done += len(page["nodes"])
            if done - told >= _TELL_EVERY or not page["pageInfo"]["hasNextPage"]:
                told = done
                async with held.work() as session:
                    await note_rows(session, held.job["id"], done, max(total, done))

    async def _pages(self, held: Held) -> AsyncIterator[dict[str, Any]]:
        """Read as whoever asked for it, with the rights they have now."""
        entity, after = LISTS[held.job["list"]], None
        columns, filter = held.job["columns"], orjson.loads(held.job["filter"])
        while True:
            async with held.work() as session:
                maker = await maker_of(session, held.job)
            for permission in permissions_for(entity, columns):
                maker.require(permission)
            statement, values = write_export_page(entity, columns, filter, after, maker.sight)
            page = orjson.loads(await self.database.read(maker, statement, values) or b"{}")
            yield page
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


async def _fail(session: Session, id: UUID, problem: str) -> None:
    await end_export(session, id, ExportStatus.FAILED, problem)
