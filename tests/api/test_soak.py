"""The soak: writers out of order, lines cut at random, database connections killed, and nobody misses an event."""

import asyncio
import contextlib
import itertools
import json
import random
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
from websockets.asyncio.client import connect
from websockets.exceptions import WebSocketException

from actions.receiving import receive_text
from db.database import Database
from db.session import Session
from domain.conversations import Channel, InboundText
from domain.ids import show_id
from domain.troubles import Trouble
from realtime.pokes import Pokes
from tests.play.line import Line
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

ALL = "subscription ($after: Cursor) { inboxEvents(after: $after) { __typename ... on Event { id cursor } } }"
CLIENTS, WRITERS, CUTS, KILLS = 8, 6, 100, 6
SECONDS = 8.0
# Whoever waits in a pool, and whoever listens; a transaction under way is left alone.
IDLE = (
    "select pid from pg_stat_activity where datname = current_database() and state = 'idle' and pid <> pg_backend_pid()"
)
LISTENERS = f"{IDLE} and query in ('select 1', 'LISTEN \"rekindle\"')"


class ChangedMind(Exception):
    """A writer who rolls back."""


@dataclass(slots=True)
class Listener:
    """A client as the recipe says: it keeps its last cursor, and comes back with it whatever happened."""

    tenant: Tenant
    line: Line
    heard: list[tuple[str, str]] = field(default_factory=list)
    visits: int = 0
    errors: int = 0

    async def listen(self) -> None:
        while True:
            with contextlib.suppress(OSError, EOFError, TimeoutError, WebSocketException):
                await self._visit()
            await asyncio.sleep(0.01)

    async def _visit(self) -> None:
        protocols = ["graphql-transport-ws"]
        async with connect(self.line.ws, subprotocols=protocols, close_timeout=0.2) as socket:  # type: ignore[arg-type]
            await socket.send(json.dumps({"type": "connection_init", "payload": self.tenant.agent.headers}))
            assert json.loads(await socket.recv())["type"] == "connection_ack"
            asked = {"query": ALL, "variables": {"after": self.heard[-1][0] if self.heard else "0"}}
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": asked}))
            self.visits += 1
            async for text in socket:
                message = json.loads(text)
                if message["type"] != "next" or "errors" in message["payload"]:
                    self.errors += 1
                    return
                event = message["payload"]["data"]["inboxEvents"]
                self.heard.append((event["cursor"], event["id"]))


async def write(tenant: Tenant, database: Database, chance: random.Random) -> None:
    """Texts, one transaction each: short or long, held before or after it takes its numbers, or rolled back."""
    while True:
        with contextlib.suppress(Trouble, ChangedMind):
            async with database.work(tenant.product) as session:
                at = datetime.now(UTC)
                sender = next_number()
                text = InboundText(f"SM{uuid4().hex}", Channel.SMS, sender, tenant.number, "Hello?", (), at)
                await receive_text(session, text)
                await hesitate(session, chance)
        await asyncio.sleep(chance.uniform(0, 0.02))


async def hesitate(session: Session, chance: random.Random) -> None:
    match chance.randrange(10):
        case 0 | 1:  # later ones commit meanwhile
            await asyncio.sleep(chance.uniform(0, 0.5))
        case 2:  # has its numbers, commits late and pokes nobody
            await session.write_announcements()
            session.announcements.clear()
            await asyncio.sleep(chance.uniform(0, 0.1))
        case 3:  # had its numbers
            await session.write_announcements()
            raise ChangedMind


@contextlib.asynccontextmanager
async def elsewhere(tenant: Tenant) -> AsyncIterator[Database]:
    """The database as another process has it: what that commits is heard through PostgreSQL alone."""
    url = tenant.house.database_url
    database = Database(url, pool_size=4)
    await database.connect()
    pokes = Pokes(database, url)
    database.on_commit = pokes.poke
    async with under_way([asyncio.create_task(pokes.run())]):
        yield database
    await database.disconnect()


@contextlib.asynccontextmanager
async def under_way(tasks: list[asyncio.Task[None]]) -> AsyncIterator[None]:
    """What ends by itself meanwhile fails the test."""
    try:
        yield
        assert not [task for task in tasks if task.done()]
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def cut(lines: list[Line], chance: random.Random) -> None:
    for _ in range(CUTS):
        line = chance.choice(lines)
        await line.cut()
        await asyncio.sleep(chance.uniform(0, 2 * SECONDS / CUTS))
        line.mend()


async def kill(sql: asyncpg.Connection) -> int:
    """Ends connections of the server as a failing database would; answers how many."""
    killed = 0
    for round in range(KILLS):
        await asyncio.sleep(SECONDS / KILLS)
        rows = await sql.fetch(IDLE if round % 2 else LISTENERS)
        killed += sum([await sql.fetchval("select pg_terminate_backend($1)", row["pid"]) for row in rows])
    return killed


async def test_nobody_misses_an_event_whatever_breaks(tenant: Tenant, sql: asyncpg.Connection) -> None:
    seed = random.randrange(1_000_000)
    clients, killed = await soak(tenant, sql, random.Random(seed))
    committed = await told(tenant, sql)
    counted = {
        "seed": seed,
        "events": len(committed),
        "clients": len(clients),
        "cuts": sum(client.line.cuts for client in clients),
        "visits": sum(client.visits for client in clients),
        "errors": sum(client.errors for client in clients),
        "killed": killed,
        "faults": sum(_faults(client.heard, committed) for client in clients),
    }
    print(f"soak: {counted}")  # noqa: T201 — the figures are what one wants of a soak, with `pytest -rP`
    assert [seq for seq, _ in committed] == [str(n + 1) for n in range(len(committed))]
    for client in clients:
        assert client.heard == committed
    assert counted["events"] > 200 and counted["visits"] > 3 * CLIENTS and killed >= KILLS


async def soak(tenant: Tenant, sql: asyncpg.Connection, chance: random.Random) -> tuple[list[Listener], int]:
    """Everything at once for some seconds; then quiet, in which everybody catches up as far as they can."""
    async with contextlib.AsyncExitStack() as stack:
        lines = [await stack.enter_async_context(Line.to(tenant.house.ws)) for _ in range(CLIENTS)]
        clients = [Listener(tenant, line) for line in lines]
        await stack.enter_async_context(under_way([asyncio.create_task(client.listen()) for client in clients]))
        homes = [tenant.house.parts.database, await stack.enter_async_context(elsewhere(tenant))]
        writers = [asyncio.create_task(write(tenant, homes[n % 2], chance)) for n in range(WRITERS)]
        async with under_way(writers):
            _, killed = await asyncio.gather(cut(lines, chance), kill(sql))
        count = len(await told(tenant, sql))

        async def have_all() -> bool:
            return all(len(client.heard) >= count for client in clients)

        with contextlib.suppress(AssertionError):  # the test tells what is missing
            await until(have_all)
        await asyncio.sleep(0.2)  # in which what comes twice would come
    return clients, killed


async def told(tenant: Tenant, sql: asyncpg.Connection) -> list[tuple[str, str]]:
    """What was committed, in order, as the clients should have heard it."""
    rows = await sql.fetch("select seq, id from events where organization_id = $1 order by seq", tenant.organization_id)
    return [(str(row["seq"]), show_id("event", row["id"])) for row in rows]


def _faults(heard: list[tuple[str, str]], committed: list[tuple[str, str]]) -> int:
    """How many events are missing, told twice or out of their place."""
    missing, twice = set(committed) - set(heard), len(heard) - len(set(heard))
    return len(missing) + twice + sum(int(a[0]) > int(b[0]) for a, b in itertools.pairwise(heard))
