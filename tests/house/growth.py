"""A large past, made set by set: one organization with a hundred thousand messages beside a smaller one."""

from dataclasses import dataclass

import asyncpg

from domain.ids import new_id
from domain.people import Actor
from tests.house.growth_answering import ANSWERED
from tests.house.growth_learning import LEARNED

CONVERSATIONS, MESSAGES_EACH, OTHERS = 20_000, 5, 2_000
QUEUED, OPEN = 300, 1_000  # conversations whose outbound texts wait twice over; webhooks that wait
MOST_WAITING = 4_000  # rows of any queue, of both organizations

_ORGANIZATION = """
with one as (insert into organizations (id, slug, name) values ($1, $2, $2)),
     counter as (insert into event_counters (organization_id, last_seq) values ($1, 0)),
     person as (insert into users (id, issuer, subject, email) values ($1, 'rekindle', $2, 'a@b.example')),
     scoring as (insert into scorings (organization_id) values ($1)),
     stages as (insert into pipeline_stages (organization_id, id, name, position, is_default)
                select $1, md5($1::uuid::text || n)::uuid, n, n, n = 0 from generate_series(0, 4) n)
insert into memberships (organization_id, id, user_id, name, email) values ($1, $1, $1, 'Olivia', 'a@b.example')"""
# A table of three rows is read whole, whatever its indexes.
_NEIGHBOURS = """
with those as (select md5(i::text)::uuid as id, 'neighbour-' || i as slug, i from generate_series(1, 1000) i),
     numbers as (
       insert into phone_numbers (organization_id, id, number) select id, id, '+4470' || (10000000 + i) from those),
     people as (insert into users (id, issuer, subject, email) select id, 'rekindle', slug, '' from those),
     members as (
       insert into memberships (organization_id, id, user_id, name, email) select id, id, id, slug, '' from those),
     running as (insert into campaigns (organization_id, id, kind, name, status)
                 select id, id, 'DRIP', slug, 'ACTIVE' from those),
     turns as (insert into campaign_turns (organization_id, id, next_attempt_at)
               select id, id, timestamptz '2999-01-01' from those),
     batches as (insert into datasets (organization_id, id, name) select id, id, slug from those),
     stages as (
       insert into pipeline_stages (organization_id, id, name, position, is_default) select id, id, slug, 1, true
       from those)
insert into organizations (id, slug, name) select id, slug, slug from those"""
# Of every network, and in one organization of sixteen one that is due by now.
_CREDENTIALS = """
insert into credentials (organization_id, id, kind, provider, name, sealed, key_id, last_characters, expires_at,
                         refresh_at)
select o.id, md5(o.id::text || i)::uuid, 'SOCIAL', (array['TWITTER', 'FACEBOOK', 'INSTAGRAM', 'LINKEDIN'])[1 + i % 4],
       'no. ' || i, '', 'first', '', now() + i * interval '1 day',
       now() + (i - case when o.id::text like '%0' then 1 else 0 end) * interval '1 day'
from organizations o, generate_series(1, 20) i"""
_LEADS = """
insert into leads (organization_id, id, first_name, last_name, phone, lifecycle, temperature, owner_id, assignee_id,
                   created_at, source, tags, pipeline_stage_id, moved_at, score, last_contacted_at, archived_at)
select $1, md5($1::uuid::text || i)::uuid, 'Lead', i::text, '+447' || lpad(i::text, 9, '0'),
       (array['NEW', 'CONTACTED', 'ENGAGED', 'QUALIFIED'])[1 + i % 4],
       (array['UNKNOWN', 'COLD', 'WARM', 'HOT'])[1 + i % 4],
       case when i % 3 = 0 then $1 end, case when i % 5 = 0 then $1 end,
       timestamptz '2026-01-01' + i * interval '1 hour',
       (array['MANUAL', 'INBOUND', 'WEBSITE'])[1 + i % 3],
       case when i % 200 = 0 then '{a}'::text[] when i % 2 = 0 then '{often}' when i % 4001 = 0 then '{rare}'
       else '{}' end,
       md5($1::uuid::text || i / 7 % 5)::uuid, timestamptz '2026-02-01' + (i * 7919 % 20000) * interval '1 minute',
       i % 11,
       case when i % 7 > 0 then timestamptz '2026-02-01' + (i * 104729 % 20000) * interval '1 minute' end,
       case when i % 13 = 0 then timestamptz '2026-03-01' end
from generate_series(1, $2::int) i"""
# A tenth of the leads in each of ten datasets, and a few of them in one more.
_DATASETS = """
with made as (
  insert into datasets (organization_id, id, name)
  select $1, md5($1::uuid::text || 'dataset' || n)::uuid, 'Dataset ' || n from generate_series(0, 10) n
  returning id, name
)
insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted)
select $1, made.id, l.id, l.created_at, true, false, false
from (select *, row_number() over (order by created_at) as i from leads where organization_id = $1) l
join made on made.name = 'Dataset ' || l.i / 30 % 10 or made.name = 'Dataset 10' and l.i % 1000 = 0"""
_PLACES = """
update leads l set dataset_ids = p.ids
from (select lead_id, array_agg(dataset_id) as ids from dataset_leads where organization_id = $1 group by 1) p
where l.organization_id = $1 and l.id = p.lead_id"""
_COUNTED = """
update datasets d set total_leads = p.total
from (select dataset_id, count(*) as total from dataset_leads where organization_id = $1 group by 1) p
where d.organization_id = $1 and d.id = p.dataset_id"""
_TAGS = """
insert into lead_tags (organization_id, tag, lead_created_at, lead_id)
select $1, tag, created_at, id from leads, unnest(tags) tag where organization_id = $1"""
_NOTES = """
insert into lead_notes (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, body, created_at)
select $1, id, id, owner_id, assignee_id, dataset_ids, 'A note.', created_at from leads where organization_id = $1"""
_CONSENTS = """
insert into consents (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, channel, kind, source,
                      created_at)
select $1, id, id, owner_id, assignee_id, dataset_ids, 'SMS', 'WITHDRAWN', 'KEYWORD', created_at
from leads where organization_id = $1"""
_CONVERSATIONS = """
insert into conversations (organization_id, id, lead_id, status, owner_id, assignee_id, dataset_ids, unread_count,
                           last_message_at, created_at)
select $1, l.id, l.id, case when i % 10 = 0 then 'CLOSED' else 'ACTIVE' end, l.owner_id, l.assignee_id, l.dataset_ids,
       i % 4,
       case when i % 7 > 0 then timestamptz '2026-02-01' + (i * 7919 % 20000) * interval '1 minute' end, l.created_at
from (select *, row_number() over (order by created_at) as i from leads where organization_id = $1) l"""
# The newest wait since one instant, as after a campaign: to be sent, to be settled, to be read by Sophie.
_MESSAGES = f"""
insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, direction,
                      status, body, sender, recipient, segments, reviewed_at, scheduled_at, created_at)
select $1, md5(c.id::text || i)::uuid, c.id, c.id, c.owner_id, c.assignee_id, c.dataset_ids,
       case when i % 2 = 0 then 'INBOUND' else 'OUTBOUND' end,
       case when i % 2 = 0 then 'RECEIVED' when n <= {QUEUED} then 'QUEUED' when n <= {2 * QUEUED} then 'SENDING'
       else 'DELIVERED' end,
       case when n % 997 = 0 then 'Hello okapi' else 'Hello' end, '+447000000001', '+447000000002', 1,
       case when n > {2 * QUEUED} then c.created_at end,
       timestamptz '2026-03-01',
       c.created_at + i * interval '3 minutes'
from (select *, row_number() over (order by created_at desc) as n from conversations where organization_id = $1) c,
     generate_series(1, $2::int) i"""
_INSIGHTS = """
insert into insights (organization_id, id, fingerprint, type, severity, category, status, title, description,
                      conversation_id, message_id, lead_id, owner_id, assignee_id, dataset_ids, created_at)
select $1, m.id, m.id::text, 'MESSAGE', (array['INFO', 'WARNING'])[1 + n % 2], 'TONE',
       (array['PENDING', 'DISMISSED'])[1 + n / 2 % 2], '', '', m.conversation_id, m.id,
       m.lead_id, m.owner_id, m.assignee_id, m.dataset_ids, m.created_at
from (select *, row_number() over (order by id) as n from messages where organization_id = $1) m where n % 10 = 0"""
_INSIGHT_EVIDENCE = """
insert into insight_evidence (organization_id, id, insight_id, message_id, conversation_id, lead_id, owner_id,
                              assignee_id, dataset_ids, rule, created_at)
select $1, i.id, i.id, i.message_id, i.conversation_id, i.lead_id, i.owner_id, i.assignee_id, i.dataset_ids, 'a test',
       i.created_at
from insights i where i.organization_id = $1"""
_EVENTS = """
insert into events (organization_id, seq, id, kind, conversation_id, message_id, lead_id, owner_id, assignee_id,
                    dataset_ids)
select $1, row_number() over (order by created_at), id, 'MESSAGE_SENT', conversation_id, id, lead_id, owner_id,
       assignee_id, dataset_ids
from messages where organization_id = $1"""
_WEBHOOKS = f"""
insert into inbound_webhooks (id, organization_id, provider, provider_id, kind, address, payload, settled_at)
select md5(m.id::text)::uuid, $1, 'twilio', m.id, 'MESSAGE', m.recipient, '{{}}',
       case when n > {OPEN} then now() end
from (select *, row_number() over (order by id) as n from messages where organization_id = $1) m"""
_CUSTOMERS = """
insert into customers (organization_id, id, lead_id, owner_id, assignee_id, first_name, last_name, email, is_active,
                       membership_status, created_at)
select $1, id, id, owner_id, assignee_id, first_name, last_name, id || '@example.com', n % 9 > 0,
       (array['ACTIVE', 'PAUSED', 'EXPIRED'])[1 + n % 3], created_at
from (select *, row_number() over (order by created_at) as n from leads where organization_id = $1) l"""
_INVITATIONS = """
insert into customer_invitations (organization_id, id, customer_id, lead_id, owner_id, assignee_id, email, token_hash,
                                  created_at)
select $1, id, id, id, owner_id, assignee_id, email, sha256(id::text::bytea), created_at
from customers where organization_id = $1"""
_BOOKINGS = """
insert into bookings (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, provider, external_id, status,
                      starts_at, ends_at, rescheduled_from, booked_at, created_at)
select $1, id, id, owner_id, assignee_id, dataset_ids, 'CAL', id::text,
       (array['BOOKED', 'CANCELLED', 'RESCHEDULED'])[1 + n % 3],
       created_at + n % 50 * interval '1 day', created_at + n % 50 * interval '1 day',
       case when n % 4 = 0 then 'x' || n end, created_at, created_at
from (select *, row_number() over (order by created_at) as n from leads where organization_id = $1) l"""
_IMPORTS = """
insert into imports (organization_id, id, dataset_id, status, file_name, duplicate_policy, created_at)
select $1, md5($1::text || 'import' || i)::uuid, d.id, case when i % 1000 = 0 then 'IMPORTING' else 'COMPLETED' end,
       'people.csv', 'FLAG', timestamptz '2026-01-01' + i * interval '1 minute'
from generate_series(1, 3000) i, (select id from datasets where organization_id = $1 limit 1) d"""
_WORK = """
with operations as (
  insert into bulk_operations (organization_id, id, lead_scope, verb, status, created_at)
  select $1, md5($1::uuid::text || 'bulk' || i)::uuid, 'ALL', 'ARCHIVE',
         case when i % 1000 = 0 then 'RUNNING' else 'COMPLETED' end, timestamptz '2026-01-01' + i * interval '1 minute'
  from generate_series(1, 3000) i)
insert into exports (organization_id, id, lead_scope, list, columns, status, created_at)
select $1, md5($1::uuid::text || 'export' || i)::uuid, 'ALL', 'leads', '{id}',
       case when i % 1000 = 0 then 'WRITING' else 'COMPLETED' end, timestamptz '2026-01-01' + i * interval '1 minute'
from generate_series(1, 3000) i"""
# Each lead in one of ten campaigns, with two steps; of every third the first is due.
_CAMPAIGNS = """
with campaigns as (
  insert into campaigns (organization_id, id, kind, name, status)
  select $1, md5($1::uuid::text || 'campaign' || n)::uuid, 'DRIP', 'Campaign ' || n, 'ACTIVE'
  from generate_series(0, 9) n),
steps as (
  insert into campaign_steps (organization_id, id, campaign_id, position, channel, body, anchor)
  select $1, md5($1::uuid::text || 'step' || n || p)::uuid, md5($1::uuid::text || 'campaign' || n)::uuid, p, 'SMS',
         'Hi', 'PREVIOUS_STEP' from generate_series(0, 9) n, generate_series(1, 2) p),
turns as (
  insert into campaign_turns (organization_id, id, next_attempt_at)
  select $1, md5($1::uuid::text || 'campaign' || n)::uuid, timestamptz '2026-01-01' + n * interval '1 hour'
  from generate_series(0, 9) n),
entered as (
  insert into enrollments (organization_id, id, campaign_id, lead_id, owner_id, assignee_id, dataset_ids, source,
                           status, reason, enrolled_at, created_at)
  select $1, l.id, md5($1::uuid::text || 'campaign' || l.n % 10)::uuid, l.id, l.owner_id, l.assignee_id, l.dataset_ids,
         'TAG', case when l.n % 3 = 0 then 'ACTIVE' else 'COMPLETED' end, case when l.n % 3 > 0 then 'REPLIED' end,
         l.created_at, l.created_at
  from (select *, row_number() over (order by created_at) as n from leads where organization_id = $1) l),
asked as (
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select $1, md5($1::uuid::text || 'campaign' || n % 10)::uuid, l.id, 'TAG'
  from (select *, row_number() over (order by created_at) as n from leads where organization_id = $1) l where n % 7 = 0)
insert into step_runs (organization_id, id, enrollment_id, campaign_id, campaign_step_id, lead_id, owner_id,
                       assignee_id, dataset_ids, position, status, scheduled_at, next_attempt_at)
select $1, md5(l.id || 'run' || p)::uuid, l.id, md5($1::uuid::text || 'campaign' || l.n % 10)::uuid,
       md5($1::uuid::text || 'step' || l.n % 10 || p)::uuid, l.id, l.owner_id, l.assignee_id, l.dataset_ids, p,
       case when l.n % 3 = 0 then 'SCHEDULED' else 'SENT' end, l.created_at,
       case when l.n % 3 = 0 and p = 1 then timestamptz '2026-01-01' + l.n * interval '1 second' end
from (select *, row_number() over (order by created_at) as n from leads where organization_id = $1) l,
     generate_series(1, 2) p"""
_SILENCES = """
insert into silences (organization_id, id, next_attempt_at)
select $1, id, timestamptz '2026-01-01' + row_number() over (order by id) * interval '1 second'
from conversations where organization_id = $1"""
_TASKS = """
insert into tasks (organization_id, id, kind, campaign_id, step_run_id, lead_id, owner_id, assignee_id, dataset_ids,
                   title, body, status, outcome, done_at, due_at, created_at)
select $1, r.id, 'CALL', r.campaign_id, r.id, r.lead_id, r.owner_id, r.assignee_id, r.dataset_ids, 'A call', 'Ask.',
       case when r.position = 1 then 'OPEN' else 'DONE' end, case when r.position = 2 then 'REACHED' end,
       case when r.position = 2 then r.scheduled_at end, r.scheduled_at, r.scheduled_at
from step_runs r where r.organization_id = $1"""
_SENT_SEGMENTS = """
insert into sent_segments (organization_id, scope_id, seconds, began_at, segments)
select $1, md5($1::uuid::text || 'campaign' || n % 10)::uuid, (array[1, 60, 900])[1 + n % 3],
       timestamptz '2026-01-01' + n * interval '1 minute', 1 from generate_series(1, 3000) n"""
_OPTED_OUT = """
insert into suppressions (organization_id, id, channel, address_hash, reason)
select $1, id, 'SMS', sha256(convert_to($1::uuid || ':SMS:' || phone, 'UTF8')), 'REQUESTED'
from leads where organization_id = $1 and tags = '{often}'"""
_RECORDS = """
insert into audit_logs (organization_id, id, at, verb, subject, subject_id, after, member_id, api_key_id, customer_id,
                        request_id)
select $1, id, created_at, (array['INSERT', 'UPDATE', 'DELETE'])[1 + n % 3], (array['message', 'lead'])[1 + n % 2], id,
       '{}', case when n % 5 = 0 then $1 end, case when n % 7 = 0 then $1 end,
       case when n % 11 = 0 then $1 end, n::text
from (select *, row_number() over (order by id) as n from messages where organization_id = $1) m"""
# The triggers that keep them sleep while this past is made.
_WORDS = """
insert into lead_words (organization_id, lead_id, is_text, id, owner_id, assignee_id, dataset_ids, at, words)
select organization_id, id, false, id, owner_id, assignee_id, dataset_ids, created_at,
       words_of_lead(first_name, last_name, company, email, phone)
from leads where organization_id = $1
union all
select organization_id, lead_id, true, id, owner_id, assignee_id, dataset_ids, created_at, words_of_text(body)
from messages where organization_id = $1
union all
select organization_id, lead_id, true, id, owner_id, assignee_id, dataset_ids, created_at, words_of_text(body)
from lead_notes where organization_id = $1"""
_COUNT = """
update event_counters set last_seq = (select max(seq) from events where organization_id = $1)
where organization_id = $1"""


@dataclass(frozen=True, slots=True)
class Grown:
    """A database that has grown, and the organization in it that has most of it."""

    url: str
    actor: Actor


_ALL = (
    _TAGS,
    _NOTES,
    _CONSENTS,
    _CUSTOMERS,
    _INVITATIONS,
    _BOOKINGS,
    _INSIGHTS,
    _INSIGHT_EVIDENCE,
    _EVENTS,
    _WEBHOOKS,
    _IMPORTS,
    _WORK,
    _CAMPAIGNS,
    _SILENCES,
    _TASKS,
    _SENT_SEGMENTS,
    _OPTED_OUT,
    _RECORDS,
    _WORDS,
    _COUNT,
    *LEARNED,
    *ANSWERED,
)


async def grow(url: str) -> Grown:
    connection = await asyncpg.connect(url)
    try:
        # Right by construction; checking the references of each row would take most of the time.
        await connection.execute("set session_replication_role = replica")
        await connection.execute(_NEIGHBOURS)
        large, small = new_id(), new_id()
        for organization, size in ((large, CONVERSATIONS), (small, OTHERS)):
            await connection.execute(_ORGANIZATION, organization, f"org-{size}")
            await connection.execute(_LEADS, organization, size)
            for sql in (_DATASETS, _PLACES, _COUNTED):
                await connection.execute(sql, organization)
            await connection.execute(_CONVERSATIONS, organization)
            await connection.execute(_MESSAGES, organization, MESSAGES_EACH)
            for sql in _ALL:
                await connection.execute(sql, organization)
        await connection.execute(_CREDENTIALS)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()
    return Grown(url, Actor(large, member_id=large))
