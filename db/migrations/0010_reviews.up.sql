-- Who decided about an insight, when, and in whose words (S1.16).
alter table insights add column reviewer_id uuid;
alter table insights add column reviewed_at timestamptz;
alter table insights add column feedback text;
alter table insights add constraint insights_reviewer foreign key (organization_id, reviewer_id)
  references memberships (organization_id, id) on delete no action;
