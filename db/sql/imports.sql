-- name: add_import
insert into imports (organization_id, id, dataset_id, creator_id, file_name, duplicate_policy)
select $1, $2, d.id, $4, $5, case when $6::text is null then d.duplicate_policy else $6 end
from datasets d where d.organization_id = $1 and d.id = $3 and d.archived_at is null
returning id

-- name: find_dataset_by_name
select id from datasets where organization_id = $1 and lower(name) = lower($2) and archived_at is null

-- name: describe_import
select * from imports where organization_id = $1 and id = $2

-- name: describe_columns
select header, samples, proposed, confidence, target from import_columns
where organization_id = $1 and import_id = $2 order by position

-- name: lock_import
select id, dataset_id, creator_id, status, file_name, file_kind, encoding, delimiter, sheet, header_row,
       orders::text as orders, duplicate_policy, required_fields, total_rows, last_row, version
from imports where organization_id = $1 and id = $2 for no key update

-- name: take_file
update imports
set status = 'READING', size_bytes = $3, next_attempt_at = now(), attempts = 0, problem = null, completed_at = null,
    forget_at = null, file_deleted_at = null, done_rows = 0, last_row = 0, created_count = 0, merged_count = 0,
    linked_count = 0, repeated_count = 0, skipped_count = 0, failed_count = 0
where organization_id = $1 and id = $2

-- name: claim_work
-- Whoever holds an import says so within its lease, or another process goes on with it.
update imports i set holder = $2, attempts = i.attempts + 1, next_attempt_at = now() + $3
where i.organization_id = $1 and i.id = (
  select d.id from imports d
  where d.organization_id = $1 and d.status in ('READING', 'REHEARSING', 'IMPORTING') and d.next_attempt_at <= now()
  order by d.next_attempt_at limit 1 for update skip locked)
returning i.id, i.dataset_id, i.creator_id, i.status, i.encoding, i.delimiter, i.sheet, i.header_row,
          i.orders::text as orders, i.duplicate_policy, i.required_fields, i.last_row, i.total_rows, i.attempts,
          (select o.country from organizations o where o.id = $1) as region

-- name: get_targets
select target from import_columns where organization_id = $1 and import_id = $2 order by position

-- name: hold_work
-- Nothing where it was cancelled, or where somebody else holds it.
update imports set next_attempt_at = now() + $4
where organization_id = $1 and id = $2 and holder = $3 and status in ('READING', 'REHEARSING', 'IMPORTING')
returning id

-- name: record_look
update imports
set status = 'MAPPING', file_kind = $3, encoding = $4, delimiter = $5, sheet = $6, header_row = $7, orders = $8::jsonb,
    total_rows = $9, attempts = 0
where organization_id = $1 and id = $2

-- name: clear_columns
delete from import_columns where organization_id = $1 and import_id = $2

-- name: add_columns
insert into import_columns (organization_id, id, import_id, position, header, samples, proposed, confidence, reason,
                            target)
select $1, c.id, $2, c.position, c.header, array(select jsonb_array_elements_text(c.samples)), c.proposed, c.confidence,
       c.reason, c.target
from jsonb_to_recordset($3::jsonb) as c (id uuid, position integer, header text, samples jsonb, proposed text,
                                         confidence numeric, reason text, target text)
returning id

-- name: get_columns
select header, target from import_columns where organization_id = $1 and import_id = $2 order by position

-- name: map_columns
update import_columns c set target = m.target
from unnest($3::integer[], $4::text[]) as m (position, target)
where c.organization_id = $1 and c.import_id = $2 and c.position = m.position and c.target <> m.target

-- name: begin_import
-- What a rehearsal counted is counted anew.
update imports
set status = $3, duplicate_policy = $4, required_fields = $5, done_rows = 0, last_row = 0, created_count = 0,
    merged_count = 0, linked_count = 0, repeated_count = 0, skipped_count = 0, failed_count = 0, problem = null,
    attempts = 0, next_attempt_at = now(),
    started_at = case $3 when 'IMPORTING' then transaction_timestamp() else started_at end
where organization_id = $1 and id = $2

-- name: clear_rows
delete from import_rows where organization_id = $1 and import_id = $2

-- name: note_progress
update imports
set done_rows = done_rows + $3, last_row = $4, created_count = created_count + $5, merged_count = merged_count + $6,
    linked_count = linked_count + $7, repeated_count = repeated_count + $8, skipped_count = skipped_count + $9,
    failed_count = failed_count + $10, attempts = 0, next_attempt_at = now() + $11
where organization_id = $1 and id = $2

-- name: end_import
update imports
set status = $3, problem = $4, completed_at = transaction_timestamp(),
    forget_at = case when forget_at is null then transaction_timestamp() + $5 else forget_at end
where organization_id = $1 and id = $2

-- name: end_rehearsal
update imports set status = 'MAPPING', rehearsed_at = transaction_timestamp(), attempts = 0
where organization_id = $1 and id = $2

-- name: put_off_work
update imports set problem = $3, next_attempt_at = now() + $4 where organization_id = $1 and id = $2

-- name: match_leads
-- Who has these addresses; a number or an address that was absorbed leads to who was kept. Address by address, so that no
-- plan can read all the organization's leads instead: while many are being added, nothing knows yet how many they are.
select 'phone' as kind, l.phone as address,
       case when l.merged_into_id is null then l.id else l.merged_into_id end as lead_id
from unnest($2::text[]) as wanted (phone) cross join lateral (
  select l.id, l.phone, l.merged_into_id from leads l
  where l.organization_id = $1 and l.phone = wanted.phone and l.duplicate_of_id is null limit 1) l
union all
select 'email', l.email, case when l.merged_into_id is null then l.id else l.merged_into_id end
from unnest($3::text[]) as wanted (email) cross join lateral (
  select l.id, l.email, l.merged_into_id from leads l
  where l.organization_id = $1 and l.email = wanted.email and l.duplicate_of_id is null limit 1) l

-- name: lock_matched
-- In the order in which they are given; and whether they are in the dataset.
select l.id, l.dataset_ids @> array[$3::uuid] as is_placed
from unnest($2::uuid[]) as wanted (id) cross join lateral (
  select l.id, l.dataset_ids from leads l
  where l.organization_id = $1 and l.id = wanted.id for no key update) l

-- name: add_people
-- In the order of the file, each once and in their final state: scored, in the dataset, with their note and accounted for.
-- Of two who share an address the first is added; whoever is there already, or has come with one of the addresses just
-- now, is left out. Nobody has answered who has just come, and the rest of what they are scored by is what the columns
-- begin with. Others write their words where `$6` says so (`finding`).
with later as materialized (
  select set_config('rekindle.words_later', case when $6::boolean then 'on' else 'off' end, true) as is_later
), stage as materialized (
  select default_stage() as id from later where is_later is not null
), reasons as materialized (
  select r.condition, r.field, r.value, r.points from score_reasons r where r.organization_id = $1
), given as materialized (
  select (p.facts ->> 'id')::uuid as id, p.facts, p.place
  from jsonb_array_elements($2::jsonb) with ordinality as p (facts, place)
), added as (
  insert into leads (organization_id, id, first_name, last_name, company, title, industry, location, postcode, country,
                     phone, raw_phone, email, linkedin_url, source, inquiry_date, tags, custom_fields, duplicate_of_id,
                     pipeline_stage_id, dataset_ids, score)
  select $1, p.id, p.facts ->> 'first_name', p.facts ->> 'last_name', p.facts ->> 'company', p.facts ->> 'title',
         p.facts ->> 'industry', p.facts ->> 'location', p.facts ->> 'postcode', p.facts ->> 'country',
         p.facts ->> 'phone', p.facts ->> 'raw_phone', p.facts ->> 'email', p.facts ->> 'linkedin_url',
         p.facts ->> 'source', (p.facts ->> 'inquiry_date')::date,
         case when p.facts -> 'tags' = '[]' then '{}' else array(select jsonb_array_elements_text(p.facts -> 'tags')) end,
         p.facts -> 'custom_fields', (p.facts ->> 'duplicate_of_id')::uuid, (select stage.id from stage), array[$3::uuid],
         (select coalesce(sum(r.points), 0) from reasons r
          where meets_condition(r.condition, r.field, r.value, case when r.field in ('LIFECYCLE', 'TEMPERATURE', 'SENTIMENT')
            then '{"lifecycle": "NEW", "temperature": "UNKNOWN", "sentiment": "UNKNOWN"}' else p.facts end, false))
  from given p order by p.place
  on conflict do nothing
  returning id, owner_id, assignee_id, dataset_ids, created_at, archived_at, temperature, lifecycle
), linked as (
  insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted,
                             row_number)
  select $1, $3, l.id, l.created_at, l.archived_at is null, l.temperature = 'HOT' and l.archived_at is null,
         l.lifecycle = 'CONVERTED', (p.facts ->> 'row_number')::integer
  from added l join given p on p.id = l.id
  returning lead_id
), noted as (
  insert into lead_notes (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, author_id, body)
  select $1, (p.facts ->> 'note_id')::uuid, l.id, l.owner_id, l.assignee_id, l.dataset_ids, $4, p.facts ->> 'note'
  from added l join given p on p.id = l.id
  where p.facts ->> 'note' is not null
  returning id
), accounted as (
  insert into import_rows (organization_id, id, import_id, row_number, outcome, lead_id, problems)
  select $1, (p.facts ->> 'row_id')::uuid, $5, (p.facts ->> 'row_number')::integer, p.facts ->> 'outcome', l.id,
         case when p.facts ->> 'problems' is null then null else p.facts -> 'problems' end
  from added l join given p on p.id = l.id
  returning row_number
)
select row_number from accounted

-- name: fill_people
-- What is not known is taken from the file; what is known stays. An address that is somebody else's stays theirs.
update leads l
set first_name = case when l.first_name is null and l.last_name is null then p.first_name else l.first_name end,
    last_name = case when l.first_name is null and l.last_name is null then p.last_name else l.last_name end,
    company = case when l.company is null then p.company else l.company end,
    title = case when l.title is null then p.title else l.title end,
    industry = case when l.industry is null then p.industry else l.industry end,
    location = case when l.location is null then p.location else l.location end,
    postcode = case when l.postcode is null then p.postcode else l.postcode end,
    country = case when l.country is null then p.country else l.country end,
    phone = case when l.phone is null and not p.is_phone_taken then p.phone else l.phone end,
    raw_phone = case when l.phone is null and not p.is_phone_taken then p.raw_phone else l.raw_phone end,
    email = case when l.email is null and not p.is_email_taken then p.email else l.email end,
    linkedin_url = case when l.linkedin_url is null then p.linkedin_url else l.linkedin_url end,
    inquiry_date = case when l.inquiry_date is null then p.inquiry_date else l.inquiry_date end,
    tags = l.tags || array(select tag from jsonb_array_elements_text(p.tags) tag where tag <> all (l.tags)),
    custom_fields = p.custom_fields || l.custom_fields
from jsonb_to_recordset($2::jsonb) as p (id uuid, first_name text, last_name text, company text, title text,
       industry text, location text, postcode text, country text, phone text, raw_phone text, email text,
       linkedin_url text, source text, inquiry_date date, tags jsonb, custom_fields jsonb, is_phone_taken boolean,
       is_email_taken boolean)
where l.organization_id = $1 and l.id = p.id and l.erased_at is null

-- name: add_notes
insert into lead_notes (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, author_id, body)
select $1, n.id, l.id, l.owner_id, l.assignee_id, l.dataset_ids, $5, n.body
from unnest($2::uuid[], $3::uuid[], $4::text[]) as n (id, lead_id, body)
join leads l on l.organization_id = $1 and l.id = n.lead_id
returning id

-- name: link_people
-- Who was there before is marked where the policy says so; who is in the dataset already stays in it once.
insert into dataset_leads (organization_id, dataset_id, lead_id, lead_created_at, is_active, is_hot, is_converted,
                           is_duplicate, row_number)
select $1, $2, l.id, l.created_at, l.archived_at is null, l.temperature = 'HOT' and l.archived_at is null,
       l.lifecycle = 'CONVERTED', $5, p.row_number
from unnest($3::uuid[], $4::integer[]) as p (lead_id, row_number) cross join lateral (
  select l.id, l.created_at, l.archived_at, l.temperature, l.lifecycle from leads l
  where l.organization_id = $1 and l.id = p.lead_id limit 1) l
on conflict (organization_id, dataset_id, lead_id) do nothing
returning lead_id

-- name: add_outcomes
insert into import_rows (organization_id, id, import_id, row_number, outcome, lead_id, problems)
select $1, r.id, $2, r.row_number, r.outcome, r.lead_id, r.problems::jsonb
from unnest($3::uuid[], $4::integer[], $5::text[], $6::uuid[], $7::text[]) as r (id, row_number, outcome, lead_id,
                                                                                  problems)
returning id

-- name: get_outcomes
-- A page of what became of rows, in the order of the file.
select row_number, outcome, lead_id, problems::text as problems from import_rows
where organization_id = $1 and import_id = $2 and row_number > $3 order by row_number limit $4

-- name: note_outcome_link
-- So that the audit trail tells who has taken what along.
update imports set outcome_linked_at = $3 where organization_id = $1 and id = $2

-- name: get_outcome_facts
select i.encoding, i.delimiter, i.header_row, i.file_deleted_at,
       array(select c.header from import_columns c where c.organization_id = $1 and c.import_id = $2 order by c.position)
         as headers
from imports i where i.organization_id = $1 and i.id = $2

-- name: files_to_forget
select id from imports where organization_id = $1 and file_deleted_at is null and forget_at <= now()
  and completed_at is not null
order by forget_at limit $2 for update skip locked

-- name: forget_file
update imports set file_deleted_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: forget_values
-- What stood in cells goes with the file they stood in.
update import_rows r
set problems = (select jsonb_agg(p - 'value') from jsonb_array_elements(r.problems) p)
where r.organization_id = $1 and r.import_id = $2 and r.problems is not null

-- name: forget_samples
update import_columns set samples = '{}' where organization_id = $1 and import_id = $2

-- name: hasten_forgetting
-- Somebody who came with a file was erased: the file goes as soon as its import has ended.
update imports i set forget_at = transaction_timestamp()
where i.organization_id = $1 and i.file_deleted_at is null and i.id in (
  select r.import_id from import_rows r where r.organization_id = $1 and r.lead_id = any ($2::uuid[]))
