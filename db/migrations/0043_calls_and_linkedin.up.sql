-- What people are to do for a lead: calls that campaigns ask for. One per step of somebody's enrolment, made when the step is due.
-- Whose task it is, is whose the lead is.
create table tasks (
  organization_id uuid not null constraint tasks_organization references organizations (id) on delete cascade,
  id uuid not null,
  kind text not null constraint tasks_kind check (kind in ('CALL')),
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  campaign_id uuid not null,
  step_run_id uuid not null,
  title text not null,
  body text not null,
  status text not null default 'OPEN' constraint tasks_status check (status in ('OPEN', 'DONE', 'CANCELLED')),
  due_at timestamptz not null,
  outcome text constraint tasks_outcome
    check (outcome in ('REACHED', 'NO_ANSWER', 'VOICEMAIL', 'WRONG_NUMBER', 'NOT_INTERESTED')),
  note text,
  done_at timestamptz,
  done_by_id uuid,
  cancelled_at timestamptz,
  cancel_reason text constraint tasks_cancel_reason check (cancel_reason in ('ORGANIZATION_INACTIVE', 'SENDING_DISABLED',
    'CAMPAIGN_NOT_ACTIVE', 'ENROLLMENT_NOT_ACTIVE', 'NO_SENDER', 'LEAD_ARCHIVED', 'MANUAL_MODE', 'SUPPRESSED', 'NO_CONSENT',
    'INVALID_ADDRESS', 'INTERNATIONAL_BLOCKED', 'OUTSIDE_WINDOW', 'QUIET_HOURS', 'RATE_LIMITED', 'FREQUENCY_CAP', 'EXPIRED',
    'CONTENT_BLOCKED', 'ALREADY_SENT', 'REPLIED_SINCE')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint tasks_once unique (organization_id, step_run_id),
  constraint tasks_done check ((status = 'DONE') = (outcome is not null) and (status = 'DONE') = (done_at is not null)),
  constraint tasks_cancelled check ((status = 'CANCELLED') = (cancel_reason is not null)),
  constraint tasks_lead foreign key (organization_id, lead_id) references leads (organization_id, id) on delete cascade,
  constraint tasks_campaign foreign key (organization_id, campaign_id)
    references campaigns (organization_id, id) on delete no action,
  constraint tasks_step_run foreign key (organization_id, step_run_id)
    references step_runs (organization_id, id) on delete cascade,
  constraint tasks_done_by foreign key (organization_id, done_by_id)
    references memberships (organization_id, id) on delete no action
);
create index tasks_by_due on tasks (organization_id, due_at desc, id desc);
create index tasks_by_created on tasks (organization_id, created_at desc, id desc);
create index tasks_by_status on tasks (organization_id, status, due_at desc, id desc);
create index tasks_by_campaign on tasks (organization_id, campaign_id, due_at desc, id desc);
create index tasks_by_lead on tasks (organization_id, lead_id, due_at desc, id desc);
create index tasks_by_person on tasks
  (organization_id, (case when assignee_id is null then owner_id else assignee_id end), due_at desc, id desc);
create index tasks_by_assignee on tasks (organization_id, assignee_id, due_at desc, id desc) where assignee_id is not null;
create index tasks_by_owner on tasks (organization_id, owner_id, due_at desc, id desc) where owner_id is not null;
create index tasks_in_pool on tasks (organization_id, due_at desc, id desc) where owner_id is null and assignee_id is null;
select isolate('tasks');
select narrow_to_sight('tasks');
select keep_touched('tasks');
select keep_audited('tasks', 'task', '{title,body,note}', '{dataset_ids}');

-- The feed tells of tasks.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED', 'LEAD_TURNED_HOT',
  'TASK_CHANGED'));

-- What is told of a lead with a subject of its own is for whoever sees the lead.
drop policy lead_scope on events;
create policy lead_scope on events as restrictive to rekindle_app using (case
  when current_setting('rekindle.lead_scope', true) = 'ALL' then true
  when assignee_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when owner_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when lead_id = nullif(current_setting('rekindle.handed_over', true), '')::uuid then true
  when dataset_id is not null then true
  when subject_id is not null and lead_id is null then true
  when owner_id is null and assignee_id is null
    then nullif(current_setting('rekindle.lead_scope', true) = 'ASSIGNED_AND_UNASSIGNED', false)
  end is not null);

-- What goes over LinkedIn has a queue of its own, as texts and e-mails have: whoever carries it takes one at a time.
alter table messages drop constraint messages_carriage;
alter table messages add constraint messages_carriage check (carriage in ('TEXT', 'MAIL', 'LINKEDIN'));
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue in ('sending', 'mailing', 'linkedin')
    and m.carriage = case queue when 'mailing' then 'MAIL' when 'linkedin' then 'LINKEDIN' else 'TEXT' end
    and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.purpose = 'COMPLIANCE' and m.scheduled_at <= now()
    and o.status <> 'CANCELLED'
  union
  select distinct m.organization_id from messages m
  where queue in ('sending', 'mailing', 'linkedin')
    and m.carriage = case queue when 'mailing' then 'MAIL' when 'linkedin' then 'LINKEDIN' else 'TEXT' end
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
