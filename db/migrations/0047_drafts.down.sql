-- Events of a kind that is no more are forgotten.
alter table events no force row level security;
delete from events where kind = 'DRAFT_CHANGED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT', 'TASK_CHANGED', 'PROMPT_DEPLOYED'));
drop table model_uses;
drop function organizations_with_drafts();
drop table drafts;
alter table messages drop constraint messages_prompt_version;
alter table messages drop column prompt_version_id;
alter table organizations drop constraint organizations_ai_most_turns;
alter table organizations drop column ai_most_turns;
alter table organizations drop constraint organizations_ai_mode;
alter table organizations drop column ai_mode;
