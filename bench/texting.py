"""Texts that come in: committed by this process, which pokes as any other process of the product would."""

import asyncio
import itertools
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

from actions.receiving import receive_text
from db.database import Database
from domain.conversations import Channel, InboundText
from domain.people import Actor
from realtime.pokes import Pokes

OURS, THEIRS = "+447000000001", "+447000000001"  # the first lead of the fixtures


class Texts:
    def __init__(self, database: Database, organization: UUID) -> None:
        self._database = database
        self._actor = Actor(organization)
        self._numbers = itertools.count(1)

    async def receive(self) -> float:
        """When the next text was committed."""
        number = next(self._numbers)
        text = InboundText(
            f"bench-{number}", Channel.SMS, THEIRS, OURS, f"Is it still on, the {number}th?", (), datetime.now(UTC)
        )
        async with self._database.work(self._actor) as session:
            await receive_text(session, text)
        return time.perf_counter()


@asynccontextmanager
async def texting(url: str, organization: UUID) -> AsyncIterator[Texts]:
    database = Database(url, 2)
    await database.connect()
    pokes = Pokes(database, url)
    database.on_commit = pokes.committed
    task = asyncio.create_task(pokes.run())
    try:
        yield Texts(database, organization)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.disconnect()
