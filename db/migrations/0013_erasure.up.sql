-- Addresses nobody may write to any more. Only their hash is kept, so that it outlives an erasure.
create table suppressions (
  organization_id uuid not null constraint suppressions_organization references organizations (id) on delete cascade,
  id uuid not null,
  channel text not null constraint suppressions_channel
    check (channel in ('SMS', 'WHATSAPP', 'EMAIL', 'FACEBOOK', 'LINKEDIN', 'CALL', 'OTHER')),
  address_hash bytea not null,
  reason text not null constraint suppressions_reason check (reason in ('ERASED')),
  lifted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint suppressions_address_unique unique (organization_id, channel, address_hash)
);
select isolate('suppressions');
select keep_touched('suppressions');
select keep_audited('suppressions', 'suppression', '{address_hash}');

-- A person who was erased has no address left; the row stays, because conversations and counts hang on it.
alter table leads add column erased_at timestamptz;
alter table leads drop constraint leads_reachable;
alter table leads add constraint leads_reachable
  check (num_nonnulls(phone, email, linkedin_url) > 0 or erased_at is not null);
