"""The data of `dispatch`: people in campaigns, some of whom are to be written to now, and many more later."""

from datetime import UTC, datetime
from uuid import UUID

import asyncpg

from bench.fixtures import ORGANIZATION
from domain.ids import new_id

NOW = datetime(2027, 3, 3, 10, tzinfo=UTC)  # within every window: dispatchers are handed the time
CAMPAIGNS = 12
_POLICY = """
insert into campaign_policies (organization_id, id, name, messages_per_minute, messages_per_hour, messages_per_day)
values ($1, $1, 'Fast', 1000000, 1000000, 1000000)"""
_NUMBER = "insert into phone_numbers (id, organization_id, number) values ($1, $1, $2)"
_DATASET = "insert into datasets (organization_id, id, name, lawful_basis) values ($1, $1, 'All', 'CONSENT')"
_CAMPAIGNS_MADE = """
with made as (
  insert into campaigns (organization_id, id, kind, name, status, campaign_policy_id)
  select $1, md5('campaign' || n)::uuid, 'SEQUENCE', 'Campaign ' || n, 'ACTIVE', $1 from generate_series(1, $2::int) n)
insert into campaign_steps (organization_id, id, campaign_id, position, channel, body, anchor)
select $1, md5('step' || n)::uuid, md5('campaign' || n)::uuid, 1, 'SMS',
       'Hi {{first_name|there}}, is it still on your mind? Answer STOP and you will not hear from us again.',
       'PREVIOUS_STEP' from generate_series(1, $2::int) n"""
_LEADS = """
insert into leads (organization_id, id, first_name, last_name, phone, dataset_ids, pipeline_stage_id)
select $1, md5('lead' || i)::uuid, 'Lead', 'Number ' || i, '+4479' || lpad(i::text, 8, '0'), array[$1::uuid], $1
from generate_series(1, $2::int) i"""
# Everybody in so many campaigns.
_ENROLLED = """
insert into enrollments (organization_id, id, campaign_id, lead_id, dataset_ids, source, status, enrolled_at)
select $1, md5(l.id || '-' || n)::uuid, md5('campaign' || n)::uuid, l.id, l.dataset_ids, 'BY_HAND', 'ACTIVE',
       $2::timestamptz
from leads l, generate_series(1, $3::int) n where l.organization_id = $1"""
_RUNS = """
insert into step_runs (organization_id, id, enrollment_id, campaign_id, campaign_step_id, lead_id, dataset_ids,
                       position, scheduled_at, next_attempt_at)
select $1, e.id, e.id, e.campaign_id, s.id, e.lead_id, e.dataset_ids, 1, $2::timestamptz + interval '1 day',
       $2::timestamptz + interval '1 day'
from enrollments e join campaign_steps s on s.organization_id = $1 and s.campaign_id = e.campaign_id
where e.organization_id = $1"""
# So many of each campaign are due; nothing was sent.
_DUE = """
update step_runs r set status = 'SCHEDULED', message_id = null, ended_at = null, scheduled_at = $2::timestamptz,
       next_attempt_at = $2::timestamptz - interval '1 hour'
from (select id, row_number() over (partition by campaign_id order by id) as n from step_runs
      where organization_id = $1) d
where r.organization_id = $1 and r.id = d.id and d.n <= $3"""
_FRESH = """
update enrollments set status = 'ACTIVE', reason = null, ended_at = null
where organization_id = $1 and status <> 'ACTIVE'"""
_TURNS = """
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, id, $2::timestamptz - interval '1 hour' from campaigns where organization_id = $1
on conflict (organization_id, id) do update set next_attempt_at = excluded.next_attempt_at"""


async def schedule(url: str, scheduled: int) -> UUID:
    """An organization with so many steps that are planned for tomorrow."""
    organization, connection = new_id(), await asyncpg.connect(url)
    try:
        await connection.execute("set session_replication_role = replica")
        await connection.execute(ORGANIZATION, organization, f"bench-{scheduled}")
        await connection.execute(_NUMBER, organization, f"+44{scheduled:010}")
        for sql in (_POLICY, _DATASET):
            await connection.execute(sql, organization)
        await connection.execute(_CAMPAIGNS_MADE, organization, CAMPAIGNS)
        await connection.execute(_LEADS, organization, -(-scheduled // CAMPAIGNS))
        await connection.execute(_ENROLLED, organization, NOW, CAMPAIGNS)
        await connection.execute(_RUNS, organization, NOW)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    return organization


async def make_due(url: str, organization: UUID, each: int) -> None:
    """So many steps of each campaign become due, again if they were sent."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("set session_replication_role = replica")
        for table in ("events", "audit_logs", "messages", "conversations", "sent_segments"):
            await connection.execute(f"delete from {table} where organization_id = $1", organization)
        await connection.execute(_DUE, organization, NOW, each)
        await connection.execute(_FRESH, organization)
        await connection.execute(_TURNS, organization, NOW)
        await connection.execute("vacuum analyze step_runs, enrollments, messages, conversations, campaign_turns")
    finally:
        await connection.close()
