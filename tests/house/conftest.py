"""What the house tests look at: the schema as clients get it, and a migrated database as its owner sees it."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from resolvers.schema import Schema
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
