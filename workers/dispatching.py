"""Enrols those who are asked for, and hands steps of campaigns that are due to a carrier."""

import asyncio
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from uuid import UUID
from weakref import WeakValueDictionary

from actions.dispatching import dispatch
from actions.enrolling import take_requests
from actions.recalling import recall_portion
from actions.silence import take_silences
from db.database import Database
from db.session import Row
from domain.conversations import TEXT_CHANNELS, Carriage, Channel, carriage_of
from domain.people import Actor
from workers.receipts import Receipts
from workers.sending import Sender

Clock = Callable[[], datetime]
_AT_A_TIME = 10  # texts that are offered to the carrier at the same time


def now() -> datetime:
    return datetime.now(UTC)


async def take_enrollments(database: Database, organization_id: UUID, clock: Clock = now) -> bool:
    """A portion of those who are to be enrolled."""
    async with database.work(Actor(organization_id), is_routine=True) as session:
        return await take_requests(session, clock())


class Dispatcher:
    """Sends texts that are due, and rests while their carrier asks for it; all else it leaves to its queue."""

    def __init__(self, database: Database, senders: Mapping[Carriage, Sender], clock: Clock = now) -> None:
        self._database = database
        self._texts = senders.get(Carriage.TEXT)
        written = {*TEXT_CHANNELS, Channel.EMAIL, Channel.LINKEDIN}
        self._channels = frozenset(one for one in written if carriage_of(one) in senders)
        self._clock = clock
        self._turns: WeakValueDictionary[UUID, asyncio.Lock] = WeakValueDictionary()

    async def take_steps(self, organization_id: UUID) -> bool:
        """The turn of one campaign; false when none has anything due. The next of the same organization may be taken
        while the texts of this one are offered.
        """
        actor, one_by_one = Actor(organization_id), self._turns.setdefault(organization_id, asyncio.Lock())
        async with one_by_one:
            if self._texts and self._texts.is_resting():
                return False
            async with self._database.work(actor, is_routine=True) as session:
                texts = await dispatch(session, self._channels, self._clock())
        return await self._offer(actor, texts)

    async def find_silences(self) -> set[UUID]:
        """Organizations with conversations that are to be looked at."""
        return {row["organization_id"] for row in await self._database.look_up("organizations_with_silences")}

    async def take_silences(self, organization_id: UUID) -> bool:
        """A portion of the conversations in which nothing was said for long; false when none is to be looked at. Those
        that are to be looked at anew come first.
        """
        is_resting = self._texts is not None and self._texts.is_resting()
        channels = [one for one in self._channels if not (is_resting and one in TEXT_CHANNELS)]
        actor = Actor(organization_id)
        async with self._database.work(actor, is_routine=True) as session:
            if await recall_portion(session, self._clock()):
                return True
            texts = await take_silences(session, channels, self._clock())
        return await self._offer(actor, texts)

    async def _offer(self, actor: Actor, texts: list[Row] | None) -> bool:
        """To the carrier, several at a time; false where nothing was due."""
        if texts is None:
            return False
        gate, receipts = asyncio.Semaphore(_AT_A_TIME), Receipts(self._database, actor)
        await asyncio.gather(*(self._send(actor, text, gate, receipts) for text in texts))
        return True

    async def _send(self, actor: Actor, text: Row, gate: asyncio.Semaphore, receipts: Receipts) -> None:
        assert self._texts, "without a carrier for texts no step becomes one"
        async with gate:
            said = await self._texts.offer(actor, text)
        if said:
            await receipts.record(said)
