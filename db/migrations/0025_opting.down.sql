-- Who opted out stays out: they are kept as if they had been erased.
alter table suppressions no force row level security;
update suppressions set reason = 'ERASED' where reason = 'REQUESTED';
alter table suppressions force row level security;
alter table suppressions drop column lifted_reason;
alter table suppressions drop constraint suppressions_reason;
alter table suppressions add constraint suppressions_reason check (reason in ('ERASED'));
