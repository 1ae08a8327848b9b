-- An organization is due again by what it sends alone.
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
  union
  select distinct m.organization_id from messages m
  where queue = 'sending' and m.status = 'SENDING' and m.scheduled_at <= now()
  union
  select distinct m.organization_id from messages m
  where queue = 'reviewing' and m.direction = 'OUTBOUND' and m.reviewed_at is null
  union
  select distinct i.organization_id from imports i
  where queue = 'importing' and i.status in ('READING', 'REHEARSING', 'IMPORTING') and i.next_attempt_at <= now()
  union
  select distinct b.organization_id from bulk_operations b
  where queue = 'bulk' and b.status = 'RUNNING' and b.next_attempt_at <= now()
  union
  select distinct e.organization_id from exports e
  where queue = 'exporting' and e.status = 'WRITING' and e.next_attempt_at <= now()
$$;

-- The evidence goes, and with it what is known of numbers and of texts that were tried again. An answer that waits is
-- called back: a server of before would not let it through.
drop table consents;
drop trigger forget_phone_problem on leads;
drop function forget_phone_problem();
alter table leads drop column phone_problem;
alter table messages no force row level security;
update messages set status = 'CANCELED' where purpose = 'COMPLIANCE' and status = 'QUEUED';
alter table messages force row level security;
drop index messages_to_comply;
alter table messages drop column retries;
alter table messages drop column purpose;

-- Who opted out stays out, as if they had asked a colleague.
alter table suppressions no force row level security;
update suppressions set reason = 'REQUESTED' where reason in ('KEYWORD', 'FREE_TEXT', 'CARRIER');
alter table suppressions force row level security;
alter table suppressions drop constraint suppressions_reason;
alter table suppressions add constraint suppressions_reason check (reason in ('ERASED', 'REQUESTED'));
