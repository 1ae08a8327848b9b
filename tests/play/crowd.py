"""A crowd: rows with equal keys and missing values."""

import asyncpg

from domain.people import Role
from tests.play.past import raise_insight
from tests.play.tenant import Tenant


async def crowd(tenant: Tenant, sql: asyncpg.Connection, size: int = 13) -> None:
    """So many leads, conversations, messages and insights, with equal times, equal names and missing values."""
    for number in range(size):
        conversation, message = await tenant.text(f"text {number}")
        await raise_insight(tenant, conversation, message)
    for table in ("leads", "conversations", "messages", "insights"):
        await _scatter(sql, tenant, table, "created_at = timestamptz '2026-01-01' + interval '1 hour' * (n % 4)")
    await _scatter(sql, tenant, "leads", "first_name = (array['Ann', 'Bob', 'Cid'])[1 + n % 3]")
    await _scatter(sql, tenant, "leads", "lifecycle = (array['NEW', 'LOST'])[1 + n % 2]")
    await _scatter(sql, tenant, "leads", f"owner_id = case n % 3 when 0 then '{tenant.members[Role.AGENT]}'::uuid end")
    await _scatter(sql, tenant, "leads", "score = n % 4")
    day = "last_contacted_at = case when n % 4 > 0 then timestamptz '2026-02-01' + interval '1 day' * (n % 4) end"
    await _scatter(sql, tenant, "leads", day)
    await _scatter(
        sql,
        tenant,
        "conversations",
        "last_message_at = case when n % 3 > 0 then timestamptz '2026-02-01' + interval '1 day' * (n % 3) end,"
        " status = (array['ACTIVE', 'CLOSED', 'ARCHIVED'])[1 + n % 3], unread_count = n % 2,"
        f" assignee_id = case n % 4 when 0 then '{tenant.members[Role.AGENT]}'::uuid end",
    )


async def _scatter(sql: asyncpg.Connection, tenant: Tenant, table: str, change: str) -> None:
    numbered = f"select id, row_number() over (order by id) as n from {table} where organization_id = $1"
    await sql.execute(
        f"update {table} t set {change} from ({numbered}) s where t.organization_id = $1 and t.id = s.id",
        tenant.organization_id,
    )
