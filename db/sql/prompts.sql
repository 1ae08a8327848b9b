-- name: add_template
insert into prompt_templates (organization_id, id, creator_id, name, description, category, industry, use_case, best_for, sections,
                              wizard_answers)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11::jsonb
returning id

-- name: add_system_templates
-- Those that the organization lacks.
insert into prompt_templates (organization_id, id, name, description, category, industry, use_case, best_for, sections,
                              wizard_answers, is_system)
select $1, t.id, t.name, t.description, t.category, t.industry, t.use_case, t.best_for, t.sections, t.wizard_answers, true
from jsonb_to_recordset($2::jsonb) as t (id uuid, name text, description text, category text, industry text,
  use_case text, best_for text, sections jsonb, wizard_answers jsonb)
on conflict (organization_id, name) where archived_at is null do nothing
returning id

-- name: lock_template
select * from prompt_templates where organization_id = $1 and id = $2 for no key update

-- name: change_template
update prompt_templates
set name = $3, description = $4, category = $5, industry = $6, use_case = $7, best_for = $8, sections = $9::jsonb,
    wizard_answers = $10::jsonb
where organization_id = $1 and id = $2

-- name: archive_template
update prompt_templates set archived_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: find_template
select sections, wizard_answers, name from prompt_templates
where organization_id = $1 and id = $2 and archived_at is null

-- name: note_use
update prompt_templates set times_used = times_used + 1 where organization_id = $1 and id = $2

-- name: add_prompt
insert into prompts (organization_id, id, creator_id, dataset_id, name, description, created_from, prompt_template_id,
                     copied_from_id, wizard_answers)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb
returning id

-- name: change_prompt
update prompts set name = $3, description = $4, is_guarded = $5 where organization_id = $1 and id = $2

-- name: archive_prompt
update prompts
set archived_at = transaction_timestamp()
where organization_id = $1 and id = $2

-- name: lock_prompt
select * from prompts where organization_id = $1 and id = $2 for no key update

-- name: get_place_of_version
select v.prompt_id, p.dataset_id
from prompt_versions v join prompts p on p.organization_id = $1 and p.id = v.prompt_id
where v.organization_id = $1 and v.id = $2

-- name: find_guarded
-- Those of some versions whose prompts are guarded, in the order in which their prompts are locked.
select v.id, v.prompt_id
from prompt_versions v join prompts p on p.organization_id = $1 and p.id = v.prompt_id
where v.organization_id = $1 and v.id = any ($2::uuid[]) and p.is_guarded and p.archived_at is null
order by v.prompt_id, v.id

-- name: get_version
-- One, or the newest of a prompt.
select id, prompt_id, number, semantic_version, compiled, manual_edits_count
from prompt_versions
where organization_id = $1 and prompt_id = $2 and ($3::uuid is null or id = $3)
order by number desc limit 1

-- name: get_parts
select section, content, source, why, lesson_id from prompt_sections
where organization_id = $1 and prompt_version_id = $2 order by position

-- name: add_version
insert into prompt_versions (organization_id, id, creator_id, prompt_id, number, semantic_version, previous_id, compiled, change,
                             sections_changed, summary, reason, manual_edits_count, created_by_type)
select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text[], $11, $12, $13, $14
returning id

-- name: add_parts
insert into prompt_sections (organization_id, id, prompt_version_id, position, section, content, source, why, lesson_id)
select $1, p.id, $2, p.position, p.section, p.content, p.source, p.why, p.lesson_id
from jsonb_to_recordset($3::jsonb) as p (id uuid, position integer, section text, content text, source text, why text,
  lesson_id uuid)
returning id

-- name: find_tried_lessons
-- Lessons in a version that are not settled yet.
select l.title from prompt_sections s join lessons l on l.organization_id = $1 and l.id = s.lesson_id
where s.organization_id = $1 and s.prompt_version_id = $2 and l.status = 'TESTING'
order by l.title

-- name: lock_prompts_there
-- One that is about to be live, and one that is: in the order of their ids, as everybody locks several.
select id from prompts
where organization_id = $1 and (id = $2 or live_version_id is not null and archived_at is null
  and dataset_id is not distinct from $3)
order by id for no key update

-- name: lock_live
-- Another prompt that is live where this one is to be.
select id, live_version_id, trial_version_id from prompts
where organization_id = $1 and live_version_id is not null and archived_at is null and id <> $2
  and dataset_id is not distinct from $3
for no key update

-- name: lock_place
-- One prompt at a time becomes live in a place.
select pg_advisory_xact_lock(hashtextextended('prompts ' || $1::uuid || ' ' || coalesce($2::uuid::text, ''), 0))

-- name: point
update prompts
set live_version_id = $3, trial_version_id = $4, trial_share = $5, deployed_at = transaction_timestamp(), deployer_id = $6
where organization_id = $1 and id = $2

-- name: add_deployment
insert into prompt_deployments (organization_id, id, prompt_id, prompt_version_id, previous_version_id, verb, share, reason,
                                performance_before, member_id)
select $1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, $10
returning id

-- name: find_version_before
-- What of a prompt was live before a version was made live; it may have been taken back since.
select d.previous_version_id
from prompt_deployments d join prompt_versions v on v.organization_id = $1 and v.id = d.previous_version_id
where d.organization_id = $1 and d.prompt_id = $2 and d.prompt_version_id = $3 and d.verb = 'DEPLOYED' and v.prompt_id = $2
order by d.created_at desc, d.id desc limit 1

-- name: get_outcome
select * from prompt_outcomes where organization_id = $1 and id = $2

-- name: find_live
-- For a lead in these datasets: the newest dataset's that has one, else the organization's.
select p.id, p.live_version_id, p.trial_version_id, p.trial_share
from prompts p left join datasets d on d.organization_id = $1 and d.id = p.dataset_id
where p.organization_id = $1 and p.live_version_id is not null and p.archived_at is null
  and (p.dataset_id is null or p.dataset_id = any ($2::uuid[]))
order by p.dataset_id is null, d.created_at desc, d.id desc limit 1

-- name: find_version
-- With how it did, where it wrote.
select v.previous_id, v.compiled, coalesce(o.conversations_count, 0) as conversations_count,
       coalesce(o.texts_count, 0) as texts_count, coalesce(o.replies_count, 0) as replies_count,
       coalesce(o.positive_count, 0) as positive_count, coalesce(o.bookings_count, 0) as bookings_count,
       coalesce(o.opt_outs_count, 0) as opt_outs_count, coalesce(o.breaches_count, 0) as breaches_count
from prompt_versions v left join prompt_outcomes o on o.organization_id = $1 and o.id = v.id
where v.organization_id = $1 and v.id = $2

-- name: get_outcomes_of_lesson
-- What came of the versions that have it, and of those of the same prompts that have it not.
with shaped as materialized (
  select distinct s.prompt_version_id as id from prompt_sections s where s.organization_id = $1 and s.lesson_id = $2
)
select shaped.id is not null as has_lesson, sum(o.conversations_count)::integer as conversations_count,
       sum(o.texts_count)::integer as texts_count, sum(o.replies_count)::integer as replies_count,
       sum(o.positive_count)::integer as positive_count, sum(o.bookings_count)::integer as bookings_count,
       sum(o.opt_outs_count)::integer as opt_outs_count, sum(o.breaches_count)::integer as breaches_count
from prompt_versions v
join prompt_outcomes o on o.organization_id = $1 and o.id = v.id
left join shaped on shaped.id = v.id
where v.organization_id = $1 and v.prompt_id in (
  select w.prompt_id from prompt_versions w join shaped h on h.id = w.id where w.organization_id = $1)
group by 1

-- name: has_lesson
select exists (select from lessons where organization_id = $1 and id = $2)
