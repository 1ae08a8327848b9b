-- A verified token names a person; the request needs the organizations that person may act in.
drop function find_memberships(text, text);
create function find_memberships(token_issuer text, token_subject text)
returns table (organization_id uuid, slug text, member_id uuid, role text, status text)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id, o.slug, m.id, m.role, m.status
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id
  where u.issuer = token_issuer and u.subject = token_subject
  order by o.slug
$$;

-- Sockets live longer than a request: which of these callers may not be here any more?
drop function find_unwelcome(uuid[], uuid[], uuid[], text[]);
create function find_unwelcome(organizations uuid[], members uuid[], keys uuid[])
returns table (organization_id uuid, caller_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select asked.organization_id, coalesce(asked.member_id, asked.key_id)
  from unnest(organizations, members, keys) as asked (organization_id, member_id, key_id)
  where not exists (
    select from memberships m
    where m.organization_id = asked.organization_id and m.id = asked.member_id and m.status = 'ACTIVE'
  ) and not exists (
    select from api_keys k
    where k.organization_id = asked.organization_id and k.id = asked.key_id
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  )
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('find_memberships(text, text)');
select entrust('find_unwelcome(uuid[], uuid[], uuid[])');
drop function entrust(regprocedure);

-- Nobody is narrowed any more.
drop policy lead_scope on events;
drop policy lead_scope on insights;
drop policy lead_scope on messages;
drop policy lead_scope on conversations;
drop policy lead_scope on leads;
drop function narrow_to_scope(regclass, text);

-- Opens a request as migration 0001 had it.
drop function begin_request(uuid, uuid, text);
create function begin_request(organization uuid, member uuid) returns boolean
language sql volatile as $$
  select set_config('rekindle.organization_id', organization::text, true) is not null
     and set_config('rekindle.member_id', coalesce(member::text, ''), true) is not null
$$;

-- The copies go, and their indexes with them; events of kinds that are no more are forgotten.
drop index insights_by_lead;
alter table events no force row level security;
delete from events where kind in ('LEAD_WITHDRAWN', 'INSIGHT_REVIEWED');
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'INSIGHT_RAISED'));
alter table events drop column owner_id;
alter table events drop column assignee_id;
alter table insights drop constraint insights_lead;
alter table insights drop column lead_id;
alter table insights drop column owner_id;
alter table insights drop column assignee_id;
alter table messages drop column owner_id;
alter table messages drop column assignee_id;
alter table conversations drop column owner_id;
alter table leads drop constraint leads_assignee;
alter table leads drop column assignee_id;
alter table memberships drop column lead_scope;
