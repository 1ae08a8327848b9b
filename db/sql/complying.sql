-- name: add_consent
-- With copies of whose the lead is, which is locked.
insert into consents (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, channel, kind, source, message_id,
                      recorded_by_id, words, created_at)
select $1, $2, l.id, l.owner_id, l.assignee_id, l.dataset_ids, $4, $5, $6, $7, $8, $9,
       case when $10::timestamptz is null then transaction_timestamp() else $10 end
from leads l where l.organization_id = $1 and l.id = $3
returning id

-- name: get_addresses
-- Where this person is written to on a channel: the lead's own address, besides the one they wrote from.
select case $3 when 'EMAIL' then l.email else l.phone end as address
from leads l where l.organization_id = $1 and l.id = $2 and case $3 when 'EMAIL' then l.email else l.phone end is not null

-- name: call_back_texts
-- What waits to go to these numbers, also for whoever repeats the lead; but not what must be answered.
update messages m set status = 'CANCELED', error_message = 'The lead has opted out.'
from conversations c
where m.organization_id = $1 and m.status = 'QUEUED' and m.purpose = 'CONVERSATION' and m.recipient = any ($3::text[])
  and m.lead_id = any (array(
    select p.id from leads p where p.organization_id = $1 and (p.id = $2 or p.duplicate_of_id = $2)))
  and c.organization_id = $1 and c.id = m.conversation_id and c.channel = $4
returning m.id, m.conversation_id

-- name: get_organization
select name, status from organizations where id = $1

-- name: is_helped
-- In the last hour; answers are known by the key that keeps them from being given twice.
select exists (
  select from messages m
  where m.organization_id = $1 and m.lead_id = $2 and m.created_at > transaction_timestamp() - interval '1 hour'
    and m.purpose = 'COMPLIANCE' and m.recipient = $3 and starts_with(m.idempotency_key, 'HELP '))

-- name: add_answer
-- Nothing of it is for Sophie to review: it says what must be said.
insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, direction, status,
                      purpose, body, sender, recipient, segments, idempotency_key, reviewed_at)
select $1, $2, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids, 'OUTBOUND', 'QUEUED', 'COMPLIANCE', $4, $5, $6,
       $7, $8, transaction_timestamp()
from conversations c where c.organization_id = $1 and c.id = $3
for no key update
on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
returning id

-- name: lock_recipients
-- Whom texts went to, locked before them.
select l.id as lead_id, l.phone, m.id, m.conversation_id, m.sender, m.recipient, c.channel
from messages m
join conversations c on c.organization_id = $1 and c.id = m.conversation_id
join leads l on l.organization_id = $1 and l.id = m.lead_id
where m.organization_id = $1 and m.id = any ($2::uuid[])
order by l.id
for no key update of l

-- name: note_phone_problems
update leads l set phone_problem = given.problem
from unnest($2::uuid[], $3::text[], $4::text[]) as given (lead_id, phone, problem)
where l.organization_id = $1 and l.id = given.lead_id and l.phone = given.phone
  and l.phone_problem is distinct from given.problem
returning l.id

-- name: note_email_problems
update leads l set email_problem = $4
from unnest($2::uuid[], $3::text[]) as given (lead_id, email)
where l.organization_id = $1 and l.id = given.lead_id and l.email = lower(given.email) and l.email_problem is distinct from $4
returning l.id

-- name: count_unknown
-- How often in a row nobody was found at a number, since something last arrived there.
select count(*) from messages m
where m.organization_id = $1 and m.lead_id = $2 and m.recipient = $3 and m.error_code = $4
  and not exists (
    select from messages d where d.organization_id = $1 and d.lead_id = $2 and d.recipient = $3
      and d.delivered_at is not null and d.created_at > m.created_at)

-- name: add_retry
-- The same text once more, later each time; steps of campaigns are asked of the gate instead.
insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, author_id,
                      direction, kind, purpose, status, body, sender, recipient, segments, ai_generated, retries,
                      idempotency_key, reviewed_at, scheduled_at)
select $1, $2, m.conversation_id, m.lead_id, m.owner_id, m.assignee_id, m.dataset_ids, m.author_id, m.direction, m.kind,
       m.purpose, 'QUEUED', m.body, m.sender, m.recipient, m.segments, m.ai_generated, m.retries + 1, 'retry ' || m.id,
       m.reviewed_at, transaction_timestamp() + ($5::interval[])[m.retries + 1]
from messages m
where m.organization_id = $1 and m.id = $3 and m.retries < $4 and m.body <> '' and m.campaign_id is null
on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
returning id
