-- name: lock_credential_by_name
-- Nobody's is one owner among the others.
select id, version from credentials
where organization_id = $1 and kind = $2 and provider = $3 and name = $4 and owner_id is not distinct from $5
for no key update

-- name: add_credential
insert into credentials (organization_id, id, kind, provider, name, owner_id, sealed, key_id, last_characters, expires_at,
                         refresh_at, refresh_failure)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)

-- name: replace_credential
-- What was switched off or has expired is good again. Who is refreshing what was there will find it replaced.
update credentials
set sealed = $3, key_id = $4, last_characters = $5, expires_at = $6, refresh_at = $7, refresh_failure = $8,
    refresh_attempts = 0, refresh_claimed_at = null, refreshed_at = transaction_timestamp(), is_active = true
where organization_id = $1 and id = $2

-- name: lock_credential
select is_active, expires_at <= now() as is_expired from credentials
where organization_id = $1 and id = $2 for no key update

-- name: turn_credential
-- What is switched on again is refreshed as if nobody had tried, and at once where somebody had in vain.
update credentials
set is_active = $3, refresh_attempts = case when $3 then 0 else refresh_attempts end,
    refresh_at = case when $3 and refresh_attempts > 0 then transaction_timestamp() else refresh_at end,
    refresh_failure = case when $3 and refresh_failure <> 'LACKS_TOKEN' then null else refresh_failure end
where organization_id = $1 and id = $2

-- name: delete_credential
delete from credentials where organization_id = $1 and id = $2 returning id

-- name: get_sealed
select name, sealed, is_active, expires_at <= now() as is_expired from credentials
where organization_id = $1 and id = $2

-- name: find_of_provider
-- The newest of the organization's own that can be used.
select id, name, sealed from credentials
where organization_id = $1 and kind = 'INTEGRATION' and provider = $2 and owner_id is null and is_active
  and (expires_at is null or expires_at > transaction_timestamp())
order by created_at desc, id desc limit 1

-- name: deactivate_credentials_of
-- A member who goes takes their access along.
update credentials set is_active = false where organization_id = $1 and owner_id = $2 and is_active

-- name: get_time
-- Several processes agree about a lease by the database's clock.
select transaction_timestamp() where $1::uuid is not null

-- name: claim_refresh
-- One connection per claim. Who claims it times the next attempt, so that it comes though this one may die. What is over is
-- tried as well if nobody has tried yet: the server may have been down when it was due.
with due as (
  select id from credentials
  where organization_id = $1 and kind = 'SOCIAL' and is_active and provider = any ($3::text[]) and refresh_at <= $2
    and (expires_at > $2 or refresh_attempts = 0)
    and exists (select from organizations o where o.id = $1 and o.status <> 'CANCELLED')
  order by refresh_at, id limit 1
  for update skip locked
)
update credentials c
set refresh_attempts = c.refresh_attempts + 1, refresh_claimed_at = $2,
    refresh_at = $2 + least($5::interval, $4::interval * power(2, least(c.refresh_attempts, 10)))
from due
where c.organization_id = $1 and c.id = due.id
returning c.id, c.provider, c.sealed, c.refreshed_at

-- name: record_refresh
-- Unless the secrets were replaced meanwhile. Who was switched off by a person stays so; what another attempt took for ended,
-- because this one had used up its token, is good again.
update credentials
set sealed = $4, key_id = $5, last_characters = $6, expires_at = $7, refresh_at = $8, refresh_attempts = 0,
    refresh_claimed_at = null, refresh_failure = null, refreshed_at = transaction_timestamp(),
    is_active = is_active or refresh_failure is not distinct from 'REFUSED'
where organization_id = $1 and id = $2 and refreshed_at is not distinct from $3
returning id

-- name: record_refresh_failure
-- What cannot be refreshed at all is not tried again.
update credentials
set refresh_failure = $4, refresh_claimed_at = null, refresh_at = case when $4 = 'LACKS_TOKEN' then null else refresh_at end
where organization_id = $1 and id = $2 and refreshed_at is not distinct from $3

-- name: end_refused
update credentials set is_active = false, refresh_failure = 'REFUSED', refresh_claimed_at = null
where organization_id = $1 and id = $2 and refreshed_at is not distinct from $3 and is_active
returning id

-- name: end_expired
-- An attempt that is under way decides for itself. Several at once lock in one order.
with ended as (
  select id from credentials
  where organization_id = $1 and kind = 'SOCIAL' and is_active and expires_at <= $2
    and (refresh_claimed_at is null or refresh_claimed_at <= $3)
  order by id for no key update
)
update credentials set is_active = false from ended
where credentials.organization_id = $1 and credentials.id = ended.id
returning credentials.id

-- name: lock_sealed_otherwise
-- Whoever reads reads on; whoever stores waits for a batch at most.
select id, sealed from credentials where organization_id = $1 and key_id <> $2 and id > $3
order by id limit $4 for no key update

-- name: reseal_credential
update credentials set sealed = $3, key_id = $4 where organization_id = $1 and id = $2
