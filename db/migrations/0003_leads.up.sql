-- People an organization wants to win back. One per phone and per e-mail address (S0.7). A phone is E.164, or what a
-- carrier shows for senders without a number: a short code or a name.
create table leads (
  organization_id uuid not null constraint leads_organization references organizations (id) on delete cascade,
  id uuid not null,
  first_name text,
  last_name text,
  company text,
  phone text constraint leads_phone_form check (phone ~ '^\+[1-9][0-9]{4,14}$' or phone ~ '^[^+].{0,31}$'),
  email text constraint leads_email_form check (email = lower(email) and email ~ '^[^@ ]+@[^@ ]+$'),
  linkedin_url text,
  name text not null generated always as (
    coalesce(first_name || ' ' || last_name, first_name, last_name, company, phone, email, 'Unknown')
  ) stored,
  lifecycle text not null default 'NEW' constraint leads_lifecycle
    check (lifecycle in ('NEW', 'CONTACTED', 'ENGAGED', 'QUALIFIED', 'CONVERTED', 'LOST')),
  temperature text not null default 'UNKNOWN' constraint leads_temperature
    check (temperature in ('UNKNOWN', 'COLD', 'WARM', 'HOT')),
  sentiment text not null default 'UNKNOWN' constraint leads_sentiment
    check (sentiment in ('UNKNOWN', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'UNCLEAR')),
  tags text[] not null default '{}',
  source text not null default 'MANUAL',
  owner_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint leads_reachable check (num_nonnulls(phone, email, linkedin_url) > 0),
  constraint leads_owner foreign key (organization_id, owner_id)
    references memberships (organization_id, id) on delete restrict
);
create unique index leads_phone_unique on leads (organization_id, phone);
create unique index leads_email_unique on leads (organization_id, email);
-- One index per order and per filter of the list.
create index leads_by_created on leads (organization_id, created_at desc, id desc);
create index leads_by_name on leads (organization_id, name, id);
create index leads_by_lifecycle on leads (organization_id, lifecycle, created_at desc, id desc);
create index leads_by_temperature on leads (organization_id, temperature, created_at desc, id desc);
create index leads_by_owner on leads (organization_id, owner_id, created_at desc, id desc);
select isolate('leads');
select keep_touched('leads');
