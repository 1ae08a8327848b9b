"""Runs a process until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import structlog
import uvicorn
from starlette.applications import Starlette

from cli.compose import running
from cli.demo.stage import Stage
from cli.operate import migrate
from cli.settings import Settings, SettingsError

log = structlog.get_logger()


async def serve_forever(settings: Settings, url: str, *, demo: bool = False) -> None:
    """Migrates, then serves until SIGTERM or SIGINT."""
    await migrate(settings, url)
    listener = _listen(settings)
    if demo:
        async with Stage(settings, url) as stage, running(stage.settings, url) as parts:
            await _serve(parts.app, listener, stage.open)
        return
    async with running(settings, url) as parts:
        log.info("serving", http=f"{settings.callback_url}/graphql", worker=settings.work)
        await _serve(parts.app, listener)


async def work_forever(settings: Settings, url: str) -> None:
    """Migrates, then works until SIGTERM or SIGINT."""
    await migrate(settings, url)
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with running(settings, url, web=False):
        log.info("working")
        await stopped.wait()


def _listen(settings: Settings) -> socket.socket:
    """Bound before anything is printed, so that an address that is taken is told at once."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)  # said outright: only then is Nagle's algorithm switched off
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((settings.host, settings.port))
    except OSError as error:
        raise SettingsError(
            f"{settings.host}:{settings.port} cannot be listened on: {error.strerror}. Set REKINDLE_PORT to a free port."
        ) from None
    return listener


async def _serve(app: Starlette, listener: socket.socket, on_start: Callable[[], None] = lambda: None) -> None:
    config = uvicorn.Config(
        app, log_config=None, access_log=False, ws="websockets-sansio", lifespan="off", timeout_graceful_shutdown=5
    )
    await _Server(config, on_start).serve(sockets=[listener])


class _Server(uvicorn.Server):
    """uvicorn that says when it listens, and that on a signal only stops: what surrounds it then ends in order."""

    def __init__(self, config: uvicorn.Config, on_start: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_start = on_start

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._on_start()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, self.handle_exit, name, None)
        try:
            yield
        finally:
            for name in (signal.SIGTERM, signal.SIGINT):
                loop.remove_signal_handler(name)
