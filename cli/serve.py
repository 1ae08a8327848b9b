"""Runs a process until it is told to stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable

import structlog
from starlette.types import ASGIApp

from cli.compose import running
from cli.demo.stage import Stage
from cli.operate import migrate
from cli.server import WebServer, listen
from cli.settings import Settings

log = structlog.get_logger()
_CLOSING_SECONDS = 4.0  # for the workers' last items, and for a database that may not answer any more


async def serve_forever(settings: Settings, url: str, *, demo: bool = False) -> None:
    """Migrates, then serves until SIGTERM or SIGINT."""
    await migrate(settings, url)
    listener = listen(settings.host, settings.port)
    if demo:
        async with _closing() as closing, Stage(settings, url) as stage, running(stage.settings, url) as parts:
            await _serve(parts.app, listener, stage.open)
            closing()
        return
    async with _closing() as closing, running(settings, url) as parts:
        log.info("serving", http=f"{settings.callback_url}/graphql", worker=settings.work)
        await _serve(parts.app, listener)
        closing()


async def work_forever(settings: Settings, url: str) -> None:
    """Migrates, then works until SIGTERM or SIGINT."""
    await migrate(settings, url)
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with _closing() as closing, running(settings, url, web=False):
        log.info("working")
        await stopped.wait()
        closing()


@contextlib.asynccontextmanager
async def _closing() -> AsyncIterator[Callable[[], None]]:
    """Once what it yields is called, the rest of the block is given up when it takes too long."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(None) as limit:
            yield lambda: limit.reschedule(loop.time() + _CLOSING_SECONDS)
    except TimeoutError:
        if not limit.expired():
            raise
        log.warning("not everything could be closed in time; what was under way is taken up again by others")


async def _serve(app: ASGIApp, listener: socket.socket, on_start: Callable[[], None] = lambda: None) -> None:
    server = WebServer(app, on_start)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve(sockets=[listener])
