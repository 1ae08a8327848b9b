"""Scope and datasets in the database, table by table: what the server's role sees under each, whatever it asks."""

from uuid import UUID

import asyncpg
import pytest

from db.entity import ENTITIES
from domain.analytics import EventKind
from domain.ids import new_id
from domain.people import LeadScope, Role
from tests.api.test_tenancy import server_role
from tests.play.past import bare, live
from tests.play.tenant import Tenant

NARROWED = sorted({entity.table for entity in ENTITIES.values() if entity.scoped} | {"events"})
KEPT = {"consents"}  # evidence: the server may delete none of it, whoever's it is
EVERY_TABLE = pytest.mark.parametrize("table", NARROWED)


def deletes(table: str) -> list[str]:
    return [f"delete from {table}"] if table not in KEPT else []


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
    count += (
        " and dataset_id is null and subject_id is null" if table == "events" else ""
    )  # those of a dataset are of every scope
    [(owned, of_nobody)] = await sql.fetch(count, tenant.organization_id)
    assert owned and (of_nobody or table in ("insights", "insight_evidence"))
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
    for verb in (f"update {table} set owner_id = null", *deletes(table)):
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


LIMITED = sorted({*NARROWED, "datasets", "dataset_leads"})


@pytest.mark.parametrize("table", LIMITED)
async def test_who_is_limited_sees_what_their_datasets_hold(
    tenant: Tenant, sql: asyncpg.Connection, table: str
) -> None:
    """S1.14, S1.15: nothing without a context, and nothing of what is in none; whoever is not limited sees all."""
    past = await live(tenant, sql)
    await tenant.text("from somebody new")
    here, other = bare(past.dataset), new_id()
    held = {"datasets": "array[id]", "dataset_leads": "array[dataset_id]"}.get(table, "dataset_ids")
    count = f"select count(*), count(*) filter (where {held} @> $2) from {table} where organization_id = $1"
    [(everything, inside)] = await sql.fetch(count, tenant.organization_id, [here])
    assert inside and (inside < everything or table in ("insights", "insight_evidence", "datasets", "dataset_leads"))
    async with server_role(sql, tenant.organization_id):
        assert await sql.fetchval(count, tenant.organization_id, [here]) == everything
        for limit, seen in (([here], inside), ([other, here], inside), ([other], 0), ([], 0), (None, 0)):
            begin = "select begin_request($1, null, 'ALL', $2::uuid[])"
            await sql.fetchval(begin, tenant.organization_id, limit)
            assert await sql.fetchval(count, tenant.organization_id, [here]) == seen, limit
        for unknown in ("", "EVERYTHING", "all"):
            await sql.execute("select set_config('rekindle.dataset_ids', $1, true)", unknown)
            assert await sql.fetchval(count, tenant.organization_id, [here]) == 0, unknown


@pytest.mark.parametrize("table", LIMITED)
async def test_what_is_in_other_datasets_cannot_be_changed(tenant: Tenant, sql: asyncpg.Connection, table: str) -> None:
    past = await live(tenant, sql)
    column = {"datasets": "id", "dataset_leads": "dataset_id"}.get(table, "dataset_ids")
    begin = "select begin_request($1, null, 'ALL', $2::uuid[])"
    for verb in (f"update {table} set {column} = {column}", *deletes(table)):
        async with server_role(sql, tenant.organization_id):
            await sql.fetchval(begin, tenant.organization_id, [new_id()])
            assert (await sql.execute(verb)).endswith(" 0")
    async with server_role(sql, tenant.organization_id):
        await sql.fetchval(begin, tenant.organization_id, [bare(past.dataset)])
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            away = f"'{new_id()}'" if column != "dataset_ids" else "null"
            await sql.execute(f"update {table} set {column} = {away}")


async def test_of_events_that_are_of_no_dataset_a_limit_shows_ended_connections_alone(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """Whoever is limited, also to nothing; nobody without a context."""
    add = """insert into events (organization_id, seq, id, kind, subject_id)
      select $1, -row_number() over (), gen_random_uuid(), kind, gen_random_uuid() from unnest($2::text[]) kind"""
    await sql.execute(add, tenant.organization_id, list(EventKind))
    seen = "select kind from events where organization_id = $1 and seq < 0"
    async with server_role(sql, tenant.organization_id):
        for limit in ([new_id()], []):
            await sql.fetchval("select begin_request($1, null, 'ALL', $2)", tenant.organization_id, limit)
            assert [row["kind"] for row in await sql.fetch(seen, tenant.organization_id)] == ["CREDENTIAL_EXPIRED"]
        for unknown in ("", "EVERYTHING"):
            await sql.execute("select set_config('rekindle.dataset_ids', $1, true)", unknown)
            assert await sql.fetch(seen, tenant.organization_id) == []


async def test_nobody_who_is_limited_reads_the_trail(tenant: Tenant, sql: asyncpg.Connection) -> None:
    past = await live(tenant, sql)
    async with server_role(sql, tenant.organization_id):
        assert await sql.fetchval("select count(*) from audit_logs")
        await sql.fetchval("select begin_request($1, null, 'ALL', $2)", tenant.organization_id, [bare(past.dataset)])
        assert not await sql.fetchval("select count(*) from audit_logs")
