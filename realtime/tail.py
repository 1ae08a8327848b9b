"""The tail reader: one per process, watches the counters of the organizations that have followers here."""

import asyncio
from uuid import UUID

import structlog

from db.database import Database
from domain.troubles import Trouble
from realtime.hub import Hub

log = structlog.get_logger()
_POLL_SECONDS = 1.0


class Tail:
    """Reads when poked, and every second in case a poke was lost. `is_fresh` tells whether the last reading worked."""

    def __init__(self, database: Database, hub: Hub) -> None:
        self._database = database
        self._hub = hub
        self._poked: set[UUID] = set()
        self._wake = asyncio.Event()
        self.is_fresh = False

    def hear(self, organizations: set[UUID]) -> None:
        followed = organizations.intersection(self._hub.followed)
        if followed:
            self._poked |= followed
            self._wake.set()

    async def run(self) -> None:
        try:
            while True:
                poked, self._poked = self._poked, set()
                await self._read(list(poked) or self._hub.followed)
                if not self._poked:
                    await self._wait()
        finally:
            self.is_fresh = False

    async def _wait(self) -> None:
        self._wake.clear()
        try:
            await asyncio.wait_for(self._wake.wait(), _POLL_SECONDS)
        except TimeoutError:
            return

    async def _read(self, organizations: list[UUID]) -> None:
        try:
            for row in await self._database.look_up("event_positions", organizations):
                await self._hub.publish(row["organization_id"], row["last_seq"])
            self.is_fresh = True
        except Trouble as trouble:
            self.is_fresh = False
            log.warning("feed is waiting for the database", reason=str(trouble))
