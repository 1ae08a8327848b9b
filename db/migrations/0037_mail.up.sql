-- E-mails are messages with a subject. What carries a message has a queue of its own, so that a mail server that is slow or
-- away keeps no text waiting.
alter table messages add column subject text;
alter table messages add column carriage text not null default 'TEXT'
  constraint messages_carriage check (carriage in ('TEXT', 'MAIL'));
drop index messages_to_send;
drop index messages_to_settle;
create index messages_to_send on messages (organization_id, carriage, scheduled_at, id) where status = 'QUEUED';
create index messages_to_settle on messages (organization_id, carriage, scheduled_at, id) where status = 'SENDING';

-- What people write is hidden in the trail, and how it travels is nothing that anybody did.
select keep_out_of_audit('messages', 'carriage');
do $$
declare
  definition text;
begin
  for definition in
    select replace(pg_get_triggerdef(t.oid), 'CREATE TRIGGER', 'CREATE OR REPLACE TRIGGER')
    from pg_trigger t where t.tgrelid = 'messages'::regclass and t.tgname in ('audit', 'audit_added')
  loop
    execute replace(definition, '(''message'', ''{', '(''message'', ''{subject,');
  end loop;
end $$;

-- The address that an organization's e-mails come from, and that answers go to.
alter table organizations add column mail_address text;

-- What is known of an e-mail address, until it is another one.
alter table leads add column email_problem text
  constraint leads_email_problem check (email_problem in ('BOUNCED'));
create function forget_email_problem() returns trigger language plpgsql as $$
begin
  new.email_problem := null;
  return new;
end $$;
create trigger forget_email_problem before update of email on leads for each row
  when (old.email is distinct from new.email) execute function forget_email_problem();

-- People also say by a link, or to their mail provider, that they want no more.
alter table suppressions drop constraint suppressions_reason;
alter table suppressions add constraint suppressions_reason
  check (reason in ('ERASED', 'REQUESTED', 'KEYWORD', 'FREE_TEXT', 'CARRIER', 'LINK', 'COMPLAINT'));
alter table consents drop constraint consents_source;
alter table consents add constraint consents_source
  check (source in ('KEYWORD', 'FREE_TEXT', 'REQUESTED', 'CARRIER', 'LINK', 'COMPLAINT'));

-- What a mail provider posts: an e-mail that came in, or what became of one of ours. It names whose address it is about.
alter table inbound_webhooks drop constraint inbound_webhooks_kind;
alter table inbound_webhooks add constraint inbound_webhooks_kind
  check (kind in ('MESSAGE', 'STATUS', 'BOOKING', 'MAIL', 'MAIL_REPORT'));
create index inbound_webhooks_by_address on inbound_webhooks (organization_id, subject)
  where kind in ('MAIL', 'MAIL_REPORT');

-- Texts and e-mails are due apart.
create or replace function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue in ('sending', 'mailing') and m.carriage = case queue when 'mailing' then 'MAIL' else 'TEXT' end
    and m.status = 'QUEUED' and m.scheduled_at <= now()
    and o.status = 'ACTIVE' and (o.trial_ends_at is null or o.trial_ends_at > now())
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.purpose = 'COMPLIANCE' and m.scheduled_at <= now()
    and o.status <> 'CANCELLED'
  union
  select distinct m.organization_id from messages m
  where queue in ('sending', 'mailing') and m.carriage = case queue when 'mailing' then 'MAIL' else 'TEXT' end
    and m.status = 'SENDING' and m.scheduled_at <= now()
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
