"""How long a socket may stay: as long as its token is good, which is said before it ends."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

_NOTICE_SECONDS = 30.0


class Lease:
    """Announces its end, and then makes it. Renewed, it begins anew."""

    def __init__(self, announce: Callable[[str], Awaitable[None]], expire: Callable[[], Awaitable[None]]) -> None:
        self._announce = announce
        self._expire = expire
        self._ends: float | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def ends(self) -> str | None:
        """RFC 3339; None for one that does not end."""
        return datetime.fromtimestamp(self._ends, UTC).isoformat() if self._ends else None

    def renew(self, ends: float | None) -> None:
        self.end()
        self._ends = ends
        if ends is not None:
            self._task = asyncio.create_task(self._run(ends))

    def end(self) -> None:
        if self._task:
            self._task.cancel()
            self._task = None

    async def _run(self, ends: float) -> None:
        await asyncio.sleep(ends - _NOTICE_SECONDS - time.time())
        await self._announce(self.ends or "")
        await asyncio.sleep(ends - time.time())
        await self._expire()
