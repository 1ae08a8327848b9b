-- What Sophie noticed. The fingerprint makes a second look at the same thing count instead of repeat.
create table insights (
  organization_id uuid not null constraint insights_organization references organizations (id) on delete cascade,
  id uuid not null,
  fingerprint text not null,
  type text not null constraint insights_type check (type in ('MESSAGE', 'CONVERSATION', 'CAMPAIGN', 'PATTERN')),
  severity text not null constraint insights_severity
    check (severity in ('INFO', 'SUGGESTION', 'WARNING', 'CRITICAL')),
  category text not null constraint insights_category
    check (category in ('TONE', 'GRAMMAR', 'OBJECTION', 'TIMING', 'SUCCESS_PATTERN')),
  status text not null default 'PENDING' constraint insights_status check (status in ('PENDING', 'VIEWED',
    'APPROVED_AND_LEARNED', 'DISMISSED', 'TAUGHT_SOPHIE', 'ROLLED_BACK')),
  title text not null,
  description text not null,
  suggestion text,
  original_text text,
  message_id uuid,
  conversation_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  primary key (organization_id, id),
  constraint insights_fingerprint_unique unique (organization_id, fingerprint),
  constraint insights_message foreign key (organization_id, message_id)
    references messages (organization_id, id) on delete cascade,
  constraint insights_conversation foreign key (organization_id, conversation_id)
    references conversations (organization_id, id) on delete cascade
);
create index insights_by_created on insights (organization_id, created_at desc, id desc);
create index insights_by_status on insights (organization_id, status, created_at desc, id desc);
create index insights_by_severity on insights (organization_id, severity, created_at desc, id desc);
create index insights_by_conversation on insights (organization_id, conversation_id, created_at desc, id desc);
create index insights_by_message on insights (organization_id, message_id, created_at desc, id desc);
select isolate('insights');
select keep_touched('insights');
