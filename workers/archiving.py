"""Puts away the datasets whose time is up (S1.22)."""

import asyncio

import structlog

from actions.datasets import archive_due_datasets
from db.database import Database
from domain.people import Actor
from domain.troubles import Trouble

log = structlog.get_logger()
_ROUND_SECONDS = 60.0


class Archiving:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        while True:
            try:
                await self.archive()
            except Trouble as trouble:
                log.warning("archiving is waiting for the database", reason=str(trouble))
            await asyncio.sleep(_ROUND_SECONDS)

    async def archive(self) -> None:
        """All that are due, organization by organization."""
        for row in await self._database.look_up("organizations_with_datasets_to_archive"):
            async with self._database.work(Actor(row["organization_id"])) as session:
                count = await archive_due_datasets(session)
            log.info("datasets archived", organization=str(row["organization_id"]), count=count)
