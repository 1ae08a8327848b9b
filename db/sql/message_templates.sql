-- name: add_template
insert into message_templates (organization_id, id, creator_id, name, channel, subject, body, category, tag, fields, sample,
                               encoding, segments)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: change_template
update message_templates
set name = $3, channel = $4, subject = $5, body = $6, category = $7, tag = $8, fields = $9, sample = $10, encoding = $11,
    segments = $12
where organization_id = $1 and id = $2

-- name: archive_template
update message_templates set archived_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: lock_template
select * from message_templates where organization_id = $1 and id = $2 for no key update

-- name: find_template
select id, channel, subject, body, archived_at from message_templates where organization_id = $1 and id = $2

-- name: lock_campaign_of
-- The campaign that sends it to whoever is given its tag, locked before the template itself.
select * from campaigns where organization_id = $1 and message_template_id = $2 for no key update

-- name: add_campaign_of
insert into campaigns (organization_id, id, message_template_id, kind, name, status, activated_at)
values ($1, $2, $3, 'BROADCAST', $4, 'ACTIVE', transaction_timestamp())
on conflict (organization_id, message_template_id) where message_template_id is not null do nothing
returning id

-- name: add_step_of
insert into campaign_steps (organization_id, id, campaign_id, position, channel, subject, body, anchor)
values ($1, $2, $3, 1, $4, $5, $6, 'PREVIOUS_STEP')

-- name: change_campaign_of
-- What waits to be sent is sent as the template reads now.
with changed as (
  update campaigns c set name = $3 where c.organization_id = $1 and c.message_template_id = $2
  returning c.id
), step as (
  update campaign_steps s set channel = $4, subject = $5, body = $6
  from changed where s.organization_id = $1 and s.campaign_id = changed.id
)
select id from changed

-- name: note_use
update message_templates
set usage_count = usage_count + $3, last_used_at = greatest(last_used_at, $4::timestamptz)
where organization_id = $1 and id = $2

-- name: get_facts
-- What fields stand for, of a lead and of the organization.
select l.id, l.first_name, l.last_name, l.name, l.company, l.title, l.industry, l.location, l.postcode, m.name as assignee,
       o.name as organization, o.phone as organization_phone, o.website, o.cal_booking_link as organization_booking_link,
       null::text as cal_booking_link
from leads l
join organizations o on o.id = $1
left join memberships m on m.organization_id = $1 and m.id = l.assignee_id
where l.organization_id = $1 and l.id = (
  select case when a.merged_into_id is null then a.id else a.merged_into_id end from leads a
  where a.organization_id = $1 and a.id = $2)
