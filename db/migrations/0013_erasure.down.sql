-- Who was erased stays so: what is left of them has no address, and goes.
alter table leads no force row level security;
delete from leads where erased_at is not null;
alter table leads force row level security;
alter table leads drop constraint leads_reachable;
alter table leads drop column erased_at;
alter table leads add constraint leads_reachable check (num_nonnulls(phone, email, linkedin_url) > 0);

-- Nobody is suppressed any more.
drop table suppressions;
