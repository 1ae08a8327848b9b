"""The soak: writers out of order, lines cut at random, connections and processes killed, and nobody misses an event."""

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator, Coroutine
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import pytest

from db.database import Database
from tests.play.line import Line
from tests.play.neighbours import Neighbours, a_relay
from tests.play.process import free_port, process
from tests.play.soaking import Listener, elsewhere, faults, told, under_way, write
from tests.play.tenant import Tenant
from tests.play.valkey import Valkey
from tests.play.waiting import until

CLIENTS, WRITERS, CUTS, KILLS = 8, 6, 100, 6
SECONDS = 8.0
# Whoever waits in a pool, and whoever listens; a transaction under way is left alone.
IDLE = (
    "select pid from pg_stat_activity where datname = current_database() and state = 'idle' and pid <> pg_backend_pid()"
)
LISTENERS = f"{IDLE} and query in ('select 1', 'LISTEN \"rekindle\"')"


@dataclass(slots=True)
class Soak:
    """Where the clients go, where the writers write, and what breaks meanwhile. It answers how much it broke."""

    tenant: Tenant
    sql: asyncpg.Connection
    ports: list[int]
    homes: list[Database]
    breaking: Coroutine[Any, Any, int]
    chance: random.Random = field(init=False)
    clients: list[Listener] = field(default_factory=list)

    async def run(self) -> dict[str, int]:
        seed = random.randrange(1_000_000)
        self.chance = random.Random(seed)
        killed = await self._everything_at_once()
        committed = await told(self.tenant, self.sql)
        counted = {
            "seed": seed,
            "events": len(committed),
            "clients": len(self.clients),
            "cuts": sum(client.line.cuts for client in self.clients),
            "visits": sum(client.visits for client in self.clients),
            "errors": sum(client.errors for client in self.clients),
            "killed": killed,
            "faults": sum(faults(client.heard, committed) for client in self.clients),
        }
        print(f"soak: {counted}")  # noqa: T201 — the figures are what one wants of a soak, with `pytest -rP`
        assert [seq for seq, _ in committed] == [str(n + 1) for n in range(len(committed))]
        for client in self.clients:
            assert client.heard == committed
        return counted

    async def _everything_at_once(self) -> int:
        """For some seconds; then quiet, in which everybody catches up as far as they can."""
        killed: int
        async with contextlib.AsyncExitStack() as stack:
            lines = [
                await stack.enter_async_context(Line.to(f"http://127.0.0.1:{self.ports[0]}")) for _ in range(CLIENTS)
            ]
            self.clients = [Listener(self.tenant, line) for line in lines]
            await stack.enter_async_context(under_way([asyncio.create_task(one.listen()) for one in self.clients]))
            writers = [write(self.tenant, self.homes[n % len(self.homes)], self.chance) for n in range(WRITERS)]
            async with under_way([asyncio.create_task(writer) for writer in writers]):
                _, killed = await asyncio.gather(self._cut(lines), self.breaking)
            count = len(await told(self.tenant, self.sql))

            async def have_all() -> bool:
                return all(len(client.heard) >= count for client in self.clients)

            with contextlib.suppress(AssertionError):  # the test tells what is missing
                await until(have_all)
            await asyncio.sleep(0.2)  # in which what comes twice would come
        return killed

    async def _cut(self, lines: list[Line]) -> None:
        for _ in range(CUTS):
            line = self.chance.choice(lines)
            await line.cut()
            await asyncio.sleep(self.chance.uniform(0, 2 * SECONDS / CUTS))
            line.lead(f"http://127.0.0.1:{self.chance.choice(self.ports)}")
            line.mend()


async def end(sql: asyncpg.Connection, whom: str) -> int:
    """Ends connections of the server as a failing database would; answers how many."""
    rows = await sql.fetch(whom)
    ended = [await sql.fetchval("select pg_terminate_backend($1)", row["pid"]) for row in rows]
    return ended.count(True)


async def kill(sql: asyncpg.Connection) -> int:
    killed = 0
    for round in range(KILLS):
        await asyncio.sleep(SECONDS / KILLS)
        killed += await end(sql, IDLE if round % 2 else LISTENERS)
    return killed


@pytest.mark.parametrize("crowd", [1, 1000])
async def test_nobody_misses_an_event_whatever_breaks(
    tenant: Tenant, sql: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch, crowd: int
) -> None:
    """Whether events are looked at before they are read, or not."""
    monkeypatch.setattr("realtime.channel._CROWD", crowd)
    async with elsewhere(tenant) as far:
        homes = [tenant.house.parts.database, far]
        counted = await Soak(tenant, sql, [tenant.house.settings.port], homes, kill(sql)).run()
    assert counted["events"] > 200 and counted["visits"] > 3 * CLIENTS and counted["killed"] >= KILLS


@contextlib.asynccontextmanager
async def restarted(neighbours: Neighbours, valkey: Valkey, port: int) -> AsyncIterator[Coroutine[Any, Any, int]]:
    """A process that is the relay, and what will happen to it and to everything it needs, one after the other."""
    async with contextlib.AsyncExitStack() as stack:
        house, url = neighbours.first.house, valkey.url
        served = await stack.enter_async_context(process(house, port, BROADCAST_URL=url))
        assert await a_relay(neighbours.sql)

        async def breaking() -> int:
            sql, killed = neighbours.sql, await end(neighbours.sql, LISTENERS)
            await asyncio.sleep(1)
            killed += await valkey.hang_up("pubsub")
            await asyncio.sleep(1)
            await valkey.stop()
            await asyncio.sleep(1.5)
            await valkey.start()
            await asyncio.sleep(1)
            served.kill()
            await asyncio.sleep(0.5)
            await stack.enter_async_context(process(house, port, BROADCAST_URL=url))
            killed += await valkey.hang_up("normal") + await end(sql, IDLE)
            await asyncio.sleep(1.5)
            return killed + 2

        yield breaking()


async def test_nobody_misses_an_event_when_the_relay_is_restarted(
    neighbours: Neighbours, valkey: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("realtime.channel._CROWD", 1)
    port = free_port()
    async with restarted(neighbours, valkey, port) as breaking:
        houses = [tenant.house for tenant in neighbours.tenants]
        ports, homes = [house.settings.port for house in houses], [house.parts.database for house in houses]
        counted = await Soak(neighbours.first, neighbours.sql, [*ports, port], homes, breaking).run()
    assert counted["events"] > 200 and counted["visits"] > 3 * CLIENTS and counted["killed"] > KILLS
