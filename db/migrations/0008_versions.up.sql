-- Rows count their changes, so that a client knows which of two readings of one thing is the newer.
alter table organizations add column version integer not null default 1;
alter table users add column version integer not null default 1;
alter table memberships add column version integer not null default 1;
alter table api_keys add column version integer not null default 1;
alter table leads add column version integer not null default 1;
alter table phone_numbers add column version integer not null default 1;
alter table conversations add column version integer not null default 1;
alter table messages add column version integer not null default 1;
alter table insights add column version integer not null default 1;

-- Keeps updated_at and version true on every UPDATE (S0.24).
create or replace function touch() returns trigger
language plpgsql as $$
begin
  new.updated_at = now();
  new.version = old.version + 1;
  return new;
end $$;
