-- What is done to many leads in the background, and lists written down as files: both are begun by somebody, of what they
-- saw, and are for those alone who see as much.

-- Narrows a table to who began the work that a row tells of, and to those who see all that they saw: `lead_scope` and
-- `limited_to` are the sight of whoever began it (limited_to: the datasets they were limited to; null: to none).
create function narrow_to_makers(target regclass) returns void
language plpgsql as $$
begin
  execute format(
    'create policy makers on %1$s as restrictive to rekindle_app using (case
       when current_setting(''rekindle.lead_scope'', true) = ''ALL''
         and current_setting(''rekindle.dataset_ids'', true) = ''ALL'' then true
       when creator_id = nullif(current_setting(''rekindle.member_id'', true), '''')::uuid then true
       when current_setting(''rekindle.lead_scope'', true) = ''ALL'' and lead_scope = ''ALL''
         and limited_to <@ allowed_datasets() then true
       end is not null)',
    target);
end $$;

-- What is to be done to many leads. `done_count` is also the place of the last row that is done: a kill between two chunks
-- loses and repeats nothing, because a chunk commits with it.
create table bulk_operations (
  organization_id uuid not null constraint bulk_operations_organization references organizations (id) on delete cascade,
  id uuid not null,
  creator_id uuid,
  api_key_id uuid,
  lead_scope text not null constraint bulk_operations_lead_scope
    check (lead_scope in ('ALL', 'ASSIGNED_AND_UNASSIGNED', 'ASSIGNED')),
  limited_to uuid[],
  verb text not null constraint bulk_operations_verb check (verb in (
    'TAG', 'UNTAG', 'ASSIGN', 'MOVE', 'ARCHIVE', 'RESTORE', 'TAKE_OVER', 'HAND_BACK', 'ADD_TO_DATASET',
    'REMOVE_FROM_DATASET')),
  arguments jsonb not null default '{}',
  filter jsonb,
  status text not null default 'RUNNING' constraint bulk_operations_status
    check (status in ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  total_count integer not null default 0,
  done_count integer not null default 0,
  refused_count integer not null default 0,
  problem text,
  holder uuid,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint bulk_operations_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action,
  constraint bulk_operations_program foreign key (organization_id, api_key_id)
    references api_keys (organization_id, id) on delete no action
);
create index bulk_operations_by_created on bulk_operations (organization_id, created_at desc, id desc);
create index bulk_operations_by_status on bulk_operations (organization_id, status, created_at desc, id desc);
create index bulk_operations_due on bulk_operations (organization_id, next_attempt_at) where status = 'RUNNING';
select isolate('bulk_operations');
select narrow_to_makers('bulk_operations');
select keep_audited('bulk_operations', 'bulk_operation', '{}',
  '{done_count,refused_count,holder,attempts,next_attempt_at,lead_scope,limited_to}');
select open_to_lookups('bulk_operations', 'select');
-- Progress is no change that two people could have at once.
create trigger touch before update of status, problem on bulk_operations for each row execute function touch();

-- Whom it is about, in the order in which it is done, and what became of each. `lead_id` is what was named, whether there is
-- such a lead or not.
create table bulk_operation_rows (
  organization_id uuid not null constraint bulk_operation_rows_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  bulk_operation_id uuid not null,
  position integer not null,
  lead_id uuid not null,
  creator_id uuid,
  lead_scope text not null,
  limited_to uuid[],
  outcome text not null default 'WAITING' constraint bulk_operation_rows_outcome
    check (outcome in ('WAITING', 'DONE', 'REFUSED')),
  refusal_code text,
  reason text,
  primary key (organization_id, id),
  constraint bulk_operation_rows_bulk_operation foreign key (organization_id, bulk_operation_id)
    references bulk_operations (organization_id, id) on delete cascade
);
create unique index bulk_operation_rows_position on bulk_operation_rows (organization_id, bulk_operation_id, position);
create index bulk_operation_rows_by_outcome
  on bulk_operation_rows (organization_id, bulk_operation_id, outcome, position, id);
create index bulk_operation_rows_by_lead on bulk_operation_rows (organization_id, lead_id);
select isolate('bulk_operation_rows');
select narrow_to_makers('bulk_operation_rows');

-- A list on its way into a file. `list` is how the API calls it, `filter` what was asked for, as it was asked.
create table exports (
  organization_id uuid not null constraint exports_organization references organizations (id) on delete cascade,
  id uuid not null,
  creator_id uuid,
  api_key_id uuid,
  lead_scope text not null constraint exports_lead_scope
    check (lead_scope in ('ALL', 'ASSIGNED_AND_UNASSIGNED', 'ASSIGNED')),
  limited_to uuid[],
  list text not null,
  filter jsonb not null default '{}',
  columns text[] not null,
  status text not null default 'WRITING' constraint exports_status
    check (status in ('WRITING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  total_rows integer,
  done_rows integer not null default 0,
  size_bytes bigint,
  problem text,
  holder uuid,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  completed_at timestamptz,
  linked_at timestamptz,
  forget_at timestamptz,
  file_deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint exports_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action,
  constraint exports_program foreign key (organization_id, api_key_id)
    references api_keys (organization_id, id) on delete no action
);
create index exports_by_created on exports (organization_id, created_at desc, id desc);
create index exports_by_status on exports (organization_id, status, created_at desc, id desc);
create index exports_due on exports (organization_id, next_attempt_at) where status = 'WRITING';
create index exports_to_forget on exports (organization_id, forget_at) where file_deleted_at is null;
select isolate('exports');
select narrow_to_makers('exports');
select keep_audited('exports', 'export', '{}', '{done_rows,total_rows,holder,attempts,next_attempt_at,lead_scope,limited_to}');
select open_to_lookups('exports', 'select');
create trigger touch before update of status, problem on exports for each row execute function touch();

-- Workers claim in two steps: first which organizations have something due, without a lock.
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
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

-- Files that are kept for a while: uploaded ones, and written ones.
create or replace function organizations_with_files_to_forget() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select i.organization_id from imports i where i.file_deleted_at is null and i.forget_at <= now()
  union
  select e.organization_id from exports e where e.file_deleted_at is null and e.forget_at <= now()
$$;
select entrust('due_organizations(text)');
select entrust('organizations_with_files_to_forget()');

-- The feed tells how far they are.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED'));
