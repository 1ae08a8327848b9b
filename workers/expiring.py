"""Switches off the social connections whose time is up (S4.4)."""

import asyncio

import structlog

from actions.credentials import expire_credentials
from db.database import Database
from domain.people import Actor
from domain.troubles import Trouble

log = structlog.get_logger()
_ROUND_SECONDS = 60.0


class Expiring:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        while True:
            try:
                await self.expire()
            except Trouble as trouble:
                log.warning("expiring is waiting for the database", reason=str(trouble))
            await asyncio.sleep(_ROUND_SECONDS)

    async def expire(self) -> None:
        """All that are due, organization by organization."""
        for row in await self._database.look_up("organizations_with_expired_credentials"):
            async with self._database.work(Actor(row["organization_id"])) as session:
                count = await expire_credentials(session)
            log.info("credentials expired", organization=str(row["organization_id"]), count=count)
