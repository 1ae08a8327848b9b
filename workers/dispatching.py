"""Enrols those who are asked for, and hands steps of campaigns that are due to a carrier."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

from actions.dispatching import dispatch
from actions.enrolling import take_requests
from db.database import Database
from domain.conversations import TEXT_CHANNELS
from domain.people import Actor
from workers.sending import Sender

Clock = Callable[[], datetime]
_AT_A_TIME = 10  # texts that are offered to the carrier at the same time


def now() -> datetime:
    return datetime.now(UTC)


async def take_enrollments(database: Database, organization_id: UUID, clock: Clock = now) -> bool:
    """A portion of those who are to be enrolled."""
    async with database.work(Actor(organization_id)) as session:
        return await take_requests(session, clock())


class Dispatcher:
    """Sends what is due through the one sender, which rests while the carrier asks it to."""

    def __init__(self, database: Database, sender: Sender, clock: Clock = now) -> None:
        self._database = database
        self._sender = sender
        self._clock = clock

    async def take_steps(self, organization_id: UUID) -> bool:
        """The turn of one campaign; false when none has anything due."""
        if self._sender.is_resting():
            return False
        actor = Actor(organization_id)
        async with self._database.work(actor) as session:
            texts = await dispatch(session, TEXT_CHANNELS, self._clock())
        if texts is None:
            return False
        gate = asyncio.Semaphore(_AT_A_TIME)

        async def send(text: dict[str, object]) -> None:
            async with gate:
                await self._sender.send(actor, text)

        await asyncio.gather(*(send(dict(text)) for text in texts))
        return True
