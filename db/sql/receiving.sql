-- name: hold_queue
-- One worker at a time, until its unit of work ends: of several, a later one could overtake the texts of the first.
select pg_try_advisory_xact_lock(hashtextextended('inbound ' || $1::uuid::text, 0))

-- name: claim_webhooks
select id, kind, provider, provider_id, payload, received_at, attempts
from inbound_webhooks
where organization_id = $1 and settled_at is null and next_attempt_at <= now()
order by next_attempt_at, id limit $2
for update skip locked

-- name: settle_webhooks
update inbound_webhooks set settled_at = now(), problem = null where organization_id = $1 and id = any ($2::uuid[])

-- name: empty_webhook
update inbound_webhooks set payload = '{}' where organization_id = $1 and id = $2

-- name: postpone_webhook
update inbound_webhooks
set attempts = attempts + 1, problem = $3,
    next_attempt_at = now() + least(interval '1 hour', interval '0.5 second' * power(2, least(attempts, 13)))
where organization_id = $1 and id = $2

-- name: lock_leads
-- Whoever wrote, and whoever was written to. In the order of their ids, so that of two who lock many leads one waits.
select l.id from leads l
where l.organization_id = $1 and l.id = any (array(
  select case when w.merged_into_id is null then w.id else w.merged_into_id end from leads w
  where w.organization_id = $1 and w.phone = any ($2::text[]) and w.duplicate_of_id is null
  union all
  select m.lead_id from messages m where m.organization_id = $1 and m.external_id = any ($3::text[])
))
order by l.id
for no key update

-- name: lock_thread
-- First the lead a number leads to, then its conversation. One that came to be while this waited for the lead is not seen yet.
with lead as materialized (
  select l.id from leads l
  where l.organization_id = $1 and l.id = (
    select case when a.merged_into_id is null then a.id else a.merged_into_id end from leads a
    where a.organization_id = $1 and a.phone = $2 and a.duplicate_of_id is null)
  for no key update
)
select lead.id as lead_id, thread.id, thread.status
from lead left join lateral (
  select c.id, c.status from conversations c
  where c.organization_id = $1 and c.lead_id = lead.id and c.channel = $3 and c.status <> 'ARCHIVED'
  for no key update
) thread on true

-- name: add_conversation
-- Whoever works the lead answers. The lead is locked first, here and in a hand-over, so that neither misses the other.
insert into conversations (organization_id, id, lead_id, channel, sender, owner_id, assignee_id, dataset_ids)
select $1, $2, l.id, $4, $5, l.owner_id, l.assignee_id, l.dataset_ids from leads l where l.organization_id = $1 and l.id = $3
for no key update
on conflict (organization_id, lead_id, channel) where status <> 'ARCHIVED' do nothing
returning id

-- name: lock_open_conversation
select id, status from conversations
where organization_id = $1 and lead_id = $2 and channel = $3 and status <> 'ARCHIVED'
for no key update

-- name: lock_threads
-- The open conversations of leads that are locked already, by every number that leads to them.
select l.phone, c.channel, c.id, c.status
from leads l join conversations c on c.organization_id = $1 and c.status <> 'ARCHIVED'
  and c.lead_id = case when l.merged_into_id is null then l.id else l.merged_into_id end
where l.organization_id = $1 and l.duplicate_of_id is null and l.phone is not null
  and (l.id = any ($2::uuid[]) or l.merged_into_id = any ($2::uuid[]))
order by c.id
for no key update of c

-- name: add_inbound_messages
-- With what follows from them: the number they wrote to is the one we answer from, and a reply moves a lead forward, never
-- back (who asks to be left alone replies nothing). Who writes can be written to, whatever the carrier said of the number.
-- A text that is there already changes nothing.
with given as materialized (
  select * from jsonb_to_recordset($2::jsonb) as text (id uuid, conversation_id uuid, carriage text, subject text, body text,
    media_urls text[], sender text, recipient text, segments integer, external_id text, at timestamptz, is_reply boolean)
), added as (
  insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, direction,
                        status, carriage, subject, body, media_urls, sender, recipient, segments, external_id, created_at)
  select $1, given.id, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids, 'INBOUND', 'RECEIVED',
         given.carriage, given.subject, given.body, given.media_urls, given.sender, given.recipient, given.segments, given.external_id, given.at
  from given join conversations c on c.organization_id = $1 and c.id = given.conversation_id
  on conflict (organization_id, external_id) where external_id is not null do nothing
  returning id, conversation_id, lead_id, recipient, external_id, created_at
), said as (
  select added.lead_id, bool_or(given.is_reply) as is_reply, array_agg(given.sender) as senders
  from added join given on given.id = added.id group by added.lead_id
), moved as (
  update leads l
  set lifecycle = case when said.is_reply and l.lifecycle in ('NEW', 'CONTACTED') then 'ENGAGED' else l.lifecycle end,
      phone_problem = case when l.phone = any (said.senders) then null else l.phone_problem end,
      email_problem = case when l.email = any (said.senders) then null else l.email_problem end
  from said
  where l.organization_id = $1 and l.id = said.lead_id
    and (said.is_reply and l.lifecycle in ('NEW', 'CONTACTED')
         or l.phone_problem is not null and l.phone = any (said.senders)
         or l.email_problem is not null and l.email = any (said.senders))
  returning l.id
), news as (
  select conversation_id, count(*) as texts, max(created_at) as at,
         (array_agg(recipient order by id desc))[1] as recipient
  from added group by conversation_id
), noted as (
  update conversations c
  set unread_count = c.unread_count + news.texts, last_message_at = greatest(c.last_message_at, news.at),
      sender = news.recipient, status = 'ACTIVE'
  from news where c.organization_id = $1 and c.id = news.conversation_id
)
select added.id, added.conversation_id, added.lead_id, added.external_id, moved.id is not null as is_moved,
       exists (select from score_reasons r where r.organization_id = $1 and r.condition = 'REPLIED') as is_scored,
       exists (select from enrollments e where e.organization_id = $1 and e.lead_id = added.lead_id) as is_enrolled,
       exists (select from exposures x where x.organization_id = $1 and x.conversation_id = added.conversation_id) as is_exposed,
       exists (select from organizations o where o.id = $1 and o.ai_mode <> 'OFF') as is_answered
from added left join moved on moved.id = added.lead_id
order by added.id

-- name: find_message_by_external_id
select id from messages where organization_id = $1 and external_id = $2

-- name: lock_message
select id, conversation_id, status from messages where organization_id = $1 and id = $2 for update

-- name: record_status
update messages
set status = $3, error_code = coalesce($5, error_code), error_message = coalesce($6, error_message),
    delivered_at = case when $3 in ('DELIVERED', 'READ') then coalesce(delivered_at, $4) else delivered_at end,
    read_at = case when $3 = 'READ' then coalesce(read_at, $4) else read_at end
where organization_id = $1 and id = $2
