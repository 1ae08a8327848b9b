-- Tags of leads that are made are noted by one statement for all of them; and nobody is asked of a lead whose tags stay.
create function add_lead_tags() returns trigger
language plpgsql as $$
begin
  insert into lead_tags (organization_id, tag, lead_created_at, lead_id)
  select l.organization_id, tag, l.created_at, l.id from became l, unnest(l.tags) tag
  on conflict do nothing;
  return null;
end $$;
drop trigger keep_tags on leads;
create trigger keep_tags after delete or update of tags, created_at on leads
  for each row execute function keep_lead_tags();
create trigger add_tags after insert on leads
  referencing new table as became for each statement execute function add_lead_tags();
