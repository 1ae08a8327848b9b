"""Tends leads in the background: has them leave stages that go, begin and end with campaigns, and scores them anew."""

import asyncio
from uuid import UUID

import structlog

from actions.campaign_tending import tend_campaign
from actions.pipeline import empty_stage
from actions.scoring import score_portion
from db.database import Database
from domain.people import Actor
from domain.troubles import Trouble

log = structlog.get_logger()
_ROUND_SECONDS = 2.0


class Tending:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self) -> None:
        while True:
            try:
                await self.tend()
            except Trouble as trouble:
                log.warning("tending leads is waiting for the database", reason=str(trouble))
            await asyncio.sleep(_ROUND_SECONDS)

    async def tend(self) -> None:
        """All that is due, a portion for each organization in turn."""
        waiting = [row["organization_id"] for row in await self._database.look_up("organizations_with_leads_to_tend")]
        while waiting:
            waiting = [organization_id for organization_id in waiting if await self._portion(organization_id)]

    async def _portion(self, organization_id: UUID) -> bool:
        """In transactions of their own, so that nobody who works with these leads waits for long."""
        async with self._database.work(Actor(organization_id)) as session:
            moved = await empty_stage(session)
        async with self._database.work(Actor(organization_id)) as session:
            told = await tend_campaign(session)
        async with self._database.work(Actor(organization_id)) as session:
            return await score_portion(session) or told or moved is not None
