-- name: lock_insight
-- Who reviewed it is looked up of the row as it is once it is locked: a join would say who had before.
select i.status, (select m.name from memberships m where m.organization_id = $1 and m.id = i.reviewer_id) as reviewer
from insights i
where i.organization_id = $1 and i.id = $2
for no key update of i

-- name: review_insight
update insights set status = $3, reviewer_id = $4, reviewed_at = transaction_timestamp(),
                    feedback = coalesce($5, feedback)
where organization_id = $1 and id = $2

-- name: take_back_insights
-- Those that were first applied by a version that is taken back.
update insights set status = 'ROLLED_BACK'
where organization_id = $1 and applied_version_id = $2 and status in ('APPROVED_AND_LEARNED', 'TAUGHT_SOPHIE')
returning id

-- name: settle_insight
-- What somebody decided, and what came of it.
update insights set status = $3, reviewer_id = $4, reviewed_at = transaction_timestamp(),
                    feedback = coalesce($5, feedback), lesson_id = $6, applied_version_id = $7::uuid,
                    applied_at = case when $7::uuid is null then null else transaction_timestamp() end
where organization_id = $1 and id = $2

-- name: get_insight
-- With what was said, and the datasets its lead is in.
select i.type, i.severity, i.category, i.title, i.description, i.suggestion, i.original_text, i.message_id, i.conversation_id,
       i.dataset_ids
from insights i where i.organization_id = $1 and i.id = $2

-- name: get_example
-- The last lines before a message, and the message, oldest first.
select e.direction, e.body from (
  select m.direction, m.body, m.created_at, m.id
  from messages a join messages m
    on m.organization_id = $1 and m.conversation_id = a.conversation_id and (m.created_at, m.id) <= (a.created_at, a.id)
  where a.organization_id = $1 and a.id = $2
  order by m.created_at desc, m.id desc limit 6) e
order by e.created_at, e.id
