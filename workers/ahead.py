"""Work that goes on while something is waited for."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from typing import TypeVar

Item = TypeVar("Item")


async def one_ahead(source: AsyncIterator[Item]) -> AsyncGenerator[Item, None]:
    """All of `source`, each item while the next one is made already; whoever stops early closes both."""
    coming = _next(source)
    try:
        while (item := await coming) is not None:
            coming = _next(source)
            yield item
    finally:
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)


def _next(source: AsyncIterator[Item]) -> "asyncio.Task[Item | None]":
    async def one() -> Item | None:
        return await anext(source, None)

    return asyncio.create_task(one())
