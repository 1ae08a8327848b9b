-- Social connections are refreshed before their time is up (S4.4). `refresh_at` is when the next attempt is due: whoever
-- claims a connection moves it on at once, so that a crash leaves this attempt counted and the next one timed.
alter table credentials add column refresh_at timestamptz;
alter table credentials add column refresh_attempts integer not null default 0;
alter table credentials add column refresh_claimed_at timestamptz;
alter table credentials add column refresh_failure text constraint credentials_refresh_failure check (refresh_failure in (
  'UNREACHABLE', 'UNCLEAR', 'APP_REFUSED', 'LACKS_TOKEN', 'UNOPENABLE', 'REFUSED'));
create index credentials_by_refresh on credentials (refresh_at, organization_id) where kind = 'SOCIAL' and is_active;

-- What only times attempts is not worth a record. What counts as a version is what people see, where it has changed.
drop trigger audit on credentials;
select keep_audited('credentials', 'credential', '{sealed}', '{refresh_at,refresh_attempts,refresh_claimed_at}');
drop trigger touch on credentials;
create trigger touch before update on credentials for each row
  when ((old.name, old.owner_id, old.last_characters, old.expires_at, old.refreshed_at, old.refresh_failure, old.is_active)
    is distinct from (new.name, new.owner_id, new.last_characters, new.expires_at, new.refreshed_at, new.refresh_failure,
                      new.is_active))
  execute function touch();

-- Those there are already are due when a fifth of their life is left, as those that are stored from now on. Whoever
-- migrates owns the table, and sees all rows only while the policies are not forced on owners.
alter table credentials no force row level security;
update credentials set refresh_at = expires_at - (expires_at - coalesce(refreshed_at, created_at)) / 5
  where kind = 'SOCIAL' and expires_at is not null;
alter table credentials force row level security;

-- Connections are due and end by the clock, which no commit tells of: whose are due to be refreshed, or over? Those of
-- networks that cannot be asked are over when their time is. Without an instant it is now.
drop function organizations_with_expired_credentials();
create function organizations_with_due_credentials(instant timestamptz, providers text[]) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct c.organization_id from credentials c
  where c.kind = 'SOCIAL' and c.is_active and c.refresh_at <= coalesce(instant, now())
    and array_position(providers, c.provider) is not null -- not `any`, which goes by another index through all of them
    and (select o.status from organizations o where o.id = c.organization_id) <> 'CANCELLED'
  union
  select distinct c.organization_id from credentials c
  where c.kind = 'SOCIAL' and c.is_active and c.expires_at <= coalesce(instant, now())
$$;
select entrust('organizations_with_due_credentials(timestamptz, text[])');

-- The feed tells of a connection that has ended. Its subject is of no lead; what else is of none, is told in the same column.
alter table events add column subject_id uuid;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED',
  'CREDENTIAL_EXPIRED'));

-- It belongs to no lead, so who sees few leads is told of it as well: what they may read is for permissions.
drop policy lead_scope on events;
create policy lead_scope on events as restrictive to rekindle_app using (case
  when current_setting('rekindle.lead_scope', true) = 'ALL' then true
  when assignee_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when owner_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when lead_id = nullif(current_setting('rekindle.handed_over', true), '')::uuid then true
  when dataset_id is not null then true
  when subject_id is not null then true
  when owner_id is null and assignee_id is null
    then nullif(current_setting('rekindle.lead_scope', true) = 'ASSIGNED_AND_UNASSIGNED', false)
  end is not null);
