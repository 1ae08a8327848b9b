"""Pokes: after a commit, one coalesced NOTIFY tells every process which organizations have news. It carries no facts.

A NOTIFY inside each transaction would take a lock of the whole cluster at commit; this one is outside, and at most one
per ten milliseconds and process.
"""

import asyncio
import json
from collections.abc import Callable
from uuid import UUID

import structlog

from db.database import Database
from db.listening import listen
from domain.troubles import Trouble

log = structlog.get_logger()
_CHANNEL = "rekindle"
_GATHER_SECONDS = 0.01
_MOST_IN_ONE = 180  # a notification holds 8,000 bytes

Hear = Callable[[set[UUID]], None]


class Pokes:
    """Sends and hears pokes. What this process commits reaches its own hearers at once, others through PostgreSQL."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._hearers: list[Hear] = []
        self._waiting: set[UUID] = set()
        self._wake = asyncio.Event()

    def on_poke(self, hear: Hear) -> None:
        self._hearers.append(hear)

    def poke(self, organization_id: UUID) -> None:
        self._waiting.add(organization_id)
        self._wake.set()
        self._tell({organization_id})

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send())
            group.create_task(listen(self._url, _CHANNEL, self._heard))

    def _heard(self, payload: str) -> None:
        self._tell({UUID(text) for text in json.loads(payload)})

    def _tell(self, organizations: set[UUID]) -> None:
        for hear in self._hearers:
            hear(organizations)

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            await asyncio.sleep(_GATHER_SECONDS)
            self._wake.clear()
            waiting, self._waiting = sorted(self._waiting), set()
            for start in range(0, len(waiting), _MOST_IN_ONE):
                await self._notify(waiting[start : start + _MOST_IN_ONE])

    async def _notify(self, organizations: list[UUID]) -> None:
        try:
            await self._database.look_up("poke", _CHANNEL, json.dumps([str(item) for item in organizations]))
        except Trouble as trouble:
            log.warning("poke not sent; others find the news by polling", reason=str(trouble))
