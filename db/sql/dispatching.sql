-- name: claim_turn
-- The campaign that has waited longest among those that have something due; nobody else has it until this unit of work ends.
select t.id from campaign_turns t
join campaigns c on c.organization_id = $1 and c.id = t.id and c.status = 'ACTIVE'
where t.organization_id = $1 and t.next_attempt_at <= $2
order by t.next_attempt_at, t.id limit 1
for update of t skip locked

-- name: hold_rates
-- Campaigns that share rates count one after another.
select pg_advisory_xact_lock(hashtextextended('rates ' || $1::uuid::text || $2::uuid::text, 0))

-- name: next_runs
-- Only looked at: leads are locked before their steps, and never waited for.
select r.id, r.lead_id from step_runs r
where r.organization_id = $1 and r.campaign_id = $2 and r.next_attempt_at <= $3
order by r.next_attempt_at, r.id limit $4

-- name: claim_runs
-- With the enrolments they belong to, and the text that was made of one before, where no carrier took it.
select r.id, r.enrollment_id, r.lead_id, r.campaign_step_id, r.position, r.scheduled_at, r.expires_at, r.held_at,
       (select m.id from messages m where m.organization_id = $1 and m.id = r.message_id and m.status = 'QUEUED') as parked_id,
       e.status as enrollment_status, e.enrolled_at,
       array(select n.campaign_step_id from step_runs n
             where n.organization_id = $1 and n.enrollment_id = r.enrollment_id and n.status = 'SCHEDULED'
               and n.position > r.position
             order by n.position) as left_ids
from step_runs r
join enrollments e on e.organization_id = $1 and e.id = r.enrollment_id
where r.organization_id = $1 and r.id = any ($2::uuid[]) and r.lead_id = any ($3::uuid[]) and r.next_attempt_at <= $4
order by r.next_attempt_at, r.id
for update of r, e skip locked

-- name: get_segments
-- What was sent under these rates: by the second for a minute, by the minute for an hour, by the quarter hour for a day.
select s.seconds, s.began_at, s.segments from sent_segments s
where s.organization_id = $1 and s.scope_id = $2
  and s.began_at > $3::timestamptz - case s.seconds
    when 1 then interval '62 seconds' when 60 then interval '62 minutes' else interval '25 hours' end

-- name: count_segments
insert into sent_segments (organization_id, scope_id, seconds, began_at, segments)
select $1, $2, w.seconds, date_bin(make_interval(secs => w.seconds), $3::timestamptz, timestamptz '2020-01-01'), $4
from unnest(array[1, 60, 900]) as w (seconds)
on conflict (organization_id, scope_id, seconds, began_at)
do update set segments = sent_segments.segments + excluded.segments

-- name: forget_segments
delete from sent_segments s
where s.organization_id = $1 and s.scope_id = $2
  and s.began_at < $3::timestamptz - case s.seconds
    when 1 then interval '2 minutes' when 60 then interval '2 hours' else interval '26 hours' end

-- name: open_threads
-- Conversations for locked leads who have none on a channel, begun by whoever works them.
insert into conversations (organization_id, id, lead_id, channel, sender, owner_id, assignee_id, dataset_ids)
select $1, given.id, l.id, given.channel, given.sender, l.owner_id, l.assignee_id, l.dataset_ids
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as given (id, lead_id, channel, sender)
join leads l on l.organization_id = $1 and l.id = given.lead_id
on conflict (organization_id, lead_id, channel) where status <> 'ARCHIVED' do nothing
returning id

-- name: get_threads
-- The number that a lead was talked to from, unless that rests.
select c.id, c.lead_id, c.channel,
       case when not exists (select from phone_numbers p
                             where p.organization_id = $1 and p.number = c.sender and p.paused_at is not null)
         then c.sender end as sender
from conversations c
where c.organization_id = $1 and c.lead_id = any ($2::uuid[]) and c.status <> 'ARCHIVED'

-- name: get_sender
-- The one that is wanted, else the oldest; none that rests.
select number from phone_numbers
where organization_id = $1 and paused_at is null and ($2::text is null or number = $2)
order by created_at limit 1

-- name: add_texts
-- Texts are SENDING already, before any carrier hears of them: whoever dies from here on leaves a lease behind. E-mails go
-- into their queue, so that a slow server keeps no text waiting. One that no carrier took is the same again, as it reads now.
with given as materialized (
  select * from jsonb_to_recordset($3::jsonb) as given (id uuid, conversation_id uuid, channel text, kind text, body text,
    status text, carriage text, subject text, sender text, recipient text, segments integer, expires_at timestamptz,
    lease_ends_at timestamptz)
), numbers as materialized (
  select number, messaging_service from phone_numbers where organization_id = $1
), texts as (
  insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, direction, kind,
                        status, carriage, subject, body, sender, recipient, segments, campaign_id, attempts, created_at,
                        claimed_at, scheduled_at, expires_at)
  select $1, given.id, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids, 'OUTBOUND', given.kind,
         given.status, given.carriage, given.subject, given.body, given.sender, given.recipient, given.segments, $2,
         case given.status when 'SENDING' then 1 else 0 end, $4::timestamptz,
         case given.status when 'SENDING' then $4::timestamptz end,
         case when given.lease_ends_at is null then transaction_timestamp() else given.lease_ends_at end, given.expires_at
  from given join conversations c on c.organization_id = $1 and c.id = given.conversation_id
  on conflict (organization_id, id) do update
  set status = excluded.status, subject = excluded.subject, body = excluded.body, sender = excluded.sender, recipient = excluded.recipient,
      segments = excluded.segments, attempts = messages.attempts + excluded.attempts, claimed_at = excluded.claimed_at,
      scheduled_at = excluded.scheduled_at, expires_at = excluded.expires_at
  where messages.status = 'QUEUED'
  returning id, conversation_id, sender, recipient, body, claimed_at, attempts, expires_at
)
select texts.id, texts.conversation_id, texts.sender, texts.recipient, texts.body, texts.claimed_at, texts.attempts,
       texts.expires_at, given.channel, numbers.messaging_service
from texts join given on given.id = texts.id
left join numbers on numbers.number = texts.sender

-- name: note_threads
update conversations c set last_message_at = greatest(c.last_message_at, $4), sender = said.sender,
       status = case c.status when 'CLOSED' then 'ACTIVE' else c.status end
from unnest($2::uuid[], $3::text[]) as said (id, sender)
where c.organization_id = $1 and c.id = said.id

-- name: settle_runs
update step_runs r
set status = given.status, skip_reason = given.skip_reason, scheduled_at = given.scheduled_at, expires_at = given.expires_at,
    next_attempt_at = given.next_attempt_at, held_at = given.held_at, message_id = given.message_id,
    ended_at = case when given.status <> 'SCHEDULED' then $3::timestamptz end
from jsonb_to_recordset($2::jsonb) as given (id uuid, status text, skip_reason text, scheduled_at timestamptz,
  expires_at timestamptz, next_attempt_at timestamptz, held_at timestamptz, message_id uuid)
where r.organization_id = $1 and r.id = given.id

-- name: plan_following
-- The steps that come next, when each is due; from then on they are looked at.
update step_runs r
set scheduled_at = given.scheduled_at, expires_at = given.expires_at, next_attempt_at = given.scheduled_at,
    skip_reason = given.skip_reason
from jsonb_to_recordset($2::jsonb) as given (enrollment_id uuid, campaign_step_id uuid, scheduled_at timestamptz,
  expires_at timestamptz, skip_reason text)
where r.organization_id = $1 and r.enrollment_id = given.enrollment_id and r.campaign_step_id = given.campaign_step_id
  and r.status = 'SCHEDULED'

-- name: settle_enrollments
update enrollments e
set status = given.status, reason = given.reason,
    last_step_at = case when given.was_sent then $3::timestamptz else e.last_step_at end,
    paused_at = case when given.status = 'PAUSED' then $3::timestamptz end,
    ended_at = case when given.status not in ('ACTIVE', 'PAUSED') then $3::timestamptz end
from jsonb_to_recordset($2::jsonb) as given (id uuid, status text, reason text, was_sent boolean)
where e.organization_id = $1 and e.id = given.id

-- name: rest_runs
-- Why nothing more is sent to whose enrolments rest from now on.
update step_runs r set skip_reason = given.skip_reason
from jsonb_to_recordset($2::jsonb) as given (enrollment_id uuid, skip_reason text)
where r.organization_id = $1 and r.enrollment_id = given.enrollment_id and r.status = 'SCHEDULED'

-- name: drop_texts
-- Texts that no carrier took, of steps that are over.
update messages m set status = 'CANCELED', error_message = $3
where m.organization_id = $1 and m.id = any ($2::uuid[]) and m.status = 'QUEUED' and m.campaign_id is not null
returning m.id, m.conversation_id

-- name: end_turn
-- The campaign's next turn comes when its next step is due, not before $3; where nothing is planned there is none.
with next as (
  select r.next_attempt_at from step_runs r
  where r.organization_id = $1 and r.campaign_id = $2 and r.next_attempt_at is not null
  order by r.next_attempt_at limit 1
), moved as (
  update campaign_turns t set next_attempt_at = greatest(next.next_attempt_at, $3::timestamptz)
  from next where t.organization_id = $1 and t.id = $2
  returning t.id
)
delete from campaign_turns t where t.organization_id = $1 and t.id = $2 and not exists (select from moved)

-- name: reopen_run
-- A text that did not leave: its step waits again, and with it who had come to the end of the campaign.
with run as (
  update step_runs r
  set status = 'SCHEDULED', ended_at = null, next_attempt_at = transaction_timestamp() + $3::interval
  where r.organization_id = $1 and r.message_id = $2 and r.status = 'SENT' and may_go_on($1, r.enrollment_id)
  returning r.enrollment_id, r.campaign_id, r.next_attempt_at
), again as (
  update enrollments e set status = 'ACTIVE', reason = null, ended_at = null
  from run where e.organization_id = $1 and e.id = run.enrollment_id and e.status = 'COMPLETED'
)
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, run.campaign_id, run.next_attempt_at from run
on conflict (organization_id, id)
do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)
returning id

-- name: retry_run
-- A text that did not arrive for now: its step is tried again, later each time, as another text.
with run as (
  update step_runs r
  set status = 'SCHEDULED', ended_at = null, message_id = null, retries = r.retries + 1,
      next_attempt_at = transaction_timestamp() + ($4::interval[])[r.retries + 1]
  where r.organization_id = $1 and r.message_id = $2 and r.status = 'SENT' and r.retries < $3
    and may_go_on($1, r.enrollment_id)
  returning r.enrollment_id, r.campaign_id, r.next_attempt_at
), again as (
  update enrollments e set status = 'ACTIVE', reason = null, ended_at = null
  from run where e.organization_id = $1 and e.id = run.enrollment_id and e.status = 'COMPLETED'
)
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, run.campaign_id, run.next_attempt_at from run
on conflict (organization_id, id)
do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)

-- name: fail_runs
-- The carrier said no: the steps are over, and were not sent.
update step_runs set status = 'FAILED' where organization_id = $1 and message_id = any ($2::uuid[]) and status = 'SENT'
