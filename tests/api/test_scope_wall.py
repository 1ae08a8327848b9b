"""The lead scope in the database, table by table: what the server's role sees under each scope, whatever it asks."""

from uuid import UUID

import asyncpg
import pytest

from db.entity import ENTITIES
from domain.ids import new_id
from domain.people import LeadScope, Role
from tests.api.test_tenancy import server_role
from tests.play.past import live
from tests.play.tenant import Tenant

NARROWED = sorted({entity.table for entity in ENTITIES.values() if entity.scoped} | {"events"})
EVERY_TABLE = pytest.mark.parametrize("table", NARROWED)


async def begin(sql: asyncpg.Connection, tenant: Tenant, member: UUID, scope: str | None) -> None:
    await sql.fetchval("select begin_request($1, $2, $3)", tenant.organization_id, member, scope)


@EVERY_TABLE
@pytest.mark.parametrize("scope", [*LeadScope, "", "EVERYTHING", None])
async def test_a_member_sees_what_the_scope_says(
    tenant: Tenant, sql: asyncpg.Connection, table: str, scope: str | None
) -> None:
    """One lead is the agent's, one is nobody's. A scope nobody knows shows a member their own alone."""
    await live(tenant, sql)
    await tenant.text("from somebody new")
    count = f"select count(owner_id), count(*) - count(owner_id) from {table} where organization_id = $1"
    count += " and dataset_id is null" if table == "events" else ""  # those of a dataset are of every scope
    [(owned, of_nobody)] = await sql.fetch(count, tenant.organization_id)
    assert owned and (of_nobody or table == "insights")
    sees_pool = scope in (LeadScope.ALL, LeadScope.ASSIGNED_AND_UNASSIGNED)
    async with server_role(sql, tenant.organization_id):
        for member, sees_owned in ((tenant.members[Role.AGENT], True), (new_id(), scope == LeadScope.ALL)):
            await begin(sql, tenant, member, scope)
            [seen] = [tuple(row) for row in await sql.fetch(count, tenant.organization_id)]
            assert seen == (owned * sees_owned, of_nobody * sees_pool)


@EVERY_TABLE
async def test_what_a_member_does_not_see_they_cannot_change(
    tenant: Tenant, sql: asyncpg.Connection, table: str
) -> None:
    await live(tenant, sql)
    for verb in (f"update {table} set owner_id = null", f"delete from {table}"):
        async with server_role(sql, tenant.organization_id):
            await begin(sql, tenant, new_id(), LeadScope.ASSIGNED_AND_UNASSIGNED)
            assert (await sql.execute(f"{verb} where owner_id is not null")).endswith(" 0")


@EVERY_TABLE
async def test_a_row_cannot_be_pushed_out_of_ones_own_sight(
    tenant: Tenant, sql: asyncpg.Connection, table: str
) -> None:
    """Only a hand-over does that, which says whose lead it hands over."""
    await live(tenant, sql)
    async with server_role(sql, tenant.organization_id):
        await begin(sql, tenant, tenant.members[Role.AGENT], LeadScope.ASSIGNED)
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await sql.execute(f"update {table} set owner_id = null, assignee_id = null where owner_id is not null")
