"""A large past of what people taught: prompts with a dozen versions each, and who was written to by which of one."""

# As many lessons as there may be, in versions that have a part of each section and every tenth lesson.
_LESSONS = """
insert into lessons (organization_id, id, type, title, tags, priority, source, status, words, created_at)
select $1, md5($1::uuid::text || 'lesson' || n)::uuid, 'NEVER_RULE', 'Never say ' || n, '{a}', n % 9, 'IMPORTED',
       (array['ACTIVE', 'ACTIVE', 'TESTING', 'ARCHIVED'])[1 + n % 4], words_of_text('Never say ' || n || ' hello'),
       timestamptz '2026-01-01' + n * interval '1 hour'
from generate_series(1, 1000) n"""
_PROMPTS = """
with prompts as (
  insert into prompts (organization_id, id, name, created_from, live_version_id)
  select $1, md5($1::uuid::text || 'prompt' || n)::uuid, 'Prompt ' || n, 'MANUAL',
         case when n = 0 then md5($1::uuid::text || 'version0/11')::uuid end
  from generate_series(0, 9) n),
versions as (
  insert into prompt_versions (organization_id, id, prompt_id, number, semantic_version, compiled, change,
                               sections_changed, summary, created_by_type, created_at)
  select $1, md5($1::uuid::text || 'version' || n || '/' || v)::uuid, md5($1::uuid::text || 'prompt' || n)::uuid, v,
         '1.' || v || '.0', 'Say hello.', 'EDITED', '{TONE}', 'Edited.', 'USER',
         timestamptz '2026-01-01' + v * interval '1 day'
  from generate_series(0, 9) n, generate_series(1, 12) v),
deployments as (
  insert into prompt_deployments (organization_id, id, prompt_id, prompt_version_id, verb, share)
  select $1, md5($1::uuid::text || 'deployment' || v)::uuid, md5($1::uuid::text || 'prompt0')::uuid,
         md5($1::uuid::text || 'version0/' || v)::uuid, 'DEPLOYED', 100 from generate_series(1, 12) v),
outcomes as (
  insert into prompt_outcomes (organization_id, id, conversations_count)
  select $1, md5($1::uuid::text || 'version0/' || v)::uuid, 1000 from generate_series(1, 12) v)
insert into prompt_sections (organization_id, id, prompt_version_id, position, section, content, source, lesson_id)
select $1, md5($1::uuid::text || 'part' || n || '/' || v || '/' || p)::uuid,
       md5($1::uuid::text || 'version' || n || '/' || v)::uuid, p, 'TONE', 'Say hello.', 'LESSON',
       md5($1::uuid::text || 'lesson' || p * 10)::uuid
from generate_series(0, 9) n, generate_series(1, 12) v, generate_series(1, 100) p"""
_EXPOSURES = """
insert into exposures (organization_id, id, prompt_version_id, conversation_id, lead_id, owner_id, assignee_id,
                       dataset_ids, last_at, replied_at)
select $1, c.id, md5($1::uuid::text || 'version0/' || 1 + n % 12)::uuid, c.id, c.lead_id, c.owner_id, c.assignee_id,
       c.dataset_ids, c.created_at, case when n % 3 = 0 then c.created_at end
from (select *, row_number() over (order by created_at) as n from conversations where organization_id = $1) c"""
_REPLAYS = """
insert into replays (organization_id, id, prompt_version_id, lead_scope, threads, status, created_at)
select $1, md5($1::uuid::text || 'replay' || n)::uuid, md5($1::uuid::text || 'version0/' || 1 + n % 12)::uuid, 'ALL',
       20,
       case when n > 2990 then 'FAILED' else 'COMPLETED' end, timestamptz '2026-01-01' + n * interval '1 minute'
from generate_series(1, 3000) n"""
LEARNED = (_LESSONS, _PROMPTS, _EXPOSURES, _REPLAYS)
