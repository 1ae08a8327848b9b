-- A text of a campaign says which; so its replies are known to be its own, and what it brought is counted.
alter table messages add column campaign_id uuid;
alter table messages add column expires_at timestamptz;
alter table messages add constraint messages_campaign foreign key (organization_id, campaign_id)
  references campaigns (organization_id, id) on delete no action;
create index messages_of_campaigns on messages (organization_id, lead_id, created_at desc)
  include (campaign_id, status, segments) where campaign_id is not null;
create index messages_by_campaign on messages (organization_id, campaign_id, status)
  include (segments, owner_id, assignee_id, dataset_ids, lead_id) where campaign_id is not null;

-- Who is in a campaign, and how that stands (S0.17, S3.6). While one stands, there is no other of the lead in the campaign.
create table enrollments (
  organization_id uuid not null constraint enrollments_organization references organizations (id) on delete cascade,
  id uuid not null,
  campaign_id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  source text not null constraint enrollments_source check (source in ('BY_HAND', 'TAG', 'DATASET')),
  status text not null constraint enrollments_status
    check (status in ('ACTIVE', 'PAUSED', 'COMPLETED', 'QUALIFIED', 'CANCELLED')),
  reason text constraint enrollments_reason check (reason in ('REPLIED', 'CADENCE_FINISHED', 'OPTED_OUT', 'MANUAL',
    'BOOKED', 'MERGED', 'INVALID_ADDRESS', 'CAMPAIGN_ENDED')),
  enrolled_by_id uuid,
  enrolled_at timestamptz not null,
  last_step_at timestamptz,
  replied_at timestamptz,
  opted_out_at timestamptz,
  paused_at timestamptz,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint enrollments_campaign foreign key (organization_id, campaign_id)
    references campaigns (organization_id, id) on delete no action,
  constraint enrollments_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint enrollments_enrolled_by foreign key (organization_id, enrolled_by_id)
    references memberships (organization_id, id) on delete no action
);
create unique index enrollments_standing on enrollments (organization_id, campaign_id, lead_id)
  where status in ('ACTIVE', 'PAUSED');
create index enrollments_by_created on enrollments (organization_id, created_at desc, id desc);
create index enrollments_by_campaign on enrollments (organization_id, campaign_id, created_at desc, id desc)
  include (status, reason, replied_at, opted_out_at, owner_id, assignee_id, dataset_ids, lead_id);
create index enrollments_by_status on enrollments (organization_id, status, created_at desc, id desc);
create index enrollments_by_lead on enrollments (organization_id, lead_id, created_at desc, id desc);
create index enrollments_by_assignee on enrollments (organization_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index enrollments_by_owner on enrollments (organization_id, owner_id, created_at desc, id desc)
  where owner_id is not null;
create index enrollments_in_pool on enrollments (organization_id, created_at desc, id desc)
  where owner_id is null and assignee_id is null;
select isolate('enrollments');
select narrow_to_sight('enrollments');
select keep_touched('enrollments');
select keep_audited('enrollments', 'enrollment', '{}', '{dataset_ids,last_step_at}');

-- What is planned for somebody in a campaign, step by step, and what became of it (S3.4). `next_attempt_at` is when the
-- dispatcher looks at it, and null where it does not: the step before is not over, or it rests. `skip_reason` is what kept it
-- when it was last looked at. `held_at` is since when people keep it: its time does not run out meanwhile.
create table step_runs (
  organization_id uuid not null constraint step_runs_organization references organizations (id) on delete cascade,
  id uuid not null,
  enrollment_id uuid not null,
  campaign_id uuid not null,
  campaign_step_id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  position integer not null,
  status text not null default 'SCHEDULED' constraint step_runs_status
    check (status in ('SCHEDULED', 'SENT', 'FAILED', 'SKIPPED', 'EXPIRED', 'CANCELED')),
  scheduled_at timestamptz,
  expires_at timestamptz,
  next_attempt_at timestamptz,
  held_at timestamptz,
  skip_reason text constraint step_runs_skip_reason check (skip_reason in ('ORGANIZATION_INACTIVE', 'SENDING_DISABLED',
    'CAMPAIGN_NOT_ACTIVE', 'ENROLLMENT_NOT_ACTIVE', 'NO_SENDER', 'LEAD_ARCHIVED', 'MANUAL_MODE', 'SUPPRESSED', 'NO_CONSENT',
    'INVALID_ADDRESS', 'INTERNATIONAL_BLOCKED', 'OUTSIDE_WINDOW', 'QUIET_HOURS', 'RATE_LIMITED', 'FREQUENCY_CAP', 'EXPIRED',
    'CONTENT_BLOCKED', 'ALREADY_SENT', 'REPLIED_SINCE')),
  message_id uuid,
  retries integer not null default 0,
  ended_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint step_runs_once unique (organization_id, enrollment_id, campaign_step_id),
  constraint step_runs_enrollment foreign key (organization_id, enrollment_id)
    references enrollments (organization_id, id) on delete cascade,
  constraint step_runs_campaign_step foreign key (organization_id, campaign_step_id)
    references campaign_steps (organization_id, id) on delete no action,
  constraint step_runs_message foreign key (organization_id, message_id)
    references messages (organization_id, id) on delete no action,
  constraint step_runs_attempted check (next_attempt_at is null or status = 'SCHEDULED')
);
create index step_runs_due on step_runs (organization_id, campaign_id, next_attempt_at, id) where next_attempt_at is not null;
create index step_runs_of_leads on step_runs (organization_id, lead_id) where status = 'SCHEDULED';
create index step_runs_by_message on step_runs (organization_id, message_id) where message_id is not null;
create index step_runs_by_campaign on step_runs (organization_id, campaign_id, status, scheduled_at, id);
create index step_runs_by_assignee on step_runs (organization_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index step_runs_by_owner on step_runs (organization_id, owner_id, created_at desc, id desc)
  where owner_id is not null;
select isolate('step_runs');
select narrow_to_sight('step_runs');
select keep_touched('step_runs');

-- Whether a step of an enrolment may be tried again: it stands, or came to its end with this step and no other has begun since.
create function may_go_on(organization uuid, enrollment uuid) returns boolean
language sql stable as $$
  select exists (
    select from enrollments e where e.organization_id = organization and e.id = enrollment
      and (e.status in ('ACTIVE', 'PAUSED') or e.status = 'COMPLETED' and e.reason = 'CADENCE_FINISHED' and not exists (
        select from enrollments o where o.organization_id = organization and o.campaign_id = e.campaign_id
          and o.lead_id = e.lead_id and o.status in ('ACTIVE', 'PAUSED'))))
$$;

-- When each campaign that runs is looked at next: those who wait longest come first, so that none keeps the others waiting.
create table campaign_turns (
  organization_id uuid not null constraint campaign_turns_organization references organizations (id) on delete cascade,
  id uuid not null,
  next_attempt_at timestamptz not null,
  primary key (organization_id, id),
  constraint campaign_turns_campaign foreign key (organization_id, id)
    references campaigns (organization_id, id) on delete cascade
);
create index campaign_turns_due on campaign_turns (organization_id, next_attempt_at, id);
create index campaign_turns_of_all on campaign_turns (next_attempt_at);
select isolate('campaign_turns');
select open_to_lookups('campaign_turns', 'select');

-- Who is still to be enrolled, asked for by whatever gives somebody a tag or starts a campaign.
create table enrollment_requests (
  organization_id uuid not null constraint enrollment_requests_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  campaign_id uuid not null,
  lead_id uuid not null,
  source text not null,
  requested_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint enrollment_requests_once unique (organization_id, campaign_id, lead_id),
  constraint enrollment_requests_campaign foreign key (organization_id, campaign_id)
    references campaigns (organization_id, id) on delete cascade,
  constraint enrollment_requests_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade
);
select isolate('enrollment_requests');
select open_to_lookups('enrollment_requests', 'select');

-- How much was sent under a policy, in the second, the minute and the quarter of an hour: what its rates are counted by.
create table sent_segments (
  organization_id uuid not null constraint sent_segments_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  scope_id uuid not null,
  seconds integer not null,
  began_at timestamptz not null,
  segments integer not null,
  primary key (organization_id, id),
  constraint sent_segments_once unique (organization_id, scope_id, seconds, began_at)
);
select isolate('sent_segments');

-- Whoever is given the tag of a campaign that runs is enrolled (S0.8, S0.9): also who comes with it, by hand or in a file.
create function ask_to_enroll_added() returns trigger
language plpgsql as $$
begin
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select l.organization_id, c.id, l.id, 'TAG'
  from became l join campaigns c on c.organization_id = l.organization_id and c.tag = any (l.tags)
  where l.tags <> '{}' and c.status = 'ACTIVE' and c.archived_at is null
  on conflict do nothing;
  return null;
end $$;
create function ask_to_enroll() returns trigger
language plpgsql as $$
begin
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select new.organization_id, c.id, new.id, 'TAG' from campaigns c
  where c.organization_id = new.organization_id and c.tag = any (new.tags) and c.tag <> all (old.tags)
    and c.status = 'ACTIVE' and c.archived_at is null
  on conflict do nothing;
  return null;
end $$;
create trigger ask_to_enroll_added after insert on leads
  referencing new table as became for each statement execute function ask_to_enroll_added();
create trigger ask_to_enroll after update of tags on leads
  for each row when (new.tags is distinct from old.tags) execute function ask_to_enroll();

-- Steps that are due, and people who are to be enrolled, are work like any other.
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

-- Many can be enrolled at once.
alter table bulk_operations drop constraint bulk_operations_verb;
alter table bulk_operations add constraint bulk_operations_verb check (verb in ('TAG', 'UNTAG', 'ASSIGN', 'MOVE', 'ARCHIVE',
  'RESTORE', 'TAKE_OVER', 'HAND_BACK', 'ADD_TO_DATASET', 'REMOVE_FROM_DATASET', 'ENROLL'));

-- The feed tells of enrolments.
alter table events add column enrollment_id uuid;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED'));
