-- name: claim_unreviewed
select m.id, m.conversation_id, m.body, o.blacklisted_words
from messages m join organizations o on o.id = $1
where m.organization_id = $1 and m.direction = 'OUTBOUND' and m.reviewed_at is null
order by m.created_at, m.id limit 1
for update of m skip locked

-- name: mark_reviewed
update messages set reviewed_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: add_insight
insert into insights (organization_id, id, fingerprint, type, severity, category, title, description, suggestion,
                      original_text, message_id, conversation_id)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
on conflict (organization_id, fingerprint) do nothing
returning id
