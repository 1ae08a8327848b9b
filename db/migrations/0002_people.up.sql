-- The tenant itself: one row sees itself only.
create table organizations (
  id uuid primary key,
  slug text not null constraint organizations_slug_unique unique
    constraint organizations_slug_form check (slug ~ '^[a-z0-9][a-z0-9-]{1,62}$'),
  name text not null,
  status text not null default 'ACTIVE' constraint organizations_status check (status in ('ACTIVE', 'PAUSED', 'CANCELLED')),
  country text not null default 'GB' constraint organizations_country check (country ~ '^[A-Z]{2}$'),
  time_zone text not null default 'Europe/London',
  blacklisted_words text[] not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
select isolate('organizations', 'id');
select keep_touched('organizations');
select open_to_lookups('organizations', 'select');

-- People as identity providers know them. Global: one person may belong to several organizations.
create table users (
  id uuid primary key,
  issuer text not null,
  subject text not null,
  email text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint users_identity_unique unique (issuer, subject)
);
alter table users enable row level security;
alter table users force row level security;
select keep_touched('users');
select open_to_lookups('users', 'select, insert');

-- A user in an organization, with the name and address colleagues see there.
create table memberships (
  organization_id uuid not null constraint memberships_organization references organizations (id) on delete cascade,
  id uuid not null,
  user_id uuid not null constraint memberships_user references users (id) on delete restrict,
  name text not null,
  email text not null,
  role text not null default 'AGENT'
    constraint memberships_role check (role in ('OWNER', 'ADMIN', 'MANAGER', 'AGENT', 'VIEWER')),
  status text not null default 'ACTIVE'
    constraint memberships_status check (status in ('ACTIVE', 'INVITED', 'SUSPENDED')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint memberships_user_unique unique (organization_id, user_id)
);
create index memberships_user on memberships (user_id);
select isolate('memberships');
select keep_touched('memberships');
select open_to_lookups('memberships', 'select');

-- Keys for programs. Only the SHA-256 of a key is kept.
create table api_keys (
  organization_id uuid not null constraint api_keys_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  last_characters text not null,
  hash bytea not null,
  permissions text[] not null,
  expires_at timestamptz,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint api_keys_hash_unique unique (organization_id, hash)
);
select isolate('api_keys');
select keep_touched('api_keys');
select open_to_lookups('api_keys', 'select');
