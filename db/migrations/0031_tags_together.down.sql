-- Tags are noted lead by lead.
drop trigger add_tags on leads;
drop function add_lead_tags();
drop trigger keep_tags on leads;
create trigger keep_tags after insert or delete or update of tags, created_at on leads
  for each row execute function keep_lead_tags();
