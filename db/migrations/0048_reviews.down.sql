-- Insights are counted no more, and nothing is scored. Patterns, which are of no message, go.
drop table insight_evidence;
drop function count_evidence();
drop policy lookup on insights;
revoke select, update on insights from rekindle_lookup;
alter table insights no force row level security;
delete from insights where message_id is null;
alter table insights force row level security;
alter table insights drop column rule;
alter table insights drop column suggested_text;
alter table insights drop column campaign_id;
alter table insights drop column dataset_id;
alter table insights drop column evidence_count;
alter table insights drop column affected_leads_count;
select keep_audited('insights', 'insight', '{title,description,suggestion,original_text,feedback}', '{fingerprint}');
select keep_out_of_audit('insights', 'dataset_ids');

-- How conversations and messages stand is not said any more.
drop index conversations_by_review;
alter table conversations drop column quality_score;
alter table conversations drop column needs_review;
alter table conversations drop column summary;
alter table conversations drop column sentiment;
drop index messages_that_succeed;
alter table messages drop column quality_score;
alter table messages drop column successes;
select keep_audited('conversations', 'conversation', '{}', '{unread_count,last_message_at,sender}');
select keep_out_of_audit('conversations', 'dataset_ids');
select keep_audited('messages', 'message', '{subject,body,media_urls,sender,recipient,error_message,idempotency_key}',
  '{attempts,scheduled_at,claimed_at,reviewed_at,segments}');
select keep_out_of_audit('messages', 'dataset_ids');
select keep_out_of_audit('messages', 'carriage');
