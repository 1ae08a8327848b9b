-- What was sealed is gone, and nobody may store anything.
drop function organizations_with_expired_credentials();
drop function count_sealed();
drop function organizations_sealed_otherwise(text);
drop table credentials;

-- A server of before does not know the permission.
alter table memberships no force row level security;
alter table staff_invitations no force row level security;
alter table api_keys no force row level security;
update memberships set permissions = array_remove(permissions, 'CREDENTIALS_WRITE')
where 'CREDENTIALS_WRITE' = any (permissions);
update staff_invitations set permissions = array_remove(permissions, 'CREDENTIALS_WRITE')
where 'CREDENTIALS_WRITE' = any (permissions);
update api_keys set permissions = array_remove(permissions, 'CREDENTIALS_WRITE')
where 'CREDENTIALS_WRITE' = any (permissions);
alter table api_keys force row level security;
alter table staff_invitations force row level security;
alter table memberships force row level security;
