"""Keeps the feed's table small: what is older than a set time is forgotten, a little at a time."""

import asyncio
from datetime import UTC, datetime, timedelta
from uuid import UUID

import structlog

from actions.analytics import forget_events
from db.database import Database
from domain.people import Actor
from domain.troubles import Trouble

log = structlog.get_logger()
_ROUND_SECONDS = 60.0


class Forgetting:
    def __init__(self, database: Database, remembered: timedelta) -> None:
        self._database = database
        self._remembered = remembered

    async def run(self) -> None:
        while True:
            try:
                await self.forget(datetime.now(UTC) - self._remembered)
            except Trouble as trouble:
                log.warning("forgetting is waiting for the database", reason=str(trouble))
            await asyncio.sleep(_ROUND_SECONDS)

    async def forget(self, before: datetime) -> None:
        """Everything older, for every organization."""
        for row in await self._database.look_up("organizations_with_events_before", before):
            while await self._portion(row["organization_id"], before):
                pass

    async def _portion(self, organization_id: UUID, before: datetime) -> int:
        """In a transaction of its own, so that the organization's writers are never held up for long."""
        async with self._database.work(Actor(organization_id)) as session:
            return await forget_events(session, before)
