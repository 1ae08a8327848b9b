"""Every table stands behind both walls, and could be distributed by its organization."""

import re
from collections.abc import Mapping
from typing import Any

import asyncpg

from db.entity import ENTITIES
from db.migrate import migrations
from db.refusals import _BAD_INPUTS, _CONFLICTS
from tests.house.walls import TENANT_COLUMNS

LEDGER = "rekindle_migrations"
GLOBAL = {"organizations", "users", "emptied_folders"}
ROUTING = {"phone_numbers", "inbound_webhooks"}  # their keys are asked for before a tenant is known
DISTRIBUTED = set(TENANT_COLUMNS) - GLOBAL - ROUTING
TIMED = "timestamp with time zone"
# Ids that others gave; and lists that are always given.
NAMED_BY_OTHERS = {
    "messages.external_id",
    "bookings.external_id",
    "inbound_webhooks.provider_id",
    "credentials.key_id",
    "audit_logs.request_id",
}
GIVEN = {"api_keys.permissions", "exports.columns"}
_TABLES = """
select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as walled,
       array(select attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0) as columns,
       array(select p.policyname || ' ' || array_to_string(p.roles, ' ')
             from pg_policies p where p.schemaname = 'public' and p.tablename = c.relname order by 1) as policies,
       array(select pg_get_triggerdef(t.oid, true)
             from pg_trigger t where t.tgrelid = c.oid and not tgisinternal) as triggers
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')"""
_CONSTRAINTS = """
select c.conname as name, c.contype::text as kind, r.relname as on_table, f.relname as to_table,
       c.confdeltype::text as deleting,
       array(select attname::text from unnest(c.conkey) with ordinality k (n, i) join pg_attribute a
             on a.attrelid = c.conrelid and a.attnum = k.n order by k.i) as columns,
       array(select attname::text from unnest(c.confkey) with ordinality k (n, i) join pg_attribute a
             on a.attrelid = c.confrelid and a.attnum = k.n order by k.i) as to_columns
from pg_constraint c join pg_class r on r.oid = c.conrelid left join pg_class f on f.oid = c.confrelid
where c.connamespace = 'public'::regnamespace and c.contype in ('c', 'f', 'p', 'u')
  and r.relname <> 'rekindle_migrations'"""
_UNIQUE_INDEXES = """
select i.indexrelid::regclass::text as name, c.relname as on_table, pg_get_indexdef(i.indexrelid, 1, true) as first
from pg_index i join pg_class c on c.oid = i.indrelid
where c.relnamespace = 'public'::regnamespace and i.indisunique"""


async def tables(owner: asyncpg.Connection) -> dict[str, Mapping[str, Any]]:
    found: dict[str, Mapping[str, Any]] = {row["name"]: dict(row) for row in await owner.fetch(_TABLES)}
    found.pop(LEDGER)
    return found


async def test_the_tables_of_tenants_are_known_by_name(owner: asyncpg.Connection) -> None:
    """The walls are checked for the tables named there, so a new table must be named."""
    found = await tables(owner)
    assert set(found) == set(TENANT_COLUMNS) | GLOBAL
    assert all(column in found[name]["columns"] for name, column in TENANT_COLUMNS.items())


async def test_every_table_has_row_level_security_forced(owner: asyncpg.Connection) -> None:
    """S2.14, S4.9: on every one, and for its owner too."""
    assert [name for name, table in (await tables(owner)).items() if not table["walled"]] == []


async def test_every_tenant_table_has_the_policy_of_the_server(owner: asyncpg.Connection) -> None:
    found = await tables(owner)
    assert [name for name in TENANT_COLUMNS if "tenant rekindle_app" not in found[name]["policies"]] == []
    others = {policy for table in found.values() for policy in table["policies"]} - {"tenant rekindle_app"}
    portal = {"own rekindle_portal", "visited rekindle_portal"}
    ours = {"lookup rekindle_lookup", "lead_scope rekindle_app", "allowed_datasets rekindle_app", "makers rekindle_app"}
    assert others == ours | portal
    assert {name for name, table in found.items() if portal & set(table["policies"])} == {"customers", "organizations"}
    assert found["users"]["policies"] == ["lookup rekindle_lookup"], "the server sees people through lookups alone"


async def test_policies_compare_the_tenant_with_the_context_and_nothing_else(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch("select tablename, qual, with_check from pg_policies where policyname = 'tenant'")
    for row in rows:
        column = TENANT_COLUMNS[row["tablename"]]
        context = "(NULLIF(current_setting('rekindle.organization_id'::text, true), ''::text))::uuid"
        assert row["qual"] == row["with_check"] == f"({column} = {context})"


async def test_what_belongs_to_leads_is_narrowed_to_a_scope(owner: asyncpg.Connection) -> None:
    """Every table with an assignee, alike, on top of the tenant's wall; comparing columns with the context alone."""
    found = await tables(owner)
    narrowed = {name for name, table in found.items() if "lead_scope rekindle_app" in table["policies"]}
    assert narrowed == {name for name, table in found.items() if "assignee_id" in table["columns"]}
    assert narrowed >= {entity.table for entity in ENTITIES.values() if entity.scoped}
    rows = await owner.fetch("select tablename, permissive, qual from pg_policies where policyname = 'lead_scope'")
    assert {row["permissive"] for row in rows} == {"RESTRICTIVE"}
    # An event of what belongs to no lead is for permissions to hide.
    no_lead = r"\(dataset_id IS NOT NULL\)|\(\(subject_id IS NOT NULL\) AND \(lead_id IS NULL\)\)"
    own = rf"\bWHEN \((lead_)?id = |WHEN ({no_lead}) THEN true\s+"
    assert [row["tablename"] for row in rows if "subject_id IS NOT NULL" in row["qual"]] == ["events"]
    assert len({re.sub(own, "", row["qual"]) for row in rows}) == 1
    assert not any("select" in row["qual"].lower() for row in rows)


async def test_what_is_narrowed_to_a_scope_is_narrowed_to_datasets(owner: asyncpg.Connection) -> None:
    """By copies of a lead's datasets; and of what is no lead's, the datasets themselves and the trail of all."""
    found = await tables(owner)
    limited = {name for name, table in found.items() if "allowed_datasets rekindle_app" in table["policies"]}
    copies = {name for name, table in found.items() if "dataset_ids" in table["columns"]}
    assert copies == {name for name, table in found.items() if "lead_scope rekindle_app" in table["policies"]}
    assert limited == copies | {"datasets", "dataset_leads", "audit_logs"}
    rows = await owner.fetch(
        "select tablename, permissive, cmd, qual from pg_policies where policyname = 'allowed_datasets'"
    )
    assert {(row["permissive"], row["cmd"]) for row in rows} == {("RESTRICTIVE", "ALL")}
    assert len({row["qual"] for row in rows if row["tablename"] in copies - {"events"}}) == 1
    assert not any("select" in row["qual"].lower() for row in rows)


async def test_rows_that_tell_when_they_changed_are_kept_true(owner: asyncpg.Connection) -> None:
    """S0.24, S3.11, S4.11: by a trigger, on every table with the column."""
    dated = {name: table for name, table in (await tables(owner)).items() if "updated_at" in table["columns"]}
    assert len(dated) > 5
    assert [name for name, table in dated.items() if not any("touch()" in text for text in table["triggers"])] == []


async def test_keys_of_tenant_tables_begin_with_the_organization(owner: asyncpg.Connection) -> None:
    rows = [row for row in await owner.fetch(_CONSTRAINTS) if row["on_table"] in DISTRIBUTED]
    keys = [row for row in rows if row["kind"] in "pu"]
    references = [row for row in rows if row["kind"] == "f" and row["to_table"] not in GLOBAL]
    assert len(keys) > 8 and len(references) > 5
    assert [row["name"] for row in keys if row["columns"][0] != "organization_id"] == []
    pairs = [(row["name"], row["columns"][0], row["to_columns"][0]) for row in references]
    assert [name for name, mine, theirs in pairs if (mine, theirs) != ("organization_id", "organization_id")] == []
    indexes = [row for row in await owner.fetch(_UNIQUE_INDEXES) if row["on_table"] in DISTRIBUTED]
    assert [row["name"] for row in indexes if row["first"] != "organization_id"] == []


async def test_every_tenant_table_belongs_to_an_organization(owner: asyncpg.Connection) -> None:
    """By a reference of its own; or, where many rows come at once, by one to what belongs to it and takes them.

    Or by the trigger that takes them along: test_audit deletes an organization and looks for what is left.
    """
    rows = await owner.fetch(_CONSTRAINTS)
    belonging = {
        row["on_table"] for row in rows if row["to_table"] == "organizations" and row["columns"] == ["organization_id"]
    }
    led = {
        row["on_table"]
        for row in rows
        if row["deleting"] == "c" and row["to_table"] in belonging and row["columns"][0] == "organization_id"
    }
    source = await owner.fetchval("select prosrc from pg_proc where proname = 'take_along'")
    taken = set(re.findall(r"delete from (\w+)", source))
    assert set(TENANT_COLUMNS) - GLOBAL - belonging == {"dataset_leads", "import_rows"} | taken
    assert {"dataset_leads", "import_rows"} <= led


async def test_global_and_routing_tables_reference_no_tenant_table(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(_CONSTRAINTS)
    assert [row["name"] for row in rows if row["on_table"] in GLOBAL | ROUTING and row["to_table"] in DISTRIBUTED] == []


async def test_every_reference_says_what_a_deletion_does(owner: asyncpg.Connection) -> None:
    rows = [row for row in await owner.fetch(_CONSTRAINTS) if row["kind"] == "f"]
    assert [row["name"] for row in rows if row["deleting"] not in "cra"] == [], "set null never"
    for migration in migrations():
        text = re.sub(r"--.*", "", migration.up)
        assert len(re.findall(r"\breferences\b", text)) == len(re.findall(r"\bon delete\b", text)), migration.name


async def test_every_constraint_has_a_name_of_its_own(owner: asyncpg.Connection) -> None:
    """PostgreSQL makes up `<table>_<column>_check` and the like where none is given."""
    rows = await owner.fetch(_CONSTRAINTS)
    assert [row["name"] for row in rows if re.search(r"_(check|fkey|key)\d*$", row["name"])] == []


async def test_every_constraint_with_a_refusal_exists(owner: asyncpg.Connection) -> None:
    names = {row["name"] for row in await owner.fetch(_CONSTRAINTS)}
    names |= {row["name"] for row in await owner.fetch(_UNIQUE_INDEXES)}
    assert set(_CONFLICTS) | set(_BAD_INPUTS) <= names


async def test_what_crosses_tenants_is_a_handful_of_functions_for_the_server_alone(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select p.proname, p.proowner::regrole::text as owner, p.proconfig, p.proacl::text as acl"
        " from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef"
    )
    assert 5 < len(rows) < 60
    for row in rows:
        assert row["owner"] == "rekindle_lookup", row["proname"]
        assert row["proconfig"][0] == "search_path=public, pg_temp", row["proname"]
        assert "rekindle_app=X" in row["acl"] and "{=X" not in row["acl"] and ",=X" not in row["acl"], row["proname"]


async def test_the_roles_of_the_server_own_no_table_and_bypass_nothing(owner: asyncpg.Connection) -> None:
    rows = await owner.fetch(
        "select rolname, rolsuper or rolbypassrls or rolcanlogin or rolcreatedb or rolcreaterole as mighty,"
        " (select count(*) from pg_class c where c.relowner = r.oid) as owned"
        " from pg_roles r where rolname in ('rekindle_app', 'rekindle_lookup', 'rekindle_portal')"
    )
    assert sorted(tuple(row) for row in rows) == [
        ("rekindle_app", False, 0),
        ("rekindle_lookup", False, 0),
        ("rekindle_portal", False, 0),
    ]


async def test_columns_are_of_the_types_agreed(owner: asyncpg.Connection) -> None:
    """S2.16: ids are UUIDs, instants have a time zone, lists begin empty, and nothing is counted in floats."""
    rows = await owner.fetch(
        "select c.relname || '.' || attname as name, format_type(atttypid, null) as type, attnotnull as required,"
        " pg_get_expr(d.adbin, d.adrelid) as usual"
        " from pg_attribute a join pg_class c on c.oid = a.attrelid"
        " left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum"
        " where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and attnum > 0 and not attisdropped"
    )
    by_name = {row["name"]: row for row in rows}
    references = [row for name, row in by_name.items() if re.search(r"\.id$|_id$", name)]
    ids = [row["name"] for row in references if row["type"] != "uuid"]
    assert sorted(ids) == sorted(NAMED_BY_OTHERS)
    assert [name for name, row in by_name.items() if name.endswith("_at") and row["type"] != TIMED] == []
    lists = [row for row in by_name.values() if row["type"].endswith("[]") and row["name"] not in GIVEN]
    lists = [
        row for row in lists if not row["name"].endswith((".dataset_ids", ".limited_to"))
    ]  # null: in none, to none
    assert len(lists) > 4 and [row["name"] for row in lists if not (row["required"] and "'{}'" in row["usual"])] == []
    assert [name for name, row in by_name.items() if row["type"] in ("real", "double precision", "money")] == []
