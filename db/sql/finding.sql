-- name: leave_words
-- The words of leads that this unit of work adds are written later.
select set_config('rekindle.words_later', 'on', true) where $1::uuid is not null

-- name: claim_words
select id, lead_ids from words_due where organization_id = $1 and due_at <= now()
order by due_at limit 1 for update skip locked

-- name: lock_for_words
-- In the order of their ids, as everybody locks several. Whoever changes them waits, and finds their words.
select id from leads where organization_id = $1 and id = any ($2::uuid[]) order by id for share

-- name: write_words
select write_words($1, $2)

-- name: end_words
delete from words_due where organization_id = $1 and id = $2
