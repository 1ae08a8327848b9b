-- name: hold_campaign
-- It stays as it is until this unit of work ends.
select status from campaigns where organization_id = $1 and id = $2 for share

-- name: get_terms
-- A campaign with its policy and its organization.
select c.id, c.kind, c.name, c.status, c.starts_at, c.tag, c.dataset_id, c.campaign_policy_id, c.message_template_id, c.archived_at,
       p.sending_enabled, p.sending_days, p.sending_start, p.sending_end, p.sending_time_zone, p.keeps_holidays,
       p.messages_per_minute, p.messages_per_hour,
       p.messages_per_day, p.messages_per_person, p.person_days, p.allow_international, p.sender, p.cal_booking_link,
       o.status as organization_status, o.country as organization_country, o.time_zone as organization_time_zone,
       o.blacklisted_words, o.trial_ends_at is not null and o.trial_ends_at <= $3 as has_trial_ended,
       o.name as organization, o.phone as organization_phone, o.website, o.cal_booking_link as organization_booking_link,
       o.mail_address
from campaigns c
join organizations o on o.id = $1
left join campaign_policies p on p.organization_id = $1 and p.id = c.campaign_policy_id
where c.organization_id = $1 and c.id = $2

-- name: get_steps
select id, position, channel, subject, body, anchor, day_number, delay_days, delay_hours, delay_type,
       delay_respect_sending_hours, jitter_seconds, expires_after_hours, only_without_reply
from campaign_steps where organization_id = $1 and campaign_id = $2
order by position

-- name: get_people
-- What the gate asks about leads, who are locked. Their consent is that of the campaign's dataset ($3), where it has one.
-- `contacted_at` is when campaigns wrote to them since $4. To say START or STOP is no reply.
select l.id, l.first_name, l.last_name, l.name, l.company, l.title, l.industry, l.location, l.postcode, l.phone, l.email,
       l.linkedin_url, l.phone_problem, l.email_problem, l.country, l.time_zone, l.archived_at, l.manual_mode_at,
       m.name as assignee,
       array(select c.channel from unnest(array['SMS', 'WHATSAPP', 'CALL', 'EMAIL', 'LINKEDIN'],
                                          array[l.phone, l.phone, l.phone, l.email, l.linkedin_url]) c (channel, address)
             where exists (select from suppressions s where s.organization_id = $1 and s.lifted_at is null
               and s.channel = c.channel
               and s.address_hash = sha256(convert_to($1::uuid || ':' || c.channel || ':' || c.address, 'UTF8'))))
         as suppressed,
       (select d.lawful_basis from datasets d
        where d.organization_id = $1 and d.id = any (l.dataset_ids) and d.lawful_basis is not null
          and ($3::uuid is null or d.id = $3) limit 1) as lawful_basis,
       (select t.created_at from messages t
        where t.organization_id = $1 and t.lead_id = l.id and t.direction = 'INBOUND'
          and not exists (select from consents s where s.organization_id = $1 and s.lead_id = l.id and s.message_id = t.id)
        order by t.created_at desc, t.id desc limit 1) as last_replied_at,
       array(select t.created_at from messages t
             where t.organization_id = $1 and t.lead_id = l.id and t.campaign_id is not null and t.created_at > $4
               and t.status <> all ('{QUEUED,FAILED,CANCELED,EXPIRED}')) as contacted_at
from leads l
left join memberships m on m.organization_id = $1 and m.id = l.assignee_id
where l.organization_id = $1 and l.id = any ($2::uuid[])

-- name: resolve_canonical
-- Who is meant: whoever repeats another is the other, who was merged into another as well.
select l.id, case when k.duplicate_of_id is null then k.id else k.duplicate_of_id end as canonical_id
from leads l
join leads k on k.organization_id = $1 and k.id = case when l.merged_into_id is null then l.id else l.merged_into_id end
where l.organization_id = $1 and l.id = any ($2::uuid[])

-- name: add_enrollments
-- Locked leads, with what is planned for each; who is in the campaign already stays as they are. The campaign's turn comes
-- when the first of the steps is due.
with given as materialized (
  select * from jsonb_to_recordset($5::jsonb) as e (id uuid, lead_id uuid, status text, reason text)
), planned as materialized (
  select * from jsonb_to_recordset($6::jsonb) as r (id uuid, enrollment_id uuid, campaign_step_id uuid, position integer,
    scheduled_at timestamptz, expires_at timestamptz, next_attempt_at timestamptz, skip_reason text)
), added as (
  insert into enrollments (organization_id, id, campaign_id, lead_id, owner_id, assignee_id, dataset_ids, source, status,
                           reason, enrolled_by_id, enrolled_at, paused_at)
  select $1, given.id, $2, l.id, l.owner_id, l.assignee_id, l.dataset_ids, $3, given.status, given.reason, $4, $7::timestamptz,
         case when given.status = 'PAUSED' then $7::timestamptz end
  from given join leads l on l.organization_id = $1 and l.id = given.lead_id
  on conflict (organization_id, campaign_id, lead_id) where status in ('ACTIVE', 'PAUSED') do nothing
  returning id, lead_id, owner_id, assignee_id, dataset_ids
), runs as (
  insert into step_runs (organization_id, id, enrollment_id, campaign_id, campaign_step_id, lead_id, owner_id, assignee_id,
                         dataset_ids, position, scheduled_at, expires_at, next_attempt_at, skip_reason)
  select $1, planned.id, added.id, $2, planned.campaign_step_id, added.lead_id, added.owner_id, added.assignee_id,
         added.dataset_ids, planned.position, planned.scheduled_at, planned.expires_at, planned.next_attempt_at,
         planned.skip_reason
  from planned join added on added.id = planned.enrollment_id
  returning next_attempt_at
), turn as (
  insert into campaign_turns (organization_id, id, next_attempt_at)
  select $1, $2, min(runs.next_attempt_at) from runs having min(runs.next_attempt_at) is not null
  on conflict (organization_id, id)
  do update set next_attempt_at = least(campaign_turns.next_attempt_at, excluded.next_attempt_at)
)
select id, lead_id from added

-- name: find_standing
-- The enrolments of these leads in the campaign that stand.
select id, lead_id from enrollments
where organization_id = $1 and campaign_id = $2 and lead_id = any ($3::uuid[]) and status in ('ACTIVE', 'PAUSED')

-- name: next_requests
-- Of campaigns that run; only looked at, because whoever asks for more holds their lead already.
select r.id, r.campaign_id, r.lead_id, r.source
from campaigns c
cross join lateral (
  select q.id, q.campaign_id, q.lead_id, q.source from enrollment_requests q
  where q.organization_id = $1 and q.campaign_id = c.id order by q.lead_id limit $2) r
where c.organization_id = $1 and c.status = 'ACTIVE'
limit $2

-- name: lock_leads
-- Those whom nobody else holds: the others have their turn later.
select l.id from leads l where l.organization_id = $1 and l.id = any ($2::uuid[])
order by l.id
for no key update skip locked

-- name: end_requests
delete from enrollment_requests where organization_id = $1 and id = any ($2::uuid[]) returning id

-- name: drop_requests
delete from enrollment_requests where organization_id = $1 and campaign_id = $2
