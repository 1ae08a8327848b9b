"""The tail reader: one per process, watches the counters of the organizations that have followers here."""

import asyncio
from collections.abc import Callable
from uuid import UUID

import structlog

from db.database import Database
from domain.troubles import Trouble
from realtime.hub import Hub
from realtime.waking import woken

log = structlog.get_logger()
_SWEEP_SECONDS = 1.0
_RELAYED_SWEEP_SECONDS = 5.0


class Tail:
    """Reads when poked, and sweeps over everything followed in case a poke was lost: every second, or every five where
    `is_relayed` says that positions come through Redis as well. `is_fresh` tells whether the last reading worked."""

    def __init__(self, database: Database, hub: Hub, is_relayed: Callable[[], bool] | None = None) -> None:
        self._database = database
        self._hub = hub
        self._is_relayed = is_relayed
        self._poked: set[UUID] = set()
        self._wake = asyncio.Event()
        self._swept_at = float("-inf")
        self.is_fresh = False

    def hear(self, organizations: set[UUID]) -> None:
        followed = organizations.intersection(self._hub.followed)
        if followed:
            self._poked |= followed
            self._wake.set()

    async def run(self) -> None:
        try:
            while True:
                self._wake.clear()
                poked, self._poked = self._poked, set()
                if self._seconds_to_sweep() <= 0:
                    await self._sweep()
                elif poked:
                    await self._read(list(poked))
                # Not longer than a second, because Redis may be lost meanwhile; a timer may fire a little early.
                await woken(self._wake, min(max(self._seconds_to_sweep(), 0.01), _SWEEP_SECONDS))
        finally:
            self.is_fresh = False

    def _seconds_to_sweep(self) -> float:
        # A failed reading forgets who was poked: then everything is read anew, and soon.
        is_relayed = self.is_fresh and self._is_relayed and self._is_relayed()
        pause = _RELAYED_SWEEP_SECONDS if is_relayed else _SWEEP_SECONDS
        return self._swept_at + pause - asyncio.get_running_loop().time()

    async def _sweep(self) -> None:
        self._swept_at = asyncio.get_running_loop().time()
        await self._read(self._hub.followed)

    async def _read(self, organizations: list[UUID]) -> None:
        try:
            for row in await self._database.look_up("event_positions", organizations):
                if row["last_seq"] > self._hub.position(row["organization_id"]):
                    await self._hub.publish(row["organization_id"], row["last_seq"])
            self.is_fresh = True
        except Trouble as trouble:
            self.is_fresh = False
            log.warning("feed is waiting for the database", reason=str(trouble))
