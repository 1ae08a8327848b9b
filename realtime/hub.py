"""The hub: how far the feed of each organization has come, for those who follow it in this process.

It rides on `broadcaster` and owns what that lacks: one subscription per channel, and followers that cannot fall behind,
because a follower is told a position and reads the table itself.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

from broadcaster import Broadcast


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
async def open_hub(url: str) -> AsyncIterator["Hub"]:
    """`memory://` keeps everything within the process."""
    async with Broadcast(url) as broadcast:
        yield Hub(broadcast)


class Hub:
    def __init__(self, broadcast: Broadcast) -> None:
        self._broadcast = broadcast
        self._channels: dict[UUID, Channel] = {}
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

    async def _join(self, organization_id: UUID) -> Channel:
        async with self._lock:
            channel = self._channels.get(organization_id)
            if channel is None:
                channel = self._channels[organization_id] = Channel()
                channel.reader = asyncio.create_task(self._read(organization_id, channel))
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
