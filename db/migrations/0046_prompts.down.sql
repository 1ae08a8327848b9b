-- Events of a kind that is no more are forgotten.
alter table events no force row level security;
delete from events where kind = 'PROMPT_DEPLOYED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT', 'TASK_CHANGED'));
alter table insights drop constraint insights_lesson;
alter table insights drop constraint insights_applied_version;
alter table insights drop column lesson_id;
alter table insights drop column applied_version_id;
alter table insights drop column applied_at;
drop table exposures;
drop function count_exposures_added();
drop function count_exposures_changed();
drop function add_outcomes(uuid, uuid, bigint, bigint, bigint, bigint, bigint, bigint, numeric, bigint);
drop table prompt_outcomes;
drop table prompt_deployments;
drop table prompt_sections;
alter table prompts drop constraint prompts_live;
alter table prompts drop constraint prompts_trial_version;
drop table prompt_versions;
drop table prompts;
drop table prompt_templates;
drop function find_lessons(text, boolean, smallint, timestamptz, uuid);
drop function match_lesson(tsquery[], uuid, uuid);
drop table lesson_conflicts;
drop table lessons;
