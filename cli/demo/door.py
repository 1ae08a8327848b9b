"""A door on loopback: an ASGI app listening in the running loop, which can be shut and opened again on its port."""

import asyncio
import contextlib
import socket
from collections.abc import Iterator

import uvicorn
from starlette.datastructures import Address
from starlette.types import ASGIApp


class Door:
    """Shut, it refuses connections; opened again it has the same address."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self._port = 0
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def open(self) -> None:
        if self._server:
            return
        self._server = _Server(self._app)
        self._serving = asyncio.create_task(self._server.serve([self._bind()]))
        await self._server.listening.wait()

    async def shut(self) -> None:
        """Cuts every connection first, so that no caller who hangs can keep it open."""
        server, self._server = self._server, None
        if not server or not self._serving:
            return
        for listener in server.servers:
            listener.close()
        self._cut(server, None)
        server.leaving.set()
        await self._serving

    def cut(self, caller: Address | None) -> None:
        """Breaks the caller's connection at once, as a failing network would."""
        if self._server and caller:
            self._cut(self._server, caller)

    def _bind(self) -> socket.socket:
        # The protocol said outright: asyncio spares only such sockets the 40 ms that Nagle's algorithm costs an answer.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self._port))
        self._port = listener.getsockname()[1]
        return listener

    @staticmethod
    def _cut(server: uvicorn.Server, caller: Address | None) -> None:
        for connection in list(server.server_state.connections):
            if caller is None or connection.transport.get_extra_info("peername") == tuple(caller):
                connection.transport.abort()


class _Server(uvicorn.Server):
    """uvicorn without its hands on the process's signals, with word of when it listens, and leaving when told to."""

    def __init__(self, app: ASGIApp) -> None:
        # proxy_headers off: they could put another address in the place of the connection's own.
        settings = uvicorn.Config(
            app, http="h11", ws="none", lifespan="off", log_config=None, access_log=False, proxy_headers=False
        )
        super().__init__(settings)
        self.listening = asyncio.Event()
        self.leaving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        try:
            await super().startup(sockets)
        finally:
            self.listening.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.leaving.wait()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
