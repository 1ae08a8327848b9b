-- All that is sent waits in one queue again.
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.purpose = 'COMPLIANCE' and m.scheduled_at <= now()
    and o.status <> 'CANCELLED'
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
  union
  (with recursive waiting as (
    (select r.organization_id from enrollment_requests r where queue = 'enrolling' order by r.organization_id limit 1)
    union all
    select (select r.organization_id from enrollment_requests r where r.organization_id > w.organization_id
            order by r.organization_id limit 1)
    from waiting w where w.organization_id is not null)
  select w.organization_id from waiting w where w.organization_id is not null)
  union
  select distinct t.organization_id from campaign_turns t where queue = 'dispatching' and t.next_attempt_at <= now()
$$;

-- Nothing is kept of webhooks that no server of before would work off.
alter table inbound_webhooks no force row level security;
delete from inbound_webhooks where kind in ('MAIL', 'MAIL_REPORT');
alter table inbound_webhooks force row level security;
drop index inbound_webhooks_by_address;
alter table inbound_webhooks drop constraint inbound_webhooks_kind;
alter table inbound_webhooks add constraint inbound_webhooks_kind check (kind in ('MESSAGE', 'STATUS', 'BOOKING'));

-- Who wants to be left alone stays alone, as if they had told a colleague.
alter table suppressions no force row level security;
alter table consents no force row level security;
update suppressions set reason = 'REQUESTED' where reason in ('LINK', 'COMPLAINT');
update consents set source = 'REQUESTED' where source in ('LINK', 'COMPLAINT');
alter table consents force row level security;
alter table suppressions force row level security;
alter table suppressions drop constraint suppressions_reason;
alter table suppressions add constraint suppressions_reason
  check (reason in ('ERASED', 'REQUESTED', 'KEYWORD', 'FREE_TEXT', 'CARRIER'));
alter table consents drop constraint consents_source;
alter table consents add constraint consents_source check (source in ('KEYWORD', 'FREE_TEXT', 'REQUESTED', 'CARRIER'));

-- What is known of addresses goes.
drop trigger forget_email_problem on leads;
drop function forget_email_problem();
alter table leads drop column email_problem;
alter table organizations drop column mail_address;

-- An e-mail that waits is called back: a server of before would hand it to the carrier of texts. One that is under way may have
-- arrived, and fails.
alter table messages no force row level security;
update messages set status = case status when 'QUEUED' then 'CANCELED' else 'FAILED' end
where carriage = 'MAIL' and status in ('QUEUED', 'SENDING');
alter table messages force row level security;
do $$
declare
  definition text;
begin
  for definition in
    select replace(pg_get_triggerdef(t.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
    from pg_trigger t where t.tgrelid = 'messages'::regclass and t.tgname in ('audit', 'audit_added')
  loop
    execute replace(replace(definition, '{subject,', '{'), ',carriage}', '}');
  end loop;
end $$;
drop index messages_to_send;
drop index messages_to_settle;
alter table messages drop column carriage;
alter table messages drop column subject;
create index messages_to_send on messages (organization_id, scheduled_at, id) where status = 'QUEUED';
create index messages_to_settle on messages (organization_id, scheduled_at, id) where status = 'SENDING';
