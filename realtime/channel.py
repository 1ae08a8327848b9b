"""A channel: how far the feed of one organization has come, and which of those who wait for more it concerns."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID

_REMEMBERED = 1000  # events
_CROWD = 8  # so many readers, and it pays to look at events before they do


@dataclass(frozen=True, slots=True)
class Fact:
    """What an event is about: the columns that streams are narrowed by, none of which ever changes."""

    seq: int
    kind: str
    conversation_id: UUID | None
    assignee_id: UUID | None


# False only where a stream's own reading would certainly leave the event out.
Concerns = Callable[[Fact], bool]


@dataclass(eq=False, slots=True)
class _Waiting:
    position: int
    concerns: Concerns
    woken: asyncio.Future[None]


class Channel:
    """The newest known position, and facts about the last events up to it, as far back as none is missing."""

    def __init__(self) -> None:
        self.followers = 0
        self.position = -1
        self.subscribed = asyncio.Event()
        self.reader: asyncio.Task[None] | None = None
        self._readers = 0
        self._facts: deque[Fact] = deque(maxlen=_REMEMBERED)
        self._waiting: set[_Waiting] = set()

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Counts those who read the table when they are woken."""
        self._readers += 1
        try:
            yield
        finally:
            self._readers -= 1

    def wants_facts(self, position: int) -> bool:
        """Whether one look at what is new spares many their own."""
        return self._readers >= _CROWD and self.position >= 0 and 0 < position - self.position <= _REMEMBERED

    def move(self, position: int, facts: Sequence[Fact] = ()) -> None:
        """Wakes whom it may concern. Facts count only if there is one for each of the new events."""
        if position <= self.position:
            return
        if [fact.seq for fact in facts] == list(range(self.position + 1, position + 1)):
            self._facts.extend(facts)
        else:
            self._facts.clear()
        self.position = position
        for waiting in tuple(self._waiting):
            waiting.position = self._unconcerned(waiting.position, waiting.concerns)
            if waiting.position < position:
                self._waiting.discard(waiting)
                if not waiting.woken.done():
                    waiting.woken.set_result(None)

    async def beyond(self, position: int, concerns: Concerns) -> tuple[int, int]:
        """Waits until there may be something behind `position`; the stretch of the feed it lies in."""
        position = self._unconcerned(position, concerns)
        if self.position <= position:
            waiting = _Waiting(position, concerns, asyncio.get_running_loop().create_future())
            self._waiting.add(waiting)
            try:
                await waiting.woken
            finally:
                self._waiting.discard(waiting)
            position = waiting.position
        return position, self.position

    def _unconcerned(self, position: int, concerns: Concerns) -> int:
        """How far behind `position` nothing concerns; no further where an event is not known."""
        behind = self.position - position
        if behind > len(self._facts):
            return position
        for place in range(-behind, 0):
            if concerns(self._facts[place]):
                return self._facts[place].seq - 1
        return max(position, self.position)
