-- Whoever waits for their words has them at once.
alter table words_due no force row level security;
do $$
declare
  due words_due%rowtype;
begin
  for due in select * from words_due loop
    perform write_words(due.organization_id, due.lead_ids);
  end loop;
end $$;
drop function organizations_with_words_due();
drop function write_words(uuid, uuid[]);
drop trigger find_added_later on leads;
drop function put_off_words();
drop trigger find_added on leads;
create trigger find_added after insert on leads referencing new table as became for each statement
  execute function keep_words_of_leads();
drop table words_due;
drop policy lookup on leads;
revoke select on leads from rekindle_lookup;
alter function words_of_phone(text) strict;
alter function fold(text) strict;
alter table lead_words add constraint lead_words_organization
  foreign key (organization_id) references organizations (id) on delete cascade;
alter table audit_logs add constraint audit_logs_organization
  foreign key (organization_id) references organizations (id) on delete cascade;
drop trigger take_along on organizations;
drop function take_along();
revoke delete on audit_logs from rekindle_lookup;
