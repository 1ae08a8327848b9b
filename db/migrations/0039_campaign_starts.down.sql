-- Campaigns begin when they are activated again.
alter table campaigns drop column starts_at;
