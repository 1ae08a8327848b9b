-- name: get_country
select country from organizations where id = $1

-- name: add_lead
insert into leads (organization_id, id, first_name, last_name, company, phone, email, linkedin_url, source, tags,
                   lifecycle, temperature, owner_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)

-- name: add_lead_by_phone
insert into leads (organization_id, id, phone, source) values ($1, $2, $3, 'INBOUND')
on conflict (organization_id, phone) do nothing
returning id

-- name: get_lead_by_phone
select id from leads where organization_id = $1 and phone = $2

-- name: note_reply
-- A reply moves a lead forward, never back.
update leads set lifecycle = 'ENGAGED' where organization_id = $1 and id = $2 and lifecycle in ('NEW', 'CONTACTED')
returning id
