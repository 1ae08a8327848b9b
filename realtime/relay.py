"""The relay: of all processes on one database, the one that tells the others through Redis how far each feed has come.

Every process stands for it. It publishes positions and nothing else, so two relays at once, or none for a while, only
repeat or delay what the followers would read from the table anyway.
"""

import asyncio
from collections.abc import Iterable
from uuid import UUID

import structlog

from db.database import Database
from db.election import elected
from domain.troubles import Trouble
from realtime.pokes import POKES, News, read_poke
from realtime.redis import Exchange
from realtime.waking import woken

log = structlog.get_logger()
_OFFICE = "rekindle relay"
_SWEEP_SECONDS = 1.0
_PAUSE_SECONDS = 1.0


class Relay:
    """Reads what was poked at once, and every second whatever somebody subscribes to, in case a poke was lost."""

    def __init__(self, database: Database, url: str, exchange: Exchange) -> None:
        self._database = database
        self._url = url
        self._exchange = exchange
        self._told: dict[UUID, int] = {}
        self._poked: set[UUID] = set()
        self._wake = asyncio.Event()

    async def run(self) -> None:
        while True:
            try:
                await self._exchange.ping()  # who cannot reach Redis does not stand
                await self._hold_office()
            except Trouble as trouble:
                log.warning("not the relay for now", reason=str(trouble))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _hold_office(self) -> None:
        async with elected(_OFFICE, self._url, POKES, self._hear) as confirm:
            log.info("this process is the relay")
            self._told = {}  # so that the first sweep tells everything, as nobody did between two relays
            while True:
                await confirm()
                await self._sweep()
                await self._follow_pokes(_SWEEP_SECONDS)

    def _hear(self, payload: str) -> None:
        self._poked |= read_poke(payload, News.FEED)
        self._wake.set()

    async def _sweep(self) -> None:
        await self._exchange.beat()
        wanted = await self._exchange.subscribed()
        self._told = {item: self._told[item] for item in wanted & self._told.keys()}
        await self._tell(wanted)

    async def _follow_pokes(self, seconds: float) -> None:
        end = asyncio.get_running_loop().time() + seconds
        while (left := end - asyncio.get_running_loop().time()) > 0:
            poked, self._poked = self._poked, set()
            if poked:
                await self._tell(poked)
            else:
                self._wake.clear()
                await woken(self._wake, left)

    async def _tell(self, organizations: Iterable[UUID]) -> None:
        rows = await self._database.look_up("event_positions", list(organizations))
        news = {row["organization_id"]: row["last_seq"] for row in rows}
        moved = {item: position for item, position in news.items() if position > self._told.get(item, -1)}
        await self._exchange.publish(moved)
        self._told |= moved
