"""Records what carriers took, of several messages at once."""

import asyncio

from actions.sending import Taken, record_sent
from db.database import Database
from domain.people import Actor


class Receipts:
    """Of one organization. What is taken while a record is written is the next one, whoever handed it over."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self._database, self._actor = database, actor
        self._waiting: list[Taken] = []
        self._writing = asyncio.Lock()

    async def record(self, taken: Taken) -> None:
        """Recorded once this returns, by whoever came to it first."""
        self._waiting.append(taken)
        async with self._writing:
            together, self._waiting = self._waiting, []
            if together:
                async with self._database.work(self._actor) as session:
                    await record_sent(session, together)
