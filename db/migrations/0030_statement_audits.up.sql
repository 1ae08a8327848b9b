-- Records rows that were made, all that one statement made together: what is written of each is what `write_audit` would
-- write, at a fraction of the price. Arguments as there. Changes and removals stay with `write_audit`, row by row, because
-- only there each row comes with what it was.
create function write_audit_of_added() returns trigger
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
select entrust('write_audit_of_added()');

-- Puts a table under audit, as before; also one that is under audit already, which then is by what is said now.
create or replace function keep_audited(target regclass, kind text, hidden text[] default '{}', dull text[] default '{}')
returns void
language plpgsql as $$
declare
  arguments text := format('%L, %L, %L', kind, hidden, dull || '{created_at,updated_at,version}');
begin
  execute format(
    'create or replace trigger audit after update or delete on %s for each row execute function write_audit(%s)',
    target, arguments);
  execute format('create or replace trigger audit_added after insert on %s referencing new table as became '
                 'for each statement execute function write_audit_of_added(%s)', target, arguments);
end $$;

-- Takes one more column of a table for dull in the trail, whatever else its triggers were told.
create or replace function keep_out_of_audit(target regclass, dull text) returns void
language plpgsql as $$
declare
  definition text;
begin
  for definition in
    select replace(pg_get_triggerdef(t.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
    from pg_trigger t where t.tgrelid = target and t.tgname in ('audit', 'audit_added')
  loop
    execute regexp_replace(definition, '\}''\)$', format(',%s}'')', dull));
  end loop;
end $$;

-- All tables that are under audit today, with what their triggers were told.
do $$
declare
  target regclass;
  definition text;
  told text;
begin
  for target, definition in
    select t.tgrelid::regclass, pg_get_triggerdef(t.oid) from pg_trigger t where t.tgname = 'audit' and not t.tgisinternal
  loop
    told := substring(definition from 'write_audit(\(.*\))$');
    execute format('create or replace trigger audit after update or delete on %s for each row execute function write_audit%s',
                   target, told);
    execute format('create trigger audit_added after insert on %s referencing new table as became '
                   'for each statement execute function write_audit_of_added%s', target, told);
  end loop;
end $$;
