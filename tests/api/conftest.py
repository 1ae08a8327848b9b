"""What tests of several processes share, a database and a Redis of their own; and what those of connections do."""

from collections.abc import AsyncIterator
from uuid import uuid4

import pytest

from tests.play.connections import Desk, open_desk
from tests.play.databases import new_database
from tests.play.house import House
from tests.play.neighbours import Neighbours, open_neighbours
from tests.play.networks import Networks, open_social_networks
from tests.play.process import idle_house, idle_tenant
from tests.play.tenant import Tenant, open_tenant
from tests.play.valkey import Valkey, open_valkey


@pytest.fixture(scope="module")
async def shared_url(database_url: str, house: House) -> str:
    return await new_database(database_url, f"shared_{uuid4().hex}")


@pytest.fixture(scope="module")
async def valkey_of_the_module() -> AsyncIterator[Valkey]:
    async with open_valkey() as valkey:
        yield valkey


@pytest.fixture
async def valkey(valkey_of_the_module: Valkey) -> Valkey:
    """As a test finds it, it answers."""
    await valkey_of_the_module.client.ping()
    return valkey_of_the_module


@pytest.fixture
async def neighbours(shared_url: str, valkey: Valkey) -> AsyncIterator[Neighbours]:
    """Two processes that tell each other news through Redis."""
    async with open_neighbours(shared_url, 2, valkey.url) as opened:
        yield opened


@pytest.fixture
async def networks() -> AsyncIterator[Networks]:
    async with open_social_networks() as opened:
        yield opened


@pytest.fixture
async def desk(tenant: Tenant, networks: Networks) -> AsyncIterator[Desk]:
    """With an app at every network."""
    async with open_desk(tenant, networks) as opened:
        yield opened


@pytest.fixture(scope="session")
async def unattended_house(database_url: str, house: House) -> AsyncIterator[House]:
    async with idle_house(database_url) as opened:
        yield opened


@pytest.fixture
async def unattended(unattended_house: House) -> Tenant:
    """A tenant nobody works for but what the test itself calls, and for it alone: other tests have theirs beside it."""
    return await open_tenant(unattended_house)


@pytest.fixture
async def idle(database_url: str, house: House) -> AsyncIterator[Tenant]:
    """A tenant in a database of its own, where nobody works but what the test starts."""
    async with idle_tenant(database_url) as tenant:
        yield tenant
