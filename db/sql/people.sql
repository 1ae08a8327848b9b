-- name: see_datasets
-- ALL, or those that the actor is limited to.
select set_config('rekindle.dataset_ids', $2, true) where $1::uuid is not null

-- name: is_active_member
select exists (select from memberships where organization_id = $1 and id = $2 and status = 'ACTIVE')

-- name: may_see_lead
-- Whether a colleague who is limited to datasets is limited to one that the lead is in; also to one that whoever asks is not.
select not m.is_limited or exists (
  select from membership_datasets d join leads l on l.organization_id = $1 and l.id = $3
  where d.organization_id = $1 and d.member_id = m.id and d.dataset_id = any (l.dataset_ids))
from memberships m where m.organization_id = $1 and m.id = $2

-- name: add_organization
insert into organizations (id, slug, name, country, time_zone, blacklisted_words) values ($1, $2, $3, $4, $5, $6)

-- name: add_member
-- Without a scope the usual one: agents what the organization says, everybody else everything.
insert into memberships (organization_id, id, user_id, name, email, role, lead_scope)
select $1, $2, $3, $4, $5, $6, coalesce($7, case $6 when 'AGENT' then o.agent_scope else 'ALL' end)
from organizations o where o.id = $1
returning id

-- name: add_api_key
insert into api_keys (organization_id, id, name, last_characters, hash, permissions, expires_at, is_limited)
values ($1, $2, $3, $4, $5, $6, $7, $8)

-- name: limit_api_key
insert into api_key_datasets (organization_id, api_key_id, dataset_id)
select $1, $2, dataset_id from unnest($3::uuid[]) as dataset_id
returning dataset_id

-- name: add_phone_number
insert into phone_numbers (organization_id, id, number) values ($1, $2, $3)

-- name: adopt_webhooks
-- Not a table of the tenant's own: the function moves only what came for this very number, to its owner.
select adopt_webhooks($2) as adopted where $1::uuid is not null

-- name: get_organization
select id, slug, name, status, country, blacklisted_words from organizations where id = $1

-- name: lock_organization
select * from organizations where id = $1 for no key update

-- name: change_organization
update organizations
set name = $2, country = $3, time_zone = $4, email = $5, phone = $6, website = $7, industry = $8, logo_url = $9,
    primary_color = $10, agent_scope = $11, blacklisted_words = $12, cal_booking_link = $13, mail_address = $14,
    ai_mode = $15, ai_most_turns = $16
where id = $1

-- name: turn_organization
update organizations set status = $2 where id = $1

-- name: delete_organization
delete from organizations where id = $1

-- name: has_member_with_email
select exists (select from memberships where organization_id = $1 and lower(email) = $2 and status <> 'REMOVED')

-- name: get_usual_scope
select case $2 when 'AGENT' then o.agent_scope else 'ALL' end from organizations o where o.id = $1

-- name: close_ended_invitations
-- An address can be asked in again once the last invitation has ended.
update staff_invitations set revoked_at = expires_at
where organization_id = $1 and email = $2 and accepted_at is null and revoked_at is null and expires_at <= now()

-- name: add_invitation
insert into staff_invitations (organization_id, id, email, role, lead_scope, permissions, token_hash, inviter_id,
                               expires_at, is_limited)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: limit_staff_invitation
insert into staff_invitation_datasets (organization_id, staff_invitation_id, dataset_id)
select $1, $2, dataset_id from unnest($3::uuid[]) as dataset_id
returning dataset_id

-- name: lock_invitation
select accepted_at from staff_invitations where organization_id = $1 and id = $2 for update

-- name: revoke_invitation
update staff_invitations set revoked_at = coalesce(revoked_at, transaction_timestamp())
where organization_id = $1 and id = $2

-- name: lock_member
select name, avatar_url, role, status, lead_scope, permissions, is_limited, version from memberships
where organization_id = $1 and id = $2 for no key update

-- name: get_datasets_of_member
select dataset_id from membership_datasets where organization_id = $1 and member_id = $2

-- name: change_member
update memberships set role = $3, lead_scope = $4, permissions = $5, is_limited = $6
where organization_id = $1 and id = $2

-- name: limit_member
insert into membership_datasets (organization_id, member_id, dataset_id)
select $1, $2, dataset_id from unnest($3::uuid[]) as dataset_id
on conflict (organization_id, member_id, dataset_id) do nothing
returning dataset_id

-- name: unlimit_member
-- From all but these.
delete from membership_datasets where organization_id = $1 and member_id = $2 and dataset_id <> all ($3::uuid[])

-- name: change_profile
update memberships set name = $3, avatar_url = $4 where organization_id = $1 and id = $2

-- name: turn_member
update memberships set status = $3 where organization_id = $1 and id = $2

-- name: count_active_owners
select count(*) from memberships where organization_id = $1 and role = 'OWNER' and status = 'ACTIVE'

-- name: revoke_api_key
update api_keys set revoked_at = coalesce(revoked_at, transaction_timestamp())
where organization_id = $1 and id = $2
returning id

-- name: change_plan
update organizations set plan = $2, trial_ends_at = $3 where id = $1

-- name: get_rights_of_member
-- As they are now, of somebody who may act.
select m.role, m.lead_scope, m.permissions, case when m.is_limited then array(
  select l.dataset_id from membership_datasets l
  where l.organization_id = $1 and l.member_id = m.id order by l.dataset_id) end as dataset_ids
from memberships m where m.organization_id = $1 and m.id = $2 and m.status = 'ACTIVE'

-- name: get_rights_of_key
select null as role, 'ALL' as lead_scope, k.permissions, case when k.is_limited then array(
  select l.dataset_id from api_key_datasets l
  where l.organization_id = $1 and l.api_key_id = k.id order by l.dataset_id) end as dataset_ids
from api_keys k
where k.organization_id = $1 and k.id = $2 and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
