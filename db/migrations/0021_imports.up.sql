-- Files of leads on their way in (S1.18). What is still to do is in the row: a kill between two chunks loses and repeats nothing,
-- because a chunk commits with the number of its last row.
create table imports (
  organization_id uuid not null constraint imports_organization references organizations (id) on delete cascade,
  id uuid not null,
  dataset_id uuid not null,
  creator_id uuid,
  status text not null default 'PENDING' constraint imports_status check (status in (
    'PENDING', 'READING', 'MAPPING', 'REHEARSING', 'IMPORTING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  file_name text not null,
  file_kind text constraint imports_file_kind check (file_kind in ('TEXT', 'XLSX', 'XLS')),
  size_bytes bigint,
  encoding text,
  delimiter text,
  sheet text,
  header_row integer,
  orders jsonb not null default '{}',
  duplicate_policy text not null constraint imports_duplicate_policy
    check (duplicate_policy in ('FLAG', 'SKIP', 'MERGE', 'KEEP_BOTH')),
  required_fields text[] not null default '{}',
  total_rows integer,
  done_rows integer not null default 0,
  last_row integer not null default 0,
  created_count integer not null default 0,
  merged_count integer not null default 0,
  linked_count integer not null default 0,
  repeated_count integer not null default 0,
  skipped_count integer not null default 0,
  failed_count integer not null default 0,
  problem text,
  holder uuid,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  rehearsed_at timestamptz,
  started_at timestamptz,
  completed_at timestamptz,
  outcome_linked_at timestamptz,
  forget_at timestamptz,
  file_deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint imports_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete cascade,
  constraint imports_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action
);
create index imports_by_created on imports (organization_id, created_at desc, id desc);
create index imports_by_status on imports (organization_id, status, created_at desc, id desc);
create index imports_by_dataset on imports (organization_id, dataset_id, created_at desc, id desc);
create index imports_due on imports (organization_id, next_attempt_at)
  where status in ('READING', 'REHEARSING', 'IMPORTING');
create index imports_to_forget on imports (organization_id, forget_at) where file_deleted_at is null;
select isolate('imports');
select keep_audited('imports', 'import', '{}', '{done_rows,last_row,created_count,merged_count,linked_count,repeated_count,skipped_count,
  failed_count,holder,attempts,next_attempt_at}');
select open_to_lookups('imports', 'select');
-- Progress is no change that two people could have at once.
create trigger touch before update of status, duplicate_policy, required_fields, problem on imports
  for each row execute function touch();

-- The columns of a file: what stands in them, what they were taken for, and what a person says they are.
create table import_columns (
  organization_id uuid not null constraint import_columns_organization references organizations (id) on delete cascade,
  id uuid not null,
  import_id uuid not null,
  position integer not null,
  header text not null,
  samples text[] not null default '{}',
  proposed text not null,
  confidence numeric(3, 2) not null,
  reason text not null constraint import_columns_reason
    check (reason in ('HEADER', 'VALUES', 'HEADER_AND_VALUES', 'NOTHING')),
  target text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint import_columns_import foreign key (organization_id, import_id)
    references imports (organization_id, id) on delete cascade
);
create unique index import_columns_position on import_columns (organization_id, import_id, position);
select isolate('import_columns');
select keep_touched('import_columns');

-- What became of each row. The cells of a row that made nobody are kept so that it can be mended; they go with the file.
create table import_rows (
  organization_id uuid not null constraint import_rows_organization references organizations (id) on delete cascade,
  id uuid not null,
  import_id uuid not null,
  row_number integer not null,
  outcome text not null constraint import_rows_outcome
    check (outcome in ('CREATED', 'MERGED', 'LINKED', 'REPEATED', 'SKIPPED', 'FAILED')),
  lead_id uuid,
  problems jsonb,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint import_rows_import foreign key (organization_id, import_id)
    references imports (organization_id, id) on delete cascade
);
create unique index import_rows_number on import_rows (organization_id, import_id, row_number);
create index import_rows_by_outcome on import_rows (organization_id, import_id, outcome, row_number, id);
create index import_rows_by_lead on import_rows (organization_id, lead_id) where lead_id is not null;
select isolate('import_rows');

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
$$;

-- Files are kept for a while after their import, which no commit tells of.
create function organizations_with_files_to_forget() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct i.organization_id from imports i where i.file_deleted_at is null and i.forget_at <= now()
$$;
select entrust('due_organizations(text)');
select entrust('organizations_with_files_to_forget()');

-- The feed tells how far an import is.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED'));
