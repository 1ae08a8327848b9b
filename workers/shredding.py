"""Deletes uploaded files whose time is up, and what was quoted from them."""

import asyncio
from uuid import UUID

import structlog

from actions.imports import find_files_to_forget, forget_file
from db.database import Database
from domain.people import Actor
from domain.troubles import Trouble
from gateways.storage.files import Shelf, Storage, StoredFile

log = structlog.get_logger()
_ROUND_SECONDS = 60.0
_AT_ONCE = 10


class Shredding:
    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def run(self) -> None:
        while True:
            try:
                await self.shred()
            except Trouble as trouble:
                log.warning("shredding is put off", reason=str(trouble))
            await asyncio.sleep(_ROUND_SECONDS)

    async def shred(self) -> None:
        """All that are due, organization by organization."""
        for row in await self._database.look_up("organizations_with_files_to_forget"):
            while await self._portion(row["organization_id"]):
                pass

    async def _portion(self, organization_id: UUID) -> bool:
        """First the file, then the record that it is gone: a kill between them deletes it once more."""
        actor = Actor(organization_id)
        async with self._database.work(actor) as session:
            due = await find_files_to_forget(session, _AT_ONCE)
        for import_id in due:
            await self._storage.delete(StoredFile(organization_id, Shelf.UPLOADS, import_id))
            async with self._database.work(actor) as session:
                await forget_file(session, import_id)
        return len(due) == _AT_ONCE
