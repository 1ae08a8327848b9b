"""One embedded PostgreSQL and one running product for all tests; every test is a tenant of its own."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
import structlog
from hypothesis import HealthCheck, settings

from db.embedded.server import EmbeddedPostgres
from db.migrate import migrate
from tests.play.house import House, open_house
from tests.play.tenant import Tenant, open_tenant

# A tenant is built once per test, not per example; nothing is kept on disk.
settings.register_profile(
    "rekindle", database=None, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
settings.load_profile("rekindle")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where it counts, a test that was skipped is a test that failed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """An empty, migrated PostgreSQL that is as fast as it can be made, because nobody needs its data afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="rekindle-tests-"))
    folder.chmod(0o755)  # so that PostgreSQL's own account may enter where the tests run as root
    try:
        with EmbeddedPostgres.start(folder, durable=False) as server:
            yield server.url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
async def house(database_url: str) -> AsyncIterator[House]:
    """The whole product, listening on loopback, with a carrier it believes to be Twilio."""
    # Plain, because a traceback drawn with all its values takes a second, in which nothing else runs.
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(),
        ]
    )
    await migrate(database_url)
    async with open_house(database_url) as opened:
        yield opened


@pytest.fixture(scope="session")
async def sql(database_url: str, house: House) -> AsyncIterator[asyncpg.Connection]:
    """The database as its owner sees it, past every wall: for building pasts and for looking behind the API."""
    connection = await asyncpg.connect(database_url, server_settings={"timezone": "UTC"})
    yield connection
    await connection.close()


@pytest.fixture
async def tenant(house: House) -> Tenant:
    return await open_tenant(house)


@pytest.fixture
async def stranger(house: House) -> Tenant:
    """Another organization, with rows of its own."""
    return await open_tenant(house)
