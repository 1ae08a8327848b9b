"""The feed forgets what is old, in small portions, and says so to whoever comes back too late."""

from datetime import UTC, datetime, timedelta

import asyncpg
import pytest
from gql.transport.exceptions import TransportQueryError

from tests.play.tenant import Tenant
from workers.forgetting import Forgetting

LIVE = """subscription ($after: Cursor) { inboxEvents(after: $after) { ... on Event { cursor } } }"""


async def forget(tenant: Tenant, before: datetime) -> None:
    await Forgetting(tenant.house.parts.database, timedelta(days=7)).forget(before)


async def age(tenant: Tenant, sql: asyncpg.Connection, count: int) -> None:
    """The tenant's first events are a month old."""
    month = datetime.now(UTC) - timedelta(days=30)
    aged = "update events set at = $3 where organization_id = $1 and seq <= $2"
    await sql.execute(aged, tenant.organization_id, count, month)


async def test_what_is_old_is_forgotten_and_the_rest_is_not(tenant: Tenant, sql: asyncpg.Connection) -> None:
    for _ in range(3):
        await tenant.text()
    await age(tenant, sql, 5)
    await forget(tenant, datetime.now(UTC) - timedelta(days=7))
    left = await sql.fetch("select seq from events where organization_id = $1 order by seq", tenant.organization_id)
    assert [row["seq"] for row in left] == list(range(6, 13))


async def test_who_comes_back_too_late_is_told_where_to_go_on(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await tenant.text()
    await age(tenant, sql, 2)
    await forget(tenant, datetime.now(UTC) - timedelta(days=7))
    async with tenant.agent.hear(LIVE, after="1") as ear:
        with pytest.raises(TransportQueryError) as told:
            await ear.next()
    assert told.value.errors
    extensions = told.value.errors[0]["extensions"]
    assert (extensions["code"], extensions["cursor"]) == ("RESYNC_REQUIRED", "4")


async def test_who_has_had_all_that_was_forgotten_goes_on(tenant: Tenant, sql: asyncpg.Connection) -> None:
    await tenant.text()
    await age(tenant, sql, 2)
    await forget(tenant, datetime.now(UTC) - timedelta(days=7))
    async with tenant.agent.hear(LIVE, after="2") as ear:
        assert [(await ear.next())["cursor"] for _ in range(2)] == ["3", "4"]
