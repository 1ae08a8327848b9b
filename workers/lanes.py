"""Lanes: take the organizations that have something due, a portion at a time, fairly."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import structlog

from db.database import Database
from domain.troubles import Trouble

log = structlog.get_logger()
_SWEEP_SECONDS = 2.0
_REST_SECONDS = 1.0
_LAST_SECONDS = 3.0  # for what is under way when the process leaves


@dataclass(slots=True)
class Queue:
    """One kind of work. `take` does a portion for an organization and says whether there may be more already.

    An organization is in one lane at a time, so its items are worked off in order; after each it goes to the back.
    Where order is kept otherwise it may be in several, which is what `abreast` says.
    """

    name: str  # what a poke calls it that says that something is due, where there are such pokes
    take: Callable[[UUID], Coroutine[Any, Any, bool]]
    lanes: int = 4
    abreast: int = 1
    find: Callable[[], Awaitable[set[UUID]]] | None = None  # whose is due, where the queues' own function does not know
    waiting: dict[UUID, None] = field(default_factory=dict)
    shared: dict[UUID, None] = field(default_factory=dict)  # at work, with room for one more lane
    busy: Counter[UUID] = field(default_factory=Counter)  # in how many lanes they are
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, organizations: set[UUID]) -> None:
        self.waiting.update(dict.fromkeys(organizations))
        self.changed.set()

    async def run(self, database: Database) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._sweep(database))
            for _ in range(self.lanes):
                group.create_task(self._work())

    async def _sweep(self, database: Database) -> None:
        """Finds what no poke told of: what became due by the clock, and what a dead process left."""
        while True:
            try:
                self.add(await self.find() if self.find else await self._due(database))
            except Trouble as trouble:
                log.warning("queue is waiting for the database", queue=self.name, reason=str(trouble))
            await asyncio.sleep(_SWEEP_SECONDS)

    async def _due(self, database: Database) -> set[UUID]:
        return {row["organization_id"] for row in await database.look_up("due_organizations", self.name)}

    async def _work(self) -> None:
        while True:
            organization = await self._next()
            try:
                if await _whole(self.take(organization)):
                    self.waiting[organization] = None
                else:
                    self.shared.pop(organization, None)
            except Trouble as trouble:
                log.warning("work put off", queue=self.name, reason=str(trouble))
                await asyncio.sleep(_REST_SECONDS)
            except Exception:
                log.exception("bug in a worker", queue=self.name, organization=str(organization))
                await asyncio.sleep(_REST_SECONDS)
            finally:
                self._leave(organization)

    async def _next(self) -> UUID:
        while True:
            ready = (item for item in (*self.waiting, *self.shared) if self.busy[item] < self.abreast)
            if organization := next(ready, None):
                self._enter(organization)
                return organization
            self.changed.clear()
            await self.changed.wait()

    def _enter(self, organization: UUID) -> None:
        self.waiting.pop(organization, None)
        self.shared.pop(organization, None)
        self.busy[organization] += 1
        if self.busy[organization] < self.abreast:
            self.shared[organization] = None
            self.changed.set()

    def _leave(self, organization: UUID) -> None:
        self.busy -= Counter((organization,))
        if not self.busy[organization]:
            self.shared.pop(organization, None)
        self.changed.set()


async def _whole(item: Coroutine[Any, Any, bool]) -> bool:
    """What was begun is finished though the process leaves, so that what the carrier took is recorded at once."""
    task = asyncio.create_task(item)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.gather(asyncio.wait_for(task, _LAST_SECONDS), return_exceptions=True)
        raise
