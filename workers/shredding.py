"""Deletes files whose time is up, those of organizations that are gone, and what uploads that broke off have left."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

import structlog

from actions.exporting import find_exports_to_forget, forget_export
from actions.imports import find_files_to_forget, forget_file
from db.database import Database
from db.session import Session
from domain.people import Actor
from domain.troubles import Trouble
from gateways.storage.files import Shelf, Storage, StoredFile

log = structlog.get_logger()
_ROUND_SECONDS = 60.0
_AT_ONCE = 10
Find = Callable[[Session, int], Awaitable[list[UUID]]]
Forget = Callable[[Session, UUID], Awaitable[None]]
_SHELVES: tuple[tuple[Shelf, Find, Forget], ...] = (
    (Shelf.UPLOADS, find_files_to_forget, forget_file),
    (Shelf.EXPORTS, find_exports_to_forget, forget_export),
)


class Shredding:
    def __init__(self, database: Database, storage: Storage) -> None:
        self._database = database
        self._storage = storage

    async def run(self) -> None:
        while True:
            try:
                await self.shred()
                await self.empty()
                await self._storage.sweep()
            except Trouble as trouble:
                log.warning("shredding is put off", reason=str(trouble))
            await asyncio.sleep(_ROUND_SECONDS)

    async def shred(self) -> None:
        """All that are due, organization by organization."""
        for row in await self._database.look_up("organizations_with_files_to_forget"):
            for shelf, find, forget in _SHELVES:
                while await self._portion(row["organization_id"], shelf, find, forget):
                    pass

    async def _portion(self, organization_id: UUID, shelf: Shelf, find: Find, forget: Forget) -> bool:
        """First the file, then the record that it is gone: a kill between them deletes it once more."""
        actor = Actor(organization_id)
        async with self._database.work(actor) as session:
            due = await find(session, _AT_ONCE)
        for id in due:
            await self._storage.delete(StoredFile(organization_id, shelf, id))
            async with self._database.work(actor) as session:
                await forget(session, id)
        return len(due) == _AT_ONCE

    async def empty(self) -> None:
        """Every file of organizations that were deleted; a kill on the way leaves them to the next round."""
        for row in await self._database.look_up("find_folders_to_empty"):
            count = await self._storage.clear(row["organization_id"])
            await self._database.look_up("note_folder_emptied", row["organization_id"])
            log.info("the files of an organization that is gone were deleted", files=count)
