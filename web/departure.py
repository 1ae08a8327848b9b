"""The departure of a process: whoever is here for longer than a request is asked in time to go on elsewhere."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from starlette.types import Scope

STATE = "departure"  # its name in the state that the server hands to every request


class Guest(Protocol):
    def leave(self) -> None:
        """Finishes what has an end, ends the rest, and goes. Returns at once."""


class Departure:
    """Knows the guests. One who comes in when it is near is asked to leave at once."""

    def __init__(self) -> None:
        self.is_near = False
        self._guests: set[Guest] = set()
        self._left = asyncio.Event()

    @classmethod
    def of(cls, scope: Scope) -> "Departure":
        """The server's own; an application without a server of ours never departs."""
        found = scope.get("state", {}).get(STATE)
        return found if isinstance(found, cls) else cls()

    @contextmanager
    def told(self, guest: Guest) -> Iterator[None]:
        self._guests.add(guest)
        if self.is_near:
            guest.leave()
        try:
            yield
        finally:
            self._guests.discard(guest)
            self._left.set()

    async def begin(self, patience_seconds: float) -> None:
        """Returns when every guest has gone, or patience has."""
        self.is_near = True
        for guest in tuple(self._guests):
            guest.leave()
        with suppress(TimeoutError):
            async with asyncio.timeout(patience_seconds):
                while self._guests:
                    self._left.clear()
                    await self._left.wait()
