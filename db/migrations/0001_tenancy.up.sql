-- The role the server runs as: owns nothing, cannot bypass a policy. Roles belong to the cluster, so they may exist.
do $$
begin
  if not exists (select from pg_roles where rolname = 'rekindle_app') then
    create role rekindle_app nologin nobypassrls;
  end if;
  if not exists (select from pg_roles where rolname = 'rekindle_lookup') then
    create role rekindle_lookup nologin nobypassrls;
  end if;
end $$;

-- Whoever migrates hands out both roles: it connects as itself, and the server drops to rekindle_app.
do $$
begin
  execute format('grant rekindle_app, rekindle_lookup to %I', current_user);
end $$;
grant usage, create on schema public to rekindle_lookup;
grant usage on schema public to rekindle_app;

-- Opens a request: everything that follows in this transaction acts for one organization (and, for people, one member).
create function begin_request(organization uuid, member uuid) returns boolean
language sql volatile as $$
  select set_config('rekindle.organization_id', organization::text, true) is not null
     and set_config('rekindle.member_id', coalesce(member::text, ''), true) is not null
$$;

-- Puts a table behind the second wall. Called once per tenant table, by the migration that creates it.
create function isolate(target regclass, tenant_column text default 'organization_id') returns void
language plpgsql as $$
begin
  execute format('alter table %s enable row level security', target);
  execute format('alter table %s force row level security', target);
  execute format(
    'create policy tenant on %1$s to rekindle_app
       using (%2$I = nullif(current_setting(''rekindle.organization_id'', true), '''')::uuid)
       with check (%2$I = nullif(current_setting(''rekindle.organization_id'', true), '''')::uuid)',
    target, tenant_column);
  execute format('grant select, insert, update, delete on %s to rekindle_app', target);
end $$;

-- Lets the lookup functions, and only them, see a table across organizations.
create function open_to_lookups(target regclass, verbs text) returns void
language plpgsql as $$
begin
  execute format('create policy lookup on %s to rekindle_lookup using (true) with check (true)', target);
  execute format('grant %s on %s to rekindle_lookup', verbs, target);
end $$;

-- Keeps updated_at true on every UPDATE (S0.24).
create function touch() returns trigger
language plpgsql as $$
begin
  new.updated_at = now();
  return new;
end $$;

-- Attaches touch() to a table.
create function keep_touched(target regclass) returns void
language plpgsql as $$
begin
  execute format('create trigger touch before update on %s for each row execute function touch()', target);
end $$;
