-- What was absorbed, and who repeats somebody else, cannot stay beside them, so both go, with all that is theirs.
drop table lead_merges;
alter table leads no force row level security;
delete from leads where duplicate_of_id is not null or merged_into_id is not null;
alter table leads force row level security;
drop index leads_by_email;
drop index leads_by_phone;
drop index leads_email_unique;
create unique index leads_email_unique on leads (organization_id, email);
drop index leads_phone_unique;
create unique index leads_phone_unique on leads (organization_id, phone);
drop index leads_by_merged_into;
drop index leads_by_duplicate_of;
alter table leads drop constraint leads_reachable;
alter table leads drop column merged_into_id;
alter table leads drop column duplicate_of_id;
alter table leads add constraint leads_reachable
  check (num_nonnulls(phone, email, linkedin_url) > 0 or erased_at is not null);
