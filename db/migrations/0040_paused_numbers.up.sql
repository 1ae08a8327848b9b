-- A number whose texts carriers filter rests, before they filter all that comes from it.
alter table phone_numbers
  add column resumed_at timestamptz,
  add column paused_at timestamptz,
  add column pause_reason text constraint phone_numbers_pause_reason check (pause_reason in ('FILTERED', 'BY_HAND')),
  add constraint phone_numbers_paused check ((paused_at is null) = (pause_reason is null));

-- They are listed with the newest first.
drop index phone_numbers_by_organization;
create index phone_numbers_by_created on phone_numbers (organization_id, created_at desc, id desc);

-- What carriers filtered lately is counted with each that they say so of.
create index messages_filtered on messages (organization_id, sender, created_at) where error_code = 30007;
