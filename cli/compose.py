"""Composes the parts of a running server from the settings."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import structlog
from starlette.types import ASGIApp

from cli.issuers import open_issuers, token_rules
from cli.settings import Settings
from db.database import Database
from gateways.twilio import Twilio
from realtime.hub import Hub, open_hub
from realtime.live import Live
from realtime.pokes import Pokes
from realtime.tail import Tail
from resolvers.schema import Schema
from web.app import web_app
from web.authentication import Authentication
from web.graphql import Endpoint
from web.guard import Guard
from web.health import Health
from web.tokens import TokenRules, Tokens
from web.twilio import TwilioWebhooks
from workers.crew import Crew

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What is running: the application to serve, and what a command may need beside it."""

    app: ASGIApp
    database: Database
    hub: Hub
    live: Live
    rules: TokenRules


@contextlib.asynccontextmanager
async def open_database(settings: Settings, url: str) -> AsyncIterator[Database]:
    database = Database(url, settings.pool_size, settings.statement_timeout_seconds)
    await database.connect()
    try:
        yield database
    finally:
        await database.disconnect()


@contextlib.asynccontextmanager
async def running(settings: Settings, url: str, *, web: bool = True) -> AsyncIterator[Parts]:
    """Everything a process runs. With `web` off only the background work."""
    async with (
        open_database(settings, url) as database,
        open_hub("memory://") as hub,
        _carrier(settings) as carrier,
        open_issuers(settings) as issuers,
    ):
        pokes = Pokes(database, url)
        database.on_commit = pokes.poke
        tail, guard, live = Tail(database, hub), Guard(database), Live.over(database, hub, url)
        database.on_signal = live.signals.send
        tasks = [pokes.run()]
        if web:
            pokes.on_poke(tail.hear)
            tasks += [tail.run(), guard.run(), live.signals.run(), live.presence.run()]
            tasks += [keyring.run() for keyring in issuers.keyrings]
        if settings.work or not web:
            remembered = timedelta(days=settings.feed_days)
            crew = Crew(database, carrier, f"{settings.callback_url}/webhooks/twilio/status", remembered)
            pokes.on_poke(crew.hear)
            tasks.append(crew.run())
        health = Health(database, tail)
        app = _app(settings, database, live, guard, health, pokes, issuers.tokens)
        async with _in_background(tasks):
            yield Parts(app, database, hub, live, token_rules(settings))


@contextlib.asynccontextmanager
async def _carrier(settings: Settings) -> AsyncIterator[Twilio | None]:
    """Without an account there is none, and texts wait."""
    if not settings.twilio_account_sid or not settings.twilio_auth_token:
        yield None
        return
    carrier = Twilio(settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_api_url)
    try:
        yield carrier
    finally:
        await carrier.close()


def _app(
    settings: Settings, database: Database, live: Live, guard: Guard, health: Health, pokes: Pokes, tokens: Tokens
) -> ASGIApp:
    schema, authentication = Schema(), Authentication(database, tokens)
    graphql = Endpoint(
        schema, database, live, authentication, guard, explorer=settings.explorer, allowed_origins=settings.origins
    )
    twilio = TwilioWebhooks(database, settings.twilio_auth_token or "", settings.public_url, pokes.poke)
    return web_app(schema, graphql, twilio, health, settings.origins)


@contextlib.asynccontextmanager
async def _in_background(coroutines: Sequence[Coroutine[Any, Any, None]]) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(item) for item in coroutines]
    for task in tasks:
        task.add_done_callback(_tell_of_its_end)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _tell_of_its_end(task: asyncio.Task[None]) -> None:
    """Each runs until the process ends; what ends sooner is a bug, and must not go unseen."""
    if not task.cancelled():
        log.error("a part of the server has ended: restart it", part=task.get_coro(), exc_info=task.exception())
