"""How the others hear of an event: as a line of JSON over a loopback connection, at a port of its own."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from typing import Any

Tell = Callable[[str], Awaitable[None]]


async def open_control(tell: Tell) -> asyncio.Server:
    """Tells every line that comes, one after another; what one causes is written before the next is looked at."""

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            await tell(line.decode().rstrip())
            await asyncio.sleep(0)

    return await asyncio.start_server(hear, "127.0.0.1", 0)


class Line:
    """The other end."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def say(self, event: dict[str, Any]) -> None:
        self._socket.sendall(json.dumps(event, separators=(",", ":")).encode() + b"\n")
