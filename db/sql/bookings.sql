-- name: find_leads
-- Whose a booking may be, the likeliest first: who the notice names, if that is a lead of ours; whose the booking was that it
-- came from, or is; who the address leads to; whose it became. Who was erased is nobody, unless the booking was theirs before.
select found.id from (
  select case when w.merged_into_id is null then w.id else w.merged_into_id end as id, 1 as place from leads w
  where w.organization_id = $1 and w.id = $2 and w.erased_at is null
  union all
  select b.lead_id, 2 from bookings b where b.organization_id = $1 and b.provider = 'CAL' and b.external_id = $5
  union all
  select b.lead_id, 3 from bookings b where b.organization_id = $1 and b.provider = 'CAL' and b.external_id = $6
  union all
  select case when w.merged_into_id is null then w.id else w.merged_into_id end, 4 from leads w
  where w.organization_id = $1 and w.email = $3 and w.duplicate_of_id is null
  union all
  select case when w.merged_into_id is null then w.id else w.merged_into_id end, 5 from leads w
  where w.organization_id = $1 and w.phone = $4 and w.duplicate_of_id is null
  union all
  select b.lead_id, 6 from bookings b where b.organization_id = $1 and b.provider = 'CAL' and b.rescheduled_from = $6
) found
order by found.place

-- name: lock_told_booking
select * from bookings where organization_id = $1 and provider = 'CAL' and external_id = $2 for no key update

-- name: is_rescheduled
select exists (select from bookings where organization_id = $1 and provider = 'CAL' and rescheduled_from = $2)

-- name: add_booking
-- With copies of whose the lead is, which is locked.
insert into bookings (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, provider, external_id,
                      booked_by_id, status, starts_at, ends_at, time_zone, title, notes, meeting_url, page_url,
                      attendee_name, attendee_email, attendee_phone, rescheduled_from, booked_at, cancelled_at,
                      cancel_reason, told_at)
select $1, $2, l.id, l.owner_id, l.assignee_id, l.dataset_ids, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
       $17, $18, $19, $20, $21, $22
from leads l where l.organization_id = $1 and l.id = $3
returning id

-- name: change_booking
update bookings
set status = $3, starts_at = $4, ends_at = $5, time_zone = $6, title = $7, notes = $8, meeting_url = $9, page_url = $10,
    attendee_name = $11, attendee_email = $12, attendee_phone = $13, rescheduled_from = $14, booked_at = $15,
    cancelled_at = $16, cancel_reason = $17, told_at = $18
where organization_id = $1 and id = $2

-- name: mark_rescheduled
-- Another has taken its place.
update bookings set status = 'RESCHEDULED'
where organization_id = $1 and provider = $2 and external_id = $3 and status <> 'RESCHEDULED'
returning id, lead_id

-- name: unite
-- One booking and all it was before and became are one lead's. What was told too early had to be somebody's until now.
with recursive related as (
  select b.id, b.external_id, b.rescheduled_from from bookings b
  where b.organization_id = $1 and b.provider = 'CAL' and b.external_id = $2
  union
  select b.id, b.external_id, b.rescheduled_from
  from related r join bookings b on b.organization_id = $1 and b.provider = 'CAL'
    and (b.rescheduled_from = r.external_id or b.external_id = r.rescheduled_from)
)
update bookings b set lead_id = l.id, owner_id = l.owner_id, assignee_id = l.assignee_id, dataset_ids = l.dataset_ids
from related r, leads l
where b.organization_id = $1 and b.id = r.id and l.organization_id = $1 and l.id = $3 and b.lead_id <> l.id
returning b.id

-- name: qualify_lead
-- Whoever books a call is worth one, and wants to buy: forward, never back, and out of the lost ones too. They are locked.
with before as materialized (
  select l.temperature from leads l where l.organization_id = $1 and l.id = $2
)
update leads l set temperature = 'HOT', lifecycle = case l.lifecycle when 'CONVERTED' then l.lifecycle else 'QUALIFIED' end
from before
where l.organization_id = $1 and l.id = $2
  and (l.temperature <> 'HOT' or l.lifecycle in ('NEW', 'CONTACTED', 'ENGAGED', 'LOST'))
returning l.id, before.temperature <> 'HOT' as has_turned_hot

-- name: find_same_booking
select id from bookings
where organization_id = $1 and lead_id = $2 and provider = 'MANUAL' and status = 'BOOKED' and starts_at = $3 and ends_at = $4

-- name: get_lead_of_booking
select lead_id from bookings where organization_id = $1 and id = $2

-- name: lock_booking
select * from bookings where organization_id = $1 and id = $2 for no key update

-- name: cancel_booking
update bookings set status = 'CANCELLED', cancelled_at = transaction_timestamp(), cancel_reason = $3
where organization_id = $1 and id = $2

-- name: erase_bookings
update bookings
set title = null, notes = null, meeting_url = null, page_url = null, attendee_name = null, attendee_email = null,
    attendee_phone = null, cancel_reason = null
where organization_id = $1 and lead_id = any ($2::uuid[])
  and num_nonnulls(title, notes, meeting_url, page_url, attendee_name, attendee_email, attendee_phone, cancel_reason) > 0
returning id

-- name: erase_booking_webhooks
-- Found by the bookings they became, and by who attends. One that waits goes with whoever booked, because working it off would
-- bring them back; one that is being worked off is left, and sees for itself that they are erased.
with attendees as materialized (
  select w.id, w.subject, w.settled_at, lower(a.attendee ->> 'email') as email,
         right(regexp_replace(a.attendee ->> 'phoneNumber', '\D', '', 'g'), 9) as digits, a.place
  from inbound_webhooks w
  left join lateral jsonb_array_elements(case jsonb_typeof(w.payload #> '{payload,attendees}')
    when 'array' then w.payload #> '{payload,attendees}' end) with ordinality a (attendee, place) on true
  where w.organization_id = $1 and w.kind = 'BOOKING'
), theirs as (
  select b.external_id, lower(b.attendee_email) as email,
         right(regexp_replace(b.attendee_phone, '\D', '', 'g'), 9) as digits
  from bookings b where b.organization_id = $1 and b.lead_id = any ($2::uuid[]) and b.provider = 'CAL'
), known as (
  select array(select theirs.external_id from theirs) as subjects,
         array(select theirs.email from theirs where theirs.email is not null) || $3::text[] as emails,
         array(select theirs.digits from theirs where length(theirs.digits) = 9) || $4::text[] as digits
), gone as (
  delete from inbound_webhooks w
  where w.organization_id = $1 and w.id in (
    select i.id from inbound_webhooks i
    where i.organization_id = $1 and i.id in (
      select a.id from attendees a, known k
      where a.subject = any (k.subjects)
        or ((a.email = any (k.emails) or a.digits = any (k.digits)) and (a.settled_at is not null or a.place = 1)))
    for update skip locked)
  returning w.id
)
select count(*) from gone
