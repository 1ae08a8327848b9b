-- name: get_thread_for_sending
-- The number a lead was talked to from stays; a thread without one takes the organization's oldest that does not rest. E-mails come from its one
-- address, and go on about what the last one was about.
select c.channel, l.archived_at, l.phone_problem, l.email_problem, written_to.address as recipient,
       exists (select from suppressions s where s.organization_id = $1 and s.lifted_at is null and s.channel = c.channel
               and s.address_hash = sha256(convert_to($1::uuid || ':' || c.channel || ':' || written_to.address, 'UTF8')))
         as is_suppressed,
       o.status as organization_status, o.trial_ends_at <= now() as has_trial_ended,
       case when c.channel = 'EMAIL' then o.mail_address when c.sender is not null then c.sender
            else (select p.number from phone_numbers p where p.organization_id = $1
                  order by p.paused_at is not null, p.created_at limit 1) end
         as sender,
       c.lead_id, exists (select from drafts d where d.organization_id = $1 and d.conversation_id = c.id
                          and d.status in ('WAITING', 'WRITING', 'PROPOSED')) as has_draft,
       case when c.channel = 'EMAIL' then (
         select m.subject from messages m
         where m.organization_id = $1 and m.conversation_id = c.id and m.subject is not null
         order by m.created_at desc, m.id desc limit 1) end as last_subject
from conversations c
join leads l on l.organization_id = $1 and l.id = c.lead_id
join organizations o on o.id = $1
cross join lateral (select case c.channel when 'EMAIL' then l.email else l.phone end as address) written_to
where c.organization_id = $1 and c.id = $2

-- name: add_outbound_message
-- A twin with the same key waits here for the first one's commit, and then finds nothing to insert.
insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, author_id,
                      direction, status, carriage, subject, body, sender, recipient, segments, ai_generated,
                      idempotency_key)
select $1, $2, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids, $4, 'OUTBOUND', 'QUEUED', $5, $6, $7, $8, $9, $10,
       $11, $12
from conversations c where c.organization_id = $1 and c.id = $3
for no key update
on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
returning id

-- name: get_message_by_key
select id, conversation_id, subject, body from messages where organization_id = $1 and idempotency_key = $2

-- name: note_outbound_message
update conversations set last_message_at = greatest(last_message_at, transaction_timestamp()), sender = $3,
       status = case status when 'CLOSED' then 'ACTIVE' else status end
where organization_id = $1 and id = $2

-- name: lock_unread_count
select unread_count from conversations where organization_id = $1 and id = $2 for no key update

-- name: mark_read
update conversations set unread_count = 0 where organization_id = $1 and id = $2

-- name: get_lead_of
select lead_id from conversations where organization_id = $1 and id = $2
