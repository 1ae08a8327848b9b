-- name: pause_filtered
-- Pauses a number of whose texts carriers have filtered $3 within $4, since it was last resumed; nothing where it rests already.
update phone_numbers p set paused_at = transaction_timestamp(), pause_reason = 'FILTERED'
where p.organization_id = $1 and p.number = $2 and p.paused_at is null and $3 <= (
  select count(*) from messages m
  where m.organization_id = $1 and m.sender = $2 and m.error_code = 30007
    and m.created_at > transaction_timestamp() - $4::interval
    and (p.resumed_at is null or m.created_at > p.resumed_at))
returning p.id

-- name: lock_number
select id, paused_at from phone_numbers where organization_id = $1 and id = $2 for no key update

-- name: pause_number
update phone_numbers set paused_at = transaction_timestamp(), pause_reason = 'BY_HAND'
where organization_id = $1 and id = $2 and paused_at is null

-- name: resume_number
update phone_numbers set paused_at = null, pause_reason = null, resumed_at = transaction_timestamp()
where organization_id = $1 and id = $2 and paused_at is not null

-- name: set_service
update phone_numbers set messaging_service = $3
where organization_id = $1 and id = $2 and messaging_service is distinct from $3
