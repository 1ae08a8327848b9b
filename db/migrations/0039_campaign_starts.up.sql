-- A campaign, a broadcast above all, can be activated today and begin at an hour that was set.
alter table campaigns add column starts_at timestamptz;
