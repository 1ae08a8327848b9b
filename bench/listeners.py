"""The listeners: a process that holds the sockets of all contenders, counts what comes, and notes when."""

import asyncio
import gc
import multiprocessing
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from bench.crowds import PATIENCE_SECONDS, Crowd, Ledger
from bench.frames import CLOSE, PING, PONG, TEXT, split, write_frame, write_handshake, write_message

_EVENT = (
    "{ ... on MessageReceived { cursor id message { id body createdAt }"
    " conversation { id unreadCount lead { id name } } } }"
)
SUBSCRIPTION = f"subscription {{ inboxEvents(filter: {{kinds: [MESSAGE_RECEIVED]}}) {_EVENT} }}"
FOLLOWING = (
    "subscription ($after: Cursor, $filter: InboxEventFilter) {"
    f" inboxEvents(after: $after, filter: $filter) {_EVENT} }}"
)
_AT_ONCE = 50  # sockets that are opened at the same time
_NARROW = 1 << 16  # bytes that the system keeps for one who does not read


@dataclass(frozen=True, slots=True)
class Guest:
    """Who opens a socket, and what they ask of it."""

    token: str
    query: str = SUBSCRIPTION
    variables: dict[str, Any] = field(default_factory=dict)

    def subscribe(self) -> bytes:
        return write_message(id="1", type="subscribe", payload={"query": self.query, "variables": self.variables})

    def resuming(self, after: int) -> "Guest":
        return replace(self, variables=self.variables | {"after": str(after)})


class Listener(asyncio.Protocol):
    """One socket with one subscription. `place` is its number in the crowd."""

    def __init__(self, crowd: Crowd, place: int, guest: Guest) -> None:
        self.subscribed = asyncio.get_running_loop().create_future()
        self._crowd = crowd
        self._place = place
        self._guest = guest
        self._rest = b""
        self._hear = self._be_let_in

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._crowd.sockets[self._place] = transport
        transport.write(write_handshake())

    def data_received(self, data: bytes) -> None:
        self._hear(self._rest + data if self._rest else data, time.perf_counter())

    def connection_lost(self, error: Exception | None) -> None:
        why = f"The server closed a socket: {error or self._rest!r}"
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError(why))
        self._crowd.leave(self._place, why)

    def _be_let_in(self, data: bytes, now: float) -> None:
        head, end, rest = data.partition(b"\r\n\r\n")
        self._rest = rest if end else data
        if end:
            assert head.startswith(b"HTTP/1.1 101 "), head
            self._hear = self._be_known
            self._transport.write(write_message(type="connection_init", payload={"Authorization": self._guest.token}))

    def _be_known(self, data: bytes, now: float) -> None:
        self._rest = data
        for _, start, end in split(data):
            assert b'"connection_ack"' in data[start:end], data
            self._rest, self._hear = data[end:], self._count
            self._transport.write(self._guest.subscribe())
            self.subscribed.set_result(None)

    def _count(self, data: bytes, now: float) -> None:
        crowd, done = self._crowd, 0
        for opcode, start, done in split(data):
            if opcode == TEXT and data.find(b'"next"', start, done) >= 0:
                crowd.take(self._place, data[start:done], now)
            elif opcode == PING:
                self._transport.write(write_frame(PONG, data[start:done]))
            elif opcode != CLOSE:  # after which the connection ends
                crowd.lost = f"Instead of an event came {data[start:done]!r}"
        self._rest = data[done:]
        crowd.look()


class Room:
    """What the process answers, by the name of the method."""

    def __init__(self) -> None:
        self._crowds: dict[str, Crowd] = {}

    async def open(self, name: str, port: int, count: int, token: str) -> None:
        await self.admit(name, port, [Guest(token)] * count)

    async def admit(self, name: str, port: int, guests: list[Guest]) -> None:
        crowd = self._crowds.setdefault(name, Crowd())
        first = len(crowd.sockets)
        for start in range(0, len(guests), _AT_ONCE):
            places = enumerate(guests[start : start + _AT_ONCE], start=first + start)
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.gather(*(_enter(crowd, port, place, guest) for place, guest in places))

    async def book(self, name: str, port: int, guests: list[Guest]) -> None:
        """A crowd that keeps a ledger, and comes back with its last cursor whenever it is cut off."""

        async def come_back(place: int, after: int) -> None:
            await _enter(ledger, port, place, guests[place].resuming(after))

        ledger = self._crowds[name] = Ledger(come_back)
        await self.admit(name, port, guests)

    async def gather(self, name: str, count: int) -> Any:
        return await self._crowds[name].gather(count)

    async def stall(self, name: str) -> None:
        """From here on none of them reads, and the system keeps little for them."""
        for transport in self._crowds[name].sockets.values():
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _NARROW)
            transport.pause_reading()

    async def read_on(self, name: str) -> None:
        for transport in self._crowds[name].sockets.values():
            transport.resume_reading()

    async def close(self, name: str) -> None:
        crowd = self._crowds.pop(name)
        crowd.is_leaving = True
        for transport in crowd.sockets.values():
            transport.abort()

    async def latest(self, name: str) -> bytes:
        return self._crowds[name].latest


async def _enter(crowd: Crowd, port: int, place: int, guest: Guest) -> None:
    loop = asyncio.get_running_loop()
    _, listener = await loop.create_connection(lambda: Listener(crowd, place, guest), "127.0.0.1", port)
    await listener.subscribed


async def _answer(asked: Connection) -> None:
    room, loop = Room(), asyncio.get_running_loop()
    while question := await loop.run_in_executor(None, asked.recv):
        method, values = question
        try:
            asked.send(await getattr(room, method)(*values))
        except Exception as error:
            asked.send(error)


def _live(asked: Connection) -> None:
    gc.disable()
    uvloop.run(_answer(asked))


class Listeners:
    """The process, as those who measure see it."""

    def __init__(self, pid: int, line: Connection) -> None:
        self.pid = pid
        self._line = line

    def ask(self, method: str, *values: Any) -> None:
        self._line.send((method, values))

    def hear(self) -> Any:
        answer = self._line.recv()
        if isinstance(answer, BaseException):
            raise answer
        return answer

    def call(self, method: str, *values: Any) -> Any:
        self.ask(method, *values)
        return self.hear()


@contextmanager
def listening() -> Iterator[Listeners]:
    """The process, which ends with the block."""
    context = multiprocessing.get_context("spawn")
    mine, its = context.Pipe()
    process = context.Process(target=_live, args=(its,), daemon=True)
    process.start()
    try:
        assert process.pid
        yield Listeners(process.pid, mine)
    finally:
        process.kill()
        process.join()
