-- Nothing is kept of webhooks that no server of before would work off.
drop function keep_webhook(uuid, uuid, text, text, text, text, jsonb);
drop function find_signing_credentials(uuid, text, text);
alter table inbound_webhooks no force row level security;
delete from inbound_webhooks where kind = 'BOOKING';
alter table inbound_webhooks force row level security;
drop index inbound_webhooks_by_subject;
alter table inbound_webhooks drop column subject;
alter table inbound_webhooks drop constraint inbound_webhooks_kind;
alter table inbound_webhooks add constraint inbound_webhooks_kind check (kind in ('MESSAGE', 'STATUS'));

-- Events of a kind that is no more are forgotten.
alter table events no force row level security;
delete from events where kind = 'BOOKING_CHANGED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED'));
alter table events drop column booking_id;

-- Nobody books a call any more.
alter table organizations drop column cal_booking_link;
drop table bookings;

-- A server of before does not know the permission.
alter table memberships no force row level security;
alter table staff_invitations no force row level security;
alter table api_keys no force row level security;
update memberships set permissions = array_remove(permissions, 'BOOKINGS_WRITE')
where 'BOOKINGS_WRITE' = any (permissions);
update staff_invitations set permissions = array_remove(permissions, 'BOOKINGS_WRITE')
where 'BOOKINGS_WRITE' = any (permissions);
update api_keys set permissions = array_remove(permissions, 'BOOKINGS_WRITE')
where 'BOOKINGS_WRITE' = any (permissions);
alter table api_keys force row level security;
alter table staff_invitations force row level security;
alter table memberships force row level security;
