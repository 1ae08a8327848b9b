-- Whoever waits for their words has them at once.
alter table words_due no force row level security;
do $$
declare
  due words_due%rowtype;
begin
  for due in select * from words_due loop
    perform write_words(due.organization_id, due.lead_ids);
  end loop;
end $$;
drop function organizations_with_words_due();
drop function write_words(uuid, uuid[]);
drop trigger find_added_later on leads;
drop function put_off_words();
drop trigger find_added on leads;
create trigger find_added after insert on leads referencing new table as became for each statement
  execute function keep_words_of_leads();
drop table words_due;
drop policy lookup on leads;
revoke select on leads from rekindle_lookup;
alter function words_of_phone(text) strict;
alter function fold(text) strict;
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
alter table lead_words add constraint lead_words_organization
  foreign key (organization_id) references organizations (id) on delete cascade;
alter table audit_logs add constraint audit_logs_organization
  foreign key (organization_id) references organizations (id) on delete cascade;
drop trigger take_along on organizations;
drop function take_along();
revoke delete on audit_logs from rekindle_lookup;
