-- What an organization gives us to act elsewhere in its name (ruling 28). The value is sealed before it comes here, bound to
-- this organization, this id and this column; nobody reads it back through the API (S3.7, S4.4, S4.7).
create table credentials (
  organization_id uuid not null constraint credentials_organization references organizations (id) on delete cascade,
  id uuid not null,
  kind text not null constraint credentials_kind check (kind in ('INTEGRATION', 'SOCIAL', 'SECRET')),
  provider text not null constraint credentials_provider check (provider in (
    'GMAIL', 'OUTLOOK', 'LINKEDIN', 'PHANTOMBUSTER', 'ZOOMINFO', 'APOLLO', 'TWILIO', 'SMTP', 'CAL', 'TWITTER', 'FACEBOOK',
    'INSTAGRAM', 'OTHER')),
  name text not null,
  owner_id uuid,
  sealed bytea not null,
  key_id text not null,
  last_characters text not null,
  expires_at timestamptz,
  refreshed_at timestamptz,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint credentials_name_unique unique nulls not distinct (organization_id, kind, provider, name, owner_id),
  constraint credentials_owner foreign key (organization_id, owner_id)
    references memberships (organization_id, id) on delete no action,
  constraint credentials_provider_of_kind check (case kind
    when 'INTEGRATION' then provider not in ('TWITTER', 'FACEBOOK', 'INSTAGRAM', 'OTHER')
    when 'SOCIAL' then provider in ('TWITTER', 'FACEBOOK', 'INSTAGRAM', 'LINKEDIN')
    else provider = 'OTHER' end)
);
create index credentials_by_created on credentials (organization_id, created_at desc, id desc);
create index credentials_by_kind on credentials (organization_id, kind, created_at desc, id desc);
create index credentials_by_provider on credentials (organization_id, provider, created_at desc, id desc);
create index credentials_by_owner on credentials (organization_id, owner_id, created_at desc, id desc);
create index credentials_by_active on credentials (organization_id, is_active, created_at desc, id desc);
create index credentials_by_key on credentials (key_id, organization_id);
create index credentials_by_expiry on credentials (expires_at) where kind = 'SOCIAL' and is_active;
select isolate('credentials');
select keep_audited('credentials', 'credential', '{sealed}');
select open_to_lookups('credentials', 'select');

-- Another seal is no other value: resealing counts as no version.
create trigger touch before update of name, owner_id, last_characters, expires_at, refreshed_at, is_active on credentials
  for each row execute function touch();

-- An operator changed the first key: which organizations have credentials under another?
create function organizations_sealed_otherwise(key text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct c.organization_id from credentials c where c.key_id <> key
$$;

-- An operator wants to take a key away: how many credentials are still under it?
create function count_sealed() returns table (key_id text, sealed bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.key_id, count(*) from credentials c group by c.key_id order by c.key_id
$$;

-- Social connections end by the clock, which no commit tells of.
create function organizations_with_expired_credentials() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct c.organization_id from credentials c
  where c.kind = 'SOCIAL' and c.is_active and c.expires_at <= now()
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('organizations_sealed_otherwise(text)');
select entrust('count_sealed()');
select entrust('organizations_with_expired_credentials()');
