-- name: add_scoring
insert into scorings (organization_id) values ($1)

-- name: lock_scoring
-- Who changes the list waits for a portion that is being scored by the old one.
select organization_id from scorings where organization_id = $1 for no key update

-- name: clear_reasons
delete from score_reasons where organization_id = $1

-- name: add_reasons
insert into score_reasons (organization_id, id, position, label, points, condition, field, value)
select $1, reason.id, reason.position, reason.label, reason.points, reason.condition, reason.field, reason.value
from unnest($2::uuid[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[]) with ordinality
     as reason (id, label, points, condition, field, value, position)
returning id

-- name: begin_scoring
-- From the first lead on.
update scorings set after = '00000000-0000-0000-0000-000000000000', changed_at = transaction_timestamp(),
                    due_at = transaction_timestamp()
where organization_id = $1

-- name: claim_scoring
select after, changed_at, now() > changed_at + interval '1 minute' as is_last_round from scorings
where organization_id = $1 and due_at <= now()
for no key update skip locked

-- name: go_on_scoring
update scorings set after = $2, due_at = $3 where organization_id = $1

-- name: lock_leads_after
select id from leads where organization_id = $1 and id > $2 order by id limit $3 for no key update

-- name: score_leads
-- By the list as it is now. Their unit of work has locked them, so either it sees a list that is new, or whoever scores by
-- the new one comes after it. Who was erased scores nothing.
with given as materialized (
  select l.id, l.erased_at, to_jsonb(l) as facts from leads l
  where l.organization_id = $1 and l.id = any ($2::uuid[])
), scored as (
  select given.id, coalesce(sum(r.points), 0)::integer as points
  from given left join score_reasons r
    on r.organization_id = $1 and given.erased_at is null
    and meets_condition(r.condition, r.field, r.value, given.facts, case r.condition when 'REPLIED' then exists (
      select from messages m where m.organization_id = $1 and m.lead_id = given.id and m.direction = 'INBOUND') end)
  group by given.id
)
update leads l set score = scored.points
from scored where l.organization_id = $1 and l.id = scored.id and l.score <> scored.points
returning l.id
