"""What the house tests look at: the schema as clients get it, and a migrated database as its owner sees it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from db.database import pool_options
from resolvers.schema import Schema
from tests.house.asking import Asking, asking
from tests.house.growth import Grown, grow
from tests.play.databases import new_database


@pytest.fixture(scope="session")
def schema() -> Schema:
    return Schema()


@pytest.fixture(scope="session")
async def house_url(database_url: str) -> str:
    """A migrated database that only the house tests write to."""
    return await new_database(database_url, "house")


@pytest.fixture
async def owner(house_url: str) -> AsyncIterator[asyncpg.Connection]:
    """Sees everything, whatever the policies say."""
    connection = await asyncpg.connect(house_url)
    yield connection
    await connection.close()


@pytest.fixture(scope="session")
async def grown(database_url: str) -> Grown:
    return await grow(await new_database(database_url, "grown"))


@pytest.fixture
async def server(grown: Grown) -> AsyncIterator[asyncpg.Connection]:
    """A connection as the server has it: its plans know the policies too."""
    connection = await asyncpg.connect(grown.url, server_settings=pool_options(15)["server_settings"])
    yield connection
    await connection.close()


@pytest.fixture
async def asker(grown: Grown, schema: Schema) -> AsyncIterator[Asking]:
    async with asking(grown.url, schema, grown.actor) as one:
        yield one
