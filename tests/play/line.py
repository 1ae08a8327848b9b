"""A line between a client and a server, for tests to cut and to silence."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from urllib.parse import urlsplit


class Line:
    """A line to a server.

    Cut, every connection breaks, and there is none until it is mended. Silenced, those there are stay open and carry
    nothing more; later ones do. Muted it carries questions, and keeps the answers back until it is unmuted. One that
    stutters says results twice.
    """

    def __init__(self, far: str) -> None:
        self.lead(far)
        self._whole = asyncio.Event()
        self._speaks = asyncio.Event()
        self._silenced = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self.port = 0
        self.cuts = self.connections = self.repeats = 0
        self.stutters = False

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, url: str) -> AsyncIterator["Line"]:
        line = cls(url)
        line.mend()
        line.unmute()
        async with await asyncio.start_server(line._carry, sock=_listener()) as server:
            line.port = server.sockets[0].getsockname()[1]
            try:
                yield line
            finally:
                line._break()

    @property
    def http(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def ws(self) -> str:
        return f"ws://127.0.0.1:{self.port}/graphql"

    async def cut(self) -> None:
        self._whole.clear()
        self._break()
        self.cuts += 1

    def mend(self) -> None:
        self._whole.set()

    def silence(self) -> None:
        self._silenced.set()
        self._silenced = asyncio.Event()

    def mute(self) -> None:
        self._speaks.clear()

    def unmute(self) -> None:
        self._speaks.set()

    def lead(self, url: str) -> None:
        """From the next connection on it leads elsewhere."""
        far = urlsplit(url)
        assert far.hostname and far.port
        self._far = (far.hostname, far.port)

    def _break(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole.is_set():
            writer.transport.abort()
            return
        try:
            far_reader, far_writer = await asyncio.open_connection(*self._far)
        except OSError:
            writer.transport.abort()
            return
        self.connections += 1
        both, silenced = {writer, far_writer}, self._silenced
        self._writers |= both
        await asyncio.gather(
            self._pump(reader, far_writer, silenced), self._pump(far_reader, writer, silenced, is_answer=True)
        )
        self._writers -= both

    async def _pump(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        silenced: asyncio.Event,
        is_answer: bool = False,
    ) -> None:
        with contextlib.suppress(OSError):
            while chunk := await reader.read(65536):
                if is_answer:
                    chunk = await self._say(chunk)
                if not silenced.is_set():
                    writer.write(chunk)
                    await writer.drain()
        writer.close()

    async def _say(self, chunk: bytes) -> bytes:
        await self._speaks.wait()
        if not self.stutters or b'"type":"next"' not in chunk:
            return chunk
        self.repeats += 1
        return chunk * 2


def _listener() -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener
