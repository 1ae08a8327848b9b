-- The stages a lead passes through (S0.21). The order is changed in one statement, which is why its constraint can be put off
-- to the end of one. A stage with a successor is being given up: its leads move there, and then it goes.
create table pipeline_stages (
  organization_id uuid not null constraint pipeline_stages_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  position integer not null,
  color text constraint pipeline_stages_color check (color ~ '^#[0-9a-f]{6}$'),
  is_default boolean not null default false,
  successor_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint pipeline_stages_position_unique unique (organization_id, position) deferrable,
  constraint pipeline_stages_successor foreign key (organization_id, successor_id)
    references pipeline_stages (organization_id, id) on delete no action
);
create unique index pipeline_stages_name_unique on pipeline_stages (organization_id, lower(name));
create unique index pipeline_stages_default_unique on pipeline_stages (organization_id) where is_default;
create index pipeline_stages_by_created on pipeline_stages (organization_id, created_at desc, id desc);
create index pipeline_stages_by_successor on pipeline_stages (organization_id, successor_id) where successor_id is not null;

-- What a lead scores points for (S4.10); the score of every lead is the sum of those it meets.
create table score_reasons (
  organization_id uuid not null constraint score_reasons_organization references organizations (id) on delete cascade,
  id uuid not null,
  position integer not null,
  label text not null,
  points integer not null,
  condition text not null constraint score_reasons_condition
    check (condition in ('FIELD_PRESENT', 'FIELD_EQUALS', 'TAG_PRESENT', 'REPLIED')),
  field text constraint score_reasons_field check (field in ('FIRST_NAME', 'LAST_NAME', 'COMPANY', 'TITLE', 'INDUSTRY',
    'LOCATION', 'POSTCODE', 'COUNTRY', 'PHONE', 'EMAIL', 'LINKEDIN_URL', 'SOURCE', 'UTM_SOURCE', 'UTM_MEDIUM',
    'UTM_CAMPAIGN', 'LIFECYCLE', 'TEMPERATURE', 'SENTIMENT')),
  value text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint score_reasons_position_unique unique (organization_id, position),
  constraint score_reasons_form check (
    (field is not null) = (condition in ('FIELD_PRESENT', 'FIELD_EQUALS'))
    and (value is not null) = (condition in ('FIELD_EQUALS', 'TAG_PRESENT')))
);

-- How far an organization's leads have been scored by the list as it is now: up to `after`, and to go on at `due_at`.
create table scorings (
  organization_id uuid primary key constraint scorings_organization references organizations (id) on delete cascade,
  after uuid not null default '00000000-0000-0000-0000-000000000000',
  changed_at timestamptz not null default now(),
  due_at timestamptz
);
create index scorings_due on scorings (due_at) where due_at is not null;

-- Whether a lead, given as JSON, meets a condition. Reads nothing: whether the lead has ever replied is handed in.
create function meets_condition(condition text, field text, value text, lead jsonb, has_replied boolean) returns boolean
language sql immutable parallel safe as $$
  select case condition
    when 'FIELD_PRESENT' then coalesce(lead ->> lower(field), '') <> ''
    when 'FIELD_EQUALS' then coalesce(lower(lead ->> lower(field)) = lower(value), false)
    when 'TAG_PRESENT' then coalesce(lead -> 'tags' ? value, false)
    when 'REPLIED' then has_replied
  end
$$;

-- The stage of a new lead, however it arrives (S0.5): that of the organization the request acts for.
create function default_stage() returns uuid
language sql stable as $$
  select s.id from pipeline_stages s
  where s.organization_id = nullif(current_setting('rekindle.organization_id', true), '')::uuid and s.is_default
$$;

-- Every organization begins with four stages and two reasons. Whoever migrates owns the tables, and sees all rows only while
-- the policies are not forced on owners.
alter table organizations no force row level security;
insert into pipeline_stages (organization_id, id, name, position, color, is_default)
select o.id, gen_random_uuid(), stage.name, stage.position, stage.color, stage.position = 1
from organizations o, (values ('New Contact', 1, '#3b82f6'), ('Working Lead', 2, '#f59e0b'), ('Needs A Call', 3, '#8b5cf6'),
  ('I Accept', 4, '#22c55e')) as stage (name, position, color);
insert into score_reasons (organization_id, id, position, label, points, condition, field)
select o.id, gen_random_uuid(), reason.position, reason.label, reason.points, 'FIELD_PRESENT', reason.field
from organizations o, (values (1, 'Works for a company', 10, 'COMPANY'), (2, 'Has a phone number', 5, 'PHONE'))
  as reason (position, label, points, field);
insert into scorings (organization_id) select o.id from organizations o;
alter table organizations force row level security;

-- A lead stands in a stage, since `moved_at`, and has a score. That it has them from now on makes no version of it.
alter table leads add column pipeline_stage_id uuid;
alter table leads add column moved_at timestamptz not null default now();
alter table leads add column score integer not null default 0;
drop trigger audit on leads;
alter table leads no force row level security;
alter table leads disable trigger touch;
update leads l
set pipeline_stage_id = s.id, moved_at = l.created_at,
    score = case when l.company <> '' then 10 else 0 end + case when l.phone <> '' then 5 else 0 end
from pipeline_stages s where s.organization_id = l.organization_id and s.is_default;
alter table leads enable trigger touch;
alter table leads force row level security;
select keep_audited('leads', 'lead', '{}', '{last_contacted_at,moved_at,score}');
alter table leads alter column pipeline_stage_id set not null;
alter table leads alter column pipeline_stage_id set default default_stage();
alter table leads add constraint leads_pipeline_stage foreign key (organization_id, pipeline_stage_id)
  references pipeline_stages (organization_id, id) on delete no action;

-- The board: the leads at hand of each stage, those who came there last before the others, for everybody and for each of the
-- parts of a scope. With all that the policy looks at, so that leads are counted without being read.
create index leads_by_pipeline_stage on leads (organization_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, assignee_id, archived_at, merged_into_id);
create index leads_by_assignee_and_stage on leads (organization_id, assignee_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, archived_at, merged_into_id) where assignee_id is not null;
create index leads_by_owner_and_stage on leads (organization_id, owner_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (assignee_id, archived_at, merged_into_id) where owner_id is not null;
create index leads_in_pool_by_stage on leads (organization_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, assignee_id, archived_at, merged_into_id) where owner_id is null and assignee_id is null;
create index leads_by_score on leads (organization_id, score desc, id desc);
drop index leads_by_worker;  -- the second of those serves as well

-- The tables behind their walls.
select isolate('pipeline_stages');
select isolate('score_reasons');
select isolate('scorings');
select keep_touched('pipeline_stages');
select keep_touched('score_reasons');
select keep_audited('pipeline_stages', 'pipeline_stage');
select keep_audited('score_reasons', 'score_reason');
select open_to_lookups('pipeline_stages', 'select');
select open_to_lookups('scorings', 'select');

-- Whose leads are being moved out of a stage that goes, or scored anew by a list that has changed?
create function organizations_with_leads_to_tend() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organization_id from scorings s where s.due_at <= now()
  union
  select p.organization_id from pipeline_stages p where p.successor_id is not null
$$;
select entrust('organizations_with_leads_to_tend()');
