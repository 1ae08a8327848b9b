-- name: claim_words
select id from words_due where organization_id = $1 and due_at <= now()
order by due_at limit 1 for update skip locked

-- name: lock_for_words
-- In the order of their ids, as everybody locks several. Whoever changes them waits, and finds their words.
select count(*) from (
  select from leads
  where organization_id = $1 and id = any (array(
    select unnest(w.lead_ids) from words_due w where w.organization_id = $1 and w.id = $2))
  order by id for share) locked

-- name: write_words
select write_words($1, lead_ids) from words_due where organization_id = $1 and id = $2

-- name: end_words
delete from words_due where organization_id = $1 and id = $2
