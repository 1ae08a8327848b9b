-- name: get_lead_of
select lead_id from enrollments where organization_id = $1 and id = $2

-- name: lock_enrollment
-- Its lead is locked already.
select e.id, e.lead_id, e.campaign_id, e.status, e.reason, e.paused_at, c.status as campaign_status,
       exists (
         select from step_runs r
         join campaign_steps s on s.organization_id = $1 and s.id = r.campaign_step_id
         join leads l on l.organization_id = $1 and l.id = e.lead_id
         join suppressions x on x.organization_id = $1 and x.lifted_at is null and x.channel = s.channel
           and x.address_hash = sha256(convert_to($1::uuid || ':' || s.channel || ':'
             || case s.channel when 'EMAIL' then l.email when 'LINKEDIN' then l.linkedin_url else l.phone end, 'UTF8'))
         where r.organization_id = $1 and r.enrollment_id = e.id and r.status = 'SCHEDULED') as is_suppressed
from enrollments e
join campaigns c on c.organization_id = $1 and c.id = e.campaign_id
where e.organization_id = $1 and e.id = $2
for no key update of e

-- name: turn_enrollment
update enrollments
set status = $3, reason = $4, paused_at = case when $3 = 'PAUSED' then transaction_timestamp() end,
    ended_at = case when $3 in ('ACTIVE', 'PAUSED') then null else transaction_timestamp() end
where organization_id = $1 and id = $2

-- name: rest_runs
-- Nobody looks at what is planned until it is gone on with.
update step_runs set next_attempt_at = null, skip_reason = 'ENROLLMENT_NOT_ACTIVE'
where organization_id = $1 and enrollment_id = $2 and status = 'SCHEDULED'

-- name: resume_runs
-- What waited is as far from its end as it was from its beginning; the first of it is looked at again.
with moved as (
  update step_runs r
  set scheduled_at = $4::timestamptz + greatest(r.scheduled_at - $3::timestamptz, interval '0'),
      expires_at = r.expires_at + ($4::timestamptz + greatest(r.scheduled_at - $3::timestamptz, interval '0') - r.scheduled_at),
      next_attempt_at = case when not exists (
          select from step_runs b where b.organization_id = $1 and b.enrollment_id = $2 and b.status = 'SCHEDULED'
            and b.position < r.position)
        then case when r.scheduled_at is null then $4
                  else $4::timestamptz + greatest(r.scheduled_at - $3::timestamptz, interval '0') end end,
      held_at = null, skip_reason = null
  where r.organization_id = $1 and r.enrollment_id = $2 and r.status = 'SCHEDULED'
  returning r.campaign_id, r.next_attempt_at
)
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, moved.campaign_id, min(moved.next_attempt_at) from moved
where moved.next_attempt_at is not null group by moved.campaign_id
on conflict (organization_id, id)
do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)

-- name: end_runs
update step_runs set status = $3, skip_reason = $4, next_attempt_at = null, ended_at = transaction_timestamp()
where organization_id = $1 and enrollment_id = any ($2::uuid[]) and status = 'SCHEDULED'
returning message_id

-- name: hear_reply
-- A lead, who is locked, has written; whoever had opted out may just be coming back. What waits for a reply alone is left out; where nothing else is planned the enrolment is
-- over. Whose reply it is, is said by the last text that reached them.
with last as materialized (
  select r.enrollment_id from messages m
  join step_runs r on r.organization_id = $1 and r.message_id = m.id
  where m.organization_id = $1 and m.lead_id = $2 and m.campaign_id is not null
    and m.status <> all ('{QUEUED,FAILED,CANCELED,EXPIRED}')
  order by m.created_at desc limit 1
), skipped as (
  update step_runs r
  set status = 'SKIPPED', skip_reason = 'REPLIED_SINCE', next_attempt_at = null, ended_at = $3
  from campaign_steps s, enrollments e
  where r.organization_id = $1 and r.lead_id = $2 and r.status = 'SCHEDULED'
    and s.organization_id = $1 and s.id = r.campaign_step_id and s.only_without_reply
    and e.organization_id = $1 and e.id = r.enrollment_id and e.reason is distinct from 'OPTED_OUT'
  returning r.id, r.message_id
), dropped as (
  update messages m set status = 'CANCELED', error_message = 'They have replied.'
  from skipped where m.organization_id = $1 and m.id = skipped.message_id and m.status = 'QUEUED'
), told as materialized (
  select o.id, o.replied_at is null and last.enrollment_id is not null as is_first_reply,
         o.status in ('ACTIVE', 'PAUSED') and o.reason is distinct from 'OPTED_OUT' and not exists (
           select from step_runs r join campaign_steps s on s.organization_id = $1 and s.id = r.campaign_step_id
           where r.organization_id = $1 and r.enrollment_id = o.id and r.status = 'SCHEDULED' and not s.only_without_reply)
           as is_over
  from enrollments o left join last on last.enrollment_id = o.id
  where o.organization_id = $1 and o.lead_id = $2
    and (o.status in ('ACTIVE', 'PAUSED') or o.replied_at is null and last.enrollment_id is not null)
)
update enrollments e
set replied_at = case when told.is_first_reply then $3 else e.replied_at end,
    status = case when told.is_over then 'COMPLETED' else e.status end,
    reason = case when told.is_over then 'REPLIED' else e.reason end,
    ended_at = case when told.is_over then $3 else e.ended_at end
from told
where e.organization_id = $1 and e.id = told.id and (told.is_over or told.is_first_reply)
returning e.id

-- name: go_on
-- What is planned whatever they reply, and waited for a step that was left out, is looked at when it is due.
with first as (
  select distinct on (r.enrollment_id) r.id, r.next_attempt_at from step_runs r
  join enrollments e on e.organization_id = $1 and e.id = r.enrollment_id and e.status = 'ACTIVE'
  where r.organization_id = $1 and r.lead_id = $2 and r.status = 'SCHEDULED'
  order by r.enrollment_id, r.position
), woken as (
  update step_runs r set next_attempt_at = case when r.scheduled_at is null then transaction_timestamp() else r.scheduled_at end
  from first where r.organization_id = $1 and r.id = first.id and first.next_attempt_at is null
  returning r.campaign_id, r.next_attempt_at
)
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, woken.campaign_id, min(woken.next_attempt_at) from woken group by woken.campaign_id
on conflict (organization_id, id)
do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)

-- name: pause_opted_out
-- Whoever asked to be left alone on these channels, also under the name of somebody they repeat; until they come back.
with resting as (
  update step_runs r set next_attempt_at = null, skip_reason = 'SUPPRESSED'
  from campaign_steps s
  where r.organization_id = $1 and r.lead_id = any ($2::uuid[]) and r.status = 'SCHEDULED'
    and s.organization_id = $1 and s.id = r.campaign_step_id and s.channel = any ($3::text[])
  returning r.enrollment_id
)
update enrollments e
set status = 'PAUSED', reason = 'OPTED_OUT',
    paused_at = case when e.paused_at is null then transaction_timestamp() else e.paused_at end
where e.organization_id = $1 and e.id in (select enrollment_id from resting) and e.status in ('ACTIVE', 'PAUSED')
  and e.reason is distinct from 'OPTED_OUT'
returning e.id, e.lead_id

-- name: note_opt_out
-- It is said by the last text of a campaign that reached them which one made them ask for it.
update enrollments e set opted_out_at = transaction_timestamp()
where e.organization_id = $1 and e.opted_out_at is null and e.id = (
  select r.enrollment_id from messages m
  join step_runs r on r.organization_id = $1 and r.message_id = m.id
  where m.organization_id = $1 and m.lead_id = any ($2::uuid[]) and m.campaign_id is not null
    and m.status <> all ('{QUEUED,FAILED,CANCELED,EXPIRED}')
  order by m.created_at desc limit 1)

-- name: rest_paused
-- All that is planned for somebody whose enrolments rest.
update step_runs r set next_attempt_at = null
from enrollments e
where r.organization_id = $1 and r.lead_id = any ($2::uuid[]) and r.next_attempt_at is not null
  and e.organization_id = $1 and e.id = r.enrollment_id and e.status = 'PAUSED'

-- name: end_enrollments
-- All of these leads that stand.
update enrollments set status = $3, reason = $4, ended_at = transaction_timestamp()
where organization_id = $1 and lead_id = any ($2::uuid[]) and status in ('ACTIVE', 'PAUSED')
returning id, lead_id

-- name: end_rivals
-- Where both of two who are one stand in a campaign, one of the enrolments ends.
update enrollments e set status = 'CANCELLED', reason = 'MERGED', ended_at = transaction_timestamp()
where e.organization_id = $1 and e.lead_id = $3 and e.status in ('ACTIVE', 'PAUSED') and exists (
  select from enrollments k where k.organization_id = $1 and k.campaign_id = e.campaign_id and k.lead_id = $2
    and k.status in ('ACTIVE', 'PAUSED'))
returning e.id

-- name: get_canonical
-- Who is enrolled for whoever these are.
select distinct case when l.duplicate_of_id is null then l.id else l.duplicate_of_id end as id
from leads l where l.organization_id = $1 and l.id = any ($2::uuid[])

-- name: hasten_runs
-- What a colleague kept is asked again at once.
with woken as (
  update step_runs r set next_attempt_at = transaction_timestamp()
  where r.organization_id = $1 and r.lead_id = any ($2::uuid[]) and r.held_at is not null and r.next_attempt_at is not null
  returning r.campaign_id
)
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, woken.campaign_id, transaction_timestamp() from woken group by woken.campaign_id
on conflict (organization_id, id)
do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)

-- name: rest_campaign
delete from campaign_turns where organization_id = $1 and id = $2

-- name: take_time
-- For what moves all that is planned in a campaign, a million steps perhaps.
select set_config('statement_timeout', '5min', true) from organizations where id = $1

-- name: resume_campaign
-- As `resume_runs`, for all who are active in it; the others are resumed one by one.
with moved as (
  update step_runs r
  set scheduled_at = $4::timestamptz + greatest(r.scheduled_at - $3::timestamptz, interval '0'),
      expires_at = r.expires_at + ($4::timestamptz + greatest(r.scheduled_at - $3::timestamptz, interval '0') - r.scheduled_at),
      next_attempt_at = case when r.next_attempt_at is not null
        then $4::timestamptz + greatest(r.next_attempt_at - $3::timestamptz, interval '0') end
  from enrollments e
  where r.organization_id = $1 and r.campaign_id = $2 and r.status = 'SCHEDULED'
    and e.organization_id = $1 and e.id = r.enrollment_id and e.status = 'ACTIVE'
  returning r.next_attempt_at
)
insert into campaign_turns (organization_id, id, next_attempt_at)
select $1, $2, min(moved.next_attempt_at) from moved having min(moved.next_attempt_at) is not null
on conflict (organization_id, id)
do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)
