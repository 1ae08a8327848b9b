"""The audit trail: every change of every table, by whom and by which request; nobody can change it (S2.15)."""

from typing import Any

import asyncpg
import orjson
import pytest

from domain.people import Permission, Role
from tests.api.test_lead_scope import ASSIGN
from tests.api.test_tenancy import TENANT_TABLES, server_role
from tests.play.past import bare, live
from tests.play.tenant import Tenant

# What keeps house for others: each row follows from a change that is recorded.
SILENT = {
    "events",
    "event_counters",
    "inbound_webhooks",
    "audit_logs",
    "dataset_leads",
    "lead_tags",
    "lead_words",
    "scorings",
    "import_columns",
    "import_rows",
    "bulk_operation_rows",
    "campaign_turns",
    "campaign_tendings",
    "enrollment_requests",
    "step_runs",
    "sent_segments",
    "words_due",
    "silences",
    "silence_recalls",
    "hot_lead_turns",
    "lesson_conflicts",
    "prompt_sections",
    "prompt_deployments",
    "prompt_outcomes",
    "exposures",
    "model_uses",
    "replay_rows",
    "insight_evidence",
}  # fmt: skip
LOGS = """query ($filter: AuditLogFilter) { auditLogs(first: 100, filter: $filter) { totalCount nodes {
  id at verb subject subjectId before after requestId member { id } } } }"""


async def logs(tenant: Tenant, **filter: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await tenant.owner.ask(LOGS, filter=filter))["auditLogs"]["nodes"]
    return found


async def everything(tenant: Tenant, sql: asyncpg.Connection) -> str:
    of = "select string_agg(a::text, ' ') from audit_logs a where organization_id = $1"
    return str(await sql.fetchval(of, tenant.organization_id))


async def test_every_table_is_audited_or_listed(sql: asyncpg.Connection) -> None:
    rows = await sql.fetch("select tgrelid::regclass::text as name from pg_trigger where tgname = 'audit'")
    assert {row["name"] for row in rows} == set(TENANT_TABLES) - SILENT


@pytest.mark.parametrize("table", sorted(set(TENANT_TABLES) - SILENT))
async def test_every_verb_on_every_table_is_recorded(tenant: Tenant, sql: asyncpg.Connection, table: str) -> None:
    await live(tenant, sql)
    column = "id" if table == "organizations" else "organization_id"
    id = await sql.fetchval(f"select id from {table} where {column} = $1 limit 1", tenant.organization_id)
    facts = await sql.fetch(
        "select attname from pg_attribute join pg_type t on t.oid = atttypid where attrelid = $1::regclass"
        " and attnum > 0 and not attisdropped and attgenerated = '' and t.typname = 'timestamptz'"
        " and attname not in ('created_at', 'updated_at', 'scheduled_at', 'claimed_at', 'reviewed_at', 'last_used_at',"
        " 'last_message_at', 'last_login_at')",
        table,
    )
    change = f"{facts[0]['attname']} = now()" if facts else "id = id"
    async with sql.transaction():
        await sql.execute(f"update {table} set {change} where id = $1", id)
        verbs = await sql.fetch("select verb from audit_logs where subject_id = $1 order by at", id)
        assert {row["verb"] for row in verbs} >= ({"INSERT", "UPDATE"} if facts else {"INSERT"})


async def test_what_is_made_together_is_recorded_one_by_one(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.15: a record for each row, of all that is in it but what keeps house, and with what is hidden, hidden."""
    lead = await tenant.lead(phone="+447700900123")
    made = await sql.fetch(
        "insert into lead_notes (organization_id, id, lead_id, body)"
        " select $1, gen_random_uuid(), $2, 'a note ' || n from generate_series(1, 3) n returning id",
        *(tenant.organization_id, lead),
    )
    of = "select verb, subject, subject_id, before, after::text as after from audit_logs where organization_id = $1"
    records = await sql.fetch(f"{of} and subject_id = any ($2)", tenant.organization_id, [row["id"] for row in made])
    assert {row["subject_id"] for row in records} == {row["id"] for row in made} and len(records) == 3
    assert {(row["verb"], row["subject"], row["before"]) for row in records} == {("INSERT", "lead_note", None)}
    for row in records:
        assert orjson.loads(row["after"]) == {
            "organization_id": str(tenant.organization_id),
            "id": str(row["subject_id"]),
            "lead_id": str(lead),
            "body": "[hidden]",
            **dict.fromkeys(("owner_id", "assignee_id", "author_id")),
        }


async def test_what_is_changed_together_is_recorded_one_by_one(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Each with what it was and became, and only what changed; nothing of what changed nothing worth telling."""
    one, two, dull = [await tenant.lead(last_name=name) for name in ("One", "Two", "Dull")]
    change = (
        "update leads set last_contacted_at = now(), last_name = last_name || case when id = $2 then '' else 'r' end"
        " where organization_id = $1 and id = any ($3)"
    )
    await sql.execute(change, tenant.organization_id, dull, [one, two, dull])
    of = "select subject_id, before ->> 'last_name' as was, after ->> 'last_name' as became, before - 'name' as before"
    told = await sql.fetch(
        f"{of} from audit_logs where organization_id = $1 and verb = 'UPDATE'", tenant.organization_id
    )
    assert {(row["subject_id"], row["was"], row["became"]) for row in told} == {
        (one, "One", "Oner"),
        (two, "Two", "Twor"),
    }
    assert {len(orjson.loads(row["before"])) for row in told} == {1} and len(told) == 2


async def test_who_did_what_by_which_request(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S2.15: before and after, the actor and the request; only what changed."""
    conversation, _ = await tenant.text()
    member = f"member_{tenant.members[Role.AGENT]}"
    answer = await tenant.agent.post(ASSIGN, c=conversation, m=member)
    assert answer.status_code == 200
    [log] = await logs(tenant, subjectId={"eq": conversation}, verb={"eq": "UPDATE"})
    assert (log["before"], log["after"]) == ({"assignee_id": None}, {"assignee_id": member[7:]})
    assert (log["subject"], log["subjectId"], log["member"]) == ("conversation", conversation, {"id": member})
    together = await logs(tenant, requestId={"eq": log["requestId"]})
    assert {entry["subject"] for entry in together} == {"conversation", "lead", "message"}
    assert {entry["member"]["id"] for entry in together} == {member}
    assert len(await logs(tenant, memberId={"eq": member})) == len(together)
    assert log["id"] not in {entry["id"] for entry in await logs(tenant, memberId={"isNull": True})}


async def test_what_changes_nothing_worth_telling_is_not_told(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    before = len(await logs(tenant, subjectId={"eq": conversation}))
    await tenant.text()
    read = "mutation ($c: ID!) { markConversationRead(input: {conversationId: $c}) { __typename } }"
    await tenant.agent.ask(read, c=conversation)
    assert len(await logs(tenant, subjectId={"eq": conversation})) == before


async def test_a_key_is_recorded_and_its_hash_is_not(tenant: Tenant, sql: asyncpg.Connection) -> None:
    program = await tenant.program(*Permission)
    create = (
        """mutation { createApiKey(input: {name: "second", permissions: [INBOX_READ]}) { ... on NewApiKey { key } } }"""
    )
    key = (await program.ask(create))["createApiKey"]["key"]
    [log] = [entry for entry in await logs(tenant, subject={"eq": "api_key"}) if entry["after"]["name"] == "second"]
    assert (log["after"]["hash"], log["member"]) == ("[hidden]", None)
    raw = await everything(tenant, sql)
    assert key not in raw and key.split("_", 2)[2] not in raw
    used = await sql.fetchval("select api_key_id from audit_logs where id = $1", bare(log["id"]))
    assert used, "a program is named by its key"


async def test_what_leads_wrote_is_never_in_it(tenant: Tenant, sql: asyncpg.Connection) -> None:
    secret = "something only the lead should say"
    conversation, _ = await tenant.text(secret)
    await tenant.answer(conversation, secret)
    raw = await everything(tenant, sql)
    assert secret not in raw


async def test_only_who_may_reads_it(tenant: Tenant) -> None:
    for role in (Role.AGENT, Role.VIEWER):
        assert await tenant.as_(role).code(LOGS) == "FORBIDDEN"
    for role in (Role.OWNER, Role.ADMIN, Role.MANAGER):
        assert (await tenant.as_(role).ask(LOGS))["auditLogs"]["totalCount"]


async def test_the_server_can_only_read_it(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    await tenant.text()
    of = "where organization_id = $1"
    async with server_role(sql, tenant.organization_id):
        assert await sql.fetchval(f"select count(*) from audit_logs {of}", tenant.organization_id)
        assert not await sql.fetchval(f"select count(*) from audit_logs {of}", stranger.organization_id)
    for verb in ("update audit_logs set subject = 'x'", "delete from audit_logs", "truncate audit_logs",
                 "insert into audit_logs (organization_id, verb, subject, subject_id)"
                 " select organization_id, verb, subject, subject_id from audit_logs"):  # fmt: skip
        async with server_role(sql, tenant.organization_id):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await sql.execute(verb)


CHANGES = ["update audit_logs set subject = 'x'", "delete from audit_logs", "truncate audit_logs"]


@pytest.mark.parametrize("verb", CHANGES)
async def test_its_owner_cannot_change_it_either(tenant: Tenant, sql: asyncpg.Connection, verb: str) -> None:
    await tenant.text()
    async with sql.transaction():
        with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
            await sql.execute(verb)


async def test_it_goes_with_its_organization_alone(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    """S3.11, S4.11: deleting an organization removes everything of it, and nothing of another."""
    await live(tenant, sql)
    await live(stranger, sql)
    parts = (f"(select count(*) from {table} where organization_id = $1)" for table in TENANT_TABLES)
    counts = " + ".join(part for part in parts if "organizations" not in part)
    theirs = await sql.fetchval(f"select {counts}", stranger.organization_id)
    delete = "mutation ($s: String!) { deleteOrganization(input: {slug: $s}) { __typename ... on Refused { code } } }"
    for role in (Role.AGENT, Role.MANAGER, Role.ADMIN):
        refused = (await tenant.as_(role).ask(delete, s=tenant.slug))["deleteOrganization"]
        assert refused["code"] == "FORBIDDEN", role
    assert (await tenant.owner.ask(delete, s=stranger.slug))["deleteOrganization"]["code"] == "BAD_INPUT"
    done = (await tenant.owner.ask(delete, s=tenant.slug))["deleteOrganization"]
    assert done == {"__typename": "DeletedOrganization"}
    assert await sql.fetchval(f"select {counts}", tenant.organization_id) == 0
    assert await sql.fetchval("select count(*) from organizations where id = $1", tenant.organization_id) == 0
    assert await sql.fetchval(f"select {counts}", stranger.organization_id) >= theirs
