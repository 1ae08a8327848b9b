-- Numbers never rest again.
drop index messages_filtered, phone_numbers_by_created;
create index phone_numbers_by_organization on phone_numbers (organization_id, created_at);
alter table phone_numbers drop column paused_at, drop column resumed_at, drop column pause_reason;
