"""Cohorts: those who ask the same of one organization share one reading and one encoding of every event."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from domain.troubles import Trouble
from realtime.channel import Channel, Concerns

log = structlog.get_logger()
_RETRY_SECONDS = 0.5
_AT_ONCE = 250  # seats that are handed an event before the loop may do something else

Read = Callable[[int, int], Awaitable[list[tuple[int, bytes]]]]


@dataclass(eq=False, slots=True)
class Seat:
    """A place in a cohort. `take` hands an event over at once, or says that no more can be taken now: the seat ends."""

    take: Callable[[bytes], bool]
    position: int
    ended: asyncio.Future[None]


@dataclass(eq=False, slots=True)
class Cohort:
    """Reads each event that may concern it once, and hands it to every seat that has not had it."""

    channel: Channel
    read: Read
    concerns: Concerns
    position: int
    seats: set[Seat] = field(default_factory=set)

    def sit(self, take: Callable[[bytes], bool], position: int) -> Seat:
        """A seat for one who has had everything up to `position`, which the cohort has not passed."""
        assert position >= self.position
        seat = Seat(take, position, asyncio.get_running_loop().create_future())
        self.seats.add(seat)
        return seat

    def leave(self, seat: Seat) -> None:
        self.seats.discard(seat)
        if not seat.ended.done():
            seat.ended.set_result(None)

    async def run(self) -> None:
        """Until cancelled. A bug ends it and, with it, every stream that sits here: told, not deaf."""
        try:
            with self.channel.reading():
                await self._follow()
        except Exception as error:
            for seat in self.seats:
                if not seat.ended.done():
                    seat.ended.set_exception(error)

    async def _follow(self) -> None:
        while True:
            self.position, horizon = await self.channel.beyond(self.position, self.concerns)
            try:
                await self._hand_out(horizon)
            except Trouble as trouble:
                log.warning("feed is waiting for the database", reason=str(trouble))
                await asyncio.sleep(_RETRY_SECONDS)

    async def _hand_out(self, horizon: int) -> None:
        while rows := await self.read(self.position, horizon):
            for position, event in rows:
                await self._hand(position, event)
        self.position = max(self.position, horizon)

    async def _hand(self, position: int, event: bytes) -> None:
        # First the position: whoever sits down while this is handed round has read this event already.
        self.position = position
        for number, seat in enumerate(tuple(self.seats), start=1):
            if seat.position < position and seat in self.seats:
                seat.position = position
                if not seat.take(event):
                    self.leave(seat)
            if number % _AT_ONCE == 0:
                await asyncio.sleep(0)


@dataclass(slots=True)
class _Kept:
    cohort: Cohort
    task: asyncio.Task[None]
    members: int = 0


class Cohorts:
    """The cohorts of this process by what they ask. One without members ends."""

    def __init__(self) -> None:
        self._kept: dict[Hashable, _Kept] = {}

    @contextmanager
    def joined(
        self, key: Hashable, channel: Channel, read: Read, concerns: Concerns, position: int
    ) -> Iterator[Cohort]:
        """The cohort of this key; where there is none it begins at `position`."""
        kept = self._kept.get(key)
        if kept is None or kept.task.done():
            cohort = Cohort(channel, read, concerns, position)
            kept = self._kept[key] = _Kept(cohort, asyncio.create_task(cohort.run()))
        kept.members += 1
        try:
            yield kept.cohort
        finally:
            kept.members -= 1
            if not kept.members:
                kept.task.cancel()
                if self._kept.get(key) is kept:
                    del self._kept[key]
