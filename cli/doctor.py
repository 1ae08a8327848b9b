"""`rekindle doctor`: looks at everything a running server needs, and says what to do about what is missing."""

from collections.abc import AsyncIterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from cli.compose import open_database
from cli.issuers import describe
from cli.models import describe_model
from cli.settings import Settings
from cli.social_apps import describe as describe_networks
from db.database import Database
from db.migrate import pending
from domain.troubles import Trouble
from gateways.mail import read_mail_server
from gateways.storage.addresses import open_storage
from realtime.redis import open_exchange

_OK, _MEND, _NOTE = "[green]well[/green]", "[red]mend[/red]", "[yellow]note[/yellow]"


async def examine(settings: Settings, url: str) -> bool:
    """Prints the findings; False when one must be mended."""
    table = Table("", "what", "finding", box=None)
    verdicts = []
    async for verdict, what, finding in _findings(settings, url):
        table.add_row(verdict, what, finding)
        verdicts.append(verdict)
    Console().print(table)
    return _MEND not in verdicts


async def _findings(settings: Settings, url: str) -> AsyncIterator[tuple[str, str, str]]:
    yield _OK, "database", "the one REKINDLE_DATABASE_URL names" if settings.database_url else "embedded"
    waiting = await pending(settings.migration_url or url)
    if waiting:
        yield _MEND, "migrations", f"{len(waiting)} waiting: run `rekindle migrate`"
        return
    yield _OK, "migrations", "all applied"
    async with open_database(settings, url) as database:
        yield await _role(database)
        yield await _webhooks(database)
        async for finding in _credentials(database):
            yield finding
    for provider in settings.issuers:
        is_well, told = await describe(provider)
        yield _OK if is_well else _NOTE, "issuer", told
    for is_refreshed, told in describe_networks(settings.social_apps):
        yield _OK if is_refreshed else _NOTE, "networks", told
    if settings.broadcast_url != "memory://":
        yield await _redis(settings)
    yield await _storage(settings)
    if settings.twilio_account_sid:
        yield _OK, "carrier", f"Twilio; its webhooks belong to {settings.callback_url}/webhooks/twilio/messages"
    else:
        yield (
            _NOTE,
            "carrier",
            "none, so no text is sent: set REKINDLE_TWILIO_ACCOUNT_SID and REKINDLE_TWILIO_AUTH_TOKEN",
        )
    yield _mail(settings)
    is_written, told = describe_model(settings)
    yield _OK if is_written else _NOTE, "model", told


def _mail(settings: Settings) -> tuple[str, str, str]:
    if not settings.smtp_url:
        return _NOTE, "mail", "no server, so e-mails wait: set REKINDLE_SMTP_URL"
    server = read_mail_server(settings.smtp_url)
    return _OK, "mail", f"{server.host}; webhooks belong to {settings.callback_url}/webhooks/mail/<organization>"


async def _role(database: Database) -> tuple[str, str, str]:
    row = (await database.look_up("describe_role"))[0]
    if row["bypasses"]:
        return _MEND, "role", f"{row['name']} bypasses row-level security: use a role that does not"
    return _OK, "role", f"{row['name']}, which no policy lets past"


async def _redis(settings: Settings) -> tuple[str, str, str]:
    try:
        async with open_exchange(settings.broadcast_url) as exchange:
            await exchange.ping()
    except Trouble:
        return (
            _NOTE,
            "redis",
            "does not answer, so each process reads the news every second: see to what REKINDLE_BROADCAST_URL names",
        )
    return _OK, "redis", "answers, and carries the news between processes"


async def _storage(settings: Settings) -> tuple[str, str, str]:
    place = settings.storage
    try:
        await open_storage(place).check()
    except Trouble as trouble:
        return _MEND, "files", f"{trouble} See to REKINDLE_STORAGE_URL"
    return _OK, "files", f"kept in {place if isinstance(place, Path) else f'the bucket {place.bucket}'}"


async def _webhooks(database: Database) -> tuple[str, str, str]:
    row = (await database.look_up("count_stuck_webhooks"))[0]
    if row["unrouted"] or row["failing"]:
        return (
            _NOTE,
            "webhooks",
            f"{row['unrouted']} kept for numbers nobody has registered, {row['failing']} fail and are tried again",
        )
    return _OK, "webhooks", "none waits"


async def _credentials(database: Database) -> AsyncIterator[tuple[str, str, str]]:
    """How many are sealed under which key, and what that asks for."""
    ring = database.ring
    if not ring.first:
        yield _NOTE, "sealing", "no key, so no credential can be stored: set REKINDLE_SEALING_KEYS"
    else:
        yield _OK, "sealing", f"new credentials are sealed under {ring.first}"
    for row in await database.look_up("count_sealed"):
        under = f"{row['sealed']} sealed under {row['key_id']}"
        if row["key_id"] not in ring.keys:
            yield _MEND, "credentials", f"{under}, which is missing: add it to REKINDLE_SEALING_KEYS, or none opens"
        elif row["key_id"] != ring.first:
            yield _NOTE, "credentials", f"{under}, an older key: run `rekindle reseal`"
        else:
            yield _OK, "credentials", under
