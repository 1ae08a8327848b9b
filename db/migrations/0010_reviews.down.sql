-- Decisions stay as the status; who made them is forgotten.
alter table insights drop constraint insights_reviewer;
alter table insights drop column feedback;
alter table insights drop column reviewed_at;
alter table insights drop column reviewer_id;
