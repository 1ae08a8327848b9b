-- Nobody is written to by campaigns any more. Their events are forgotten.
alter table events no force row level security;
delete from events where kind = 'CAMPAIGN_CHANGED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED'));
drop table campaign_steps;
drop table campaigns;
drop table campaign_policies;

-- A server of before does not know the permission.
alter table memberships no force row level security;
alter table staff_invitations no force row level security;
alter table api_keys no force row level security;
update memberships set permissions = array_remove(permissions, 'CAMPAIGNS_WRITE')
where 'CAMPAIGNS_WRITE' = any (permissions);
update staff_invitations set permissions = array_remove(permissions, 'CAMPAIGNS_WRITE')
where 'CAMPAIGNS_WRITE' = any (permissions);
update api_keys set permissions = array_remove(permissions, 'CAMPAIGNS_WRITE')
where 'CAMPAIGNS_WRITE' = any (permissions);
alter table api_keys force row level security;
alter table staff_invitations force row level security;
alter table memberships force row level security;
