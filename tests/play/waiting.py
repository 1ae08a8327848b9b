"""Waiting for what happens elsewhere: asked again until it is so, or until patience ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")
_PAUSE_SECONDS = 0.02


async def until(look: Callable[[], Awaitable[T]], seconds: float = 10) -> T:
    """The first answer that is true; the test fails where none comes in time."""
    deadline = time.monotonic() + seconds
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < deadline, f"waited {seconds} seconds; the last answer was {found!r}"
        await asyncio.sleep(_PAUSE_SECONDS)
