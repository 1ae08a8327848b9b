"""Waiting to be woken, or for the time to be up."""

import asyncio
import contextlib


async def woken(wake: asyncio.Event, seconds: float) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await wake.wait()
