-- name: find_writer
-- Who an e-mail is from: whom the e-mail of ours went to that it answers, else who has the address. Who was erased is nobody.
select found.id from (
  select case when l.merged_into_id is null then l.id else l.merged_into_id end as id, 1 as place
  from messages m join leads l on l.organization_id = $1 and l.id = m.lead_id and l.erased_at is null
  where m.organization_id = $1 and m.id = any ($2::uuid[]) and m.direction = 'OUTBOUND' and m.carriage = 'MAIL'
  union all
  select case when w.merged_into_id is null then w.id else w.merged_into_id end, 2 from leads w
  where w.organization_id = $1 and w.email = $3 and w.duplicate_of_id is null
) found
order by found.place limit 1

-- name: is_our_address
select mail_address = $2 from organizations where id = $1

-- name: add_lead_by_email
insert into leads (organization_id, id, email, first_name, last_name, source) values ($1, $2, $3, $4, $5, 'INBOUND')
on conflict (organization_id, email) where duplicate_of_id is null do nothing
returning id

-- name: find_reported
-- The e-mail a report names; where it names none, the newest to this address.
select found.id from (
  (select m.id, 1 as place from messages m
   where m.organization_id = $1 and m.id = $2 and m.direction = 'OUTBOUND' and m.carriage = 'MAIL')
  union all
  (select m.id, 2 from messages m
   where m.organization_id = $1 and $2::uuid is null and m.direction = 'OUTBOUND' and m.carriage = 'MAIL'
     and m.recipient = $3 and m.lead_id = (
       select case when w.merged_into_id is null then w.id else w.merged_into_id end from leads w
       where w.organization_id = $1 and w.email = $3 and w.duplicate_of_id is null)
   order by m.created_at desc, m.id desc limit 1)
) found
order by found.place limit 1

-- name: lock_lead_by_email
select l.id as lead_id from leads l
where l.organization_id = $1 and l.id = (
  select case when w.merged_into_id is null then w.id else w.merged_into_id end from leads w
  where w.organization_id = $1 and w.email = $2 and w.duplicate_of_id is null)
for no key update

-- name: get_recipient
select m.lead_id, m.recipient, o.name as organization_name
from messages m join organizations o on o.id = $1
where m.organization_id = $1 and m.id = $2 and m.direction = 'OUTBOUND' and m.carriage = 'MAIL' and m.recipient <> ''

-- name: erase_mail_webhooks
-- Raw, by the addresses that somebody wrote from and was written to at. One that is being worked off is left: its worker
-- waits for whoever is erased here, and finds nobody.
with addresses as materialized (
  select lower(case m.direction when 'INBOUND' then m.sender else m.recipient end) as address from messages m
  where m.organization_id = $1 and m.lead_id = any ($2::uuid[]) and m.carriage = 'MAIL'
  union
  select unnest($3::text[])
), gone as (
  delete from inbound_webhooks w
  where w.organization_id = $1 and w.id in (
    select i.id from inbound_webhooks i
    where i.organization_id = $1 and i.kind in ('MAIL', 'MAIL_REPORT')
      and i.subject = any (array(select address from addresses))
    for update skip locked)
  returning w.id
)
select count(*) from gone
