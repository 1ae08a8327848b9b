-- name: lock_credential_by_name
-- Nobody's is one owner among the others.
select id, version from credentials
where organization_id = $1 and kind = $2 and provider = $3 and name = $4 and owner_id is not distinct from $5
for no key update

-- name: add_credential
insert into credentials (organization_id, id, kind, provider, name, owner_id, sealed, key_id, last_characters, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)

-- name: replace_credential
-- What was switched off or has expired is good again.
update credentials
set sealed = $3, key_id = $4, last_characters = $5, expires_at = $6, refreshed_at = transaction_timestamp(),
    is_active = true
where organization_id = $1 and id = $2

-- name: lock_credential
select is_active, expires_at <= now() as is_expired from credentials
where organization_id = $1 and id = $2 for no key update

-- name: turn_credential
update credentials set is_active = $3 where organization_id = $1 and id = $2

-- name: delete_credential
delete from credentials where organization_id = $1 and id = $2 returning id

-- name: get_sealed
select name, sealed, is_active, expires_at <= now() as is_expired from credentials
where organization_id = $1 and id = $2

-- name: deactivate_credentials_of
-- A member who goes takes their access along.
update credentials set is_active = false where organization_id = $1 and owner_id = $2 and is_active

-- name: deactivate_expired
update credentials set is_active = false
where organization_id = $1 and kind = 'SOCIAL' and is_active and expires_at <= now()
returning id

-- name: lock_sealed_otherwise
-- Whoever reads reads on; whoever stores waits for a batch at most.
select id, sealed from credentials where organization_id = $1 and key_id <> $2 and id > $3
order by id limit $4 for no key update

-- name: reseal_credential
update credentials set sealed = $3, key_id = $4 where organization_id = $1 and id = $2
