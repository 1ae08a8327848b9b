"""The HTTP server: a bound address, and uvicorn as Rekindle runs it."""

import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

from cli.settings import SettingsError

LARGEST_MESSAGE = 1_000_000  # bytes a client may send at once over a socket


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


class WebServer(uvicorn.Server):
    """uvicorn as Rekindle runs it. It says when it listens, and leaves signals to those around it."""

    def __init__(self, app: ASGIApp, on_start: Callable[[], None]) -> None:
        config = uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            timeout_graceful_shutdown=5,
            ws="websockets-sansio",
            ws_max_size=LARGEST_MESSAGE,
            ws_per_message_deflate=False,  # it halves the fan-out
        )
        super().__init__(config)
        self._on_start = on_start

    def stop(self) -> None:
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
