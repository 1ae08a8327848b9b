-- name: get_country
select country from organizations where id = $1

-- name: add_lead
insert into leads (organization_id, id, first_name, last_name, company, phone, email, linkedin_url, source, tags,
                   lifecycle, temperature, owner_id, assignee_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13)

-- name: add_lead_by_phone
insert into leads (organization_id, id, phone, source) values ($1, $2, $3, 'INBOUND')
on conflict (organization_id, phone) where duplicate_of_id is null do nothing
returning id

-- name: get_lead_by_phone
-- The canonical one; a number that was absorbed leads to who was kept.
select case when merged_into_id is null then id else merged_into_id end from leads
where organization_id = $1 and phone = $2 and duplicate_of_id is null

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

-- name: hand_over_lead_merges
update lead_merges set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_absorbed
update leads set owner_id = $3, assignee_id = $4 where organization_id = $1 and merged_into_id = $2

-- name: hand_over_customers
update customers set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_customer_invitations
update customer_invitations set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: hand_over_bookings
update bookings set owner_id = $3, assignee_id = $4 where organization_id = $1 and lead_id = $2

-- name: lock_leads_of
-- In the order of their ids, as everybody locks several, so that of two one waits.
select id as lead_id, owner_id, assignee_id from leads
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)
order by id
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

-- name: abandon_lead_merges
update lead_merges set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_customers
update customers set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_customer_invitations
update customer_invitations set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: abandon_bookings
update bookings set owner_id = nullif(owner_id, $2), assignee_id = nullif(assignee_id, $2)
where organization_id = $1 and (owner_id = $2 or assignee_id = $2)

-- name: lock_person
-- A lead, whom they repeat, who repeats them, and who was merged into any of these.
with known as (
  select case when merged_into_id is null then id else merged_into_id end as id from leads
  where organization_id = $1 and id = $2
), canonical as (
  select case when l.duplicate_of_id is null then l.id else l.duplicate_of_id end as id
  from known join leads l on l.organization_id = $1 and l.id = known.id
)
select l.id, l.phone, l.email from leads l, canonical
where l.organization_id = $1 and (l.id = canonical.id or l.duplicate_of_id = canonical.id or l.merged_into_id = canonical.id
  or l.merged_into_id in (select d.id from leads d where d.organization_id = $1 and d.duplicate_of_id = canonical.id))
order by l.id
for no key update of l

-- name: suppress
insert into suppressions (organization_id, id, channel, address_hash, reason) values ($1, $2, $3, $4, $5)
on conflict (organization_id, channel, address_hash) do nothing
returning id

-- name: erase_webhooks
-- What came raw is found by the carrier's id of the message it became, or reports on.
with gone as (
  delete from inbound_webhooks w using messages m
  where w.organization_id = $1 and m.organization_id = $1 and m.lead_id = any ($2::uuid[]) and m.external_id is not null
    and w.provider = 'twilio' and w.settled_at is not null
    and w.provider_id = any (array[m.external_id, m.external_id || ':queued', m.external_id || ':sending',
      m.external_id || ':sent', m.external_id || ':delivered', m.external_id || ':read', m.external_id || ':failed',
      m.external_id || ':undelivered', m.external_id || ':accepted', m.external_id || ':scheduled',
      m.external_id || ':canceled'])
  returning w.id
)
select count(*) from gone

-- name: erase_messages
update messages set body = '', media_urls = '{}', sender = '', recipient = '', error_message = null
where organization_id = $1 and lead_id = any ($2::uuid[]) and (body <> '' or sender <> '')
returning id

-- name: erase_insights
update insights set title = 'Erased', description = '', suggestion = null, original_text = null, feedback = null
where organization_id = $1 and lead_id = any ($2::uuid[]) and title <> 'Erased'
returning id

-- name: erase_merges
-- What a merge did cannot be undone without what is gone.
delete from lead_merges where organization_id = $1 and lead_id = any ($2::uuid[]) returning id

-- name: erase_leads
update leads
set first_name = null, last_name = null, company = null, phone = null, email = null, linkedin_url = null, tags = '{}',
    archived_at = coalesce(archived_at, transaction_timestamp()),
    erased_at = coalesce(erased_at, transaction_timestamp())
where organization_id = $1 and id = any ($2::uuid[])

-- name: blot_records
-- Not a table of the tenant's own to change: the function blots what belongs to the organization of the request alone.
select blot_audit($2) where $1::uuid is not null
