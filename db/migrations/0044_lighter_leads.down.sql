-- The index of all leads again.
drop index leads_by_duplicate_of;
create index leads_by_duplicate_of on leads (organization_id, duplicate_of_id, created_at desc, id desc);

-- By way of JSON.
create or replace function write_audit_of_added() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
declare
  dull text[] := tg_argv[2];
  masks jsonb := (select coalesce(jsonb_object_agg(key, '[hidden]'::text), '{}')
                  from unnest(tg_argv[1]::text[]) key where key <> all (dull));
  member uuid := nullif(current_setting('rekindle.member_id', true), '')::uuid;
  api_key uuid := nullif(current_setting('rekindle.api_key_id', true), '')::uuid;
  customer uuid := nullif(current_setting('rekindle.customer_id', true), '')::uuid;
  request text := nullif(current_setting('rekindle.request_id', true), '');
  -- Ids in the order of time, as everywhere else: those made by chance would touch every page of a long index.
  milliseconds text := lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0');
  start text := left(milliseconds, 8) || '-' || right(milliseconds, 4) || '-7';
begin
  insert into audit_logs (organization_id, id, verb, subject, subject_id, after, member_id, api_key_id, customer_id,
                          request_id)
  select (case when whole ? 'organization_id' then whole ->> 'organization_id' else whole ->> 'id' end)::uuid,
         overlay(gen_random_uuid()::text placing start from 1)::uuid, tg_op, tg_argv[0], (whole ->> 'id')::uuid,
         whole - dull || masks, member, api_key, customer, request
  from (select to_jsonb(became) as whole from became offset 0) made;  -- each is turned into JSON once
  return null;
end $$;
