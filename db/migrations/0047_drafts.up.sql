-- Whether what leads write is answered: by nobody here, by drafts for people, or by Sophie herself. And how often she writes without
-- any of them saying something.
alter table organizations add column ai_mode text not null default 'OFF' constraint organizations_ai_mode
  check (ai_mode in ('OFF', 'COPILOT', 'AUTO'));
alter table organizations add column ai_most_turns integer not null default 6 constraint organizations_ai_most_turns
  check (ai_most_turns between 1 and 100);
alter table messages add column prompt_version_id uuid;
alter table messages add constraint messages_prompt_version foreign key (organization_id, prompt_version_id)
  references prompt_versions (organization_id, id) on delete no action;

-- Answers of Sophie's, from when one is planned to what became of it. A conversation has one that is open: whatever the lead writes
-- meanwhile is answered with it. `holder` is whoever writes it.
create table drafts (
  organization_id uuid not null constraint drafts_organization references organizations (id) on delete cascade,
  id uuid not null,
  conversation_id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  status text not null default 'WAITING' constraint drafts_status check (status in ('WAITING', 'WRITING', 'PROPOSED', 'SENT',
    'WITHHELD', 'REJECTED', 'DISCARDED')),
  reason text constraint drafts_reason check (reason in ('COPILOT', 'TOO_MANY_TURNS', 'WANTS_HUMAN', 'OUTPUT_RULE',
    'MAY_NOT_SEND', 'NOTHING_TO_SAY', 'MODEL_REFUSED', 'MODEL_MALFORMED', 'MODEL_AWAY', 'MANUAL_MODE', 'HUMAN_REPLIED',
    'SWITCHED_OFF', 'OPTED_OUT', 'REJECTED')),
  problem text,
  is_proposal boolean not null default false,
  inbound_message_id uuid,
  first_at timestamptz not null,
  next_attempt_at timestamptz not null,
  attempts integer not null default 0,
  holder uuid,
  prompt_version_id uuid,
  body text,
  original_body text,
  intent text constraint drafts_intent check (intent in ('QUESTION', 'INTERESTED', 'NOT_INTERESTED', 'OBJECTION', 'BOOKING',
    'HUMAN', 'WRONG_PERSON', 'COMPLAINT', 'STOP', 'OTHER')),
  sentiment text constraint drafts_sentiment check (sentiment in ('UNKNOWN', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'UNCLEAR')),
  temperature text constraint drafts_temperature check (temperature in ('UNKNOWN', 'COLD', 'WARM', 'HOT')),
  wants_human boolean,
  wants_booking boolean,
  model text,
  message_id uuid,
  asker_id uuid,
  reviewer_id uuid,
  reviewed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint drafts_conversation foreign key (organization_id, conversation_id)
    references conversations (organization_id, id) on delete cascade,
  constraint drafts_lead foreign key (organization_id, lead_id) references leads (organization_id, id) on delete cascade,
  constraint drafts_inbound foreign key (organization_id, inbound_message_id)
    references messages (organization_id, id) on delete no action,
  constraint drafts_message foreign key (organization_id, message_id)
    references messages (organization_id, id) on delete no action,
  constraint drafts_prompt_version foreign key (organization_id, prompt_version_id)
    references prompt_versions (organization_id, id) on delete no action,
  constraint drafts_asker foreign key (organization_id, asker_id)
    references memberships (organization_id, id) on delete no action,
  constraint drafts_reviewer foreign key (organization_id, reviewer_id)
    references memberships (organization_id, id) on delete no action
);
create unique index drafts_open_unique on drafts (organization_id, conversation_id)
  where status in ('WAITING', 'WRITING', 'PROPOSED');
create index drafts_due on drafts (organization_id, next_attempt_at, id) where status in ('WAITING', 'WRITING');
create index drafts_due_of_all on drafts (next_attempt_at) where status in ('WAITING', 'WRITING');
create index drafts_by_created on drafts (organization_id, created_at desc, id desc);
create index drafts_by_status on drafts (organization_id, status, created_at desc, id desc);
create index drafts_by_conversation on drafts (organization_id, conversation_id, created_at desc, id desc);
create index drafts_by_lead on drafts (organization_id, lead_id);
create index drafts_by_owner on drafts (organization_id, owner_id, created_at desc, id desc) where owner_id is not null;
create index drafts_by_assignee on drafts (organization_id, assignee_id, created_at desc, id desc) where assignee_id is not null;
create index drafts_in_pool on drafts (organization_id, created_at desc, id desc) where owner_id is null and assignee_id is null;
create index drafts_by_message on drafts (organization_id, message_id) where message_id is not null;
create index drafts_by_inbound on drafts (organization_id, inbound_message_id);
select isolate('drafts');
select narrow_to_sight('drafts');
select open_to_lookups('drafts', 'select');
create trigger touch before update of status, reason, problem, body, inbound_message_id on drafts
  for each row execute function touch();
select keep_audited('drafts', 'draft', '{body,original_body,problem}',
  '{dataset_ids,holder,attempts,next_attempt_at,first_at}');
create function organizations_with_drafts() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct d.organization_id from drafts d
  where d.status in ('WAITING', 'WRITING') and d.next_attempt_at <= now()
$$;
select entrust('organizations_with_drafts()');

-- What models were asked, and what it took. `cost` is in millionths of the currency that the server's prices are in.
create table model_uses (
  organization_id uuid not null constraint model_uses_organization references organizations (id) on delete cascade,
  id uuid not null,
  purpose text not null constraint model_uses_purpose check (purpose in ('ANSWER', 'REVIEW', 'REPLAY')),
  outcome text not null constraint model_uses_outcome check (outcome in ('ANSWERED', 'REFUSED', 'MALFORMED', 'AWAY')),
  model text not null,
  input_tokens integer not null,
  output_tokens integer not null,
  cost integer not null,
  took_ms integer not null,
  created_at timestamptz not null default now(),
  primary key (organization_id, id)
);
create index model_uses_by_created on model_uses (organization_id, created_at desc, id desc);
select isolate('model_uses');
revoke update, delete on model_uses from rekindle_app;

-- The feed tells of drafts.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT', 'TASK_CHANGED', 'PROMPT_DEPLOYED', 'DRAFT_CHANGED'));
