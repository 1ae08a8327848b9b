-- name: request_members
-- Those of the campaign's dataset who come next; who the last of them is.
with next as materialized (
  select p.lead_id from dataset_leads p
  join campaigns c on c.organization_id = $1 and c.id = $2 and c.dataset_id = p.dataset_id
  where p.organization_id = $1 and p.lead_id > $3
  order by p.lead_id limit $4
), asked as (
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select $1, $2, next.lead_id, 'DATASET' from next
  on conflict (organization_id, campaign_id, lead_id) do nothing
)
select count(*) as count, (array_agg(next.lead_id order by next.lead_id desc))[1] as last_id from next

-- name: next_standing
select id, lead_id from enrollments
where organization_id = $1 and campaign_id = $2 and status in ('ACTIVE', 'PAUSED')
order by lead_id limit $3

-- name: end_runs
update step_runs set status = 'CANCELED', skip_reason = 'CAMPAIGN_NOT_ACTIVE', next_attempt_at = null,
                     ended_at = transaction_timestamp()
where organization_id = $1 and enrollment_id = any ($2::uuid[]) and status = 'SCHEDULED'
returning message_id

-- name: end_enrollments
update enrollments set status = 'COMPLETED', reason = 'CAMPAIGN_ENDED', ended_at = transaction_timestamp()
where organization_id = $1 and id = any ($2::uuid[]) and status in ('ACTIVE', 'PAUSED')

-- name: tend
-- What is left of a campaign, where anything is.
insert into campaign_tendings (organization_id, id, begins_after, ends) values ($1, $2, $3, $4)
on conflict (organization_id, id) do update set begins_after = excluded.begins_after, ends = excluded.ends

-- name: claim_tending
select id, begins_after, ends from campaign_tendings
where organization_id = $1 and (ends or begins_after is not null)
order by id limit 1
for no key update skip locked
