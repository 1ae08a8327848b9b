"""Those who soak the feed: writers out of order, and clients that come back whatever breaks."""

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

ALL = "subscription ($after: Cursor) { inboxEvents(after: $after) { __typename ... on Event { id cursor } } }"


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
    database.on_commit = pokes.committed
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
        while open_ := [task for task in tasks if not task.done()]:
            for task in open_:  # again and again: Python 3.11 may lose one where what was waited for comes that instant
                task.cancel()
            await asyncio.wait(open_, timeout=1)
        await asyncio.gather(*tasks, return_exceptions=True)


async def told(tenant: Tenant, sql: asyncpg.Connection) -> list[tuple[str, str]]:
    """What was committed, in order, as the clients should have heard it."""
    rows = await sql.fetch("select seq, id from events where organization_id = $1 order by seq", tenant.organization_id)
    return [(str(row["seq"]), show_id("event", row["id"])) for row in rows]


def faults(heard: list[tuple[str, str]], committed: list[tuple[str, str]]) -> int:
    """How many events are missing, told twice or out of their place."""
    missing, twice = set(committed) - set(heard), len(heard) - len(set(heard))
    return len(missing) + twice + sum(int(a[0]) > int(b[0]) for a, b in itertools.pairwise(heard))
