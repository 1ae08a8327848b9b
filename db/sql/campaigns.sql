-- name: add_policy
insert into campaign_policies (organization_id, id, name, description, sending_enabled, sending_days, sending_start,
  sending_end, sending_time_zone, keeps_holidays, messages_per_minute, messages_per_hour, messages_per_day,
  messages_per_person, person_days, allow_international, sender, cal_booking_link, ai_response_enabled,
  ai_response_delay_seconds, ai_response_delay_random, ai_grouping_seconds, responds_at_any_hour, is_schedule_strict,
  silence_timeout_days, silence_nudge_days, silence_nudge_body, notifies_of_hot_leads, hot_lead_assignment, updates_status)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25,
        $26, $27, $28, $29, $30)

-- name: lock_policy
select * from campaign_policies where organization_id = $1 and id = $2 and archived_at is null for no key update

-- name: change_policy
update campaign_policies
set name = $3, description = $4, sending_enabled = $5, sending_days = $6, sending_start = $7, sending_end = $8,
    sending_time_zone = $9, keeps_holidays = $10, messages_per_minute = $11, messages_per_hour = $12,
    messages_per_day = $13, messages_per_person = $14, person_days = $15, allow_international = $16, sender = $17,
    cal_booking_link = $18, ai_response_enabled = $19, ai_response_delay_seconds = $20, ai_response_delay_random = $21,
    ai_grouping_seconds = $22, responds_at_any_hour = $23, is_schedule_strict = $24, silence_timeout_days = $25,
    silence_nudge_days = $26, silence_nudge_body = $27, notifies_of_hot_leads = $28, hot_lead_assignment = $29,
    updates_status = $30
where organization_id = $1 and id = $2

-- name: archive_policy
-- Not one that a campaign keeps to which is not put away itself.
update campaign_policies p set archived_at = transaction_timestamp()
where p.organization_id = $1 and p.id = $2 and not exists (
  select from campaigns c where c.organization_id = $1 and c.campaign_policy_id = p.id and c.archived_at is null)
returning p.id

-- name: hold_policy
-- It stays at hand until this unit of work ends.
select id from campaign_policies where organization_id = $1 and id = $2 and archived_at is null for key share

-- name: is_number_of_organization
select exists (select from phone_numbers where organization_id = $1 and number = $2)

-- name: add_campaign
insert into campaigns (organization_id, id, creator_id, kind, name, description, tag, dataset_id, campaign_policy_id,
                       starts_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: add_predefined
-- Nothing where a campaign has the tag already.
insert into campaigns (organization_id, id, creator_id, kind, name, tag, is_predefined)
values ($1, $2, $3, 'DRIP', $4, $5, true)
on conflict (organization_id, tag) where tag is not null and archived_at is null do nothing
returning id

-- name: lock_campaign
select * from campaigns where organization_id = $1 and id = $2 for no key update

-- name: change_campaign
update campaigns set name = $3, description = $4, tag = $5, dataset_id = $6, campaign_policy_id = $7,
                     starts_at = $8
where organization_id = $1 and id = $2

-- name: turn_campaign
-- Its instants follow its status.
update campaigns
set status = $3::text,
    activated_at = case when $3 = 'ACTIVE' and activated_at is null then transaction_timestamp() else activated_at end,
    paused_at = case when $3 = 'PAUSED' then transaction_timestamp() end,
    completed_at = case when $3 = 'COMPLETED' then transaction_timestamp() end
where organization_id = $1 and id = $2

-- name: archive_campaign
update campaigns set archived_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: count_steps
select count(*) from campaign_steps where organization_id = $1 and campaign_id = $2

-- name: clear_steps
delete from campaign_steps where organization_id = $1 and campaign_id = $2

-- name: add_steps
insert into campaign_steps (organization_id, id, campaign_id, position, channel, subject, body, anchor, day_number, delay_days,
  delay_hours, delay_type, delay_respect_sending_hours, jitter_seconds, expires_after_hours, only_without_reply)
select $1, s.id, $2, s.position, s.channel, s.subject, s.body, s.anchor, s.day_number, s.delay_days, s.delay_hours,
       s.delay_type, s.delay_respect_sending_hours, s.jitter_seconds, s.expires_after_hours, s.only_without_reply
from jsonb_to_recordset($3::jsonb) as s (id uuid, position integer, channel text, subject text, body text, anchor text,
  day_number integer, delay_days integer, delay_hours integer, delay_type text, delay_respect_sending_hours boolean,
  jitter_seconds integer, expires_after_hours integer, only_without_reply boolean)
returning id

-- name: copy_steps
insert into campaign_steps (organization_id, id, campaign_id, position, channel, subject, body, anchor, day_number, delay_days,
  delay_hours, delay_type, delay_respect_sending_hours, jitter_seconds, expires_after_hours, only_without_reply)
select $1, gen_random_uuid(), $3, s.position, s.channel, s.subject, s.body, s.anchor, s.day_number, s.delay_days,
       s.delay_hours, s.delay_type, s.delay_respect_sending_hours, s.jitter_seconds, s.expires_after_hours,
       s.only_without_reply
from campaign_steps s where s.organization_id = $1 and s.campaign_id = $2
returning id
