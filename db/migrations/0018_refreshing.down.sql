-- Events of credentials are forgotten, and the others narrowed to a scope as before.
alter table events no force row level security;
delete from events where kind = 'CREDENTIAL_EXPIRED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED'));
drop policy lead_scope on events;
create policy lead_scope on events as restrictive to rekindle_app using (case
  when current_setting('rekindle.lead_scope', true) = 'ALL' then true
  when assignee_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when owner_id = nullif(current_setting('rekindle.member_id', true), '')::uuid then true
  when lead_id = nullif(current_setting('rekindle.handed_over', true), '')::uuid then true
  when dataset_id is not null then true
  when owner_id is null and assignee_id is null
    then nullif(current_setting('rekindle.lead_scope', true) = 'ASSIGNED_AND_UNASSIGNED', false)
  end is not null);
alter table events drop column subject_id;

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
