-- Nobody is a customer any more, and nobody visits.
drop function set_customer_password(uuid, uuid, text, text);
drop function find_customer_login(text, text);
drop function claim_customer_invitation(uuid, bytea, text);
drop function find_customer_invitation(uuid, bytea);
drop policy visited on organizations;
revoke select (id, slug, name, status, country, email, phone, website, logo_url, primary_color)
  on organizations from rekindle_portal;
revoke usage on schema public from rekindle_portal;
drop function begin_visit(uuid, uuid, text);
drop table customer_invitations;
drop table customers;
drop trigger convert on leads;
drop function note_conversion();
alter table leads drop column converted_at;

-- The trail knows members and programs, as before.
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
  insert into audit_logs (organization_id, verb, subject, subject_id, before, after, member_id, api_key_id, request_id)
  values (
    coalesce(whole ->> 'organization_id', whole ->> 'id')::uuid, tg_op, tg_argv[0], (whole ->> 'id')::uuid,
    (select jsonb_object_agg(key, case when key = any (hidden) then '"[hidden]"' else was -> key end)
     from unnest(changed) key where was is not null),
    (select jsonb_object_agg(key, case when key = any (hidden) then '"[hidden]"' else became -> key end)
     from unnest(changed) key where became is not null),
    nullif(current_setting('rekindle.member_id', true), '')::uuid,
    nullif(current_setting('rekindle.api_key_id', true), '')::uuid,
    nullif(current_setting('rekindle.request_id', true), ''));
  return null;
end $$;
drop index audit_logs_by_customer;
alter table audit_logs drop column customer_id;

-- A server of before does not know the permission.
alter table memberships no force row level security;
alter table staff_invitations no force row level security;
alter table api_keys no force row level security;
update memberships set permissions = array_remove(permissions, 'CUSTOMERS_WRITE')
where 'CUSTOMERS_WRITE' = any (permissions);
update staff_invitations set permissions = array_remove(permissions, 'CUSTOMERS_WRITE')
where 'CUSTOMERS_WRITE' = any (permissions);
update api_keys set permissions = array_remove(permissions, 'CUSTOMERS_WRITE')
where 'CUSTOMERS_WRITE' = any (permissions);
alter table api_keys force row level security;
alter table staff_invitations force row level security;
alter table memberships force row level security;

-- Members have no face any more.
drop trigger touch on memberships;
create trigger touch before update of name, email, role, status, lead_scope, permissions on memberships
  for each row execute function touch();
alter table memberships drop column avatar_url;
