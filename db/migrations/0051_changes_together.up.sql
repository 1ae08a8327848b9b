-- Records rows that were changed, all that one statement changed together: what is written of each is what `write_audit` would
-- write, at half the price. Arguments as there. Both sides of a change are found by the key, which never changes; nested loops
-- are out of the question, because one plan is kept for one row and for ten thousand.
create function write_audit_of_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp set enable_nestloop = off as $$
declare
  hidden text[] := tg_argv[1];
  dull text[] := tg_argv[2];
  member uuid := nullif(current_setting('rekindle.member_id', true), '')::uuid;
  api_key uuid := nullif(current_setting('rekindle.api_key_id', true), '')::uuid;
  customer uuid := nullif(current_setting('rekindle.customer_id', true), '')::uuid;
  request text := nullif(current_setting('rekindle.request_id', true), '');
  milliseconds text := lpad(to_hex((extract(epoch from clock_timestamp()) * 1000)::bigint), 12, '0');
  start text := left(milliseconds, 8) || '-' || right(milliseconds, 4) || '-7';
begin
  insert into audit_logs (organization_id, id, verb, subject, subject_id, before, after, member_id, api_key_id, customer_id,
                          request_id)
  select pair.organization_id, overlay(gen_random_uuid()::text placing start from 1)::uuid, tg_op, tg_argv[0], pair.id,
         told.before, told.after, member, api_key, customer, request
  from (
    select n.organization_id, n.id, to_jsonb(o) - dull as before, to_jsonb(n) - dull as after
    from became n join was o on o.organization_id = n.organization_id and o.id = n.id
    offset 0) pair  -- each is turned into JSON once
  cross join lateral (
    select jsonb_object_agg(key, case when key = any (hidden) then '"[hidden]"' else value end) as before,
           jsonb_object_agg(key, case when key = any (hidden) then '"[hidden]"' else pair.after -> key end) as after
    from jsonb_each(pair.before) where value is distinct from pair.after -> key) told
  where pair.before <> pair.after;
  return null;
end $$;
select entrust('write_audit_of_changed()');

-- Puts a table under audit, as before; also one that is under audit already, which then is by what is said now. Organizations,
-- whose key is another one, are changed one at a time.
create or replace function keep_audited(target regclass, kind text, hidden text[] default '{}', dull text[] default '{}')
returns void
language plpgsql as $$
declare
  arguments text := format('%L, %L, %L', kind, hidden, dull || '{created_at,updated_at,version}');
begin
  if target = 'organizations'::regclass then
    execute format('create or replace trigger audit after update or delete on %s for each row execute function write_audit(%s)',
                   target, arguments);
  else
    execute format('create or replace trigger audit after delete on %s for each row execute function write_audit(%s)',
                   target, arguments);
    execute format('create or replace trigger audit_changed after update on %s referencing old table as was new table as became '
                   'for each statement execute function write_audit_of_changed(%s)', target, arguments);
  end if;
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
    from pg_trigger t where t.tgrelid = target and t.tgname in ('audit', 'audit_added', 'audit_changed')
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
    select t.tgrelid::regclass, pg_get_triggerdef(t.oid) from pg_trigger t
    where t.tgname = 'audit' and not t.tgisinternal and t.tgrelid <> 'organizations'::regclass
  loop
    told := substring(definition from 'write_audit(\(.*\))$');
    execute format('create or replace trigger audit after delete on %s for each row execute function write_audit%s', target, told);
    execute format('create trigger audit_changed after update on %s referencing old table as was new table as became '
                   'for each statement execute function write_audit_of_changed%s', target, told);
  end loop;
end $$;
