-- People opt out, and come back; why they came back is kept.
alter table suppressions drop constraint suppressions_reason;
alter table suppressions add constraint suppressions_reason check (reason in ('ERASED', 'REQUESTED'));
alter table suppressions add column lifted_reason text;
