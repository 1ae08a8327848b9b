"""Records what carriers said of messages, of several at once."""

import asyncio
from collections.abc import Sequence

from actions.sending import Refused, Taken, record_failed, record_sent
from db.database import Database
from domain.people import Actor


async def record(database: Database, actor: Actor, said: Sequence[Taken | Refused]) -> None:
    """Each kind by itself, because each locks its leads in one order."""
    if taken := [one for one in said if isinstance(one, Taken)]:
        async with database.work(actor, is_routine=True) as session:
            await record_sent(session, taken)
    if refused := [one for one in said if isinstance(one, Refused)]:
        async with database.work(actor, is_routine=True) as session:
            await record_failed(session, refused)


class Receipts:
    """Of one organization. What is said while a record is written is the next one, whoever was told."""

    def __init__(self, database: Database, actor: Actor) -> None:
        self._database, self._actor = database, actor
        self._waiting: list[Taken | Refused] = []
        self._writing = asyncio.Lock()

    async def record(self, said: Taken | Refused) -> None:
        """Recorded once this returns, by whoever came to it first."""
        self._waiting.append(said)
        await asyncio.sleep(0)  # whoever was told at the same moment comes along
        async with self._writing:
            together, self._waiting = self._waiting, []
            await record(self._database, self._actor, together)
