"""The HTTP server: a bound address, and uvicorn as Rekindle runs it."""

import asyncio
import contextlib
import math
import socket
from collections.abc import Callable, Iterator
from typing import cast

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from cli.settings import SettingsError
from web.departure import STATE, Departure
from web.outlet import CUT

LARGEST_MESSAGE = 1_000_000  # bytes a client may send at once over a socket
_PING_SECONDS = 20.0  # between pings to a socket, and for its answer
_FLUSH_SECONDS = 1.0  # for the last words to somebody who is to be cut off
_GRACE_SECONDS = 4.0  # for everybody who is still here when the process is told to stop


def listen(host: str, port: int) -> socket.socket:
    """Bound before anything is printed, so that an address that is taken is told at once."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # said outright: only then is Nagle's algorithm switched off
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        raise SettingsError(
            f"Port {port} of {host} cannot be used: {error.strerror}. Set REKINDLE_PORT to another."
        ) from None
    return listener


class _Sockets(WebSocketsSansIOProtocol):
    """uvicorn only ever closes a connection once all that was written is read, which who does not read can put off."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.app_state = self.app_state | {CUT: cast(asyncio.Transport, transport).abort}  # uvloop's is no subclass
        super().connection_made(transport)

    def keepalive_timeout(self) -> None:
        super().keepalive_timeout()
        self.loop.call_later(_FLUSH_SECONDS, self.transport.abort)

    async def run_asgi(self) -> None:
        await super().run_asgi()
        if not self.disconnected:
            self.loop.call_later(self.close_timeout + _FLUSH_SECONDS, self.transport.abort)

    def shutdown(self) -> None:
        """Whoever has said goodbye is not told it again: uvicorn tries to, and the exception would end the process."""
        if self.conn.close_rcvd is None:
            super().shutdown()


class WebServer(uvicorn.Server):
    """uvicorn as Rekindle runs it. It says when it listens, and leaves signals to those around it."""

    def __init__(self, app: ASGIApp, on_start: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            ws=_Sockets,
            ws_max_size=LARGEST_MESSAGE,
            ws_ping_interval=_PING_SECONDS,
            ws_ping_timeout=_PING_SECONDS,
            ws_per_message_deflate=False,  # it halves the fan-out
        )
        super().__init__(config)
        self._on_start = on_start
        self._departure = Departure()

    def stop(self) -> None:
        """Lets what is under way come to its end. Said again, it cuts that short."""
        if self.should_exit:
            self.force_exit = True
            self._cut()
        self._departure.is_near = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.lifespan.state[STATE] = self._departure
        await super().startup(sockets)
        self._on_start()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Lets nobody in any more, and everybody go. Whom the grace is not enough for is cut off."""
        loop = asyncio.get_running_loop()
        ends = loop.time() + _GRACE_SECONDS
        cutting = loop.call_at(ends, self._cut)
        for server in self.servers:
            server.close()
        if not self.force_exit:
            await self._departure.begin(_GRACE_SECONDS)
        # Now requests, and the goodbyes of sockets. The second beyond the cut is for those who notice it.
        self.config.timeout_graceful_shutdown = 1 + math.ceil(max(0, ends - loop.time()))
        await super().shutdown(sockets)
        cutting.cancel()
        await self._end_requests()

    async def _end_requests(self) -> None:
        """Those that nobody waits for any more give their connections to the database back."""
        if tasks := tuple(self.server_state.tasks):
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks, timeout=1)

    def _cut(self) -> None:
        for connection in tuple(self.server_state.connections):
            connection.transport.abort()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
