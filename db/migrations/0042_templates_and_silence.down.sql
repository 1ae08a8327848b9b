-- Events of a kind that is no more are forgotten.
alter table events no force row level security;
delete from events where kind = 'LEAD_TURNED_HOT';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED'));
drop table hot_lead_turns;

-- Nobody listens for silence.
drop function organizations_with_silences();
drop table silences;

-- Tags begin campaigns alone.
create or replace function ask_to_enroll_added() returns trigger
language plpgsql as $$
begin
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select l.organization_id, c.id, l.id, 'TAG'
  from became l join campaigns c on c.organization_id = l.organization_id and c.tag = any (l.tags)
  where l.tags <> '{}' and c.status = 'ACTIVE' and c.archived_at is null
  on conflict do nothing;
  return null;
end $$;
create or replace function ask_to_enroll() returns trigger
language plpgsql as $$
begin
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select new.organization_id, c.id, new.id, 'TAG' from campaigns c
  where c.organization_id = new.organization_id and c.tag = any (new.tags) and c.tag <> all (old.tags)
    and c.status = 'ACTIVE' and c.archived_at is null
  on conflict do nothing;
  return null;
end $$;

-- What templates sent stays, in campaigns that have ended.
alter table campaigns no force row level security;
update campaigns set status = 'COMPLETED', completed_at = now(), archived_at = now()
where message_template_id is not null and status <> 'COMPLETED';
alter table campaigns force row level security;
drop index campaigns_of_template;
alter table campaigns drop constraint campaigns_message_template;
alter table campaigns drop column message_template_id;
drop table message_templates;
