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
POKES = "rekindle"
_GATHER_SECONDS = 0.01
_MOST_IN_ONE = 180  # a notification holds 8,000 bytes

Hear = Callable[[set[UUID]], None]


class Pokes:
    """Sends and hears pokes. What this process commits reaches its own hearers at once, others through PostgreSQL."""

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._hearers: list[Hear] = []
        self._far_hearers: list[Hear] = []
        self._waiting: set[UUID] = set()
        self._wake = asyncio.Event()

    def on_poke(self, hear: Hear, *, far: bool = True) -> None:
        """`far` off: only of what this process commits itself. Where nobody wants more, nothing is listened to."""
        self._hearers.append(hear)
        if far:
            self._far_hearers.append(hear)

    def poke(self, organization_id: UUID) -> None:
        self._waiting.add(organization_id)
        self._wake.set()
        _tell(self._hearers, {organization_id})

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send())
            if self._far_hearers:
                group.create_task(listen(self._url, POKES, self._heard))

    def _heard(self, payload: str) -> None:
        _tell(self._far_hearers, read_poke(payload))

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
            await self._database.look_up("poke", POKES, json.dumps([str(item) for item in organizations]))
        except Trouble as trouble:
            log.warning("poke not sent; others find the news by polling", reason=str(trouble))


def read_poke(payload: str) -> set[UUID]:
    return {UUID(text) for text in json.loads(payload)}


def _tell(hearers: list[Hear], organizations: set[UUID]) -> None:
    for hear in hearers:
        hear(organizations)
