"""Runs a process until it is told to stop."""

import asyncio
import signal
import socket
from collections.abc import Callable

import structlog
from starlette.types import ASGIApp

from cli.compose import running
from cli.demo.stage import Stage
from cli.operate import migrate
from cli.server import WebServer, listen
from cli.settings import Settings

log = structlog.get_logger()


async def serve_forever(settings: Settings, url: str, *, demo: bool = False) -> None:
    """Migrates, then serves until SIGTERM or SIGINT."""
    await migrate(settings, url)
    listener = listen(settings.host, settings.port)
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


async def _serve(app: ASGIApp, listener: socket.socket, on_start: Callable[[], None] = lambda: None) -> None:
    server = WebServer(app, on_start)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve(sockets=[listener])
