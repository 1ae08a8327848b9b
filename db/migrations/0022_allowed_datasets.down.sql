-- The indexes of customers as they were.
drop index customer_invitations_by_lead;
create index customer_invitations_by_lead on customer_invitations (organization_id, lead_id) where lead_id is not null;
drop index customers_by_lead;

-- Lookups as migration 0012 had them.
create or replace function accept_invitations(new_id uuid, token_issuer text, token_subject text, address text,
                                              display_name text, token_organization uuid, token bytea) returns integer
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
create or replace function find_unwelcome(organizations uuid[], members uuid[], keys uuid[], rights text[])
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
drop function stamp_rights(text, text, text[], uuid[]);

-- Nobody is limited any more.
drop policy allowed_datasets on audit_logs;
drop policy allowed_datasets on dataset_leads;
drop policy allowed_datasets on datasets;
drop policy allowed_datasets on events;
drop policy allowed_datasets on insights;
drop policy allowed_datasets on lead_notes;
drop policy allowed_datasets on lead_merges;
drop policy allowed_datasets on customer_invitations;
drop policy allowed_datasets on customers;
drop policy allowed_datasets on messages;
drop policy allowed_datasets on conversations;
drop policy allowed_datasets on leads;
drop function narrow_to_sight(regclass, text);
drop function narrow_to_datasets(regclass, text);
drop function allowed_datasets();
drop function begin_work(uuid, uuid, text, uuid, text, uuid[]);
drop function begin_request(uuid, uuid, text, uuid[]);
create or replace function begin_request(organization uuid, member uuid, scope text) returns boolean
language sql volatile as $$
  select set_config('rekindle.organization_id', organization::text, true) is not null
     and set_config('rekindle.member_id', coalesce(member::text, ''), true) is not null
     and set_config('rekindle.lead_scope', coalesce(scope, ''), true) is not null
$$;

-- The trail takes the copies for what they are no more, and they go.
do $$
declare
  was record;
begin
  for was in
    select t.tgrelid::regclass as target, pg_get_triggerdef(t.oid) as definition from pg_trigger t
    where t.tgname = 'audit' and pg_get_triggerdef(t.oid) like '%,dataset_ids}'')'
  loop
    execute format('drop trigger audit on %s', was.target);
    execute replace(was.definition, ',dataset_ids}', '}');
  end loop;
end $$;
drop function keep_out_of_audit(regclass, text);
alter table events drop column dataset_ids;
alter table insights drop column dataset_ids;
alter table lead_notes drop column dataset_ids;
alter table lead_merges drop column dataset_ids;
alter table customer_invitations drop column dataset_ids;
alter table customers drop column dataset_ids;
alter table messages drop column dataset_ids;
alter table conversations drop column dataset_ids;
alter table leads drop column dataset_ids;

-- The indexes of a board as migration 0020 had them.
create index leads_by_pipeline_stage on leads (organization_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, assignee_id, archived_at, merged_into_id);
create index leads_by_assignee_and_stage on leads (organization_id, assignee_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, archived_at, merged_into_id) where assignee_id is not null;
create index leads_by_owner_and_stage on leads (organization_id, owner_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (assignee_id, archived_at, merged_into_id) where owner_id is not null;
create index leads_in_pool_by_stage on leads (organization_id, pipeline_stage_id,
  (case when archived_at is null then false else true end), moved_at desc, id desc)
  include (owner_id, assignee_id, archived_at, merged_into_id) where owner_id is null and assignee_id is null;

-- A server of before would show everything to whoever was limited: they are let in no more until somebody decides.
alter table memberships no force row level security;
alter table api_keys no force row level security;
alter table staff_invitations no force row level security;
update memberships set status = 'SUSPENDED' where is_limited and status = 'ACTIVE';
update api_keys set revoked_at = coalesce(revoked_at, now()) where is_limited;
update staff_invitations set revoked_at = coalesce(revoked_at, now()) where is_limited and accepted_at is null;
alter table staff_invitations force row level security;
alter table api_keys force row level security;
alter table memberships force row level security;

-- Tables and columns, the youngest first.
drop table staff_invitation_datasets;
drop table api_key_datasets;
drop table membership_datasets;
drop trigger touch on memberships;
create trigger touch before update of name, email, avatar_url, role, status, lead_scope, permissions on memberships
  for each row execute function touch();
alter table staff_invitations drop column is_limited;
alter table api_keys drop column is_limited;
alter table memberships drop column is_limited;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('find_memberships(text, text)');
select entrust('find_api_key(uuid, bytea)');
