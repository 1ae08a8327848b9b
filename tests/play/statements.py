"""What a process says to its database: every statement of every connection, as the driver logs it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from asyncpg.connection import LoggedQuery

from tests.play.house import House


@dataclass(slots=True)
class Log:
    """Statements in the order in which they were answered."""

    said: list[LoggedQuery] = field(default_factory=list)

    def hear(self, query: LoggedQuery) -> None:
        self.said.append(query)

    @contextmanager
    def of(self, organization_id: UUID) -> Iterator[list[str]]:
        """Fills with what was said for one organization within the block, and every word about transactions."""
        start, found = len(self.said), list[str]()
        yield found
        found += [item.query for item in self.said[start:] if not item.args or item.args[0] == organization_id]


@asynccontextmanager
async def listened_to(house: House) -> AsyncIterator[Log]:
    """Holds every connection of the pool at once, so that each gets its logger."""
    log, everybody = Log(), asyncio.Barrier(house.settings.pool_size)

    async def attach() -> None:
        async with house.parts.database.connection() as connection:
            await everybody.wait()
            connection.add_query_logger(log.hear)

    async with asyncio.TaskGroup() as group:
        for _ in range(house.settings.pool_size):
            group.create_task(attach())
    yield log
