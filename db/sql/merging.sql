-- name: resolve_lead
-- An id that was absorbed leads to the lead it became part of.
select case when merged_into_id is null then id else merged_into_id end from leads
where organization_id = $1 and id = $2

-- name: lock_pair
-- In the order of their ids, as everybody locks several.
select * from leads where organization_id = $1 and id = any ($2::uuid[]) order by id for no key update

-- name: absorb_lead
-- What the kept lead takes over leaves the row first, so that at no moment two have one address.
update leads
set merged_into_id = $3, owner_id = $4, assignee_id = $5, phone = case when $6 then null else phone end,
    email = case when $7 then null else email end
where organization_id = $1 and id = $2

-- name: fill_lead
update leads
set first_name = $3, last_name = $4, company = $5, title = $6, industry = $7, location = $8, postcode = $9,
    country = $10, time_zone = $11, phone = $12, raw_phone = $13, email = $14, linkedin_url = $15, utm_source = $16,
    utm_medium = $17, utm_campaign = $18, utm_term = $19, utm_content = $20, inquiry_date = $21, install_date = $22,
    lifecycle = $23, temperature = $24, sentiment = $25, ai_score = $26, source_details = $27::jsonb,
    custom_fields = $28::jsonb, enrichment = $29::jsonb, tags = $30
where organization_id = $1 and id = $2

-- name: take_over_contact
-- Whoever wrote to one of them wrote to both, and who answers one of them by hand answers both.
update leads k
set last_contacted_at = greatest(k.last_contacted_at, a.last_contacted_at),
    manual_mode_at = case when k.manual_mode_at is null then a.manual_mode_at else k.manual_mode_at end
from leads a where k.organization_id = $1 and k.id = $2 and a.organization_id = $1 and a.id = $3

-- name: redirect_absorbed
-- Who was absorbed before by the one that is absorbed now.
update leads set merged_into_id = $3 where organization_id = $1 and merged_into_id = $2 returning id

-- name: redirect_duplicates
update leads set duplicate_of_id = $3 where organization_id = $1 and duplicate_of_id = $2 and id <> $3 returning id

-- name: quiet_conversations
-- Of two open ones on a channel the one that was last spoken in stays open.
select c.id, c.status from conversations c
where c.organization_id = $1 and c.lead_id = any ($2::uuid[]) and c.status <> 'ARCHIVED' and exists (
  select from conversations o
  where o.organization_id = $1 and o.lead_id = any ($2::uuid[]) and o.lead_id <> c.lead_id and o.channel = c.channel
    and o.status <> 'ARCHIVED'
    and (case when o.last_message_at is null then '-infinity' else o.last_message_at end, o.id)
      > (case when c.last_message_at is null then '-infinity' else c.last_message_at end, c.id))
order by c.id for no key update

-- name: archive_conversations
update conversations set status = 'ARCHIVED' where organization_id = $1 and id = any ($2::uuid[])

-- name: reopen_conversation
-- Unless another was opened on its channel meanwhile.
update conversations c set status = $3
where c.organization_id = $1 and c.id = $2 and c.status = 'ARCHIVED' and not exists (
  select from conversations o
  where o.organization_id = $1 and o.lead_id = c.lead_id and o.channel = c.channel and o.status <> 'ARCHIVED')

-- name: move_conversations
update conversations set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: move_messages
update messages set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: move_notes
update lead_notes set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: move_insights
update insights set lead_id = $3, owner_id = $4, assignee_id = $5, fingerprint = id::text
where organization_id = $1 and lead_id = $2 returning id

-- name: move_insight_evidence
update insight_evidence set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: move_rivals
-- Where both are customers, each stays one: the kept lead has one already, so the other is nobody's lead for now.
update customers c set lead_id = null, owner_id = $4, assignee_id = $5
where c.organization_id = $1 and c.lead_id = $2 and exists (
  select from customers k where k.organization_id = $1 and k.lead_id = $3)
returning c.id

-- name: move_customers
update customers set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: move_customer_invitations
update customer_invitations set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: move_bookings
update bookings set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: move_consents
update consents set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: move_enrollments
update enrollments set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: move_step_runs
update step_runs set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: move_tasks
update tasks set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: move_exposures
update exposures set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: move_lead_merges
update lead_merges set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and lead_id = $2 returning id

-- name: add_merge
insert into lead_merges (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, absorbed_id, gave, followed,
                         merged_by_id)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb, $10)

-- name: lock_merge
select lead_id, absorbed_id, gave::text as gave, followed::text as followed, undone_at from lead_merges
where organization_id = $1 and id = $2 for no key update

-- name: find_later_merge
-- Of the same lead, still standing.
select id from lead_merges
where organization_id = $1 and lead_id = $2 and undone_at is null and (created_at, id) > (
  select created_at, id from lead_merges m where m.organization_id = $1 and m.id = $3)
limit 1

-- name: undo_merge
update lead_merges set undone_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: release_lead
update leads
set merged_into_id = null, owner_id = $3, assignee_id = $4, phone = case when phone is null then $5 else phone end,
    email = case when email is null then $6 else email end, duplicate_of_id = $7
where organization_id = $1 and id = $2

-- name: return_conversations
update conversations set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and id = any ($2::uuid[])

-- name: return_messages
-- With what was said in them since.
update messages set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and conversation_id = any ($2::uuid[])

-- name: return_insights
update insights set lead_id = $3, owner_id = $4, assignee_id = $5, fingerprint = id::text
where organization_id = $1 and conversation_id = any ($2::uuid[])

-- name: return_insight_evidence
update insight_evidence set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and conversation_id = any ($2::uuid[])

-- name: return_notes
update lead_notes set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and id = any ($2::uuid[])

-- name: return_customers
update customers set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and id = any ($2::uuid[])

-- name: return_customer_invitations
update customer_invitations set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and customer_id = any ($2::uuid[])

-- name: return_bookings
-- With what they were moved to since.
with recursive returned as (
  select b.id, b.provider, b.external_id from bookings b where b.organization_id = $1 and b.id = any ($2::uuid[])
  union
  select b.id, b.provider, b.external_id from returned r
  join bookings b on b.organization_id = $1 and b.provider = r.provider and b.rescheduled_from = r.external_id
)
update bookings b set lead_id = $3, owner_id = $4, assignee_id = $5
from returned where b.organization_id = $1 and b.id = returned.id

-- name: return_consents
-- With what was said since in the conversations that go along.
update consents c set lead_id = $3, owner_id = $4, assignee_id = $5
where c.organization_id = $1 and (c.id = any ($2::uuid[]) or c.lead_id <> $3 and c.message_id in (
  select m.id from messages m where m.organization_id = $1 and m.lead_id = $3))

-- name: return_enrollments
update enrollments set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and id = any ($2::uuid[])

-- name: return_step_runs
update step_runs set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and enrollment_id = any ($2::uuid[])

-- name: return_tasks
-- With what has become of their enrolments since.
update tasks t set lead_id = $3, owner_id = $4, assignee_id = $5
from step_runs r
where t.organization_id = $1 and r.organization_id = $1 and r.id = t.step_run_id and r.enrollment_id = any ($2::uuid[])

-- name: return_exposures
-- With what was written in their conversations since.
update exposures set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and conversation_id = any ($2::uuid[])

-- name: return_lead_merges
update lead_merges set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and id = any ($2::uuid[])

-- name: return_absorbed
update leads set merged_into_id = $3 where organization_id = $1 and id = any ($2::uuid[])

-- name: return_duplicates
update leads set duplicate_of_id = $3 where organization_id = $1 and id = any ($2::uuid[])

-- name: move_drafts
update drafts set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: return_drafts
update drafts set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and conversation_id = any ($2::uuid[])

-- name: move_replay_rows
update replay_rows set lead_id = $3, owner_id = $4, assignee_id = $5 where organization_id = $1 and lead_id = $2 returning id

-- name: return_replay_rows
update replay_rows set lead_id = $3, owner_id = $4, assignee_id = $5
where organization_id = $1 and conversation_id = any ($2::uuid[])
