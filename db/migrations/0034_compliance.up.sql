-- What leads write stops texts by itself, and so does a carrier who knows that they said it elsewhere.
alter table suppressions drop constraint suppressions_reason;
alter table suppressions add constraint suppressions_reason
  check (reason in ('ERASED', 'REQUESTED', 'KEYWORD', 'FREE_TEXT', 'CARRIER'));

-- A text that answers a STOP, a START or a HELP goes out although nothing else may; and one that comes to nothing because
-- a phone is switched off is tried again, as another message that counts how often that was.
alter table messages add column purpose text not null default 'CONVERSATION'
  constraint messages_purpose check (purpose in ('CONVERSATION', 'COMPLIANCE'));
alter table messages add column retries integer not null default 0 constraint messages_retries check (retries >= 0);
create index messages_to_comply on messages (organization_id, scheduled_at, id)
  where status = 'QUEUED' and purpose = 'COMPLIANCE';

-- What the carrier says of a number, until it is another number.
alter table leads add column phone_problem text
  constraint leads_phone_problem check (phone_problem in ('INVALID', 'LANDLINE'));
create function forget_phone_problem() returns trigger language plpgsql as $$
begin
  new.phone_problem := null;
  return new;
end $$;
create trigger forget_phone_problem before update of phone on leads for each row
  when (old.phone is distinct from new.phone) execute function forget_phone_problem();

-- What somebody has said about being written to, as evidence: rows are added, and none changes but to follow its lead, or to
-- lose its words with whoever is erased.
create table consents (
  organization_id uuid not null constraint consents_organization references organizations (id) on delete cascade,
  id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  channel text not null constraint consents_channel
    check (channel in ('SMS', 'WHATSAPP', 'EMAIL', 'FACEBOOK', 'LINKEDIN', 'CALL', 'OTHER')),
  kind text not null constraint consents_kind check (kind in ('GIVEN', 'WITHDRAWN')),
  source text not null constraint consents_source check (source in ('KEYWORD', 'FREE_TEXT', 'REQUESTED', 'CARRIER')),
  message_id uuid,
  recorded_by_id uuid,
  words text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint consents_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint consents_message foreign key (organization_id, message_id)
    references messages (organization_id, id) on delete no action,
  constraint consents_recorded_by foreign key (organization_id, recorded_by_id)
    references memberships (organization_id, id) on delete no action
);
create index consents_by_lead on consents (organization_id, lead_id, created_at desc, id desc);
create index consents_by_message on consents (organization_id, message_id) where message_id is not null;
create index consents_by_created on consents (organization_id, created_at desc, id desc);
select isolate('consents');
select narrow_to_sight('consents');
select keep_touched('consents');
select keep_audited('consents', 'consent', '{words}', '{dataset_ids}');
revoke update, delete on consents from rekindle_app;
grant update (lead_id, owner_id, assignee_id, dataset_ids, words) on consents to rekindle_app;

-- Answers that must be given are due in an organization that sends nothing else, until it has ended.
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
$$;
