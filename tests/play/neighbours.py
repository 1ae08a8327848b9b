"""Neighbours: several processes on one database, as one tenant meets them."""

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace

import asyncpg

from tests.play.house import House, open_house
from tests.play.tenant import Tenant, open_tenant
from tests.play.waiting import until

# Who holds an office in this database.
RELAY = """select pid from pg_locks where locktype = 'advisory' and granted and
  database = (select oid from pg_database where datname = current_database())"""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The same tenant in each house, and the database as its owner sees it."""

    tenants: list[Tenant]
    sql: asyncpg.Connection

    @property
    def first(self) -> Tenant:
        return self.tenants[0]

    @property
    def houses(self) -> list[House]:
        return [tenant.house for tenant in self.tenants]


@contextlib.asynccontextmanager
async def open_neighbours(
    url: str, count: int, broadcast_url: str = "memory://", *, work: bool = True
) -> AsyncIterator[Neighbours]:
    async with contextlib.AsyncExitStack() as stack:
        given = {"broadcast_url": broadcast_url, "pool_size": 5, "work": work}
        houses = [await stack.enter_async_context(open_house(url, **given)) for _ in range(count)]
        tenant = await open_tenant(houses[0])
        sql = await asyncpg.connect(url, server_settings={"timezone": "UTC"})
        stack.push_async_callback(sql.close)
        yield Neighbours([replace(tenant, house=house) for house in houses], sql)


async def a_relay(sql: asyncpg.Connection, but: int = 0) -> int:
    """The relay's connection, as PostgreSQL numbers it, once there is one that is not `but`."""

    async def elected() -> int:
        return int(await sql.fetchval(f"{RELAY} and pid <> $1", but) or 0)

    return await until(elected)
