"""A line between a client and the server, for tests to cut."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator


class Line:
    """A line to the server that can be cut: every connection breaks, and there is none until it is mended."""

    def __init__(self, host: str, port: int) -> None:
        self._far = (host, port)
        self._whole = asyncio.Event()
        self._writers: set[asyncio.StreamWriter] = set()
        self.ws = ""
        self.cuts = 0

    @classmethod
    @contextlib.asynccontextmanager
    async def to(cls, ws: str) -> AsyncIterator["Line"]:
        host, _, port = ws.removeprefix("ws://").removesuffix("/graphql").partition(":")
        line = cls(host, int(port))
        line.mend()
        async with await asyncio.start_server(line._carry, sock=_listener()) as server:
            line.ws = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/graphql"
            try:
                yield line
            finally:
                line._break()

    async def cut(self) -> None:
        self._whole.clear()
        self._break()
        self.cuts += 1

    def mend(self) -> None:
        self._whole.set()

    def _break(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole.is_set():
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection(*self._far)
        both = {writer, far_writer}
        self._writers |= both
        await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))
        self._writers -= both


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(OSError):
        while chunk := await reader.read(65536):
            writer.write(chunk)
            await writer.drain()
    writer.close()


def _listener() -> socket.socket:
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    return listener
