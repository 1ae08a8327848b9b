-- Where leads are, divided among those who work there (S1.3). One that is put away has no areas left, so that others can have them.
create table territories (
  organization_id uuid not null constraint territories_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id)
);
create unique index territories_name_unique on territories (organization_id, lower(name)) where archived_at is null;
create index territories_by_created on territories (organization_id, created_at desc, id desc);
select isolate('territories');
select keep_touched('territories');
select keep_audited('territories', 'territory');

-- What is in a territory. Of one place there is one territory, and it is found by the same index that sees to it.
create table territory_areas (
  organization_id uuid not null constraint territory_areas_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  territory_id uuid not null,
  kind text not null constraint territory_areas_kind check (kind in ('POSTCODE', 'COUNTRY')),
  code text not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint territory_areas_code_unique unique (organization_id, kind, code),
  constraint territory_areas_territory foreign key (organization_id, territory_id)
    references territories (organization_id, id) on delete cascade
);
create index territory_areas_by_territory on territory_areas (organization_id, territory_id, kind, code);
select isolate('territory_areas');
select keep_audited('territory_areas', 'territory_area');

-- Who works a territory.
create table territory_members (
  organization_id uuid not null constraint territory_members_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  territory_id uuid not null,
  member_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint territory_members_unique unique (organization_id, territory_id, member_id),
  constraint territory_members_territory foreign key (organization_id, territory_id)
    references territories (organization_id, id) on delete cascade,
  constraint territory_members_member foreign key (organization_id, member_id)
    references memberships (organization_id, id) on delete no action
);
create index territory_members_by_member on territory_members (organization_id, member_id);
select isolate('territory_members');
select keep_audited('territory_members', 'territory_member');
