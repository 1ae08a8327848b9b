"""The ephemeral lane: signals of the moment, shown to whoever looks now, in every process, and never stored."""

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable, Hashable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

import structlog

from db.database import Database
from db.listening import listen
from domain.analytics import Signal, SignalKind
from domain.troubles import Trouble
from realtime.feed import Listener

log = structlog.get_logger()
_CHANNEL = "rekindle_signals"
_MOST_WAITING = 200  # signals somebody may be behind: what comes then is missed
_MOST_OUTGOING = 10_000
_MOST_IN_ONE = 30  # a notification holds 8,000 bytes


@dataclass(frozen=True, slots=True)
class SignalStream:
    """What one subscription wants to see: `read` answers a signal as JSON, or nothing where it is not for them.

    `roster` are the signals of what holds already. Streams of equal `shape` read alike.
    """

    organization_id: UUID
    read: Callable[[Signal], Awaitable[bytes | None]]
    shape: Hashable
    roster: Callable[[], list[Signal]]


@dataclass(eq=False, slots=True)
class _Seat:
    listener: Listener
    lags: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, shown: bytes) -> None:
        if not self.lags.is_set() and not self.listener.take(shown):
            self.lags.set()


@dataclass(eq=False, slots=True)
class _Circle:
    """Those who look at the same: a signal is read once for all of them; what a newcomer is told first, for them."""

    stream: SignalStream
    waiting: asyncio.Queue[tuple[Signal, _Seat | None]] = field(default_factory=asyncio.Queue)
    seats: set[_Seat] = field(default_factory=set)
    task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        while True:
            signal, newcomer = await self.waiting.get()
            try:
                shown = await self.stream.read(signal)
            except Trouble as trouble:
                log.warning("a signal was not shown", reason=str(trouble))
                continue
            if shown:
                for seat in (newcomer,) if newcomer else tuple(self.seats):
                    seat.take(shown)


class Signals:
    """Sends signals to every process, and shows them to those who look in this one. Who reads too slowly misses some.

    `is_news` says of a signal, and the process it comes from, whether it is to be shown.
    """

    def __init__(self, database: Database, url: str) -> None:
        self._database = database
        self._url = url
        self._process = uuid4().hex
        self._circles: dict[tuple[UUID, Hashable], _Circle] = {}
        self._outgoing: asyncio.Queue[Signal] = asyncio.Queue(_MOST_OUTGOING)
        self.is_news: Callable[[Signal, str], bool] = lambda signal, process: True

    def send(self, signal: Signal) -> None:
        with suppress(asyncio.QueueFull):
            self._outgoing.put_nowait(signal)
        self._hear(signal, self._process)

    def show(self, signal: Signal) -> None:
        for (organization_id, _), circle in self._circles.items():
            if organization_id == signal.organization_id and circle.waiting.qsize() < _MOST_WAITING:
                circle.waiting.put_nowait((signal, None))

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self._send())
            group.create_task(listen(self._url, _CHANNEL, self._receive))

    async def attend(self, stream: SignalStream, listener: Listener) -> None:
        """Pushes to the listener until cancelled."""
        with self._seated(stream, listener) as seat:
            while True:
                await seat.lags.wait()
                await listener.drained()
                seat.lags.clear()

    async def follow(self, stream: SignalStream) -> AsyncGenerator[bytes, None]:
        """One by one, for those who pull."""
        pulled = _Pulled()
        with self._seated(stream, pulled):
            while True:
                yield await pulled.waiting.get()

    @contextmanager
    def _seated(self, stream: SignalStream, listener: Listener) -> Iterator[_Seat]:
        key, seat = (stream.organization_id, stream.shape), _Seat(listener)
        circle = self._circles.get(key)
        if circle is None:
            circle = self._circles[key] = _Circle(stream)
            circle.task = asyncio.create_task(circle.run())
            circle.task.add_done_callback(_tell_of_a_bug)
        circle.seats.add(seat)
        for signal in stream.roster():
            circle.waiting.put_nowait((signal, seat))
        try:
            yield seat
        finally:
            circle.seats.discard(seat)
            if not circle.seats and circle.task:
                circle.task.cancel()
                self._circles.pop(key, None)

    def _hear(self, signal: Signal, process: str) -> None:
        if self.is_news(signal, process):
            self.show(signal)

    def _receive(self, payload: str) -> None:
        told = json.loads(payload)
        if told["process"] != self._process:
            for item in told["signals"]:
                self._hear(_read(item), told["process"])

    async def _send(self) -> None:
        while True:
            told = [await self._outgoing.get()]
            while len(told) < _MOST_IN_ONE and not self._outgoing.empty():
                told.append(self._outgoing.get_nowait())
            payload = json.dumps({"process": self._process, "signals": [_write(signal) for signal in told]})
            try:
                await self._database.look_up("poke", _CHANNEL, payload)
            except Trouble as trouble:
                log.warning("signals did not reach other processes", reason=str(trouble))


def _tell_of_a_bug(task: asyncio.Task[None]) -> None:
    """A circle runs while somebody looks; what ends it sooner must not go unseen."""
    if not task.cancelled():
        log.error("bug in a circle: those who look see nothing more", exc_info=task.exception())


class _Pulled:
    """A listener for those who pull: what comes while a few are waiting already is missed."""

    def __init__(self) -> None:
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)

    def take(self, event: bytes) -> bool:
        with suppress(asyncio.QueueFull):
            self.waiting.put_nowait(event)
        return True

    async def drained(self) -> None:
        return


def _write(signal: Signal) -> list[str | bool]:
    ids = [str(item) for item in (signal.organization_id, signal.subject_id, signal.member_id)]
    return [signal.kind, *ids, signal.is_on, signal.at.isoformat()]


def _read(item: list[str]) -> Signal:
    kind, organization, subject, member, is_on, at = item
    ids = (UUID(organization), UUID(subject), UUID(member))
    return Signal(SignalKind(kind), *ids, bool(is_on), datetime.fromisoformat(at))
