-- A member, a key or an invitation may be limited to some datasets (S1.14). That one is limited is said apart from what to:
-- who is limited to datasets that are gone sees nothing, and never everything.
alter table memberships add column is_limited boolean not null default false;
alter table api_keys add column is_limited boolean not null default false;
alter table staff_invitations add column is_limited boolean not null default false;

-- Which datasets a member is limited to.
create table membership_datasets (
  organization_id uuid not null constraint membership_datasets_organization
    references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  member_id uuid not null,
  dataset_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint membership_datasets_unique unique (organization_id, member_id, dataset_id),
  constraint membership_datasets_member foreign key (organization_id, member_id)
    references memberships (organization_id, id) on delete no action,
  constraint membership_datasets_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete cascade
);
create index membership_datasets_by_dataset on membership_datasets (organization_id, dataset_id);
select isolate('membership_datasets');
select keep_audited('membership_datasets', 'member_dataset');
select open_to_lookups('membership_datasets', 'select, insert, delete');

-- Which datasets a key is limited to.
create table api_key_datasets (
  organization_id uuid not null constraint api_key_datasets_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  api_key_id uuid not null,
  dataset_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint api_key_datasets_unique unique (organization_id, api_key_id, dataset_id),
  constraint api_key_datasets_program foreign key (organization_id, api_key_id)
    references api_keys (organization_id, id) on delete cascade,
  constraint api_key_datasets_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete cascade
);
create index api_key_datasets_by_dataset on api_key_datasets (organization_id, dataset_id);
select isolate('api_key_datasets');
select keep_audited('api_key_datasets', 'api_key_dataset');
select open_to_lookups('api_key_datasets', 'select');

-- Which datasets whoever accepts an invitation will be limited to.
create table staff_invitation_datasets (
  organization_id uuid not null constraint staff_invitation_datasets_organization
    references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  staff_invitation_id uuid not null,
  dataset_id uuid not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint staff_invitation_datasets_unique unique (organization_id, staff_invitation_id, dataset_id),
  constraint staff_invitation_datasets_invitation foreign key (organization_id, staff_invitation_id)
    references staff_invitations (organization_id, id) on delete cascade,
  constraint staff_invitation_datasets_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete cascade
);
create index staff_invitation_datasets_by_dataset on staff_invitation_datasets (organization_id, dataset_id);
select isolate('staff_invitation_datasets');
select keep_audited('staff_invitation_datasets', 'staff_invitation_dataset');
select open_to_lookups('staff_invitation_datasets', 'select');

-- Another limit is a change of the member: it counts as a version.
drop trigger touch on memberships;
create trigger touch before update of name, email, avatar_url, role, status, lead_scope, permissions, is_limited on memberships
  for each row execute function touch();

-- All that belongs to a lead carries the datasets it is in (null: in none), as it carries whose it is, so that a policy can
-- compare a column. They are copies, which only a change of those datasets changes; an event keeps what was so.
-- So many fit into the indexes that carry them.
alter table leads add column dataset_ids uuid[] constraint leads_datasets_most check (cardinality(dataset_ids) <= 100);
alter table conversations add column dataset_ids uuid[];
alter table messages add column dataset_ids uuid[];
alter table insights add column dataset_ids uuid[];
alter table events add column dataset_ids uuid[];
alter table customers add column dataset_ids uuid[];
alter table customer_invitations add column dataset_ids uuid[];
alter table lead_merges add column dataset_ids uuid[];
alter table lead_notes add column dataset_ids uuid[];

-- Takes one more column of a table for dull in the trail, whatever else its trigger was told.
create function keep_out_of_audit(target regclass, dull text) returns void
language plpgsql as $$
declare
  definition text;
begin
  select pg_get_triggerdef(t.oid) into strict definition from pg_trigger t where t.tgrelid = target and t.tgname = 'audit';
  execute format('drop trigger audit on %s', target);
  execute regexp_replace(definition, '\}''\)$', format(',%s}'')', dull));
end $$;

-- The trail says of a lead where it was put; of what follows it, nothing more.
select keep_out_of_audit('conversations', 'dataset_ids');
select keep_out_of_audit('messages', 'dataset_ids');
select keep_out_of_audit('insights', 'dataset_ids');
select keep_out_of_audit('customers', 'dataset_ids');
select keep_out_of_audit('customer_invitations', 'dataset_ids');
select keep_out_of_audit('lead_merges', 'dataset_ids');
select keep_out_of_audit('lead_notes', 'dataset_ids');

-- Fills the copies. Whoever migrates owns the tables, and sees all rows only while the policies are not forced on owners.
alter table dataset_leads no force row level security;
alter table leads no force row level security;
alter table conversations no force row level security;
alter table messages no force row level security;
alter table insights no force row level security;
alter table customers no force row level security;
alter table customer_invitations no force row level security;
alter table lead_merges no force row level security;
alter table lead_notes no force row level security;
update leads l set dataset_ids = (
  select array_agg(p.dataset_id order by p.dataset_id) from dataset_leads p
  where p.organization_id = l.organization_id and p.lead_id = l.id)
where exists (select from dataset_leads p where p.organization_id = l.organization_id and p.lead_id = l.id);
update conversations c set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = c.organization_id and l.id = c.lead_id and l.dataset_ids is not null;
update messages m set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = m.organization_id and l.id = m.lead_id and l.dataset_ids is not null;
update insights i set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = i.organization_id and l.id = i.lead_id and l.dataset_ids is not null;
update customers c set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = c.organization_id and l.id = c.lead_id and l.dataset_ids is not null;
update customer_invitations c set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = c.organization_id and l.id = c.lead_id and l.dataset_ids is not null;
update lead_merges m set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = m.organization_id and l.id = m.lead_id and l.dataset_ids is not null;
update lead_notes n set dataset_ids = l.dataset_ids
  from leads l where l.organization_id = n.organization_id and l.id = n.lead_id and l.dataset_ids is not null;
alter table dataset_leads force row level security;
alter table leads force row level security;
alter table conversations force row level security;
alter table messages force row level security;
alter table insights force row level security;
alter table customers force row level security;
alter table customer_invitations force row level security;
alter table lead_merges force row level security;
alter table lead_notes force row level security;

-- Opens a request of somebody who is limited to no datasets; every dataset, and what is in none, is in their sight.
create or replace function begin_request(organization uuid, member uuid, scope text) returns boolean
language sql volatile as $$
  select set_config('rekindle.organization_id', organization::text, true) is not null
     and set_config('rekindle.member_id', coalesce(member::text, ''), true) is not null
     and set_config('rekindle.lead_scope', coalesce(scope, ''), true) is not null
     and set_config('rekindle.dataset_ids', 'ALL', true) is not null
$$;

-- Opens a request of somebody who is limited to these datasets. To none, if nobody says which.
create function begin_request(organization uuid, member uuid, scope text, datasets uuid[]) returns boolean
language sql volatile as $$
  select set_config('rekindle.organization_id', organization::text, true) is not null
     and set_config('rekindle.member_id', coalesce(member::text, ''), true) is not null
     and set_config('rekindle.lead_scope', coalesce(scope, ''), true) is not null
     and set_config('rekindle.dataset_ids', coalesce(datasets::text, '{}'), true) is not null
$$;

-- Opens a unit of work of somebody who is limited to these datasets.
create function begin_work(organization uuid, member uuid, scope text, api_key uuid, request text, datasets uuid[])
returns boolean
language sql volatile as $$
  select begin_request(organization, member, scope, datasets)
     and set_config('rekindle.api_key_id', coalesce(api_key::text, ''), true) is not null
     and set_config('rekindle.request_id', coalesce(request, ''), true) is not null
$$;

-- The datasets that whoever asks is limited to; null where they are limited to none, and where nobody has begun a request.
create function allowed_datasets() returns uuid[]
language sql stable as $$
  select case when left(current_setting('rekindle.dataset_ids', true), 1) = '{'
         then current_setting('rekindle.dataset_ids', true)::uuid[] end
$$;

-- Narrows a table to the datasets that whoever asks is limited to; `held` is the datasets of a row. The first of them is
-- looked for in the text of the context, because to make an array of that text for each row costs three times as much, and
-- most rows have one. Said as `is not null`, which is estimated as nearly all rows, so that plans of those who are not limited
-- stay what they were.
create function narrow_to_datasets(target regclass, held text default 'dataset_ids') returns void
language plpgsql as $$
begin
  execute format(
    'create policy allowed_datasets on %1$s as restrictive to rekindle_app using (case
       when current_setting(''rekindle.dataset_ids'', true) = ''ALL'' then true
       when strpos(current_setting(''rekindle.dataset_ids'', true), (%2$s)[1]::text) > 0 then true
       when (%2$s)[2] is not null and %2$s && allowed_datasets() then true
       end is not null)',
    target, held);
end $$;

-- Narrows a table whose rows belong to leads to the sight of whoever asks: to their lead scope, and to their datasets. Once
-- per table, which has copies of the lead's owner_id, assignee_id and dataset_ids.
create function narrow_to_sight(target regclass, lead_column text default 'lead_id') returns void
language plpgsql as $$
begin
  perform narrow_to_scope(target, lead_column);
  perform narrow_to_datasets(target);
end $$;
select narrow_to_datasets('leads');
select narrow_to_datasets('conversations');
select narrow_to_datasets('messages');
select narrow_to_datasets('insights');
select narrow_to_datasets('events');
select narrow_to_datasets('customers');
select narrow_to_datasets('customer_invitations');
select narrow_to_datasets('lead_merges');
select narrow_to_datasets('lead_notes');
select narrow_to_datasets('datasets', 'array[id]');
select narrow_to_datasets('dataset_leads', 'array[dataset_id]');

-- What the policy asks is in the indexes that a board is counted by.
drop index leads_by_pipeline_stage;
drop index leads_by_assignee_and_stage;
drop index leads_by_owner_and_stage;
drop index leads_in_pool_by_stage;
create index leads_by_pipeline_stage on leads (organization_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, assignee_id, archived_at, merged_into_id, dataset_ids);
create index leads_by_assignee_and_stage on leads (organization_id, assignee_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, archived_at, merged_into_id, dataset_ids) where assignee_id is not null;
create index leads_by_owner_and_stage on leads (organization_id, owner_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (assignee_id, archived_at, merged_into_id, dataset_ids) where owner_id is not null;
create index leads_in_pool_by_stage on leads (organization_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, assignee_id, archived_at, merged_into_id, dataset_ids) where owner_id is null and assignee_id is null;

-- The trail tells of everybody's leads, so who is limited to datasets reads none of it.
select narrow_to_datasets('audit_logs', 'null::uuid[]');

-- How the rights of a caller are written down, so that an open socket can be asked whether they are still the same.
create function stamp_rights(role text, scope text, permissions text[], datasets uuid[]) returns text
language sql stable as $$
  select concat_ws(' ', role, scope, nullif(array_to_string(permissions, ' '), ''),
                   'in {' || array_to_string(datasets, ',') || '}')
$$;

-- A verified token names a person; the request needs the organizations that person may act in, and their rights there.
drop function find_memberships(text, text);
create function find_memberships(token_issuer text, token_subject text)
returns table (organization_id uuid, slug text, organization_status text, member_id uuid, role text, status text,
               lead_scope text, permissions text[], dataset_ids uuid[], stamp text, last_login_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id, o.slug, o.status, m.id, m.role, m.status, m.lead_scope, m.permissions, d.ids,
         stamp_rights(m.role, m.lead_scope, m.permissions, d.ids), m.last_login_at
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id
  cross join lateral (select case when m.is_limited then array(
    select l.dataset_id from membership_datasets l
    where l.organization_id = m.organization_id and l.member_id = m.id order by l.dataset_id) end as ids) d
  where u.issuer = token_issuer and u.subject = token_subject and m.status <> 'REMOVED'
  order by o.slug
$$;

-- An API key carries its organization's id and a secret; only its hash opens it. Its use is noted, once a minute at most.
drop function find_api_key(uuid, bytea);
create function find_api_key(key_organization uuid, key_hash bytea)
returns table (id uuid, permissions text[], dataset_ids uuid[], stamp text)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
begin
  update api_keys k set last_used_at = now()
  where k.organization_id = key_organization and k.hash = key_hash
    and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  return query
    select k.id, k.permissions, d.ids, stamp_rights(null, null, k.permissions, d.ids)
    from api_keys k join organizations o on o.id = k.organization_id
    cross join lateral (select case when k.is_limited then array(
      select l.dataset_id from api_key_datasets l
      where l.organization_id = k.organization_id and l.api_key_id = k.id order by l.dataset_id) end as ids) d
    where k.organization_id = key_organization and k.hash = key_hash and o.status <> 'CANCELLED'
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now());
end $$;

-- Sockets live longer than a request: which of these callers may not be here any more, or not with these rights?
create or replace function find_unwelcome(organizations uuid[], members uuid[], keys uuid[], rights text[])
returns table (organization_id uuid, caller_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select asked.organization_id, coalesce(asked.member_id, asked.key_id)
  from unnest(organizations, members, keys, rights) as asked (organization_id, member_id, key_id, rights)
  where not exists (
    select from memberships m join organizations o on o.id = m.organization_id
    where m.organization_id = asked.organization_id and m.id = asked.member_id and m.status = 'ACTIVE'
      and (o.status <> 'CANCELLED' or m.role in ('OWNER', 'ADMIN'))
      and stamp_rights(m.role, m.lead_scope, m.permissions, case when m.is_limited then array(
        select l.dataset_id from membership_datasets l
        where l.organization_id = m.organization_id and l.member_id = m.id order by l.dataset_id) end) = asked.rights
  ) and not exists (
    select from api_keys k join organizations o on o.id = k.organization_id
    where k.organization_id = asked.organization_id and k.id = asked.key_id and o.status <> 'CANCELLED'
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
      and stamp_rights(null, null, k.permissions, case when k.is_limited then array(
        select l.dataset_id from api_key_datasets l
        where l.organization_id = k.organization_id and l.api_key_id = k.id order by l.dataset_id) end) = asked.rights
  )
$$;

-- A person who comes for the first time joins what their verified address was invited to, or what a token opens. Of many
-- who come with one invitation, one joins: the row is locked, and looked at again under the lock. Whoever joins, or joins
-- again, is limited to what the invitation is limited to.
create or replace function accept_invitations(new_id uuid, token_issuer text, token_subject text, address text,
                                              display_name text, token_organization uuid, token bytea) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  person uuid;
  joining uuid;
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
    insert into memberships (organization_id, id, user_id, name, email, role, lead_scope, permissions, is_limited)
    values (invitation.organization_id, invitation.id, person, coalesce(display_name, invitation.email),
            invitation.email, invitation.role, invitation.lead_scope, invitation.permissions, invitation.is_limited)
    on conflict (organization_id, user_id) do update
      set status = 'ACTIVE', role = excluded.role, lead_scope = excluded.lead_scope, permissions = excluded.permissions,
          email = excluded.email, is_limited = excluded.is_limited
      where memberships.status = 'REMOVED'
    returning id into joining;
    if joining is not null then
      delete from membership_datasets l where l.organization_id = invitation.organization_id and l.member_id = joining;
      insert into membership_datasets (organization_id, member_id, dataset_id)
      select l.organization_id, joining, l.dataset_id from staff_invitation_datasets l
      where l.organization_id = invitation.organization_id and l.staff_invitation_id = invitation.id;
    end if;
    update staff_invitations i set accepted_at = now()
    where i.organization_id = invitation.organization_id and i.id = invitation.id;
    joined := joined + 1;
  end loop;
  return joined;
end $$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('find_memberships(text, text)');
select entrust('find_api_key(uuid, bytea)');

-- A list of what belongs to the few leads of a small dataset is read by lead.
create index customers_by_lead on customers (organization_id, lead_id, created_at desc, id desc);
drop index customer_invitations_by_lead;
create index customer_invitations_by_lead on customer_invitations (organization_id, lead_id, created_at desc, id desc);
