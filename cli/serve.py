"""Runs a process until it is told to stop."""

import asyncio
import os
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
_CLOSING_SECONDS = 4.0  # for the workers' last items, and for a database that may not answer any more


async def serve_forever(settings: Settings, url: str, *, demo: bool = False) -> None:
    """Migrates, then serves until SIGTERM or SIGINT."""
    await migrate(settings, url)
    listener = listen(settings.host, settings.port)
    if demo:
        async with Stage(settings, url) as stage, running(stage.settings, url) as parts:
            await _serve(parts.app, listener, stage.open)
            _limit_closing()
        return
    async with running(settings, url) as parts:
        log.info("serving", http=f"{settings.callback_url}/graphql", worker=settings.work)
        await _serve(parts.app, listener)
        _limit_closing()


async def work_forever(settings: Settings, url: str) -> None:
    """Migrates, then works until SIGTERM or SIGINT."""
    await migrate(settings, url)
    stopped = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(name, stopped.set)
    async with running(settings, url, web=False):
        log.info("working")
        await stopped.wait()
        _limit_closing()


def _limit_closing() -> None:
    """Everything waits for the database when it closes, and asyncpg without end for one that is silent."""
    asyncio.get_running_loop().call_later(_CLOSING_SECONDS, _drop_everything)


def _drop_everything() -> None:
    log.warning("not everything could be closed in time; what was under way is taken up again by others")
    os._exit(1)


async def _serve(app: ASGIApp, listener: socket.socket, on_start: Callable[[], None] = lambda: None) -> None:
    server = WebServer(app, on_start)
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, server.stop)
    await server.serve(sockets=[listener])
