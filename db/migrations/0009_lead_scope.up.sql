-- Which leads a member sees: all, their own and those nobody has, or their own alone.
alter table memberships add column lead_scope text not null default 'ASSIGNED_AND_UNASSIGNED'
  constraint memberships_lead_scope check (lead_scope in ('ALL', 'ASSIGNED_AND_UNASSIGNED', 'ASSIGNED'));
update memberships set lead_scope = 'ALL' where role <> 'AGENT';

-- A lead has an owner and somebody who works it, on every channel. All that belongs to the lead carries both, so that
-- a policy can compare columns and an index can serve a scope. They are copies, which only a hand-over changes.
alter table leads add column assignee_id uuid;
alter table leads add constraint leads_assignee foreign key (organization_id, assignee_id)
  references memberships (organization_id, id) on delete no action;
alter table conversations add column owner_id uuid;
alter table messages add column owner_id uuid;
alter table messages add column assignee_id uuid;
alter table insights add column lead_id uuid;
alter table insights add column owner_id uuid;
alter table insights add column assignee_id uuid;
alter table insights add constraint insights_lead foreign key (organization_id, lead_id)
  references leads (organization_id, id) on delete cascade;

-- An event carries who its lead belonged to when it happened. What left somebody's sight is told to them as well.
alter table events add column owner_id uuid;
alter table events add column assignee_id uuid;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED'));

-- Fills the copies. Whoever migrates owns the tables, and sees all rows only while the policies are not forced on owners.
alter table leads no force row level security;
alter table conversations no force row level security;
alter table messages no force row level security;
alter table insights no force row level security;
update leads l set assignee_id = coalesce(
  (select c.assignee_id from conversations c where c.organization_id = l.organization_id and c.lead_id = l.id
   and c.status <> 'ARCHIVED' order by c.assignee_id is null, c.updated_at desc limit 1), l.owner_id);
update conversations c set owner_id = l.owner_id, assignee_id = l.assignee_id
  from leads l where l.organization_id = c.organization_id and l.id = c.lead_id;
update messages m set owner_id = l.owner_id, assignee_id = l.assignee_id
  from leads l where l.organization_id = m.organization_id and l.id = m.lead_id;
update insights i set lead_id = c.lead_id, owner_id = c.owner_id, assignee_id = c.assignee_id
  from conversations c where c.organization_id = i.organization_id and c.id = i.conversation_id;
alter table leads force row level security;
alter table conversations force row level security;
alter table messages force row level security;
alter table insights force row level security;

-- A scoped member's list is three short ones, each in order: what they work, what they own, and what nobody has.
create index leads_by_assignee on leads (organization_id, assignee_id, created_at desc, id desc);
create index leads_in_pool on leads (organization_id, created_at desc, id desc)
  where owner_id is null and assignee_id is null;
create index conversations_by_owner
  on conversations (organization_id, owner_id, (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc)
  where owner_id is not null;
create index conversations_in_pool
  on conversations (organization_id, (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc)
  where owner_id is null and assignee_id is null;
create index messages_by_assignee on messages (organization_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index messages_by_owner on messages (organization_id, owner_id, created_at desc, id desc)
  where owner_id is not null;
create index messages_in_pool on messages (organization_id, created_at desc, id desc)
  where owner_id is null and assignee_id is null;
create index insights_by_assignee on insights (organization_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index insights_by_owner on insights (organization_id, owner_id, created_at desc, id desc)
  where owner_id is not null;
create index insights_in_pool on insights (organization_id, created_at desc, id desc)
  where owner_id is null and assignee_id is null;
create index insights_by_lead on insights (organization_id, lead_id, created_at desc, id desc);

-- Opens a request: an organization, for people a member, and which leads they see. A scope nobody named shows none.
drop function begin_request(uuid, uuid);
create function begin_request(organization uuid, member uuid, scope text) returns boolean
language sql volatile as $$
  select set_config('rekindle.organization_id', organization::text, true) is not null
     and set_config('rekindle.member_id', coalesce(member::text, ''), true) is not null
     and set_config('rekindle.lead_scope', coalesce(scope, ''), true) is not null
$$;

-- Narrows a table to the scope of whoever asks; once per table whose rows belong to leads. What a unit of work hands
-- over stays in its sight to the end. Said as `is not null`, which is estimated as nearly all rows whoever asks: plans of
-- those who see everything stay what they were.
create function narrow_to_scope(target regclass, lead_column text default 'lead_id') returns void
language plpgsql as $$
begin
  execute format(
    'create policy lead_scope on %1$s as restrictive to rekindle_app using (case
       when current_setting(''rekindle.lead_scope'', true) = ''ALL'' then true
       when assignee_id = nullif(current_setting(''rekindle.member_id'', true), '''')::uuid then true
       when owner_id = nullif(current_setting(''rekindle.member_id'', true), '''')::uuid then true
       when %2$I = nullif(current_setting(''rekindle.handed_over'', true), '''')::uuid then true
       when owner_id is null and assignee_id is null
         then nullif(current_setting(''rekindle.lead_scope'', true) = ''ASSIGNED_AND_UNASSIGNED'', false)
       end is not null)',
    target, lead_column);
end $$;
select narrow_to_scope('leads', 'id');
select narrow_to_scope('conversations');
select narrow_to_scope('messages');
select narrow_to_scope('insights');
select narrow_to_scope('events');

-- Entrusts a function with what crosses tenants: it acts as the lookup role, and only the server's role may call it.
create function entrust(target regprocedure) returns void
language plpgsql as $$
begin
  execute format('alter function %s owner to rekindle_lookup', target);
  execute format('revoke execute on function %s from public', target);
  execute format('grant execute on function %s to rekindle_app', target);
end $$;

-- A verified token names a person; the request needs the organizations that person may act in, and their rights there.
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

-- Sockets live longer than a request: which of these callers may not be here any more, or not with these rights?
drop function find_unwelcome(uuid[], uuid[], uuid[]);
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

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('find_memberships(text, text)');
select entrust('find_unwelcome(uuid[], uuid[], uuid[], text[])');
