-- Without territories people decide who is given a lead.
alter table campaign_policies no force row level security;
update campaign_policies set hot_lead_assignment = 'MANUAL' where hot_lead_assignment = 'TERRITORY';
alter table campaign_policies force row level security;

-- Nobody works anywhere in particular.
drop table territory_members;
drop table territory_areas;
drop table territories;
