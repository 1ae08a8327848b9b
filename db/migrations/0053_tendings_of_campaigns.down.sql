-- Campaigns begin and end at once for everybody.
create or replace function organizations_with_leads_to_tend() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organization_id from scorings s where s.due_at <= now()
  union
  select p.organization_id from pipeline_stages p where p.successor_id is not null
$$;
drop table campaign_tendings;
