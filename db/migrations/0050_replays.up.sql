-- What a version of a prompt would have said: asked before it is live, of threads that somebody has answered, and of those that taught
-- the lessons in it. `done_count` is also the place of the last row that is done. Both are for whoever began it, and for those who
-- see as much.
create table replays (
  organization_id uuid not null constraint replays_organization references organizations (id) on delete cascade,
  id uuid not null,
  prompt_version_id uuid not null,
  dataset_id uuid,
  creator_id uuid,
  api_key_id uuid,
  lead_scope text not null constraint replays_lead_scope check (lead_scope in ('ALL', 'ASSIGNED_AND_UNASSIGNED', 'ASSIGNED')),
  limited_to uuid[],
  threads integer not null constraint replays_threads check (threads between 1 and 100),
  status text not null default 'RUNNING' constraint replays_status
    check (status in ('RUNNING', 'COMPLETED', 'FAILED', 'CANCELLED')),
  total_count integer not null default 0,
  done_count integer not null default 0,
  breaches_count integer not null default 0,
  problem text,
  holder uuid,
  attempts integer not null default 0,
  next_attempt_at timestamptz not null default now(),
  completed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint replays_prompt_version foreign key (organization_id, prompt_version_id)
    references prompt_versions (organization_id, id) on delete cascade,
  constraint replays_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete no action,
  constraint replays_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action,
  constraint replays_program foreign key (organization_id, api_key_id)
    references api_keys (organization_id, id) on delete no action
);
create unique index replays_running_unique on replays (organization_id, prompt_version_id) where status = 'RUNNING';
create index replays_by_created on replays (organization_id, created_at desc, id desc);
create index replays_by_status on replays (organization_id, status, created_at desc, id desc);
create index replays_by_version on replays (organization_id, prompt_version_id, created_at desc, id desc);
create index replays_due on replays (organization_id, next_attempt_at) where status = 'RUNNING';
create index replays_due_of_all on replays (next_attempt_at) where status = 'RUNNING';
select isolate('replays');
select narrow_to_makers('replays');
select keep_audited('replays', 'replay', '{}',
  '{done_count,breaches_count,holder,attempts,next_attempt_at,lead_scope,limited_to}');
select open_to_lookups('replays', 'select');
-- Progress is no change that two people could have at once.
create trigger touch before update of status, problem on replays for each row execute function touch();

-- Thread by thread: the lead's text that is answered, what was really answered, and what the version would say.
create table replay_rows (
  organization_id uuid not null constraint replay_rows_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  replay_id uuid not null,
  position integer not null,
  conversation_id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  inbound_message_id uuid not null,
  message_id uuid,
  is_of_lesson boolean not null,
  outcome text not null default 'WAITING' constraint replay_rows_outcome
    check (outcome in ('WAITING', 'WRITTEN', 'WITHHELD', 'FAILED')),
  problem text,
  body text,
  breaches text[] not null default '{}',
  intent text constraint replay_rows_intent check (intent in ('QUESTION', 'INTERESTED', 'NOT_INTERESTED', 'OBJECTION', 'BOOKING',
    'HUMAN', 'WRONG_PERSON', 'COMPLAINT', 'STOP', 'OTHER')),
  sentiment text constraint replay_rows_sentiment check (sentiment in ('UNKNOWN', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'UNCLEAR')),
  wants_human boolean,
  model text,
  primary key (organization_id, id),
  constraint replay_rows_replay foreign key (organization_id, replay_id)
    references replays (organization_id, id) on delete cascade,
  constraint replay_rows_conversation foreign key (organization_id, conversation_id)
    references conversations (organization_id, id) on delete cascade,
  constraint replay_rows_lead foreign key (organization_id, lead_id) references leads (organization_id, id) on delete cascade,
  constraint replay_rows_inbound foreign key (organization_id, inbound_message_id)
    references messages (organization_id, id) on delete no action,
  constraint replay_rows_message foreign key (organization_id, message_id)
    references messages (organization_id, id) on delete no action
);
create unique index replay_rows_position on replay_rows (organization_id, replay_id, position);
create index replay_rows_by_place on replay_rows (organization_id, replay_id, position, id);
create index replay_rows_by_outcome on replay_rows (organization_id, replay_id, outcome, position, id);
create index replay_rows_by_lesson on replay_rows (organization_id, replay_id, is_of_lesson, position, id);
create index replay_rows_by_lead on replay_rows (organization_id, lead_id);
create index replay_rows_by_conversation on replay_rows (organization_id, conversation_id);
create index replay_rows_by_inbound on replay_rows (organization_id, inbound_message_id);
create index replay_rows_by_message on replay_rows (organization_id, message_id) where message_id is not null;
create index replay_rows_by_owner on replay_rows (organization_id, owner_id) where owner_id is not null;
create index replay_rows_by_assignee on replay_rows (organization_id, assignee_id) where assignee_id is not null;
select isolate('replay_rows');
select narrow_to_sight('replay_rows');

-- Answers of people and of Sophie, the newest first: what campaigns send is not among them, however much that is.
create index messages_answers on messages (organization_id, created_at desc, id desc)
  where direction = 'OUTBOUND' and campaign_id is null and (ai_generated or author_id is not null);

-- Whose replays are due, or have lost whoever worked on them.
create function organizations_with_replays() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct r.organization_id from replays r where r.status = 'RUNNING' and r.next_attempt_at <= now()
$$;
select entrust('organizations_with_replays()');

-- The feed tells how far they are.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT', 'TASK_CHANGED', 'PROMPT_DEPLOYED', 'DRAFT_CHANGED', 'REPLAY_CHANGED'));
