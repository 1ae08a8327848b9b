"""Composes the parts of a running server from the settings."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Coroutine, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import structlog
from starlette.types import ASGIApp

from actions.visiting import Passwords
from cli.issuers import open_issuers, token_rules
from cli.models import open_model
from cli.settings import Settings
from cli.social_apps import open_networks
from db.database import Database
from domain.attempts import Attempts
from domain.links import Links
from gateways.mail import Mail, read_mail_server
from gateways.models import Models
from gateways.phantombuster import PhantomBuster
from gateways.storage.addresses import open_storage
from gateways.storage.files import Storage
from gateways.twilio import Twilio
from realtime.facts import Facts
from realtime.hub import Hub, open_hub
from realtime.live import Live
from realtime.pokes import News, Pokes
from realtime.redis import Exchange, open_exchange
from realtime.relay import Relay
from realtime.subscriptions import RedisBackend
from realtime.tail import Tail
from resolvers.portal import portal_schema
from resolvers.schema import Schema
from web.app import web_app
from web.authentication import Authentication
from web.cal import CalWebhooks
from web.graphql import Endpoint
from web.guard import Guard
from web.health import Health
from web.mail import MailWebhooks
from web.portal import Passes, Portal
from web.tokens import TokenRules, Tokens
from web.transfers import Transfers
from web.twilio import TwilioWebhooks
from web.unsubscribing import Unsubscribing
from workers.crew import Crew
from workers.sending import Channels
from workers.writers import Mind, Prices

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Parts:
    """What is running: the application to serve, and what a command may need beside it."""

    app: ASGIApp
    database: Database
    hub: Hub
    live: Live
    rules: TokenRules
    storage: Storage


@contextlib.asynccontextmanager
async def open_database(settings: Settings, url: str) -> AsyncIterator[Database]:
    database = Database(url, settings.pool_size, settings.statement_timeout_seconds, ring=settings.key_ring())
    await database.connect()
    try:
        yield database
    finally:
        await database.disconnect()


@contextlib.asynccontextmanager
async def open_files(settings: Settings) -> AsyncIterator[Storage]:
    """Where uploaded and exported files are kept."""
    yield open_storage(settings.storage)


@contextlib.asynccontextmanager
async def running(settings: Settings, url: str, *, web: bool = True) -> AsyncIterator[Parts]:
    """Everything a process runs. With `web` off only the background work."""
    async with (
        open_database(settings, url) as database,
        _exchange(settings) as exchange,
        _channels(settings) as channels,
        open_networks(settings.social_apps) as networks,
        open_issuers(settings) as issuers,
        open_files(settings) as storage,
        open_model(settings) as models,
    ):
        redis = RedisBackend(exchange) if exchange else None
        async with open_hub("memory://", Facts(database).look, redis) as hub:
            pokes, tail = Pokes(database, url), Tail(database, hub, redis.is_relayed if redis else None)
            guard, live = Guard(database), Live.over(database, hub, url)
            database.on_commit, database.on_signal = pokes.committed, live.signals.send
            tasks = [pokes.run()]
            if exchange:
                tasks.append(Relay(database, url, exchange).run())
            if web:
                tasks += [*_feeding(pokes, tail, redis), guard.run(), live.signals.run(), live.presence.run()]
                tasks += [keyring.run() for keyring in issuers.keyrings]
            if settings.work or not web:
                remembered, mind = timedelta(days=settings.feed_days), _mind(settings, models)
                crew = Crew(database, channels, remembered, networks, storage, mind)
                for queue in crew.queues:
                    pokes.on_poke(News(queue.name), queue.add)
                tasks.append(crew.run())
            health = Health(database, tail, redis.is_relayed if redis else None)
            app = _app(settings, database, live, guard, health, pokes, issuers.tokens, storage)
            async with _in_background(tasks):
                yield Parts(app, database, hub, live, token_rules(settings), storage)


def _feeding(pokes: Pokes, tail: Tail, redis: RedisBackend | None) -> list[Coroutine[Any, Any, None]]:
    """What wakes the tail: commits here, and those of other processes, through PostgreSQL or through Redis."""
    pokes.on_poke(News.FEED, tail.hear, far=redis is None)
    if not redis:
        return [tail.run()]
    redis.on_gap = tail.hear
    return [tail.run(), redis.run()]


def _mind(settings: Settings, models: Models | None) -> Mind:
    return Mind(models, Prices(settings.model_input_price, settings.model_output_price))


@contextlib.asynccontextmanager
async def _exchange(settings: Settings) -> AsyncIterator[Exchange | None]:
    """Without a Redis there is none, and each process listens to PostgreSQL itself."""
    if settings.broadcast_url == "memory://":
        yield None
        return
    async with open_exchange(settings.broadcast_url) as exchange:
        yield exchange


@contextlib.asynccontextmanager
async def _channels(settings: Settings) -> AsyncIterator[Channels]:
    """Without an account texts wait, without a mail server e-mails do. For LinkedIn each organization has its own."""
    texts = mail = None
    linkedin = PhantomBuster(settings.phantombuster_url)
    if settings.twilio_account_sid and settings.twilio_auth_token:
        texts = Twilio(settings.twilio_account_sid, settings.twilio_auth_token, settings.twilio_api_url)
    if settings.smtp_url:
        mail = Mail(read_mail_server(settings.smtp_url), settings.mail_sender)
    try:
        yield Channels(texts, mail, f"{settings.callback_url}/webhooks/twilio/status", _links(settings), linkedin)
    finally:
        for carrier in (texts, mail, linkedin):
            if carrier:
                await carrier.close()


def _links(settings: Settings) -> Links:
    return Links(settings.secret(), settings.callback_url)


def _app(
    settings: Settings,
    database: Database,
    live: Live,
    guard: Guard,
    health: Health,
    pokes: Pokes,
    tokens: Tokens,
    storage: Storage,
) -> ASGIApp:
    links = _links(settings)
    graphql = Endpoint(
        Schema(),
        database,
        live,
        Authentication(database, tokens),
        guard,
        links,
        explorer=settings.explorer,
        sign_up=settings.sign_up,
        allowed_origins=settings.origins,
    )
    passes = Passes(settings.secret(), settings.jwt_issuer)
    stored = partial(pokes.poke, news={News.INBOUND})
    return web_app(
        graphql,
        Portal(portal_schema(), database, live, passes, Passwords(settings.password_rounds), Attempts()),
        TwilioWebhooks(database, settings.twilio_auth_token or "", settings.public_url, stored),
        CalWebhooks(database, stored),
        MailWebhooks(database, stored),
        Unsubscribing(database, links),
        Transfers(database, storage, links, settings.upload_megabytes * 1024 * 1024),
        health,
        settings.origins,
    )


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
