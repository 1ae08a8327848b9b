-- Keeps updated_at true on every UPDATE, as migration 0001 had it.
create or replace function touch() returns trigger
language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end $$;

-- Children first.
alter table insights drop column version;
alter table messages drop column version;
alter table conversations drop column version;
alter table phone_numbers drop column version;
alter table leads drop column version;
alter table api_keys drop column version;
alter table memberships drop column version;
alter table users drop column version;
alter table organizations drop column version;
