-- Events of credentials are forgotten, and the others narrowed to a scope as before.
alter table events no force row level security;
delete from events where kind = 'CREDENTIAL_EXPIRED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED'));
drop policy lead_scope on events;
select narrow_to_scope('events');
alter table events drop column credential_id;

-- Connections end as migration 0014 had it.
drop function organizations_with_due_credentials(timestamptz, text[]);
create function organizations_with_expired_credentials() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct c.organization_id from credentials c
  where c.kind = 'SOCIAL' and c.is_active and c.expires_at <= now()
$$;
select entrust('organizations_with_expired_credentials()');

-- Nothing is refreshed any more.
drop trigger touch on credentials;
create trigger touch before update of name, owner_id, last_characters, expires_at, refreshed_at, is_active on credentials
  for each row execute function touch();
drop trigger audit on credentials;
select keep_audited('credentials', 'credential', '{sealed}');
drop index credentials_by_refresh;
alter table credentials drop column refresh_failure;
alter table credentials drop column refresh_claimed_at;
alter table credentials drop column refresh_attempts;
alter table credentials drop column refresh_at;
