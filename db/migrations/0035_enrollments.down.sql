-- Nobody is enrolled any more, and nobody asks for it.
drop trigger ask_to_enroll on leads;
drop trigger ask_to_enroll_added on leads;
drop function ask_to_enroll();
drop function ask_to_enroll_added();

-- Answers that must be given are due in an organization that sends nothing else, until it has ended.
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.purpose = 'COMPLIANCE' and m.scheduled_at <= now()
    and o.status <> 'CANCELLED'
  union
  select distinct m.organization_id from messages m
  where queue = 'sending' and m.status = 'SENDING' and m.scheduled_at <= now()
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
$$;

-- Events of a kind that is no more are forgotten.
alter table events no force row level security;
delete from events where kind = 'ENROLLMENT_CHANGED';
alter table events force row level security;
alter table events drop column enrollment_id;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED'));

-- Nor is what enrolled many at once gone on with.
alter table bulk_operations no force row level security;
delete from bulk_operations where verb = 'ENROLL';
alter table bulk_operations force row level security;
alter table bulk_operations drop constraint bulk_operations_verb;
alter table bulk_operations add constraint bulk_operations_verb check (verb in ('TAG', 'UNTAG', 'ASSIGN', 'MOVE', 'ARCHIVE',
  'RESTORE', 'TAKE_OVER', 'HAND_BACK', 'ADD_TO_DATASET', 'REMOVE_FROM_DATASET'));

-- Texts of campaigns are texts like any other.
drop table sent_segments;
drop table enrollment_requests;
drop table campaign_turns;
drop function may_go_on(uuid, uuid);
drop table step_runs;
drop table enrollments;
alter table messages drop column expires_at;
alter table messages drop column campaign_id;
