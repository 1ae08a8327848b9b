"""The hub: how far the feed of each organization has come, for those who follow it in this process.

It rides on `broadcaster` and owns what that lacks: one subscription per channel, and followers that cannot fall behind,
because a follower is told a position and reads the table itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from broadcaster import Broadcast
from broadcaster._backends.base import BroadcastBackend


class Channel:
    """The newest known position of one organization."""

    def __init__(self) -> None:
        self.followers = 0
        self.position = -1
        self.subscribed = asyncio.Event()
        self.reader: asyncio.Task[None] | None = None
        self._moved = asyncio.Event()

    def move(self, position: int) -> None:
        if position > self.position:
            self.position = position
            self._moved.set()
            self._moved = asyncio.Event()

    async def beyond(self, position: int) -> int:
        """Waits until the feed has come further than `position`."""
        while self.position <= position:
            await self._moved.wait()
        return self.position


@asynccontextmanager
async def open_hub(url: str, backend: BroadcastBackend | None = None) -> AsyncIterator["Hub"]:
    """`memory://` keeps everything within the process; a backend of ours comes in its place."""
    async with Broadcast(url, backend=backend) as broadcast:
        hub = Hub(broadcast)
        try:
            yield hub
        finally:
            await hub.close()


class Hub:
    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
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
                channel.move(int(event.message))
