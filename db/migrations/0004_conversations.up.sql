-- The numbers organizations send from. Unique in the whole system, because a number routes what comes in.
create table phone_numbers (
  id uuid primary key,
  organization_id uuid not null constraint phone_numbers_organization references organizations (id) on delete cascade,
  number text not null constraint phone_numbers_number_unique unique
    constraint phone_numbers_form check (number ~ '^\+[1-9][0-9]{4,14}$'),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);
create index phone_numbers_by_organization on phone_numbers (organization_id, created_at);
select isolate('phone_numbers');
select keep_touched('phone_numbers');
select open_to_lookups('phone_numbers', 'select');

-- A thread with one lead on one channel; one that is not archived at a time.
create table conversations (
  organization_id uuid not null constraint conversations_organization references organizations (id) on delete cascade,
  id uuid not null,
  lead_id uuid not null,
  channel text not null default 'SMS' constraint conversations_channel
    check (channel in ('SMS', 'WHATSAPP', 'EMAIL', 'FACEBOOK', 'LINKEDIN', 'CALL', 'OTHER')),
  status text not null default 'ACTIVE' constraint conversations_status
    check (status in ('ACTIVE', 'CLOSED', 'ARCHIVED')),
  sender text,
  assignee_id uuid,
  unread_count integer not null default 0 constraint conversations_unread check (unread_count >= 0),
  last_message_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint conversations_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint conversations_assignee foreign key (organization_id, assignee_id)
    references memberships (organization_id, id) on delete restrict
);
create unique index conversations_open_unique on conversations (organization_id, lead_id, channel)
  where status <> 'ARCHIVED';
-- The inbox is read by the last message, newest first, conversations without one at the end (S0.11).
create index conversations_by_last_message
  on conversations (organization_id, (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc);
create index conversations_by_created on conversations (organization_id, created_at desc, id desc);
create index conversations_by_status
  on conversations (organization_id, status, (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc);
create index conversations_by_assignee
  on conversations (organization_id, assignee_id, (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc);
create index conversations_by_unread
  on conversations (organization_id, (unread_count > 0), (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc);
create index conversations_by_lead
  on conversations (organization_id, lead_id, (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc);
select isolate('conversations');
select keep_touched('conversations');

-- What was said, in both directions, with what the carrier made of it.
create table messages (
  organization_id uuid not null constraint messages_organization references organizations (id) on delete cascade,
  id uuid not null,
  conversation_id uuid not null,
  lead_id uuid not null,
  author_id uuid,
  direction text not null constraint messages_direction check (direction in ('INBOUND', 'OUTBOUND')),
  kind text not null default 'REPLY' constraint messages_kind check (kind in ('M1', 'M2', 'M3', 'REPLY', 'NURTURE')),
  status text not null constraint messages_status check (status in ('QUEUED', 'SENDING', 'SENT', 'DELIVERED', 'READ',
    'FAILED', 'UNDELIVERED', 'EXPIRED', 'CANCELED', 'RECEIVED')),
  body text not null,
  media_urls text[] not null default '{}',
  sender text not null,
  recipient text not null,
  segments integer not null,
  ai_generated boolean not null default false,
  external_id text,
  error_code integer,
  error_message text,
  idempotency_key text,
  attempts integer not null default 0,
  scheduled_at timestamptz not null default now(),
  claimed_at timestamptz,
  sent_at timestamptz,
  delivered_at timestamptz,
  read_at timestamptz,
  reviewed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint messages_conversation foreign key (organization_id, conversation_id)
    references conversations (organization_id, id) on delete cascade,
  constraint messages_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint messages_author foreign key (organization_id, author_id)
    references memberships (organization_id, id) on delete restrict
);
create unique index messages_external_unique on messages (organization_id, external_id) where external_id is not null;
create unique index messages_idempotency_unique on messages (organization_id, idempotency_key)
  where idempotency_key is not null;
create index messages_by_conversation on messages (organization_id, conversation_id, created_at desc, id desc);
create index messages_by_lead on messages (organization_id, lead_id, created_at desc, id desc);
create index messages_by_created on messages (organization_id, created_at desc, id desc);
create index messages_by_status on messages (organization_id, status, created_at desc, id desc);
-- The queues: what waits to be sent, what a worker holds until its lease ends, and what waits for a review.
create index messages_to_send on messages (organization_id, scheduled_at, id) where status = 'QUEUED';
create index messages_to_settle on messages (organization_id, scheduled_at, id) where status = 'SENDING';
create index messages_to_review on messages (organization_id, created_at, id)
  where direction = 'OUTBOUND' and reviewed_at is null;
select isolate('messages');
select keep_touched('messages');
select open_to_lookups('messages', 'select');

-- Every genuine webhook as it came, before anything is made of it. The organization is unknown while the number is.
-- A routing table: the key is the provider's, because repeats arrive before a tenant is known.
create table inbound_webhooks (
  id uuid primary key,
  organization_id uuid constraint inbound_webhooks_organization references organizations (id) on delete cascade,
  provider text not null,
  provider_id text not null,
  kind text not null constraint inbound_webhooks_kind check (kind in ('MESSAGE', 'STATUS')),
  address text not null,
  payload jsonb not null,
  received_at timestamptz not null default now(),
  settled_at timestamptz,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  problem text,
  constraint inbound_webhooks_repeat unique (provider, provider_id)
);
create index inbound_webhooks_open on inbound_webhooks (organization_id, next_attempt_at, id) where settled_at is null;
create index inbound_webhooks_unrouted on inbound_webhooks (address) where organization_id is null;
select isolate('inbound_webhooks');
select open_to_lookups('inbound_webhooks', 'select, insert, update');
