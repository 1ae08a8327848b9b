-- name: add_export
insert into exports (organization_id, id, creator_id, api_key_id, lead_scope, limited_to, list, filter, columns)
values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb, $9)

-- name: lock_export
select id, status, list, columns, lead_scope, limited_to, file_deleted_at, size_bytes from exports
where organization_id = $1 and id = $2 for no key update

-- name: claim_work
update exports e set holder = $2, attempts = e.attempts + 1, next_attempt_at = now() + $3, done_rows = 0
where e.organization_id = $1 and e.id = (
  select d.id from exports d
  where d.organization_id = $1 and d.status = 'WRITING' and d.next_attempt_at <= now()
  order by d.next_attempt_at limit 1 for update skip locked)
returning e.id, e.creator_id, e.api_key_id, e.list, e.filter::text as filter, e.columns, e.attempts

-- name: hold_work
-- Nothing where it was cancelled, or where somebody else holds it.
update exports set next_attempt_at = now() + $4
where organization_id = $1 and id = $2 and holder = $3 and status = 'WRITING'
returning id

-- name: put_off_work
update exports set problem = $3, next_attempt_at = now() + $4 where organization_id = $1 and id = $2

-- name: end_work
update exports
set status = $3, problem = $4, completed_at = transaction_timestamp(), forget_at = transaction_timestamp() + $5
where organization_id = $1 and id = $2

-- name: note_progress
update exports set done_rows = $3, total_rows = $4, problem = null where organization_id = $1 and id = $2

-- name: note_size
update exports set size_bytes = $3, attempts = 0 where organization_id = $1 and id = $2

-- name: note_link
update exports set linked_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: find_written
select list, created_at from exports
where organization_id = $1 and id = $2 and status = 'COMPLETED' and file_deleted_at is null

-- name: files_to_forget
select id from exports where organization_id = $1 and file_deleted_at is null and forget_at <= now()
order by forget_at limit $2

-- name: forget_file
update exports set file_deleted_at = transaction_timestamp() where organization_id = $1 and id = $2
