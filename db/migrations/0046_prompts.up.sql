-- What people taught Sophie (S1.10). `words` is what a lesson is found by; of a message it was learned from only the id is kept.
create table lessons (
  organization_id uuid not null constraint lessons_organization references organizations (id) on delete cascade,
  id uuid not null,
  type text not null constraint lessons_type check (type in ('OBJECTION_HANDLING', 'DOS_DONTS', 'EXAMPLE_GOOD',
    'EXAMPLE_BAD', 'BLACKLIST_WORD', 'NEVER_RULE', 'BEST_PRACTICE')),
  title text not null,
  description text,
  trigger text,
  correct_response text,
  incorrect_response text,
  reasoning text,
  example_conversation jsonb,
  tags text[] not null default '{}',
  priority integer not null default 0,
  source text not null constraint lessons_source check (source in ('SOPHIE_SUGGESTION', 'USER_TAUGHT', 'IMPORTED')),
  status text not null default 'ACTIVE' constraint lessons_status check (status in ('ACTIVE', 'TESTING', 'ARCHIVED')),
  source_message_id uuid,
  creator_id uuid,
  words tsvector not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint lessons_source_message foreign key (organization_id, source_message_id)
    references messages (organization_id, id) on delete no action,
  constraint lessons_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action
);
create index lessons_by_created on lessons (organization_id, created_at desc, id desc);
create index lessons_by_priority on lessons (organization_id, priority desc, id desc);
create index lessons_by_type on lessons (organization_id, type, created_at desc, id desc);
create index lessons_by_status on lessons (organization_id, status, created_at desc, id desc);
create index lessons_by_message on lessons (organization_id, source_message_id) where source_message_id is not null;
select isolate('lessons');
select keep_touched('lessons');
select keep_audited('lessons', 'lesson', '{example_conversation}', '{words}');
select open_to_lookups('lessons', 'select');

-- Lessons that cannot both be kept: said of each about the other.
create table lesson_conflicts (
  organization_id uuid not null constraint lesson_conflicts_organization references organizations (id) on delete cascade,
  lesson_id uuid not null,
  other_lesson_id uuid not null,
  kind text not null constraint lesson_conflicts_kind check (kind in ('REPEATS', 'CONTRADICTS', 'FORBIDS')),
  primary key (organization_id, lesson_id, other_lesson_id),
  constraint lesson_conflicts_lesson foreign key (organization_id, lesson_id)
    references lessons (organization_id, id) on delete cascade,
  constraint lesson_conflicts_other foreign key (organization_id, other_lesson_id)
    references lessons (organization_id, id) on delete cascade
);
create index lesson_conflicts_by_other on lesson_conflicts (organization_id, other_lesson_id);
select isolate('lesson_conflicts');

-- Lessons by their words, the best first: those whose title says it before those that say it anywhere.
create function find_lessons(asked text, ascending boolean, tier_from smallint, at_from timestamptz, id_from uuid) returns setof hit
language sql stable security definer rows 100 set search_path = public, pg_temp as $$
  with sought as materialized (
    select nullif(current_setting('rekindle.organization_id', true), '')::uuid as id, (queries_of(asked))[5] as query
  ), found as materialized (
    select case when words_of_text(l.title) @@ sought.query then 0 else 1 end::smallint as tier, l.created_at as at, l.id
    from sought join lessons l on l.organization_id = sought.id and l.words @@ sought.query
  )
  select (found.tier, found.at, found.id, found.id)::hit from found
  where case when id_from is null then true
             when ascending then found.tier < tier_from or found.tier = tier_from and (found.at, found.id) > (at_from, id_from)
             else found.tier > tier_from or found.tier = tier_from and (found.at, found.id) < (at_from, id_from) end
  order by case when ascending then -found.tier else found.tier end,
           case when ascending then found.at end, case when ascending then found.id end, found.at desc, found.id desc
$$;
select entrust('find_lessons(text, boolean, smallint, timestamptz, uuid)');
create function match_lesson(queries tsquery[], of_organization uuid, of_lesson uuid) returns setof hit
language sql stable rows 1 as $$
  select case when words_of_text(l.title) @@ queries[5] then 0 else 1 end::smallint, l.created_at, l.id, l.id
  from lessons l where l.organization_id = of_organization and l.id = of_lesson and l.words @@ queries[5]
$$;

-- What prompts begin with (S1.12). The product's own are added to an organization by one verb, and nobody changes those.
create table prompt_templates (
  organization_id uuid not null constraint prompt_templates_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  description text not null,
  category text not null,
  industry text constraint prompt_templates_industry check (industry in ('SOLAR', 'HOME_IMPROVEMENT', 'OTHER')),
  use_case text,
  best_for text,
  sections jsonb not null,
  wizard_answers jsonb not null default '{}',
  is_system boolean not null default false,
  times_used integer not null default 0,
  creator_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint prompt_templates_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action
);
create unique index prompt_templates_name_unique on prompt_templates (organization_id, name) where archived_at is null;
create index prompt_templates_by_created on prompt_templates (organization_id, created_at desc, id desc);
create index prompt_templates_by_category on prompt_templates (organization_id, category, created_at desc, id desc);
select isolate('prompt_templates');
create trigger touch before update of name, description, category, industry, use_case, best_for, sections, wizard_answers,
  archived_at on prompt_templates for each row execute function touch();
select keep_audited('prompt_templates', 'prompt_template', '{}', '{times_used}');

-- A place for a prompt: the organization's, or a dataset's (S1.11). What is live is a pointer, and so is what is tried on a share
-- of the conversations; one place has one prompt that is live.
create table prompts (
  organization_id uuid not null constraint prompts_organization references organizations (id) on delete cascade,
  id uuid not null,
  dataset_id uuid,
  name text not null,
  description text,
  created_from text not null constraint prompts_created_from check (created_from in ('WIZARD', 'TEMPLATE', 'MANUAL', 'COPIED')),
  prompt_template_id uuid,
  copied_from_id uuid,
  wizard_answers jsonb,
  live_version_id uuid,
  trial_version_id uuid,
  trial_share integer,
  is_guarded boolean not null default true,
  deployed_at timestamptz,
  deployer_id uuid,
  creator_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint prompts_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete no action,
  constraint prompts_template foreign key (organization_id, prompt_template_id)
    references prompt_templates (organization_id, id) on delete no action,
  constraint prompts_copied_from foreign key (organization_id, copied_from_id)
    references prompts (organization_id, id) on delete no action,
  constraint prompts_deployer foreign key (organization_id, deployer_id)
    references memberships (organization_id, id) on delete no action,
  constraint prompts_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action,
  constraint prompts_trial check ((trial_version_id is null) = (trial_share is null) and trial_share between 1 and 99
    and (trial_version_id is null or live_version_id is not null))
);
create unique index prompts_live_unique on prompts (organization_id, dataset_id) nulls not distinct
  where live_version_id is not null and archived_at is null;
create index prompts_by_created on prompts (organization_id, created_at desc, id desc);
create index prompts_by_dataset on prompts (organization_id, dataset_id, created_at desc, id desc);
create index prompts_by_template on prompts (organization_id, prompt_template_id) where prompt_template_id is not null;
select isolate('prompts');
select keep_touched('prompts');
select keep_audited('prompts', 'prompt');

-- What a prompt says, for good: whoever changes one writes another version (S1.13). `compiled` is what a model is given. They are made
-- one after the other by whoever holds the prompt, and so are the hours they bear, which are not those their transactions began at.
create table prompt_versions (
  organization_id uuid not null constraint prompt_versions_organization references organizations (id) on delete cascade,
  id uuid not null,
  prompt_id uuid not null,
  number integer not null,
  semantic_version text not null,
  previous_id uuid,
  compiled text not null,
  change text not null constraint prompt_versions_change check (change in ('CREATED', 'EDITED', 'LESSONS_APPLIED',
    'LESSONS_REMOVED')),
  sections_changed text[] not null default '{}',
  summary text not null,
  reason text,
  manual_edits_count integer not null default 0,
  created_by_type text not null constraint prompt_versions_created_by_type check (created_by_type in ('USER', 'SOPHIE',
    'SYSTEM')),
  creator_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, id),
  constraint prompt_versions_number_unique unique (organization_id, prompt_id, number),
  constraint prompt_versions_prompt foreign key (organization_id, prompt_id)
    references prompts (organization_id, id) on delete cascade,
  constraint prompt_versions_previous foreign key (organization_id, previous_id)
    references prompt_versions (organization_id, id) on delete no action,
  constraint prompt_versions_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action
);
create index prompt_versions_by_created on prompt_versions (organization_id, created_at desc, id desc);
create index prompt_versions_by_prompt on prompt_versions (organization_id, prompt_id, created_at desc, id desc);
create index prompt_versions_by_previous on prompt_versions (organization_id, previous_id) where previous_id is not null;
select isolate('prompt_versions');
revoke update, delete on prompt_versions from rekindle_app;
select keep_audited('prompt_versions', 'prompt_version', '{}', '{compiled}');
alter table prompts add constraint prompts_live foreign key (organization_id, live_version_id)
  references prompt_versions (organization_id, id) on delete no action;
alter table prompts add constraint prompts_trial_version foreign key (organization_id, trial_version_id)
  references prompt_versions (organization_id, id) on delete no action;

-- The parts of a version, in their order: at least one of each of six sections, and one of each lesson in it, as it read then.
create table prompt_sections (
  organization_id uuid not null constraint prompt_sections_organization references organizations (id) on delete cascade,
  id uuid not null,
  prompt_version_id uuid not null,
  position integer not null,
  section text not null constraint prompt_sections_section check (section in ('CONTEXT', 'GOAL', 'TONE', 'KNOWLEDGE',
    'OBJECTIONS', 'BOUNDARIES')),
  content text not null,
  source text not null constraint prompt_sections_source check (source in ('WIZARD', 'TEMPLATE', 'MANUAL', 'LESSON')),
  why text,
  lesson_id uuid,
  primary key (organization_id, id),
  constraint prompt_sections_position_unique unique (organization_id, prompt_version_id, position),
  constraint prompt_sections_version foreign key (organization_id, prompt_version_id)
    references prompt_versions (organization_id, id) on delete cascade,
  constraint prompt_sections_lesson foreign key (organization_id, lesson_id)
    references lessons (organization_id, id) on delete no action,
  constraint prompt_sections_of_lesson check ((lesson_id is null) = (source <> 'LESSON'))
);
create index prompt_sections_by_lesson on prompt_sections (organization_id, lesson_id, prompt_version_id)
  where lesson_id is not null;
select isolate('prompt_sections');
revoke update, delete on prompt_sections from rekindle_app;

-- Which version was live when, who made it so, and how the one before had done: nothing is changed here either.
create table prompt_deployments (
  organization_id uuid not null constraint prompt_deployments_organization references organizations (id) on delete cascade,
  id uuid not null,
  prompt_id uuid not null,
  prompt_version_id uuid not null,
  previous_version_id uuid,
  verb text not null constraint prompt_deployments_verb check (verb in ('DEPLOYED', 'TRIED', 'ROLLED_BACK', 'GUARDED',
    'WITHDRAWN')),
  share integer not null constraint prompt_deployments_share check (share between 1 and 100),
  reason text,
  performance_before jsonb,
  member_id uuid,
  created_at timestamptz not null default clock_timestamp(),
  primary key (organization_id, id),
  constraint prompt_deployments_prompt foreign key (organization_id, prompt_id)
    references prompts (organization_id, id) on delete cascade,
  constraint prompt_deployments_version foreign key (organization_id, prompt_version_id)
    references prompt_versions (organization_id, id) on delete cascade,
  constraint prompt_deployments_previous foreign key (organization_id, previous_version_id)
    references prompt_versions (organization_id, id) on delete cascade,
  constraint prompt_deployments_member foreign key (organization_id, member_id)
    references memberships (organization_id, id) on delete no action
);
create index prompt_deployments_by_prompt on prompt_deployments (organization_id, prompt_id, created_at desc, id desc);
create index prompt_deployments_by_version on prompt_deployments (organization_id, prompt_version_id);
select isolate('prompt_deployments');
revoke update, delete on prompt_deployments from rekindle_app;

-- A conversation that a version has written in, and what came of it: of each the first time. An outcome counts for the version that
-- wrote to the lead last.
create table exposures (
  organization_id uuid not null constraint exposures_organization references organizations (id) on delete cascade,
  id uuid not null,
  prompt_version_id uuid not null,
  conversation_id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  texts_count integer not null default 1,
  last_at timestamptz not null,
  replied_at timestamptz,
  positive_at timestamptz,
  booked_at timestamptz,
  opted_out_at timestamptz,
  sentiment_score numeric(3, 2),
  primary key (organization_id, id),
  constraint exposures_unique unique (organization_id, prompt_version_id, conversation_id),
  constraint exposures_version foreign key (organization_id, prompt_version_id)
    references prompt_versions (organization_id, id) on delete cascade,
  constraint exposures_conversation foreign key (organization_id, conversation_id)
    references conversations (organization_id, id) on delete cascade,
  constraint exposures_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade
);
create index exposures_by_lead on exposures (organization_id, lead_id, last_at desc);
create index exposures_by_conversation on exposures (organization_id, conversation_id);
create index exposures_by_assignee on exposures (organization_id, assignee_id) where assignee_id is not null;
create index exposures_by_owner on exposures (organization_id, owner_id) where owner_id is not null;
select isolate('exposures');
select narrow_to_sight('exposures');

-- How each version does, kept a statement at a time.
create table prompt_outcomes (
  organization_id uuid not null constraint prompt_outcomes_organization references organizations (id) on delete cascade,
  id uuid not null,
  conversations_count integer not null default 0,
  texts_count integer not null default 0,
  replies_count integer not null default 0,
  positive_count integer not null default 0,
  bookings_count integer not null default 0,
  opt_outs_count integer not null default 0,
  breaches_count integer not null default 0,
  sentiment_sum numeric not null default 0,
  sentiment_count integer not null default 0,
  primary key (organization_id, id),
  constraint prompt_outcomes_version foreign key (organization_id, id)
    references prompt_versions (organization_id, id) on delete cascade
);
select isolate('prompt_outcomes');

-- Adds what a statement did to exposures; `sign` is -1 for what they were.
create function add_outcomes(organization uuid, version uuid, conversations bigint, texts bigint, replies bigint, positive bigint,
  bookings bigint, opt_outs bigint, sentiments numeric, sentiment_rows bigint) returns void
language sql as $$
  insert into prompt_outcomes as o (organization_id, id, conversations_count, texts_count, replies_count, positive_count,
                                    bookings_count, opt_outs_count, sentiment_sum, sentiment_count)
  values (organization, version, conversations, texts, replies, positive, bookings, opt_outs, sentiments, sentiment_rows)
  on conflict (organization_id, id) do update
  set conversations_count = o.conversations_count + excluded.conversations_count,
      texts_count = o.texts_count + excluded.texts_count, replies_count = o.replies_count + excluded.replies_count,
      positive_count = o.positive_count + excluded.positive_count,
      bookings_count = o.bookings_count + excluded.bookings_count,
      opt_outs_count = o.opt_outs_count + excluded.opt_outs_count,
      sentiment_sum = o.sentiment_sum + excluded.sentiment_sum,
      sentiment_count = o.sentiment_count + excluded.sentiment_count
$$;
create function count_exposures_added() returns trigger
language plpgsql as $$
begin
  perform add_outcomes(organization_id, prompt_version_id, count(*), sum(texts_count), count(replied_at), count(positive_at),
                       count(booked_at), count(opted_out_at), coalesce(sum(sentiment_score), 0), count(sentiment_score))
  from became group by organization_id, prompt_version_id order by prompt_version_id;
  return null;
end $$;
create function count_exposures_changed() returns trigger
language plpgsql as $$
begin
  perform add_outcomes(organization_id, prompt_version_id, 0, sum(texts)::bigint, sum(replies)::bigint,
                       sum(positive)::bigint, sum(bookings)::bigint, sum(opt_outs)::bigint, sum(sentiments),
                       sum(sentiment_rows)::bigint)
  from (
    select organization_id, prompt_version_id, sum(texts_count) as texts, count(replied_at) as replies,
           count(positive_at) as positive, count(booked_at) as bookings, count(opted_out_at) as opt_outs,
           coalesce(sum(sentiment_score), 0) as sentiments, count(sentiment_score) as sentiment_rows
    from became group by 1, 2
    union all
    select organization_id, prompt_version_id, -sum(texts_count), -count(replied_at), -count(positive_at), -count(booked_at),
           -count(opted_out_at), -coalesce(sum(sentiment_score), 0), -count(sentiment_score)
    from was group by 1, 2) moved
  group by organization_id, prompt_version_id
  having (sum(texts), sum(replies), sum(positive), sum(bookings), sum(opt_outs), sum(sentiments), sum(sentiment_rows))
         <> (0, 0, 0, 0, 0, 0, 0)
  order by prompt_version_id;
  return null;
end $$;
create trigger count_added after insert on exposures referencing new table as became
  for each statement execute function count_exposures_added();
create trigger count_changed after update on exposures referencing old table as was new table as became
  for each statement execute function count_exposures_changed();

-- What came of an insight that somebody approved, or taught: the lesson, and the version it first went into.
alter table insights add column lesson_id uuid;
alter table insights add column applied_version_id uuid;
alter table insights add column applied_at timestamptz;
alter table insights add constraint insights_lesson foreign key (organization_id, lesson_id)
  references lessons (organization_id, id) on delete no action;
alter table insights add constraint insights_applied_version foreign key (organization_id, applied_version_id)
  references prompt_versions (organization_id, id) on delete no action;
create index insights_by_lesson on insights (organization_id, lesson_id, created_at desc, id desc);
create index insights_by_applied_version on insights (organization_id, applied_version_id) where applied_version_id is not null;

-- The feed tells what is live.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT', 'TASK_CHANGED', 'PROMPT_DEPLOYED'));
