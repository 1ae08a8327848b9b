-- Rows that are changed are recorded one by one again.
do $$
declare
  target regclass;
  definition text;
begin
  for target, definition in
    select t.tgrelid::regclass, pg_get_triggerdef(t.oid) from pg_trigger t where t.tgname = 'audit' and not t.tgisinternal
  loop
    execute format('drop trigger if exists audit_changed on %s', target);
    execute format('create or replace trigger audit after update or delete on %s for each row execute function write_audit%s',
                   target, substring(definition from 'write_audit(\(.*\))$'));
  end loop;
end $$;

-- A column more is dull to the two triggers of a table.
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

-- Two triggers for all that happens to a row.
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
drop function write_audit_of_changed();
