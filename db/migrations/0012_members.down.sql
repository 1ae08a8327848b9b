-- Lookups as migrations 0007 and 0009 had them.
drop function note_login(uuid, uuid);
drop function accept_invitations(uuid, text, text, text, text, uuid, bytea);
drop function find_memberships(text, text);
create function find_memberships(token_issuer text, token_subject text)
returns table (organization_id uuid, slug text, member_id uuid, role text, status text, lead_scope text)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id, o.slug, m.id, m.role, m.status, m.lead_scope
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id
  where u.issuer = token_issuer and u.subject = token_subject
  order by o.slug
$$;

-- Keys, as they were opened.
drop function find_api_key(uuid, bytea);
create function find_api_key(key_organization uuid, key_hash bytea)
returns table (id uuid, permissions text[])
language sql stable security definer set search_path = public, pg_temp as $$
  select k.id, k.permissions
  from api_keys k
  where k.organization_id = key_organization and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
$$;
drop function find_unwelcome(uuid[], uuid[], uuid[], text[]);
create function find_unwelcome(organizations uuid[], members uuid[], keys uuid[], rights text[])
returns table (organization_id uuid, caller_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select asked.organization_id, coalesce(asked.member_id, asked.key_id)
  from unnest(organizations, members, keys, rights) as asked (organization_id, member_id, key_id, rights)
  where not exists (
    select from memberships m
    where m.organization_id = asked.organization_id and m.id = asked.member_id and m.status = 'ACTIVE'
      and m.role || ' ' || m.lead_scope = asked.rights
  ) and not exists (
    select from api_keys k
    where k.organization_id = asked.organization_id and k.id = asked.key_id
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
      and array_to_string(k.permissions, ' ') = asked.rights
  )
$$;
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.scheduled_at <= now() and o.status = 'ACTIVE'
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
revoke update on api_keys from rekindle_lookup;
revoke insert, update on memberships from rekindle_lookup;

-- Members who are referred to, as migrations 0003 and 0004 had them.
alter table leads drop constraint leads_owner;
alter table leads add constraint leads_owner foreign key (organization_id, owner_id)
  references memberships (organization_id, id) on delete restrict;
alter table conversations drop constraint conversations_assignee;
alter table conversations add constraint conversations_assignee foreign key (organization_id, assignee_id)
  references memberships (organization_id, id) on delete restrict;
alter table messages drop constraint messages_author;
alter table messages add constraint messages_author foreign key (organization_id, author_id)
  references memberships (organization_id, id) on delete restrict;

-- Every change is a change again.
drop trigger touch on memberships;
drop trigger touch on api_keys;
select keep_touched('memberships');
select keep_touched('api_keys');

-- Tables and columns, the youngest first.
drop index leads_by_worker;
drop index api_keys_by_created;
drop table staff_invitations;
drop index memberships_by_status;
drop index memberships_by_role;
drop index memberships_by_name;
drop index memberships_by_created;
drop index memberships_email_unique;
alter table memberships drop constraint memberships_status;
alter table memberships no force row level security;
update memberships set status = 'SUSPENDED' where status = 'REMOVED';
alter table memberships force row level security;
alter table memberships add constraint memberships_status check (status in ('ACTIVE', 'INVITED', 'SUSPENDED'));
alter table memberships drop column last_login_at;
alter table memberships drop column permissions;
alter table organizations drop column agent_scope;
alter table organizations drop column trial_ends_at;
alter table organizations drop column plan;
alter table organizations drop column primary_color;
alter table organizations drop column logo_url;
alter table organizations drop column industry;
alter table organizations drop column website;
alter table organizations drop column phone;
alter table organizations drop column email;
