"""The hub: how far the feed of each organization has come, for those who follow it in this process.

It rides on `broadcaster` and owns what that lacks: one subscription per channel, and followers that cannot fall behind,
because a follower is told a position and reads the table itself.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from uuid import UUID

from broadcaster import Broadcast
from broadcaster._backends.base import BroadcastBackend

from realtime.channel import Channel, Fact

# Facts about the events of an organization between two positions, or nothing.
Look = Callable[[UUID, int, int], Awaitable[Sequence[Fact]]]


async def _look_away(organization_id: UUID, after: int, until: int) -> Sequence[Fact]:
    return ()


@asynccontextmanager
async def open_hub(url: str, look: Look = _look_away, backend: BroadcastBackend | None = None) -> AsyncIterator["Hub"]:
    """`memory://` keeps everything within the process; a backend of ours comes in its place."""
    async with Broadcast(url, backend=backend) as broadcast:
        hub = Hub(broadcast, look)
        try:
            yield hub
        finally:
            await hub.close()


class Hub:
    """`look` is asked about new events once per organization where many would read them each for themselves."""

    def __init__(self, broadcast: Broadcast, look: Look = _look_away) -> None:
        self._broadcast = broadcast
        self._look = look
        self._channels: dict[UUID, Channel] = {}
        self._readers: set[asyncio.Task[None]] = set()  # one that was cancelled is here until it has unsubscribed
        self._lock = asyncio.Lock()

    @property
    def followed(self) -> list[UUID]:
        return list(self._channels)

    def followers(self, organization_id: UUID) -> int:
        """How many streams of this process follow an organization."""
        channel = self._channels.get(organization_id)
        return channel.followers if channel else 0

    def position(self, organization_id: UUID) -> int:
        """How far an organization's feed is known to have come here."""
        channel = self._channels.get(organization_id)
        return channel.position if channel else -1

    async def publish(self, organization_id: UUID, position: int) -> None:
        await self._broadcast.publish(str(organization_id), str(position))

    @asynccontextmanager
    async def follow(self, organization_id: UUID) -> AsyncIterator[Channel]:
        channel = await self._join(organization_id)
        try:
            yield channel
        finally:
            self._leave(organization_id, channel)

    async def close(self) -> None:
        """Ends what is left: a stream whose socket was cut as the process stops may not have left yet."""
        for reader in self._readers:
            reader.cancel()
        await asyncio.gather(*self._readers, return_exceptions=True)

    async def _join(self, organization_id: UUID) -> Channel:
        async with self._lock:
            channel = self._channels.get(organization_id)
            if channel is None:
                channel = self._channels[organization_id] = Channel()
                channel.reader = asyncio.create_task(self._read(organization_id, channel))
                self._readers.add(channel.reader)
                channel.reader.add_done_callback(self._readers.discard)
            channel.followers += 1
            try:
                await channel.subscribed.wait()
            except BaseException:
                self._leave(organization_id, channel)
                raise
            return channel

    def _leave(self, organization_id: UUID, channel: Channel) -> None:
        channel.followers -= 1
        if channel.followers or not channel.reader:
            return
        self._channels.pop(organization_id, None)
        channel.reader.cancel()

    async def _read(self, organization_id: UUID, channel: Channel) -> None:
        async with self._broadcast.subscribe(str(organization_id)) as events:
            channel.subscribed.set()
            async for event in events:  # type: ignore[union-attr]
                assert event
                await self._move(organization_id, channel, int(event.message))

    async def _move(self, organization_id: UUID, channel: Channel, position: int) -> None:
        facts: Sequence[Fact] = ()
        if channel.wants_facts(position):
            facts = await self._look(organization_id, channel.position, position)
        channel.move(position, facts)
