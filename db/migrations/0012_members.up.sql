-- Company facts, branding, plan and trial (S1.1, S2.1). A trial that has ended stops sending as a pause does.
alter table organizations add column email text;
alter table organizations add column phone text;
alter table organizations add column website text;
alter table organizations add column industry text not null default 'SOLAR'
  constraint organizations_industry check (industry in ('SOLAR', 'HOME_IMPROVEMENT', 'OTHER'));
alter table organizations add column logo_url text;
alter table organizations add column primary_color text not null default '#8cc63f'
  constraint organizations_color check (primary_color ~ '^#[0-9a-f]{6}$');
alter table organizations add column plan text not null default 'STARTER'
  constraint organizations_plan check (plan in ('STARTER', 'PROFESSIONAL', 'ENTERPRISE'));
alter table organizations add column trial_ends_at timestamptz;
alter table organizations add column agent_scope text not null default 'ASSIGNED_AND_UNASSIGNED'
  constraint organizations_agent_scope check (agent_scope in ('ALL', 'ASSIGNED_AND_UNASSIGNED', 'ASSIGNED'));

-- A member may have more permissions than the role gives (S1.14). Who was removed stays as the author of what they wrote.
alter table memberships add column permissions text[] not null default '{}';
alter table memberships add column last_login_at timestamptz;
alter table memberships drop constraint memberships_status;
alter table memberships no force row level security;
delete from memberships where status = 'INVITED';
alter table memberships force row level security;
alter table memberships add constraint memberships_status check (status in ('ACTIVE', 'SUSPENDED', 'REMOVED'));
create unique index memberships_email_unique on memberships (organization_id, lower(email)) where status <> 'REMOVED';
create index memberships_by_created on memberships (organization_id, created_at desc, id desc);
create index memberships_by_name on memberships (organization_id, name, id);
create index memberships_by_role on memberships (organization_id, role, created_at desc, id desc);
create index memberships_by_status on memberships (organization_id, status, created_at desc, id desc);

-- Coming in and being used are no changes: they do not count as versions.
drop trigger touch on memberships;
create trigger touch before update of name, email, role, status, lead_scope, permissions on memberships
  for each row execute function touch();
drop trigger touch on api_keys;
create trigger touch before update of name, permissions, expires_at, revoked_at on api_keys
  for each row execute function touch();

-- Colleagues who were asked in and have not come yet. Only the SHA-256 of the token is kept.
create table staff_invitations (
  organization_id uuid not null constraint staff_invitations_organization
    references organizations (id) on delete cascade,
  id uuid not null,
  email text not null constraint staff_invitations_email_form check (email = lower(email) and email ~ '^[^@ ]+@[^@ ]+$'),
  role text not null constraint staff_invitations_role
    check (role in ('OWNER', 'ADMIN', 'MANAGER', 'AGENT', 'VIEWER')),
  lead_scope text not null constraint staff_invitations_lead_scope
    check (lead_scope in ('ALL', 'ASSIGNED_AND_UNASSIGNED', 'ASSIGNED')),
  permissions text[] not null default '{}',
  token_hash bytea not null,
  inviter_id uuid,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint staff_invitations_token_unique unique (organization_id, token_hash),
  constraint staff_invitations_inviter foreign key (organization_id, inviter_id)
    references memberships (organization_id, id) on delete no action
);
create unique index staff_invitations_open_unique on staff_invitations (organization_id, email)
  where accepted_at is null and revoked_at is null;
create index staff_invitations_by_created on staff_invitations (organization_id, created_at desc, id desc);
create index staff_invitations_by_email on staff_invitations (email) where accepted_at is null and revoked_at is null;
select isolate('staff_invitations');
select keep_touched('staff_invitations');
select keep_audited('staff_invitations', 'staff_invitation', '{token_hash}');
select open_to_lookups('staff_invitations', 'select, update');
create index api_keys_by_created on api_keys (organization_id, created_at desc, id desc);

-- A member who is referred to cannot be deleted; but an organization goes whole, so the check comes when all of it has gone.
alter table leads drop constraint leads_owner;
alter table leads add constraint leads_owner foreign key (organization_id, owner_id)
  references memberships (organization_id, id) on delete no action;
alter table conversations drop constraint conversations_assignee;
alter table conversations add constraint conversations_assignee foreign key (organization_id, assignee_id)
  references memberships (organization_id, id) on delete no action;
alter table messages drop constraint messages_author;
alter table messages add constraint messages_author foreign key (organization_id, author_id)
  references memberships (organization_id, id) on delete no action;

-- What somebody leaves behind is found by whose it was.
create index leads_by_worker on leads (organization_id, assignee_id) where assignee_id is not null;

-- A verified token names a person; the request needs the organizations that person may act in, and their rights there.
drop function find_memberships(text, text);
create function find_memberships(token_issuer text, token_subject text)
returns table (organization_id uuid, slug text, organization_status text, member_id uuid, role text, status text,
               lead_scope text, permissions text[], last_login_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id, o.slug, o.status, m.id, m.role, m.status, m.lead_scope, m.permissions, m.last_login_at
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id
  where u.issuer = token_issuer and u.subject = token_subject and m.status <> 'REMOVED'
  order by o.slug
$$;

-- A person who comes for the first time joins what their verified address was invited to, or what a token opens. Of many
-- who come with one invitation, one joins: the row is locked, and looked at again under the lock.
create function accept_invitations(new_id uuid, token_issuer text, token_subject text, address text, display_name text,
                                   token_organization uuid, token bytea) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  person uuid;
  invitation staff_invitations%rowtype;
  joined integer := 0;
begin
  for invitation in
    select i.* from staff_invitations i
    where i.accepted_at is null and i.revoked_at is null and i.expires_at > now()
      and case when token is null then i.email = lower(address)
          else i.organization_id = token_organization and i.token_hash = token end
    order by i.created_at for update
  loop
    if person is null then
      insert into users (id, issuer, subject, email) values (new_id, token_issuer, token_subject, invitation.email)
      on conflict (issuer, subject) do nothing;
      select u.id into person from users u where u.issuer = token_issuer and u.subject = token_subject;
    end if;
    insert into memberships (organization_id, id, user_id, name, email, role, lead_scope, permissions)
    values (invitation.organization_id, invitation.id, person, coalesce(display_name, invitation.email),
            invitation.email, invitation.role, invitation.lead_scope, invitation.permissions)
    on conflict (organization_id, user_id) do update
      set status = 'ACTIVE', role = excluded.role, lead_scope = excluded.lead_scope, permissions = excluded.permissions,
          email = excluded.email
      where memberships.status = 'REMOVED';
    update staff_invitations i set accepted_at = now()
    where i.organization_id = invitation.organization_id and i.id = invitation.id;
    joined := joined + 1;
  end loop;
  return joined;
end $$;

-- When a member was last here, to the quarter of an hour.
create function note_login(member_organization uuid, member uuid) returns boolean
language sql volatile security definer set search_path = public, pg_temp as $$
  update memberships m set last_login_at = now() where m.organization_id = member_organization and m.id = member
  returning true
$$;

-- An API key carries its organization's id and a secret; only its hash opens it. Its use is noted, once a minute at most.
drop function find_api_key(uuid, bytea);
create function find_api_key(key_organization uuid, key_hash bytea)
returns table (id uuid, permissions text[])
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update api_keys k set last_used_at = now()
  where k.organization_id = key_organization and k.hash = key_hash
    and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  return query
    select k.id, k.permissions
    from api_keys k join organizations o on o.id = k.organization_id
    where k.organization_id = key_organization and k.hash = key_hash and o.status <> 'CANCELLED'
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
end $$;
grant update on api_keys to rekindle_lookup;
grant insert, update on memberships to rekindle_lookup;

-- Sockets live longer than a request: which of these callers may not be here any more, or not with these rights?
drop function find_unwelcome(uuid[], uuid[], uuid[], text[]);
create function find_unwelcome(organizations uuid[], members uuid[], keys uuid[], rights text[])
returns table (organization_id uuid, caller_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select asked.organization_id, coalesce(asked.member_id, asked.key_id)
  from unnest(organizations, members, keys, rights) as asked (organization_id, member_id, key_id, rights)
  where not exists (
    select from memberships m join organizations o on o.id = m.organization_id
    where m.organization_id = asked.organization_id and m.id = asked.member_id and m.status = 'ACTIVE'
      and (o.status <> 'CANCELLED' or m.role in ('OWNER', 'ADMIN'))
      and concat_ws(' ', m.role, m.lead_scope, nullif(array_to_string(m.permissions, ' '), '')) = asked.rights
  ) and not exists (
    select from api_keys k join organizations o on o.id = k.organization_id
    where k.organization_id = asked.organization_id and k.id = asked.key_id and o.status <> 'CANCELLED'
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
      and array_to_string(k.permissions, ' ') = asked.rights
  )
$$;

-- Workers claim in two steps: first which organizations have something due, without a lock. Nothing is sent for one that
-- is paused or cancelled, or whose trial has ended.
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
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('find_memberships(text, text)');
select entrust('find_api_key(uuid, bytea)');
select entrust('find_unwelcome(uuid[], uuid[], uuid[], text[])');
select entrust('accept_invitations(uuid, text, text, text, text, uuid, bytea)');
select entrust('note_login(uuid, uuid)');
