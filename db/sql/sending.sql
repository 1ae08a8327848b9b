-- name: claim_message
-- One message per claim, of those that $3 carries: what is not claimed can still be called back. While SENDING, scheduled_at is
-- when its lease ends.
-- What must be answered goes first, to whoever opted out as well, and from all but those who have ended.
with answer as (
  select id from messages
  where organization_id = $1 and status = 'QUEUED' and purpose = 'COMPLIANCE' and carriage = $3 and scheduled_at <= now()
    and exists (select from organizations o where o.id = $1 and o.status <> 'CANCELLED')
  order by scheduled_at, id limit 1
  for update skip locked
), waiting as (
  select id from messages
  where organization_id = $1 and status = 'QUEUED' and carriage = $3 and scheduled_at <= now()
    and not exists (select from answer)
    and exists (select from organizations o where o.id = $1 and o.status = 'ACTIVE'
                and (o.trial_ends_at is null or o.trial_ends_at > now()))
  order by scheduled_at, id limit 1
  for update skip locked
), due as (
  select id from answer union all select id from waiting
)
update messages m set status = 'SENDING', attempts = m.attempts + 1, claimed_at = transaction_timestamp(),
                      scheduled_at = transaction_timestamp() + $2::interval
from due, conversations c
where m.organization_id = $1 and m.id = due.id and c.organization_id = $1 and c.id = m.conversation_id
returning m.id, m.conversation_id, m.sender, m.recipient, m.body, m.claimed_at, m.attempts, c.channel,
          (select p.messaging_service from phone_numbers p where p.organization_id = $1 and p.number = m.sender)
            as messaging_service,
          m.purpose = 'CONVERSATION' and exists (
            select from suppressions s where s.organization_id = $1 and s.lifted_at is null and s.channel = c.channel
              and s.address_hash = sha256(convert_to($1::uuid || ':' || c.channel || ':' || m.recipient, 'UTF8')))
            as is_suppressed

-- name: claim_unsettled
-- Its lease has ended and nobody recorded an outcome: the worker died.
with stale as (
  select id from messages
  where organization_id = $1 and status = 'SENDING' and carriage = $3 and scheduled_at <= now()
  order by scheduled_at, id limit 1
  for update skip locked
)
update messages m set scheduled_at = transaction_timestamp() + $2::interval
from stale, conversations c
where m.organization_id = $1 and m.id = stale.id and c.organization_id = $1 and c.id = m.conversation_id
returning m.id, m.conversation_id, m.sender, m.recipient, m.body, m.claimed_at, m.attempts, c.channel

-- name: get_letter
-- What an e-mail has besides its text: the ids of what was said in its thread before, the oldest first, and of what it answers.
select m.subject, o.name as organization_name, m.kind <> 'REPLY' as is_unasked,
       array(select before.external_id from (
         select e.external_id, e.created_at, e.id from messages e
         where e.organization_id = $1 and e.conversation_id = m.conversation_id and e.id <> m.id
           and position('@' in e.external_id) > 0
         order by e.created_at desc, e.id desc limit 10) before order by before.created_at, before.id) as thread,
       (select e.external_id from messages e
        where e.organization_id = $1 and e.conversation_id = m.conversation_id and e.direction = 'INBOUND'
          and position('@' in e.external_id) > 0
        order by e.created_at desc, e.id desc limit 1) as answered
from messages m join organizations o on o.id = $1
where m.organization_id = $1 and m.id = $2

-- name: is_invitation
-- Whether nothing was said yet where a message belongs to: neither by us, as far as a carrier took it, nor to us.
select not exists (
  select from messages e
  where e.organization_id = $1 and e.conversation_id = m.conversation_id and e.id <> m.id
    and e.status <> all ('{QUEUED,FAILED,CANCELED,EXPIRED}'))
from messages m where m.organization_id = $1 and m.id = $2

-- name: record_sent
update messages m set status = 'SENT', external_id = taken.external_id, sent_at = coalesce(taken.at, transaction_timestamp())
from unnest($2::uuid[], $3::text[], $4::timestamptz[]) as taken (id, external_id, at)
where m.organization_id = $1 and m.id = taken.id and m.status = 'SENDING'

-- name: record_failed
update messages m set status = $3, error_code = failed.code, error_message = failed.reason
from unnest($2::uuid[], $4::integer[], $5::text[]) as failed (id, code, reason)
where m.organization_id = $1 and m.id = failed.id and m.status = 'SENDING'

-- name: send_later
-- A step of a campaign waits for the dispatcher, who asks the gate anew.
update messages
set status = 'QUEUED', claimed_at = null,
    scheduled_at = case when campaign_id is null
      then now() + least(interval '10 minutes', interval '1 second' * power(2, least(attempts, 10))) else 'infinity' end
where organization_id = $1 and id = $2 and status = 'SENDING'

-- name: find_recorded
select external_id from messages where organization_id = $1 and external_id = any ($2::text[])

-- name: hasten_reports
-- Reports that came before the receipt were put off; from now on they can be worked off.
update inbound_webhooks set next_attempt_at = transaction_timestamp()
where organization_id = $1 and settled_at is null and kind = 'STATUS' and split_part(provider_id, ':', 1) = any ($2::text[])
