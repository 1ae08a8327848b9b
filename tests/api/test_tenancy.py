"""The second wall, table by table: what the server's role can do to the rows of another organization."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import asyncpg
import pytest

from db.migrate import migrations
from tests.play.past import live
from tests.play.tenant import Tenant

# Tables every organization shares, with the reason why no policy tells them apart.
SHARED = {"rekindle_migrations": "which migrations were applied; nobody's data"}
# Behind row-level security, and shut to the server's role altogether: only the lookup functions see them.
SHUT = {
    "users": "one person may belong to several organizations",
    "emptied_folders": "whose files are to go, once nothing else of an organization is left",
}

TABLES_SQL = """select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as walled
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1"""
REFERENCES_SQL = """select r.conname as name,
    r.conrelid::regclass::text as child, r.confrelid::regclass::text as parent,
    array(select a.attname::text from unnest(r.conkey) with ordinality k (n, o)
          join pg_attribute a on a.attrelid = r.conrelid and a.attnum = k.n order by k.o) as columns
  from pg_constraint r where r.contype = 'f' and r.connamespace = 'public'::regnamespace order by 1"""
TENANT_TABLES = sorted({name for step in migrations() for name in re.findall(r"isolate\('(\w+)'", step.up)})


def tenant_column(table: str) -> str:
    return "id" if table == "organizations" else "organization_id"


@asynccontextmanager
async def server_role(sql: asyncpg.Connection, organization_id: UUID | None) -> AsyncIterator[None]:
    """As the server's role with this context, or with none; everything is rolled back."""
    transaction = sql.transaction()
    await transaction.start()
    try:
        await sql.execute("set local role rekindle_app")
        if organization_id:
            await sql.fetchval("select begin_request($1, null, 'ALL')", organization_id)
        yield
    finally:
        await transaction.rollback()


async def test_every_table_is_walled_or_listed(sql: asyncpg.Connection) -> None:
    tables = {row["name"]: row["walled"] for row in await sql.fetch(TABLES_SQL)}
    assert {name for name, walled in tables.items() if not walled} == set(SHARED)
    assert {name for name, walled in tables.items() if walled} == set(TENANT_TABLES) | set(SHUT)


async def test_every_table_with_an_organization_is_a_tenant_table(sql: asyncpg.Connection) -> None:
    columns = "select table_name from information_schema.columns where table_schema = 'public' and column_name = $1"
    found = {row["table_name"] for row in await sql.fetch(columns, "organization_id")}
    assert found == set(TENANT_TABLES) - {"organizations"}


async def test_the_server_owns_nothing_and_bypasses_nothing(sql: asyncpg.Connection) -> None:
    roles = "select rolsuper or rolbypassrls or rolcanlogin from pg_roles where rolname = any ($1)"
    assert [row[0] for row in await sql.fetch(roles, ["rekindle_app", "rekindle_lookup"])] == [False, False]
    assert not await sql.fetchval(
        "select exists (select from pg_class where pg_get_userbyid(relowner) = 'rekindle_app')"
    )


@pytest.mark.parametrize("table", SHUT)
async def test_a_shut_table_is_shut(sql: asyncpg.Connection, tenant: Tenant, table: str) -> None:
    for verb in (f"select * from {table}", f"delete from {table}", f"update {table} set id = id"):
        async with server_role(sql, tenant.organization_id):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.execute(verb)


# The server may read these and nothing else; test_audit and test_search prove it.
READ_ONLY = {"audit_logs", "lead_words"}
# To these it may add, and change nothing that is evidence.
APPEND_ONLY = {"consents", "prompt_versions", "prompt_sections", "prompt_deployments", "model_uses"}
CHANGED = [table for table in TENANT_TABLES if table not in READ_ONLY | APPEND_ONLY]


@pytest.mark.parametrize("context", ["another's", "none"])
@pytest.mark.parametrize("table", CHANGED)
async def test_nothing_of_another_organization(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, table: str, context: str
) -> None:
    """Not seen, not counted, not changed, not deleted; and nothing can be put there."""
    await live(tenant, sql)
    asks, column = stranger.organization_id if context == "another's" else None, tenant_column(table)
    mine = f"from {table} where {column} = $1"
    before = await rows_of(sql, mine, tenant.organization_id)
    assert before, f"the past lacks {table}: this test would prove nothing"
    async with server_role(sql, asks):
        assert await rows_of(sql, mine, tenant.organization_id) == []
        assert await sql.fetchval(f"select count(*) from {table}") == (await count_of(sql, table, asks) if asks else 0)
        assert (
            await sql.execute(f"update {table} set {column} = {column} where {column} = $1", tenant.organization_id)
            == "UPDATE 0"
        )
        assert await sql.execute(f"delete {mine}", tenant.organization_id) == "DELETE 0"
        await sql.execute(f"delete from {table} where {column} is distinct from $1", asks)
        await sql.execute("reset role")
        assert await rows_of(sql, mine, tenant.organization_id) == before
    async with server_role(sql, asks):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await sql.execute(f"insert into {table} ({column}) values ($1)", tenant.organization_id)


@pytest.mark.parametrize("table", sorted(APPEND_ONLY))
async def test_what_is_only_added_to_is_kept_from_others_and_from_change(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, table: str
) -> None:
    await live(tenant, sql)
    mine = f"from {table} where organization_id = $1"
    assert await rows_of(sql, mine, tenant.organization_id), f"the past lacks {table}: this test would prove nothing"
    async with server_role(sql, stranger.organization_id):
        assert await rows_of(sql, mine, tenant.organization_id) == []
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await sql.execute(f"insert into {table} (organization_id) values ($1)", tenant.organization_id)
    for verb in (f"delete from {table}", f"update {table} set organization_id = organization_id"):
        async with server_role(sql, tenant.organization_id):
            with pytest.raises(asyncpg.InsufficientPrivilegeError, match="permission denied"):
                await sql.execute(verb)


async def rows_of(sql: asyncpg.Connection, mine: str, organization_id: UUID) -> list[str]:
    """In no order but that of their texts: the plan of the moment decides in which they come."""
    return sorted(map(str, await sql.fetch(f"select * {mine}", organization_id)))


async def count_of(sql: asyncpg.Connection, table: str, organization_id: UUID) -> int:
    """What is one's own is all there is."""
    found: int = await sql.fetchval(f"select count(*) from {table} where {tenant_column(table)} = $1", organization_id)
    return found


@pytest.mark.parametrize("table", CHANGED)
async def test_a_row_cannot_be_handed_to_another_organization(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, table: str
) -> None:
    await live(tenant, sql)
    column = tenant_column(table)
    async with server_role(sql, tenant.organization_id):
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="row-level security"):
            await sql.execute(f"update {table} set {column} = $1", stranger.organization_id)


async def test_every_reference_carries_the_organization(sql: asyncpg.Connection) -> None:
    for row in await sql.fetch(REFERENCES_SQL):
        if row["parent"] not in {"organizations", *SHUT}:
            assert row["columns"][0] == "organization_id" and len(row["columns"]) == 2, row["name"]


async def test_no_reference_points_into_another_organization(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    """Foreign keys look past row-level security, so only the pair (organization, id) keeps them at home."""
    await live(tenant, sql)
    await live(stranger, sql)
    checked = 0
    for row in await sql.fetch(REFERENCES_SQL):
        if len(row["columns"]) != 2:
            continue
        id = f"select id from {row['parent']} where organization_id = $2 limit 1"
        given = f"order by {row['columns'][1]} is null limit 1"  # of what goes together one part cannot be put alone
        one = f"select ctid from {row['child']} where organization_id = $1 {given}"
        with pytest.raises(asyncpg.ForeignKeyViolationError) as refused:
            changed = await sql.execute(
                f"update {row['child']} set {row['columns'][1]} = ({id}) where organization_id = $1 and ctid = ({one})",
                tenant.organization_id,
                stranger.organization_id,
            )
            assert changed == "UPDATE 0", f"{row['name']} let a row through"
            raise AssertionError(f"the past has no row for {row['name']}")
        assert refused.value.constraint_name == row["name"]
        checked += 1
    assert checked >= 8
