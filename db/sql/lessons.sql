-- name: add_lesson
insert into lessons (organization_id, id, creator_id, source, source_message_id, type, title, description, trigger,
                     correct_response, incorrect_response, reasoning, example_conversation, tags, priority, status, words)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13::jsonb, $14::text[], $15, $16,
       words_of_text(concat_ws(' ', $7::text, $8::text, $9::text, $10::text, $11::text, array_to_string($14::text[], ' ')))
returning id

-- name: change_lesson
update lessons
set type = $3, title = $4, description = $5, trigger = $6, correct_response = $7, incorrect_response = $8,
    reasoning = $9, example_conversation = $10::jsonb, tags = $11::text[], priority = $12, status = $13,
    words = words_of_text(concat_ws(' ', $4::text, $5::text, $6::text, $7::text, $8::text,
                                    array_to_string($11::text[], ' ')))
where organization_id = $1 and id = $2

-- name: turn_lesson
update lessons set status = $3 where organization_id = $1 and id = $2

-- name: lock_lesson
select * from lessons where organization_id = $1 and id = $2 for no key update

-- name: count_lessons
select count(*) from lessons where organization_id = $1

-- name: lock_library
-- Lessons are compared with one another: one is written at a time.
select pg_advisory_xact_lock(hashtextextended('lessons ' || $1::uuid, 0))

-- name: get_lessons
-- All that are at hand, or those named.
select id, type, title, description, trigger, correct_response, incorrect_response, reasoning, priority, status
from lessons
where organization_id = $1 and case when $2::uuid[] is null then status <> 'ARCHIVED' else id = any ($2::uuid[]) end
order by id

-- name: clear_conflicts
delete from lesson_conflicts where organization_id = $1 and (lesson_id = $2 or other_lesson_id = $2)

-- name: add_conflicts
-- Said of each about the other.
insert into lesson_conflicts (organization_id, lesson_id, other_lesson_id, kind)
select $1, pair.one, pair.other, pair.kind
from unnest($3::uuid[], $4::text[]) as given (id, kind)
cross join lateral (select $2::uuid, given.id, given.kind union all select given.id, $2::uuid, given.kind) pair (one, other, kind)
on conflict (organization_id, lesson_id, other_lesson_id) do nothing

-- name: find_message
-- A message that somebody learns from, within their sight.
select id from messages where organization_id = $1 and id = $2
