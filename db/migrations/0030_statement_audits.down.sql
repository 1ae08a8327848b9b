-- Rows that are made are recorded one by one again.
do $$
declare
  target regclass;
  definition text;
begin
  for target, definition in
    select t.tgrelid::regclass, pg_get_triggerdef(t.oid) from pg_trigger t where t.tgname = 'audit' and not t.tgisinternal
  loop
    execute format('drop trigger audit_added on %s', target);
    execute format('create or replace trigger audit after insert or update or delete on %s for each row '
                   'execute function write_audit%s', target, substring(definition from 'write_audit(\(.*\))$'));
  end loop;
end $$;

-- A column more is dull to the one trigger of a table.
create or replace function keep_out_of_audit(target regclass, dull text) returns void
language plpgsql as $$
declare
  definition text;
begin
  select pg_get_triggerdef(t.oid) into strict definition from pg_trigger t where t.tgrelid = target and t.tgname = 'audit';
  execute format('drop trigger audit on %s', target);
  execute regexp_replace(definition, '\}''\)$', format(',%s}'')', dull));
end $$;

-- One trigger for all that happens to a row.
create or replace function keep_audited(target regclass, kind text, hidden text[] default '{}', dull text[] default '{}')
returns void
language plpgsql as $$
begin
  execute format(
    'create trigger audit after insert or update or delete on %1$s for each row execute function write_audit(%2$L, %3$L, %4$L)',
    target, kind, hidden, dull || '{created_at,updated_at,version}');
end $$;
drop function write_audit_of_added();
