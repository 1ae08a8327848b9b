-- name: expose
-- A version has written in a conversation.
insert into exposures (organization_id, id, prompt_version_id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids,
                       last_at)
select $1, $2, $3, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids, $5
from conversations c where c.organization_id = $1 and c.id = $4
on conflict (organization_id, prompt_version_id, conversation_id) do update
set texts_count = exposures.texts_count + 1, last_at = excluded.last_at
returning id

-- name: note_replies
-- Of these conversations the version that wrote last, the first time.
update exposures e set replied_at = $3
from (
  select distinct on (x.conversation_id) x.id, x.replied_at from exposures x
  where x.organization_id = $1 and x.conversation_id = any ($2::uuid[])
  order by x.conversation_id, x.last_at desc, x.id desc) latest
where e.organization_id = $1 and e.id = latest.id and latest.replied_at is null
returning e.prompt_version_id

-- name: note_feeling
-- How the reply to the version that wrote last sounds; a later one takes its place.
update exposures e
set sentiment_score = $3, positive_at = case when $4 and e.positive_at is null then $5::timestamptz else e.positive_at end
from (
  select x.id from exposures x where x.organization_id = $1 and x.conversation_id = $2
  order by x.last_at desc, x.id desc limit 1) latest
where e.organization_id = $1 and e.id = latest.id and e.replied_at is not null
returning e.prompt_version_id

-- name: note_booking
update exposures e set booked_at = $3
from (
  select x.id, x.booked_at from exposures x where x.organization_id = $1 and x.lead_id = $2
  order by x.last_at desc, x.id desc limit 1) latest
where e.organization_id = $1 and e.id = latest.id and latest.booked_at is null
returning e.prompt_version_id

-- name: note_opt_out
update exposures e set opted_out_at = $3
from (
  select x.id, x.opted_out_at from exposures x where x.organization_id = $1 and x.lead_id = $2
  order by x.last_at desc, x.id desc limit 1) latest
where e.organization_id = $1 and e.id = latest.id and latest.opted_out_at is null
returning e.prompt_version_id

-- name: count_breach
insert into prompt_outcomes (organization_id, id, breaches_count)
select $1, $2, 1
on conflict (organization_id, id) do update set breaches_count = prompt_outcomes.breaches_count + excluded.breaches_count
returning id
