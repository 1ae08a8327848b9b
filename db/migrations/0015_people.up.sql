-- Members have a face (S0.1).
alter table memberships add column avatar_url text;
drop trigger touch on memberships;
create trigger touch before update of name, email, avatar_url, role, status, lead_scope, permissions on memberships
  for each row execute function touch();

-- People who buy from an organization (S2.4). One per e-mail address and organization, so that somebody can be a customer of
-- two. What belongs to a lead carries its owner and assignee, as everything of a lead does.
create table customers (
  organization_id uuid not null constraint customers_organization references organizations (id) on delete cascade,
  id uuid not null,
  lead_id uuid,
  owner_id uuid,
  assignee_id uuid,
  first_name text,
  last_name text,
  name text not null generated always as (
    coalesce(first_name || ' ' || last_name, first_name, last_name, 'Unknown')
  ) stored,
  email text constraint customers_email_form check (email = lower(email) and email ~ '^[^@ ]+@[^@ ]+$'),
  phone text,
  is_email_verified boolean not null default false,
  is_active boolean not null default true,
  date_of_birth date,
  gender text,
  emergency_contact_name text,
  emergency_contact_phone text,
  membership_status text not null default 'ACTIVE' constraint customers_membership_status
    check (membership_status in ('ACTIVE', 'PAUSED', 'CANCELLED', 'EXPIRED')),
  membership_starts_on date,
  membership_ends_on date,
  custom_fields jsonb not null default '{}',
  notes text,
  password_hash text,
  password_set_at timestamptz,
  last_login_at timestamptz,
  erased_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint customers_membership_order check (membership_ends_on >= membership_starts_on),
  constraint customers_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade
);
create unique index customers_email_unique on customers (organization_id, email);
create unique index customers_lead_unique on customers (organization_id, lead_id);
create index customers_by_created on customers (organization_id, created_at desc, id desc);
create index customers_by_name on customers (organization_id, name, id);
create index customers_by_active on customers (organization_id, is_active, created_at desc, id desc);
create index customers_by_membership on customers (organization_id, membership_status, created_at desc, id desc);
create index customers_by_assignee on customers (organization_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index customers_by_owner on customers (organization_id, owner_id, created_at desc, id desc)
  where owner_id is not null;
create index customers_in_pool on customers (organization_id, created_at desc, id desc)
  where owner_id is null and assignee_id is null;
select isolate('customers');
select narrow_to_scope('customers');
select keep_audited('customers', 'customer', '{password_hash}', '{last_login_at}');
select open_to_lookups('customers', 'select, update');
-- Coming in is no change, and a password is nothing that others see.
create trigger touch before update of lead_id, owner_id, assignee_id, first_name, last_name, email, phone, is_email_verified,
  is_active, date_of_birth, gender, emergency_contact_name, emergency_contact_phone, membership_status, membership_starts_on,
  membership_ends_on, custom_fields, notes, erased_at on customers
  for each row execute function touch();

-- Customers who were asked to set a password (S2.3). Only the SHA-256 of the token is kept; null never expires.
create table customer_invitations (
  organization_id uuid not null constraint customer_invitations_organization
    references organizations (id) on delete cascade,
  id uuid not null,
  customer_id uuid not null,
  lead_id uuid,
  owner_id uuid,
  assignee_id uuid,
  email text not null,
  custom_message text,
  metadata jsonb not null default '{}',
  token_hash bytea not null,
  inviter_id uuid,
  expires_at timestamptz,
  claimed_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint customer_invitations_token_unique unique (organization_id, token_hash),
  constraint customer_invitations_customer foreign key (organization_id, customer_id)
    references customers (organization_id, id) on delete cascade,
  constraint customer_invitations_inviter foreign key (organization_id, inviter_id)
    references memberships (organization_id, id) on delete no action
);
create unique index customer_invitations_open_unique on customer_invitations (organization_id, customer_id)
  where claimed_at is null and revoked_at is null;
create index customer_invitations_by_created on customer_invitations (organization_id, created_at desc, id desc);
create index customer_invitations_by_customer
  on customer_invitations (organization_id, customer_id, created_at desc, id desc);
create index customer_invitations_by_lead on customer_invitations (organization_id, lead_id) where lead_id is not null;
create index customer_invitations_by_assignee
  on customer_invitations (organization_id, assignee_id, created_at desc, id desc) where assignee_id is not null;
create index customer_invitations_by_owner
  on customer_invitations (organization_id, owner_id, created_at desc, id desc) where owner_id is not null;
create index customer_invitations_in_pool on customer_invitations (organization_id, created_at desc, id desc)
  where owner_id is null and assignee_id is null;
select isolate('customer_invitations');
select narrow_to_scope('customer_invitations');
select keep_touched('customer_invitations');
select keep_audited('customer_invitations', 'customer_invitation', '{token_hash,custom_message,metadata}');
select open_to_lookups('customer_invitations', 'select, update');

-- When a lead became a customer, however it did (S2.8).
alter table leads add column converted_at timestamptz;
create function note_conversion() returns trigger
language plpgsql as $$
begin
  new.converted_at = coalesce(new.converted_at, transaction_timestamp());
  return new;
end $$;
create trigger convert before insert or update of lifecycle on leads
  for each row when (new.lifecycle = 'CONVERTED') execute function note_conversion();

-- The role customers act as: their own record and the organization's face, column by column. The server takes it for the length
-- of a transaction. It must not inherit it, or the policies of both would be asked about every row.
do $$
begin
  if not exists (select from pg_roles where rolname = 'rekindle_portal') then
    create role rekindle_portal nologin nobypassrls;
  end if;
end $$;
alter role rekindle_app noinherit;
grant rekindle_portal to rekindle_app;
grant usage on schema public to rekindle_portal;
grant select (organization_id, id, first_name, last_name, name, email, phone, is_email_verified, is_active, date_of_birth,
              gender, emergency_contact_name, emergency_contact_phone, membership_status, membership_starts_on,
              membership_ends_on, password_set_at, last_login_at, created_at, updated_at, version)
  on customers to rekindle_portal;
grant update (first_name, last_name, phone, date_of_birth, gender, emergency_contact_name, emergency_contact_phone,
              last_login_at)
  on customers to rekindle_portal;
grant select (id, slug, name, status, country, email, phone, website, logo_url, primary_color) on organizations to rekindle_portal;

-- Opens a visit: what follows in this transaction acts for one customer, who sees one row of each table. The settings are others
-- than a request's, so that neither can be taken for the other; an organization's id that is no id shows nothing.
create function begin_visit(organization uuid, customer uuid, request text) returns boolean
language sql volatile as $$
  select set_config('rekindle.visited_id', organization::text, true) is not null
     and set_config('rekindle.customer_id', customer::text, true) is not null
     and set_config('rekindle.request_id', coalesce(request, ''), true) is not null
     and set_config('role', 'rekindle_portal', true) is not null
$$;
create policy own on customers to rekindle_portal
  using (organization_id = nullif(current_setting('rekindle.visited_id', true), '')::uuid
         and id = nullif(current_setting('rekindle.customer_id', true), '')::uuid and is_active)
  with check (organization_id = nullif(current_setting('rekindle.visited_id', true), '')::uuid
         and id = nullif(current_setting('rekindle.customer_id', true), '')::uuid and is_active);
create policy visited on organizations to rekindle_portal
  using (id = nullif(current_setting('rekindle.visited_id', true), '')::uuid and status <> 'CANCELLED');

-- A customer changes their own record, and the trail says that it was them.
alter table audit_logs add column customer_id uuid;
create index audit_logs_by_customer on audit_logs (organization_id, customer_id, at desc, id desc);
create or replace function write_audit() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  hidden text[] := tg_argv[1];
  dull text[] := tg_argv[2];
  was jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
  became jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
  whole jsonb := coalesce(became, was);
  changed text[];
begin
  -- The records of an organization go with it, so nothing is recorded of its end.
  if tg_op = 'DELETE' and not exists (
    select from organizations o where o.id = coalesce(whole ->> 'organization_id', whole ->> 'id')::uuid
  ) then
    return null;
  end if;
  select array_agg(key) into changed from jsonb_object_keys(whole) key
  where was -> key is distinct from became -> key and key <> all (dull);
  if changed is null then
    return null;
  end if;
  insert into audit_logs (organization_id, verb, subject, subject_id, before, after, member_id, api_key_id, customer_id,
                          request_id)
  values (
    coalesce(whole ->> 'organization_id', whole ->> 'id')::uuid, tg_op, tg_argv[0], (whole ->> 'id')::uuid,
    (select jsonb_object_agg(key, case when key = any (hidden) then '"[hidden]"' else was -> key end)
     from unnest(changed) key where was is not null),
    (select jsonb_object_agg(key, case when key = any (hidden) then '"[hidden]"' else became -> key end)
     from unnest(changed) key where became is not null),
    nullif(current_setting('rekindle.member_id', true), '')::uuid,
    nullif(current_setting('rekindle.api_key_id', true), '')::uuid,
    nullif(current_setting('rekindle.customer_id', true), '')::uuid,
    nullif(current_setting('rekindle.request_id', true), ''));
  return null;
end $$;

-- Somebody holds an invitation, and nothing else: what may they read of it (S2.6)?
create function find_customer_invitation(token_organization uuid, token bytea)
returns table (email text, custom_message text, expires_at timestamptz, organization_name text, logo_url text,
               primary_color text)
language sql stable security definer set search_path = public, pg_temp as $$
  select i.email, i.custom_message, i.expires_at, o.name, o.logo_url, o.primary_color
  from customer_invitations i join organizations o on o.id = i.organization_id
  where i.organization_id = token_organization and i.token_hash = token and i.claimed_at is null
    and i.revoked_at is null and (i.expires_at is null or i.expires_at > now()) and o.status <> 'CANCELLED'
$$;

-- An invitation is claimed once: of many who come with it one finds the row as it was, under its lock.
create function claim_customer_invitation(token_organization uuid, token bytea, hash text)
returns table (customer_id uuid, password_set_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  claimed uuid;
begin
  update customer_invitations i set claimed_at = transaction_timestamp()
  from organizations o, customers c
  where o.id = i.organization_id and o.status <> 'CANCELLED'
    and c.organization_id = i.organization_id and c.id = i.customer_id and c.is_active
    and i.organization_id = token_organization and i.token_hash = token and i.claimed_at is null
    and i.revoked_at is null and (i.expires_at is null or i.expires_at > now())
  returning i.customer_id into claimed;
  if claimed is null then
    return;
  end if;
  perform set_config('rekindle.customer_id', claimed::text, true);
  return query update customers c
    set password_hash = hash, password_set_at = clock_timestamp(), last_login_at = transaction_timestamp()
    where c.organization_id = token_organization and c.id = claimed
    returning c.id, c.password_set_at;
end $$;

-- Somebody signs in with an address and a password, and nobody knows yet who they are.
create function find_customer_login(organization_slug text, address text)
returns table (organization_id uuid, customer_id uuid, password_hash text, password_set_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organization_id, c.id, c.password_hash, c.password_set_at
  from organizations o join customers c on c.organization_id = o.id
  where o.slug = organization_slug and c.email = address and c.is_active and c.password_hash is not null
    and o.status <> 'CANCELLED'
$$;

-- A customer who has shown the password they had sets another; of two at once one does.
create function set_customer_password(of_organization uuid, of_customer uuid, was text, becomes text)
returns table (password_set_at timestamptz)
language sql volatile security definer set search_path = public, pg_temp as $$
  select set_config('rekindle.customer_id', of_customer::text, true);
  update customers c set password_hash = becomes, password_set_at = clock_timestamp()
  where c.organization_id = of_organization and c.id = of_customer and c.password_hash = was and c.is_active
  returning c.password_set_at
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('write_audit()');
select entrust('find_customer_invitation(uuid, bytea)');
select entrust('claim_customer_invitation(uuid, bytea, text)');
select entrust('find_customer_login(text, text)');
select entrust('set_customer_password(uuid, uuid, text, text)');
