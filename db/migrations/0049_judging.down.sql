-- Answers are read by rules alone.
drop function organizations_with_texts_to_judge();
drop index messages_to_judge;
drop index messages_to_judge_of_all;
alter table messages drop column judged_at;
alter table messages drop column judging_until;
select keep_audited('messages', 'message', '{subject,body,media_urls,sender,recipient,error_message,idempotency_key}',
  '{attempts,scheduled_at,claimed_at,reviewed_at,segments}');
select keep_out_of_audit('messages', 'dataset_ids');
select keep_out_of_audit('messages', 'carriage');
select keep_out_of_audit('messages', 'quality_score');
select keep_out_of_audit('messages', 'successes');
