-- Who is one person (ruling 6, "Identity"). A lead that was kept although somebody has the same address already (KEEP_BOTH)
-- repeats the canonical one; a lead that was merged into another stays as a row that leads there, with the addresses it had.
-- So an address has one canonical lead, by one predicate, whatever becomes of it.
alter table leads add column duplicate_of_id uuid;
alter table leads add column merged_into_id uuid;
alter table leads add constraint leads_duplicate_of foreign key (organization_id, duplicate_of_id)
  references leads (organization_id, id) on delete cascade;
alter table leads add constraint leads_merged_into foreign key (organization_id, merged_into_id)
  references leads (organization_id, id) on delete cascade;
alter table leads drop constraint leads_reachable;
alter table leads add constraint leads_reachable
  check (num_nonnulls(phone, email, linkedin_url, erased_at, merged_into_id) > 0);
create index leads_by_duplicate_of on leads (organization_id, duplicate_of_id, created_at desc, id desc);
create index leads_by_merged_into on leads (organization_id, merged_into_id) where merged_into_id is not null;
drop index leads_phone_unique;
create unique index leads_phone_unique on leads (organization_id, phone) where duplicate_of_id is null;
drop index leads_email_unique;
create unique index leads_email_unique on leads (organization_id, email) where duplicate_of_id is null;
create index leads_by_phone on leads (organization_id, phone);
create index leads_by_email on leads (organization_id, email);

-- What a merge did, so that it can be undone: what the absorbed lead gave to the one that was kept, and what followed it.
create table lead_merges (
  organization_id uuid not null constraint lead_merges_organization references organizations (id) on delete cascade,
  id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  absorbed_id uuid not null,
  gave jsonb not null,
  followed jsonb not null,
  merged_by_id uuid,
  undone_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint lead_merges_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint lead_merges_absorbed foreign key (organization_id, absorbed_id)
    references leads (organization_id, id) on delete cascade,
  constraint lead_merges_merged_by foreign key (organization_id, merged_by_id)
    references memberships (organization_id, id) on delete no action
);
create index lead_merges_by_lead on lead_merges (organization_id, lead_id, created_at desc, id desc);
create index lead_merges_by_created on lead_merges (organization_id, created_at desc, id desc);
create index lead_merges_by_absorbed on lead_merges (organization_id, absorbed_id) where undone_at is null;
select isolate('lead_merges');
select narrow_to_scope('lead_merges');
select keep_touched('lead_merges');
select keep_audited('lead_merges', 'lead_merge', '{gave}', '{followed}');
