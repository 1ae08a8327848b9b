-- name: write_events
-- Takes the next numbers and inserts the events in one round trip, so that the counter is held as briefly as can be.
-- An event is for whoever may see its lead now; what was withdrawn is for those who could until now; what becomes of a
-- dataset, for whoever may see that; of work in the background, for those who are limited as its maker was, and for who is
-- not. A lead is looked for by a case, because ahead of a policy no index is asked for what a
-- coalesce gives: all leads of the organization would be read for each event. And by itself, so that they are not read
-- either while many are being added and nothing knows yet how many there are.
with told as materialized (
  select given.ordinal, given.id, given.kind, given.conversation_id, given.message_id, given.insight_id,
         given.subject_id, given.dataset_id, given.booking_id, given.enrollment_id,
         coalesce(given.lead_id, c.lead_id) as lead_id,
         case given.kind when 'LEAD_WITHDRAWN' then given.owner_id else l.owner_id end as owner_id,
         case given.kind when 'LEAD_WITHDRAWN' then given.assignee_id else l.assignee_id end as assignee_id,
         case when given.kind = 'LEAD_WITHDRAWN' then given.dataset_ids::uuid[]
              when given.dataset_id is not null then array[given.dataset_id]
              when given.kind = 'BULK_OPERATION_CHANGED' then (
                select b.limited_to from bulk_operations b where b.organization_id = $1 and b.id = given.subject_id)
              when given.kind = 'EXPORT_CHANGED' then (
                select x.limited_to from exports x where x.organization_id = $1 and x.id = given.subject_id)
              when given.kind = 'REPLAY_CHANGED' then (
                select r.limited_to from replays r where r.organization_id = $1 and r.id = given.subject_id)
              else l.dataset_ids end as dataset_ids
  from unnest($3::uuid[], $4::text[], $5::uuid[], $6::uuid[], $7::uuid[], $8::uuid[], $9::uuid[], $10::uuid[],
              $11::uuid[], $12::uuid[], $13::text[], $14::uuid[],
              $15::uuid[])
         with ordinality as given (id, kind, conversation_id, message_id, lead_id, insight_id, subject_id, owner_id,
                                   assignee_id, dataset_id, dataset_ids, booking_id, enrollment_id, ordinal)
  left join conversations c on c.organization_id = $1 and c.id = given.conversation_id
  left join lateral (
    select l.owner_id, l.assignee_id, l.dataset_ids from leads l
    where l.organization_id = $1 and l.id = case when given.lead_id is null then c.lead_id else given.lead_id end
    limit 1) l on true
), position as (
  update event_counters set last_seq = last_seq + $2::int where organization_id = $1 returning last_seq
)
insert into events (organization_id, seq, id, kind, conversation_id, message_id, lead_id, insight_id, subject_id,
                    owner_id, assignee_id, dataset_id, dataset_ids, booking_id, enrollment_id)
select $1, position.last_seq - $2::int + told.ordinal, told.id, told.kind, told.conversation_id, told.message_id,
       told.lead_id, told.insight_id, told.subject_id, told.owner_id, told.assignee_id, told.dataset_id,
       told.dataset_ids, told.booking_id, told.enrollment_id
from position, told
returning seq

-- name: see_all
-- For what is left of a unit of work that has read and answered: it tells of what whoever acted has just handed over.
select set_config('rekindle.lead_scope', 'ALL', true) where $1::uuid is not null

-- name: read_facts
-- What the streams of a process are narrowed by, read once for all of them; with its context, in one round trip. The
-- limit keeps the planner from looking at the events before the context is set.
with ctx as materialized (select begin_request($1, $2, 'ALL') as ok)
select q.seq, q.kind, q.conversation_id, q.assignee_id
from ctx cross join lateral (
  select e.seq, e.kind, e.conversation_id, e.assignee_id from events e
  where e.organization_id = $1 and e.seq > $3 and e.seq <= $4 and ctx.ok
  order by e.seq limit $4::bigint - $3::bigint
) q
order by q.seq

-- name: add_event_counter
insert into event_counters (organization_id) values ($1)

-- name: forget_events
-- A bounded stretch of the oldest, by the key; the counter remembers how far it has gone.
with counter as (
  select forgotten_seq from event_counters where organization_id = $1 for update
), gone as (
  delete from events using counter
  where events.organization_id = $1 and events.seq > counter.forgotten_seq
    and events.seq <= counter.forgotten_seq + $3 and events.at < $2
  returning events.seq
)
update event_counters set forgotten_seq = greatest(event_counters.forgotten_seq, (select max(seq) from gone))
where organization_id = $1 and exists (select from gone)
returning (select count(*) from gone)
