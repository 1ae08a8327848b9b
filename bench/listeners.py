"""The listeners: a process that holds the sockets of all contenders, counts what comes, and notes when."""

import asyncio
import gc
import multiprocessing
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

import uvloop

from bench.frames import PING, PONG, TEXT, split, write_frame, write_handshake, write_message

SUBSCRIPTION = (
    "subscription { inboxEvents(filter: {kinds: [MESSAGE_RECEIVED]}) { ... on MessageReceived { cursor id"
    " message { id body createdAt } conversation { id unreadCount lead { id name } } } } }"
)
PATIENCE_SECONDS = 60
_AT_ONCE = 50  # sockets that are opened at the same time
_SUBSCRIBE = write_message(id="1", type="subscribe", payload={"query": SUBSCRIPTION})


class Crowd:
    """The sockets of one contender, and when each event reached each of them since it was last asked."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.latest = b""
        self.wanted = 0
        self.lost: str | None = None
        self.enough = asyncio.Event()
        self.sockets: list[asyncio.Transport] = []

    async def gather(self, count: int) -> list[float]:
        """Waits for so many deliveries, and forgets them."""
        self.wanted = count
        self.enough.clear()
        if len(self.times) < count and not self.lost:
            async with asyncio.timeout(PATIENCE_SECONDS):
                await self.enough.wait()
        if self.lost or len(self.times) > count:
            raise ConnectionError(self.lost or f"{len(self.times)} deliveries came where {count} were due.")
        times, self.times = self.times, []
        return times


class Listener(asyncio.Protocol):
    """One socket with one subscription."""

    def __init__(self, crowd: Crowd, token: str) -> None:
        self.subscribed = asyncio.get_running_loop().create_future()
        self._crowd = crowd
        self._token = token
        self._rest = b""
        self._hear = self._be_let_in

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._crowd.sockets.append(transport)
        transport.write(write_handshake())

    def data_received(self, data: bytes) -> None:
        self._hear(self._rest + data if self._rest else data, time.perf_counter())

    def connection_lost(self, error: Exception | None) -> None:
        self._crowd.lost = f"The server closed a socket: {error or self._rest!r}"
        self._crowd.enough.set()
        if not self.subscribed.done():
            self.subscribed.set_exception(ConnectionError(self._crowd.lost))

    def _be_let_in(self, data: bytes, now: float) -> None:
        head, end, rest = data.partition(b"\r\n\r\n")
        self._rest = rest if end else data
        if end:
            assert head.startswith(b"HTTP/1.1 101 "), head
            self._hear = self._be_known
            self._transport.write(write_message(type="connection_init", payload={"Authorization": self._token}))

    def _be_known(self, data: bytes, now: float) -> None:
        self._rest = data
        for _, start, end in split(data):
            assert b'"connection_ack"' in data[start:end], data
            self._rest, self._hear = data[end:], self._count
            self._transport.write(_SUBSCRIBE)
            self.subscribed.set_result(None)

    def _count(self, data: bytes, now: float) -> None:
        crowd, done = self._crowd, 0
        for opcode, start, done in split(data):
            if opcode == TEXT and data.find(b'"next"', start, done) >= 0:
                crowd.times.append(now)
                crowd.latest = data[start:done]
            elif opcode == PING:
                self._transport.write(write_frame(PONG, data[start:done]))
            else:
                crowd.lost = f"Instead of an event came {data[start:done]!r}"
        self._rest = data[done:]
        if crowd.lost or len(crowd.times) >= crowd.wanted:
            crowd.enough.set()


class Room:
    """What the process answers, by the name of the method."""

    def __init__(self) -> None:
        self._crowds: dict[str, Crowd] = {}

    async def open(self, name: str, port: int, count: int, token: str) -> None:
        crowd, loop = self._crowds.setdefault(name, Crowd()), asyncio.get_running_loop()
        for start in range(0, count, _AT_ONCE):
            opened = [
                loop.create_connection(lambda: Listener(crowd, token), "127.0.0.1", port)
                for _ in range(min(_AT_ONCE, count - start))
            ]
            async with asyncio.timeout(PATIENCE_SECONDS):
                await asyncio.gather(*(listener.subscribed for _, listener in await asyncio.gather(*opened)))

    async def gather(self, name: str, count: int) -> list[float]:
        return await self._crowds[name].gather(count)

    async def close(self, name: str) -> None:
        for socket in self._crowds.pop(name).sockets:
            socket.abort()

    async def latest(self, name: str) -> bytes:
        return self._crowds[name].latest


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
