-- Nobody counts any more.
drop function organizations_with_datasets_to_archive();
drop trigger carry_to_datasets on leads;
drop function carry_to_datasets();
drop table dataset_leads;
drop function count_dataset_leads();
drop table datasets;

-- Events as migration 0009 had them; those of kinds that are no more are forgotten.
drop policy lead_scope on events;
select narrow_to_scope('events');
alter table events no force row level security;
delete from events where kind = 'DATASET_CHANGED';
alter table events force row level security;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED'));
alter table events drop column dataset_id;

-- A server of before does not know the permission.
alter table memberships no force row level security;
alter table staff_invitations no force row level security;
alter table api_keys no force row level security;
update memberships set permissions = array_remove(permissions, 'DATASETS_WRITE')
where 'DATASETS_WRITE' = any (permissions);
update staff_invitations set permissions = array_remove(permissions, 'DATASETS_WRITE')
where 'DATASETS_WRITE' = any (permissions);
update api_keys set permissions = array_remove(permissions, 'DATASETS_WRITE')
where 'DATASETS_WRITE' = any (permissions);
alter table api_keys force row level security;
alter table staff_invitations force row level security;
alter table memberships force row level security;
