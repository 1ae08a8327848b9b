-- name: add_usual_stages
-- The first is the default.
insert into pipeline_stages (organization_id, id, name, color, position, is_default)
select $1, stage.id, stage.name, stage.color, stage.position, stage.position = 1
from unnest($2::uuid[], $3::text[], $4::text[]) with ordinality as stage (id, name, color, position)
returning id

-- name: add_stage
-- At the end.
insert into pipeline_stages (organization_id, id, name, color, position)
select $1, $2, $3, $4, coalesce(max(s.position), 0) + 1 from pipeline_stages s where s.organization_id = $1
returning id

-- name: lock_stages
select id, name, color, position, is_default, successor_id, version from pipeline_stages
where organization_id = $1 order by position for no key update

-- name: change_stage
update pipeline_stages set name = $3, color = $4 where organization_id = $1 and id = $2

-- name: order_stages
-- All in one statement: their places are looked at when each has its own.
update pipeline_stages s set position = place.position
from unnest($2::uuid[]) with ordinality as place (id, position)
where s.organization_id = $1 and s.id = place.id and s.position <> place.position

-- name: clear_default_stage
update pipeline_stages set is_default = false where organization_id = $1 and is_default

-- name: make_default_stage
update pipeline_stages set is_default = true where organization_id = $1 and id = $2

-- name: give_up_stage
update pipeline_stages set successor_id = $3 where organization_id = $1 and id = $2

-- name: hold_stage
-- A stage that leads may be moved to; nobody gives it up until they are there.
select id from pipeline_stages where organization_id = $1 and id = $2 and successor_id is null for share

-- name: move_lead
update leads set pipeline_stage_id = $3, moved_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: claim_leaving_stage
-- One that goes, or this one. While it is locked no lead can come to stand there, and none is about to.
select id, successor_id from pipeline_stages
where organization_id = $1 and successor_id is not null and ($2::uuid is null or id = $2)
order by id limit 1
for update skip locked

-- name: move_leads_out
-- Some of those in a stage that goes, locked in the order of their ids.
with leaving as materialized (
  select l.id from leads l
  where l.organization_id = $1 and l.id = any (array(
    select w.id from leads w where w.organization_id = $1 and w.pipeline_stage_id = $2
    order by w.moved_at desc, w.id desc limit $4
  ))
  order by l.id
  for no key update
)
update leads l set pipeline_stage_id = $3, moved_at = transaction_timestamp()
from leaving where l.organization_id = $1 and l.id = leaving.id
returning l.id, l.merged_into_id is not null as is_absorbed

-- name: delete_stage
delete from pipeline_stages where organization_id = $1 and id = $2
