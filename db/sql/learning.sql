-- name: claim_unreviewed
select m.id, m.conversation_id, m.subject, m.body, m.carriage, o.blacklisted_words
from messages m join organizations o on o.id = $1
where m.organization_id = $1 and m.direction = 'OUTBOUND' and m.reviewed_at is null
order by m.created_at, m.id limit 1
for update of m skip locked

-- name: mark_reviewed
update messages set reviewed_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: add_insight
insert into insights (organization_id, id, fingerprint, type, severity, category, title, description, suggestion,
                      original_text, message_id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, m.body, m.id, m.conversation_id, m.lead_id, m.owner_id, m.assignee_id,
       m.dataset_ids
from messages m where m.organization_id = $1 and m.id = $10
on conflict (organization_id, fingerprint) do nothing
returning id

-- name: lock_insight
select i.status, m.name as reviewer
from insights i left join memberships m on m.organization_id = $1 and m.id = i.reviewer_id
where i.organization_id = $1 and i.id = $2
for no key update of i

-- name: review_insight
update insights set status = $3, reviewer_id = $4, reviewed_at = transaction_timestamp(),
                    feedback = coalesce($5, feedback)
where organization_id = $1 and id = $2
