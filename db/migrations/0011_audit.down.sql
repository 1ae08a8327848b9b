-- Nothing is recorded any more, and what was is gone.
drop function blot_audit(uuid[]);
drop function begin_work(uuid, uuid, text, uuid, text);
drop trigger audit on insights;
drop trigger audit on messages;
drop trigger audit on conversations;
drop trigger audit on phone_numbers;
drop trigger audit on leads;
drop trigger audit on api_keys;
drop trigger audit on memberships;
drop trigger audit on organizations;
drop function keep_audited(regclass, text, text[], text[]);
drop function write_audit();
drop table audit_logs;
drop function keep_records();
