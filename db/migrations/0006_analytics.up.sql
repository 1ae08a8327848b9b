-- The last number the feed of each organization has given out, and the last it has forgotten.
create table event_counters (
  organization_id uuid primary key constraint event_counters_organization references organizations (id) on delete cascade,
  last_seq bigint not null default 0,
  forgotten_seq bigint not null default 0
);
select isolate('event_counters');
select open_to_lookups('event_counters', 'select');

-- The live feed: gapless and in commit order per organization, ids only. The subjects are not references,
-- because a check per event would cost more than the event, and the feed forgets sooner than they do.
create table events (
  organization_id uuid not null constraint events_organization references organizations (id) on delete cascade,
  seq bigint not null,
  id uuid not null,
  kind text not null constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
    'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
    'INSIGHT_RAISED')),
  lead_id uuid,
  conversation_id uuid,
  message_id uuid,
  insight_id uuid,
  at timestamptz not null default now(),
  primary key (organization_id, seq)
);
select isolate('events');
select open_to_lookups('events', 'select');
