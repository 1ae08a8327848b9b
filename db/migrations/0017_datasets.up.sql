-- Batches of leads (S1.2): where they came from, how their columns were read, what happens to who is there already, and on
-- what ground they may be written to. A dataset that was started is archived when its time is up (S1.22).
create table datasets (
  organization_id uuid not null constraint datasets_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  description text,
  source text,
  column_mapping jsonb,
  duplicate_policy text not null default 'FLAG' constraint datasets_duplicate_policy
    check (duplicate_policy in ('FLAG', 'SKIP', 'MERGE', 'KEEP_BOTH')),
  lawful_basis text constraint datasets_lawful_basis
    check (lawful_basis in ('CONSENT', 'LEGITIMATE_INTEREST', 'SOFT_OPT_IN', 'CONTRACT')),
  auto_archive_after_days integer default 28
    constraint datasets_auto_archive check (auto_archive_after_days between 1 and 3650),
  started_at timestamptz,
  archives_at timestamptz,
  archived_at timestamptz,
  total_leads integer not null default 0,
  active_leads integer not null default 0,
  hot_leads integer not null default 0,
  converted_leads integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint datasets_started check (started_at is null or lawful_basis is not null)
);
create unique index datasets_name_unique on datasets (organization_id, lower(name));
create index datasets_by_created on datasets (organization_id, created_at desc, id desc);
create index datasets_by_name on datasets (organization_id, name, id);
create index datasets_by_archived on datasets (organization_id, archived_at, created_at desc, id desc);
create index datasets_to_archive on datasets (archives_at) where archived_at is null;
select isolate('datasets');
select keep_audited('datasets', 'dataset', '{}', '{total_leads,active_leads,hot_leads,converted_leads}');
select open_to_lookups('datasets', 'select, update');

-- Counting is no change of the dataset: it counts as no version, so that an import is in nobody's way.
create trigger touch before update of name, description, source, column_mapping, duplicate_policy, lawful_basis,
  auto_archive_after_days, started_at, archives_at, archived_at on datasets
  for each row execute function touch();

-- Which leads are in which datasets (ruling 6). A row carries when its lead came, so that an index has a dataset's leads in
-- the order of their list, and what of its lead is counted, so that counting asks nobody else, even when the lead is gone.
create table dataset_leads (
  organization_id uuid not null constraint dataset_leads_organization references organizations (id) on delete cascade,
  dataset_id uuid not null,
  lead_id uuid not null,
  lead_created_at timestamptz not null,
  is_active boolean not null,
  is_hot boolean not null,
  is_converted boolean not null,
  is_duplicate boolean not null default false,
  row_number integer,
  added_at timestamptz not null default now(),
  primary key (organization_id, dataset_id, lead_id),
  constraint dataset_leads_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete cascade,
  constraint dataset_leads_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade
);
create index dataset_leads_by_created on dataset_leads (organization_id, dataset_id, lead_created_at desc, lead_id desc);
create index dataset_leads_by_lead on dataset_leads (organization_id, lead_id, dataset_id);
select isolate('dataset_leads');
select open_to_lookups('dataset_leads', 'select, update');

-- Keeps the counters of datasets true, statement by statement: what that costs depends on what changed, never on how large a
-- dataset is (S1.20). In the order of their ids, so that of two who count one waits. It acts as the lookup role, because
-- whoever changes a lead may not see all the datasets it is in. The counters of an organization go with it, uncounted.
create function count_dataset_leads() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  changes refcursor;
  change record;
begin
  if tg_op = 'INSERT' then
    open changes for
      select organization_id, dataset_id, count(*) as total, count(*) filter (where is_active) as active,
             count(*) filter (where is_hot) as hot, count(*) filter (where is_converted) as converted
      from became group by 1, 2 order by 1, 2;
  elsif tg_op = 'DELETE' then
    open changes for
      select organization_id, dataset_id, -count(*) as total, -count(*) filter (where is_active) as active,
             -count(*) filter (where is_hot) as hot, -count(*) filter (where is_converted) as converted
      from was where exists (select from organizations o where o.id = was.organization_id) group by 1, 2 order by 1, 2;
  else
    open changes for
      select organization_id, dataset_id, sum(sign) as total, sum(sign * is_active::int) as active,
             sum(sign * is_hot::int) as hot, sum(sign * is_converted::int) as converted
      from (select -1 as sign, * from was union all select 1, * from became) moved group by 1, 2 order by 1, 2;
  end if;
  loop
    fetch changes into change;
    exit when not found;
    update datasets d
    set total_leads = d.total_leads + change.total, active_leads = d.active_leads + change.active,
        hot_leads = d.hot_leads + change.hot, converted_leads = d.converted_leads + change.converted
    where d.organization_id = change.organization_id and d.id = change.dataset_id
      and (change.total, change.active, change.hot, change.converted) <> (0, 0, 0, 0);
  end loop;
  close changes;
  return null;
end $$;
create trigger count_added after insert on dataset_leads
  referencing new table as became for each statement execute function count_dataset_leads();
create trigger count_removed after delete on dataset_leads
  referencing old table as was for each statement execute function count_dataset_leads();
create trigger count_changed after update on dataset_leads
  referencing old table as was new table as became for each statement execute function count_dataset_leads();

-- Carries what is counted of a lead to its datasets. Most changes of a lead change nothing of that, and end with a look.
create function carry_to_datasets() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if exists (
    select from was join became using (organization_id, id)
    where (was.lifecycle = 'CONVERTED') <> (became.lifecycle = 'CONVERTED')
      or (was.temperature = 'HOT') <> (became.temperature = 'HOT')
      or (was.archived_at is null) <> (became.archived_at is null)
  ) then
    update dataset_leads d
    set is_active = became.archived_at is null, is_converted = became.lifecycle = 'CONVERTED',
        is_hot = became.temperature = 'HOT' and became.archived_at is null
    from was join became using (organization_id, id)
    where d.organization_id = became.organization_id and d.lead_id = became.id
      and ((was.lifecycle = 'CONVERTED') <> (became.lifecycle = 'CONVERTED')
        or (was.temperature = 'HOT') <> (became.temperature = 'HOT')
        or (was.archived_at is null) <> (became.archived_at is null));
  end if;
  return null;
end $$;
create trigger carry_to_datasets after update on leads
  referencing old table as was new table as became for each statement execute function carry_to_datasets();

-- The feed tells of datasets too.
alter table events add column dataset_id uuid;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED'));

-- What is of no lead is of every scope: a dataset's own events are heard by who sees some leads as well.
drop policy lead_scope on events;
create policy lead_scope on events as restrictive to rekindle_app using (case
  when current_setting('rekindle.lead_scope', true) = 'ALL' then true
  when assignee_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when owner_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when lead_id = nullif(current_setting('rekindle.handed_over', true), '')::uuid then true
  when dataset_id is not null then true
  when owner_id is null and assignee_id is null
    then nullif(current_setting('rekindle.lead_scope', true) = 'ASSIGNED_AND_UNASSIGNED', false)
  end is not null);

-- Datasets end by the clock, which no commit tells of.
create function organizations_with_datasets_to_archive() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct d.organization_id from datasets d where d.archived_at is null and d.archives_at <= now()
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('count_dataset_leads()');
select entrust('carry_to_datasets()');
select entrust('organizations_with_datasets_to_archive()');
