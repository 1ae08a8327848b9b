-- What waits to go over LinkedIn is called back; what is under way may have arrived, and fails.
alter table messages no force row level security;
update messages set status = case status when 'QUEUED' then 'CANCELED' else 'FAILED' end
where carriage = 'LINKEDIN' and status in ('QUEUED', 'SENDING');
update messages set carriage = 'TEXT' where carriage = 'LINKEDIN';
alter table messages force row level security;
alter table messages drop constraint messages_carriage;
alter table messages add constraint messages_carriage check (carriage in ('TEXT', 'MAIL'));
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue in ('sending', 'mailing') and m.carriage = case queue when 'mailing' then 'MAIL' else 'TEXT' end
    and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.purpose = 'COMPLIANCE' and m.scheduled_at <= now()
    and o.status <> 'CANCELLED'
  union
  select distinct m.organization_id from messages m
  where queue in ('sending', 'mailing') and m.carriage = case queue when 'mailing' then 'MAIL' else 'TEXT' end
    and m.status = 'SENDING' and m.scheduled_at <= now()
  union
  select distinct m.organization_id from messages m
  where queue = 'reviewing' and m.direction = 'OUTBOUND' and m.reviewed_at is null
  union
  select distinct i.organization_id from imports i
  where queue = 'importing' and i.status in ('READING', 'REHEARSING', 'IMPORTING') and i.next_attempt_at <= now()
  union
  select distinct b.organization_id from bulk_operations b
  where queue = 'bulk' and b.status = 'RUNNING' and b.next_attempt_at <= now()
  union
  select distinct e.organization_id from exports e
  where queue = 'exporting' and e.status = 'WRITING' and e.next_attempt_at <= now()
  union
  (with recursive waiting as (
    (select r.organization_id from enrollment_requests r where queue = 'enrolling' order by r.organization_id limit 1)
    union all
    select (select r.organization_id from enrollment_requests r where r.organization_id > w.organization_id
            order by r.organization_id limit 1)
    from waiting w where w.organization_id is not null)
  select w.organization_id from waiting w where w.organization_id is not null)
  union
  select distinct t.organization_id from campaign_turns t where queue = 'dispatching' and t.next_attempt_at <= now()
$$;

-- No event of a lead has a subject of its own.
drop policy lead_scope on events;
create policy lead_scope on events as restrictive to rekindle_app using (case
  when current_setting('rekindle.lead_scope', true) = 'ALL' then true
  when assignee_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when owner_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when lead_id = nullif(current_setting('rekindle.handed_over', true), '')::uuid then true
  when dataset_id is not null then true
  when subject_id is not null then true
  when owner_id is null and assignee_id is null
    then nullif(current_setting('rekindle.lead_scope', true) = 'ASSIGNED_AND_UNASSIGNED', false)
  end is not null);

-- Events of a kind that is no more are forgotten.
alter table events no force row level security;
delete from events where kind = 'TASK_CHANGED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT'));

-- Nobody is asked to call anybody.
drop table tasks;
