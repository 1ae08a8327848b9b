-- Who changed what, from what, to what, and by which request. Only the trigger writes here, and nobody changes a row:
-- what was hidden when it was written stays hidden. Whoever acted is no reference, because a record outlives them.
create table audit_logs (
  organization_id uuid not null constraint audit_logs_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  at timestamptz not null default now(),
  verb text not null constraint audit_logs_verb check (verb in ('INSERT', 'UPDATE', 'DELETE')),
  subject text not null,
  subject_id uuid not null,
  before jsonb,
  after jsonb,
  member_id uuid,
  api_key_id uuid,
  request_id text,
  primary key (organization_id, id)
);
create index audit_logs_by_at on audit_logs (organization_id, at desc, id desc);
create index audit_logs_by_subject on audit_logs (organization_id, subject, at desc, id desc);
create index audit_logs_by_subject_id on audit_logs (organization_id, subject_id, at desc, id desc);
create index audit_logs_by_verb on audit_logs (organization_id, verb, at desc, id desc);
create index audit_logs_by_member on audit_logs (organization_id, member_id, at desc, id desc);
create index audit_logs_by_api_key on audit_logs (organization_id, api_key_id, at desc, id desc);
create index audit_logs_by_request on audit_logs (organization_id, request_id, at desc, id desc);
select isolate('audit_logs');
revoke insert, update, delete on audit_logs from rekindle_app;
select open_to_lookups('audit_logs', 'insert, update, select');

-- Append-only, for the owner of the table too. Two ways around: an organization is deleted with all that is of it, and
-- an erasure blots out what was recorded of a person (which the lookup role does, through a function).
create function keep_records() returns trigger
language plpgsql as $$
begin
  if tg_op = 'DELETE' and pg_trigger_depth() > 1 then
    return old;
  end if;
  if tg_op = 'UPDATE' and current_user = 'rekindle_lookup' then
    return new;
  end if;
  raise exception 'audit_logs is append-only' using errcode = 'insufficient_privilege';
end $$;
create trigger keep before update or delete on audit_logs for each row execute function keep_records();
create trigger keep_all before truncate on audit_logs for each statement execute function keep_records();

-- Records one change. Arguments: the word for what a row is, the columns whose values are nobody's business, and those that
-- only keep house. An update that touched nothing else is not worth a record.
create function write_audit() returns trigger
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

-- Puts a table under audit. Called once per table of a tenant, by the migration that creates it.
create function keep_audited(target regclass, kind text, hidden text[] default '{}', dull text[] default '{}') returns void
language plpgsql as $$
begin
  execute format(
    'create trigger audit after insert or update or delete on %1$s for each row execute function write_audit(%2$L, %3$L, %4$L)',
    target, kind, hidden, dull || '{created_at,updated_at,version}');
end $$;
select keep_audited('organizations', 'organization');
select keep_audited('memberships', 'member', '{}', '{last_login_at}');
select keep_audited('api_keys', 'api_key', '{hash}', '{last_used_at}');
select keep_audited('leads', 'lead');
select keep_audited('phone_numbers', 'phone_number');
select keep_audited('conversations', 'conversation', '{}', '{unread_count,last_message_at,sender}');
select keep_audited('messages', 'message', '{body,media_urls,sender,recipient,error_message,idempotency_key}',
  '{attempts,scheduled_at,claimed_at,reviewed_at,segments}');
select keep_audited('insights', 'insight', '{title,description,suggestion,original_text,feedback}', '{fingerprint}');

-- Opens a unit of work: a request that may write says besides who acts through which key, and by which request.
create function begin_work(organization uuid, member uuid, scope text, api_key uuid, request text) returns boolean
language sql volatile as $$
  select begin_request(organization, member, scope)
     and set_config('rekindle.api_key_id', coalesce(api_key::text, ''), true) is not null
     and set_config('rekindle.request_id', coalesce(request, ''), true) is not null
$$;

-- A person asked to be forgotten: what was recorded of them goes, that something was recorded stays.
create function blot_audit(subjects uuid[]) returns bigint
language sql volatile security definer set search_path = public, pg_temp as $$
  with blotted as (
    update audit_logs a
    set before = (select jsonb_object_agg(key, '"[erased]"'::jsonb) from jsonb_object_keys(a.before) key),
        after = (select jsonb_object_agg(key, '"[erased]"'::jsonb) from jsonb_object_keys(a.after) key)
    where a.organization_id = nullif(current_setting('rekindle.organization_id', true), '')::uuid
      and a.subject_id = any (subjects)
    returning 1)
  select count(*) from blotted
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('write_audit()');
select entrust('blot_audit(uuid[])');
