-- What is left to do for the people of a campaign that has begun or ended: those of its dataset behind `begins_after` are still to be
-- asked for, and where it `ends` whoever is in it is still to be let go. A row in which neither is so says nothing.
create table campaign_tendings (
  organization_id uuid not null constraint campaign_tendings_organization references organizations (id) on delete cascade,
  id uuid not null,
  begins_after uuid,
  ends boolean not null default false,
  primary key (organization_id, id),
  constraint campaign_tendings_campaign foreign key (organization_id, id)
    references campaigns (organization_id, id) on delete cascade
);
create index campaign_tendings_due on campaign_tendings (organization_id, id) where ends or begins_after is not null;
select isolate('campaign_tendings');
select open_to_lookups('campaign_tendings', 'select');

-- Whose leads are being moved out of a stage that goes, scored anew by a list that has changed, or begin or end with a campaign?
create or replace function organizations_with_leads_to_tend() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select s.organization_id from scorings s where s.due_at <= now()
  union
  select p.organization_id from pipeline_stages p where p.successor_id is not null
  union
  select t.organization_id from campaign_tendings t where t.ends or t.begins_after is not null
$$;
