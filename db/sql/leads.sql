-- name: get_country
select country from organizations where id = $1

-- name: add_lead
insert into leads (organization_id, id, first_name, last_name, company, phone, email, linkedin_url, source, tags,
                   lifecycle, temperature, owner_id, assignee_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)

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

-- name: lock_keepers
-- First the lead, then all that belongs to it: every writer locks in this order.
select owner_id, assignee_id from leads where organization_id = $1 and id = $2 for no key update

-- name: keep_in_sight
-- What is handed over leaves the sight of whoever hands it over only when the unit of work is done.
select set_config('rekindle.handed_over', $2::uuid::text, true) where $1::uuid is not null

-- name: hand_over_lead
update leads set owner_id = $3, assignee_id = $4 where organization_id = $1 and id = $2

-- name: hand_over_conversations
update conversations set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2
returning id

-- name: hand_over_messages
update messages set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_insights
update insights set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: lock_leads_of
select id as lead_id, owner_id, assignee_id from leads
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)
for no key update

-- name: abandon_leads
update leads set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_conversations
update conversations set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_messages
update messages set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_insights
update insights set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)
