-- name: claim_text
-- The oldest answer of Sophie's of the last day that no model was asked about, or whose asker died.
with due as materialized (
  select m.id from messages m
  where m.organization_id = $1 and m.ai_generated and m.reviewed_at is not null and m.judged_at is null
    and m.created_at > $2 and (m.judging_until is null or m.judging_until <= $3)
  order by m.created_at, m.id limit 1
  for no key update skip locked
)
update messages m set judging_until = $4
from due where m.organization_id = $1 and m.id = due.id
returning m.id, m.conversation_id, m.lead_id, m.campaign_id, m.author_id, m.ai_generated, m.prompt_version_id, m.owner_id,
          m.assignee_id, m.dataset_ids, m.subject, m.body, m.created_at

-- name: keep_opinion
-- Beside what the rules found; without an opinion nobody is asked again.
update messages
set judged_at = $3, judging_until = null,
    quality_score = case when $4::numeric is null then quality_score when quality_score is null then $4::numeric
                         else round((quality_score + $4::numeric) / 2, 2) end
where organization_id = $1 and id = $2 and judged_at is null
returning id

-- name: keep_summary
update conversations set summary = $3 where organization_id = $1 and id = $2
