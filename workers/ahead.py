"""What is needed next is made while what there is is worked on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Generic, TypeVar

Item = TypeVar("Item")


class Ahead(Generic[Item]):
    """All of a source, one after the other; `begin` has the next one made already."""

    def __init__(self, source: AsyncIterator[Item]) -> None:
        self._source = source
        self._coming: asyncio.Task[Item | None] | None = None

    def begin(self) -> None:
        if self._coming is None:
            self._coming = asyncio.create_task(self._make())

    async def next(self) -> Item | None:
        """None after the last."""
        self.begin()
        assert self._coming
        item = await self._coming
        self._coming = None
        return item

    @contextlib.asynccontextmanager
    async def closed(self) -> AsyncIterator[None]:
        """What is being made when the block ends is given up."""
        try:
            yield
        finally:
            if self._coming:
                self._coming.cancel()
                await asyncio.gather(self._coming, return_exceptions=True)

    async def _make(self) -> Item | None:
        return await anext(self._source, None)
