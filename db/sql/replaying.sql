-- name: add_replay
insert into replays (organization_id, id, creator_id, api_key_id, lead_scope, limited_to, prompt_version_id, dataset_id, threads)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9)

-- name: choose_threads
-- What is replayed: threads that taught a lesson of the version, and those that were answered last. Of each the lead's text that was
-- answered, and what was answered. Without a dataset ($5) they are of the leads that the prompt is for: a dataset's ($6), or of
-- those who are in none that has a prompt of its own. All of it as whoever asks sees it.
with taught as (
  select m.id, m.conversation_id, m.lead_id, m.direction, m.created_at
  from prompt_sections s
  join lessons l on l.organization_id = $1 and l.id = s.lesson_id
  join messages m on m.organization_id = $1 and m.id = l.source_message_id
  where s.organization_id = $1 and s.prompt_version_id = $3
  order by l.priority desc, l.id limit $7
), lessons_of as (
  select t.conversation_id, case when t.direction = 'INBOUND' then t.id else before.id end as inbound_message_id,
         case when t.direction = 'INBOUND' then after.id else t.id end as message_id, t.created_at as at
  from taught t
  left join lateral (
    select p.id from messages p
    where p.organization_id = $1 and p.conversation_id = t.conversation_id and p.direction = 'INBOUND'
      and (p.created_at, p.id) < (t.created_at, t.id)
    order by p.created_at desc, p.id desc limit 1) before on true
  left join lateral (
    select n.id from messages n
    where n.organization_id = $1 and n.conversation_id = t.conversation_id and n.direction = 'OUTBOUND'
      and n.purpose <> 'COMPLIANCE' and n.status <> all ('{FAILED,CANCELED,EXPIRED}')
      and (n.created_at, n.id) > (t.created_at, t.id)
    order by n.created_at, n.id limit 1) after on true
), elsewhere as materialized (
  select array_agg(o.dataset_id) as ids from prompts o
  where o.organization_id = $1 and o.live_version_id is not null and o.archived_at is null and o.dataset_id is not null
), answered as (
  select a.conversation_id, said.id as inbound_message_id, a.id as message_id, a.created_at as at
  from messages a
  join leads l on l.organization_id = $1 and l.id = a.lead_id and l.erased_at is null
  join conversations c on c.organization_id = $1 and c.id = a.conversation_id and c.channel in ('SMS', 'WHATSAPP', 'EMAIL')
  join lateral (
    select p.id, p.direction from messages p
    where p.organization_id = $1 and p.conversation_id = a.conversation_id
      and p.purpose <> 'COMPLIANCE' and p.status <> all ('{FAILED,CANCELED,EXPIRED}')
      and (p.created_at, p.id) < (a.created_at, a.id)
    order by p.created_at desc, p.id desc limit 1) said on said.direction = 'INBOUND'
  where a.organization_id = $1 and a.direction = 'OUTBOUND' and a.campaign_id is null
    and (a.ai_generated or a.author_id is not null)
    and a.purpose <> 'COMPLIANCE' and a.status <> all ('{FAILED,CANCELED,EXPIRED}')
    and case when $5::uuid is not null then $5 = any (a.dataset_ids)
             when $6::uuid is not null then $6 = any (a.dataset_ids)
             else (a.dataset_ids && (select ids from elsewhere)) is not true end
  order by a.created_at desc, a.id desc limit $4
), chosen as (
  select distinct on (t.inbound_message_id) t.*
  from (select true as is_of_lesson, x.* from lessons_of x where x.inbound_message_id is not null
        union all select false, y.* from answered y) t
  order by t.inbound_message_id, t.is_of_lesson desc, t.at desc
)
insert into replay_rows (organization_id, replay_id, position, conversation_id, lead_id, owner_id, assignee_id, dataset_ids,
                         inbound_message_id, message_id, is_of_lesson)
select $1, $2, row_number() over (order by chosen.is_of_lesson desc, chosen.at desc, chosen.inbound_message_id), c.id, c.lead_id,
       c.owner_id, c.assignee_id, c.dataset_ids, chosen.inbound_message_id, chosen.message_id, chosen.is_of_lesson
from chosen join conversations c on c.organization_id = $1 and c.id = chosen.conversation_id
join leads l on l.organization_id = $1 and l.id = c.lead_id and l.erased_at is null
returning 1

-- name: set_total
update replays set total_count = $3 where organization_id = $1 and id = $2

-- name: lock_replay
select id, status from replays where organization_id = $1 and id = $2 for no key update

-- name: claim_work
-- Whoever holds a replay says so within its lease, or another process goes on with it.
update replays r set holder = $2, attempts = r.attempts + 1, next_attempt_at = now() + $3
where r.organization_id = $1 and r.id = (
  select d.id from replays d
  where d.organization_id = $1 and d.status = 'RUNNING' and d.next_attempt_at <= now()
  order by d.next_attempt_at limit 1 for update skip locked)
returning r.id, r.creator_id, r.api_key_id, r.prompt_version_id, r.done_count, r.attempts

-- name: hold_work
-- Nothing where it was cancelled, or where somebody else holds it.
update replays set next_attempt_at = now() + $4
where organization_id = $1 and id = $2 and holder = $3 and status = 'RUNNING'
returning id

-- name: put_off_work
update replays set problem = $3, next_attempt_at = now() + $4 where organization_id = $1 and id = $2

-- name: end_work
-- What it waited for last is why it came nowhere.
update replays
set status = $3, problem = case when $3 = 'FAILED' then concat_ws(' ', problem, $4::text) else $4 end,
    completed_at = transaction_timestamp()
where organization_id = $1 and id = $2

-- name: next_row
select id, position, conversation_id, lead_id, inbound_message_id, outcome from replay_rows
where organization_id = $1 and replay_id = $2 and position > $3
order by position limit 1

-- name: get_lines
-- A thread as it stood when the lead had written this text ($2), oldest first.
select said.id, said.direction, said.body, said.created_at, said.author_id, said.ai_generated, said.campaign_id from (
  select m.id, m.direction, m.body, m.created_at, m.author_id, m.ai_generated, m.campaign_id
  from messages t
  join messages m on m.organization_id = $1 and m.conversation_id = t.conversation_id
    and (m.created_at, m.id) <= (t.created_at, t.id)
  where t.organization_id = $1 and t.id = $2 and m.status <> all ('{FAILED,CANCELED,EXPIRED}')
    and m.purpose <> 'COMPLIANCE'
  order by m.created_at desc, m.id desc limit $3) said
order by said.created_at, said.id

-- name: record_row
-- Nothing of a lead who was erased meanwhile.
update replay_rows
set outcome = $3, problem = $4, body = $5, breaches = $6::text[], intent = $7, sentiment = $8, wants_human = $9, model = $10
where organization_id = $1 and id = $2 and outcome = 'WAITING'
returning id

-- name: note_progress
update replays set done_count = $3, breaches_count = breaches_count + $4, attempts = 0, problem = null
where organization_id = $1 and id = $2

-- name: erase_rows
-- What a version would have said to somebody.
update replay_rows
set body = null, problem = null, outcome = case when outcome = 'WAITING' then 'FAILED' else outcome end
where organization_id = $1 and lead_id = any ($2::uuid[])
returning id
