-- How far a change of what is said of silence has been carried to the conversations that are listened to: those behind `after` are
-- still to be looked at anew. Null where nothing is to be done.
create table silence_recalls (
  organization_id uuid primary key constraint silence_recalls_organization references organizations (id) on delete cascade,
  after uuid
);
create index silence_recalls_due on silence_recalls (organization_id) where after is not null;
select isolate('silence_recalls');
select open_to_lookups('silence_recalls', 'select');

-- Whose conversations are to be looked at, now or anew.
create or replace function organizations_with_silences() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct s.organization_id from silences s where s.next_attempt_at <= now()
  union
  select r.organization_id from silence_recalls r where r.after is not null
$$;
