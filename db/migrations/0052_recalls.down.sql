-- Conversations are looked at when their time comes, and not before.
create or replace function organizations_with_silences() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct s.organization_id from silences s where s.next_attempt_at <= now()
$$;
drop table silence_recalls;
