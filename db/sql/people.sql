-- name: is_active_member
select exists (select from memberships where organization_id = $1 and id = $2 and status = 'ACTIVE')

-- name: add_organization
insert into organizations (id, slug, name, country, time_zone, blacklisted_words) values ($1, $2, $3, $4, $5, $6)

-- name: add_member
insert into memberships (organization_id, id, user_id, name, email, role, lead_scope)
values ($1, $2, $3, $4, $5, $6, $7)

-- name: add_api_key
insert into api_keys (organization_id, id, name, last_characters, hash, permissions, expires_at)
values ($1, $2, $3, $4, $5, $6, $7)

-- name: add_phone_number
insert into phone_numbers (organization_id, id, number) values ($1, $2, $3)

-- name: adopt_webhooks
-- Not a table of the tenant's own: the function moves only what came for this very number, to its owner.
select adopt_webhooks($2) as adopted where $1::uuid is not null

-- name: get_organization
select id, slug, name, status, country, blacklisted_words from organizations where id = $1
