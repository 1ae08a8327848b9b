"""Crowds: the sockets that are listened at together, and what was heard on them."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import orjson

PATIENCE_SECONDS = 60
_SILENCE_SECONDS = 10.0  # after which nothing more is expected
_REPEATS_SECONDS = 0.5  # in which what comes twice would come


class Crowd:
    """Sockets by their place, and when each event reached each of them since it was last asked."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.latest = b""
        self.wanted = 0
        self.lost: str | None = None
        self.is_leaving = False
        self.enough = asyncio.Event()
        self.sockets: dict[int, Any] = {}

    def take(self, place: int, message: bytes, now: float) -> None:
        self.times.append(now)
        self.latest = message

    def leave(self, place: int, why: str) -> None:
        self.lost = why
        self.enough.set()

    def look(self) -> None:
        if self.lost or len(self.times) >= self.wanted:
            self.enough.set()

    async def gather(self, count: int) -> Any:
        """Waits for so many deliveries, and forgets them; answers when they came."""
        self.wanted = count
        self.enough.clear()
        if len(self.times) < count and not self.lost:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.enough.wait()
        if self.lost or len(self.times) > count:
            raise ConnectionError(self.lost or f"{len(self.times)} deliveries came where {count} were due.")
        times, self.times = self.times, []
        return times


@dataclass(slots=True)
class Notes:
    """Deliveries in the order they came: to which place, of which text, under which cursor, and when."""

    places: list[int] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    cursors: list[int] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    returns: int = 0  # how often somebody was cut off and came back


class Ledger(Crowd):
    """Notes who heard what. Whoever is cut off comes back with the last cursor, as the recipe for clients says."""

    def __init__(self, come_back: Callable[[int, int], Awaitable[None]]) -> None:
        super().__init__()
        self._come_back = come_back
        self._notes = Notes()
        self._cursors: Counter[int] = Counter()
        self._returning: set[asyncio.Task[None]] = set()

    def take(self, place: int, message: bytes, now: float) -> None:
        super().take(place, message, now)
        event = orjson.loads(message)["payload"]["data"]["inboxEvents"]
        self._cursors[place] = int(event["cursor"])
        self._notes.places.append(place)
        self._notes.numbers.append(int(event["message"]["body"].partition(" ")[0]))
        self._notes.cursors.append(self._cursors[place])
        self._notes.times.append(now)

    def leave(self, place: int, why: str) -> None:
        if self.is_leaving:
            return
        self._notes.returns += 1
        task = asyncio.ensure_future(self._come_back(place, self._cursors[place]))
        self._returning.add(task)
        task.add_done_callback(self._returning.discard)

    async def gather(self, count: int) -> Notes:
        """What was heard, once it is so much or nothing comes any more; others say whether it was right."""
        self.wanted, since = count, time.perf_counter()
        while len(self.times) < count and time.perf_counter() - max(since, *self.times[-1:]) < _SILENCE_SECONDS:
            self.enough.clear()
            try:
                await asyncio.wait_for(self.enough.wait(), _REPEATS_SECONDS)
            except TimeoutError:
                continue
        await asyncio.sleep(_REPEATS_SECONDS)
        if self.lost:
            raise ConnectionError(self.lost)
        self.times.clear()
        notes, self._notes = self._notes, Notes()
        return notes
