-- name: add_bulk_operation
insert into bulk_operations (organization_id, id, creator_id, api_key_id, lead_scope, limited_to, verb, arguments, filter)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9::jsonb)

-- name: add_named
-- Whom somebody named, each once, in the order of their ids.
insert into bulk_operation_rows (organization_id, bulk_operation_id, position, lead_id, creator_id, lead_scope, limited_to)
select $1, b.id, row_number() over (order by named.id), named.id, b.creator_id, b.lead_scope, b.limited_to
from bulk_operations b cross join (select distinct id from unnest($3::uuid[]) as given (id)) named
where b.organization_id = $1 and b.id = $2
returning 1

-- name: set_total
update bulk_operations set total_count = $3 where organization_id = $1 and id = $2

-- name: lock_bulk_operation
select id, status from bulk_operations where organization_id = $1 and id = $2 for no key update

-- name: claim_work
-- Whoever holds an operation says so within its lease, or another process goes on with it.
update bulk_operations b set holder = $2, attempts = b.attempts + 1, next_attempt_at = now() + $3
where b.organization_id = $1 and b.id = (
  select d.id from bulk_operations d
  where d.organization_id = $1 and d.status = 'RUNNING' and d.next_attempt_at <= now()
  order by d.next_attempt_at limit 1 for update skip locked)
returning b.id, b.creator_id, b.api_key_id, b.verb, b.arguments::text as arguments, b.done_count, b.attempts

-- name: hold_work
-- Nothing where it was cancelled, or where somebody else holds it.
update bulk_operations set next_attempt_at = now() + $4
where organization_id = $1 and id = $2 and holder = $3 and status = 'RUNNING'
returning id

-- name: put_off_work
update bulk_operations set problem = $3, next_attempt_at = now() + $4 where organization_id = $1 and id = $2

-- name: end_work
update bulk_operations set status = $3, problem = $4, completed_at = transaction_timestamp()
where organization_id = $1 and id = $2

-- name: next_rows
select position, lead_id from bulk_operation_rows
where organization_id = $1 and bulk_operation_id = $2 and position > $3 and position <= $3 + $4
order by position

-- name: record_outcomes
update bulk_operation_rows r set outcome = o.outcome, refusal_code = o.refusal_code, reason = o.reason
from unnest($3::integer[], $4::text[], $5::text[], $6::text[]) as o (position, outcome, refusal_code, reason)
where r.organization_id = $1 and r.bulk_operation_id = $2 and r.position = o.position

-- name: note_progress
update bulk_operations set done_count = $3, refused_count = refused_count + $4, attempts = 0, problem = null
where organization_id = $1 and id = $2
