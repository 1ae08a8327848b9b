-- name: get_policies
-- Of conversations in which somebody has just written: what the campaign that wrote last in each says of answers, else what is
-- usual; those alone in which this organization has answers written.
select c.id as conversation_id, o.ai_mode,
       coalesce(p.ai_response_enabled, true) as ai_response_enabled,
       coalesce(p.ai_response_delay_seconds, 60) as ai_response_delay_seconds,
       coalesce(p.ai_response_delay_random, false) as ai_response_delay_random,
       coalesce(p.ai_grouping_seconds, 60) as ai_grouping_seconds,
       d.first_at
from conversations c
join organizations o on o.id = $1 and o.ai_mode <> 'OFF'
join leads l on l.organization_id = $1 and l.id = c.lead_id and l.manual_mode_at is null and l.archived_at is null
left join lateral (
  select m.campaign_id from messages m
  where m.organization_id = $1 and m.conversation_id = c.id and m.campaign_id is not null
  order by m.created_at desc limit 1) written on true
left join campaigns g on g.organization_id = $1 and g.id = written.campaign_id
left join campaign_policies p on p.organization_id = $1 and p.id = g.campaign_policy_id
left join drafts d on d.organization_id = $1 and d.conversation_id = c.id and d.status in ('WAITING', 'WRITING')
where c.organization_id = $1 and c.id = any ($2::uuid[]) and c.channel in ('SMS', 'WHATSAPP', 'EMAIL')

-- name: plan_drafts
-- What is open already answers this too: whoever writes it begins anew, and what was proposed is written again.
insert into drafts (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, dataset_ids, inbound_message_id,
                    is_proposal, first_at, next_attempt_at, asker_id)
select $1, given.id, c.id, c.lead_id, c.owner_id, c.assignee_id, c.dataset_ids, given.inbound_message_id,
       given.is_proposal, given.first_at, given.next_attempt_at, $3
from jsonb_to_recordset($2::jsonb) as given (id uuid, conversation_id uuid, inbound_message_id uuid, is_proposal boolean,
  first_at timestamptz, next_attempt_at timestamptz)
join conversations c on c.organization_id = $1 and c.id = given.conversation_id
on conflict (organization_id, conversation_id) where status in ('WAITING', 'WRITING', 'PROPOSED') do update
set status = 'WAITING', inbound_message_id = excluded.inbound_message_id, is_proposal = excluded.is_proposal,
    first_at = excluded.first_at, next_attempt_at = excluded.next_attempt_at, holder = null, attempts = 0, body = null,
    original_body = null, reason = null, problem = null, asker_id = excluded.asker_id, intent = null, sentiment = null,
    temperature = null, wants_human = null, wants_booking = null, model = null, prompt_version_id = null,
    reviewer_id = null, reviewed_at = null
returning id, conversation_id

-- name: claim_draft
-- The next that is due, or whose writer died.
with due as materialized (
  select d.id from drafts d
  where d.organization_id = $1 and d.status in ('WAITING', 'WRITING') and d.next_attempt_at <= $2
  order by d.next_attempt_at, d.id limit 1
  for update skip locked
)
update drafts d set status = 'WRITING', holder = $3, next_attempt_at = $4, attempts = d.attempts + 1
from due where d.organization_id = $1 and d.id = due.id
returning d.id, d.conversation_id, d.lead_id, d.inbound_message_id, d.is_proposal, d.attempts, d.first_at

-- name: lock_draft
select * from drafts where organization_id = $1 and id = $2 for no key update

-- name: hold_conversation
-- Whoever writes in it meanwhile ends first, or waits.
select id from conversations where organization_id = $1 and id = $2 for no key update

-- name: get_inbound
-- The newest text of a lead in a conversation that may be answered.
select c.id, c.lead_id, c.channel, (
  select m.id from messages m where m.organization_id = $1 and m.conversation_id = c.id and m.direction = 'INBOUND'
  order by m.created_at desc, m.id desc limit 1) as inbound_message_id
from conversations c where c.organization_id = $1 and c.id = $2

-- name: get_brief
-- All that an answer is made of and asked about. A conversation in which no campaign wrote keeps to what is usual. Whether an
-- address is suppressed is looked up one by one: said as `exists`, all of them would be read.
select c.id as conversation_id, c.status as conversation_status, c.channel, c.lead_id, coalesce(g.id, c.id) as id,
       null::timestamptz as starts_at,
       g.campaign_policy_id, p.sending_enabled, p.sending_days, p.sending_start, p.sending_end, p.sending_time_zone,
       coalesce(p.keeps_holidays, true) as keeps_holidays, p.messages_per_minute, p.messages_per_hour,
       p.messages_per_day, p.messages_per_person, p.person_days, coalesce(p.allow_international, true) as allow_international,
       coalesce(p.responds_at_any_hour, true) as responds_at_any_hour,
       coalesce(p.is_schedule_strict, false) as is_schedule_strict, coalesce(p.updates_status, true) as updates_status,
       o.status as organization_status, o.country as organization_country, o.time_zone as organization_time_zone,
       o.blacklisted_words, o.trial_ends_at is not null and o.trial_ends_at <= $3 as has_trial_ended,
       o.name as organization, o.phone as organization_phone, o.email as organization_email, o.website,
       coalesce(p.cal_booking_link, o.cal_booking_link) as booking_link, o.ai_mode, o.ai_most_turns,
       case when c.channel = 'EMAIL' then o.mail_address is not null
            else c.sender is not null or exists (select from phone_numbers n where n.organization_id = $1) end as has_sender,
       l.first_name, l.last_name, l.name, l.company, l.title, l.industry, l.location, l.postcode, l.phone, l.email,
       l.linkedin_url, l.phone_problem, l.email_problem, l.country, l.time_zone, l.archived_at, l.manual_mode_at,
       l.lifecycle, l.temperature, l.sentiment, l.dataset_ids, m.name as assignee,
       array(select w.channel from unnest(array['SMS', 'WHATSAPP', 'EMAIL'], array[l.phone, l.phone, l.email]) w (channel, address)
             where (select true from suppressions s where s.organization_id = $1 and s.lifted_at is null
               and s.channel = w.channel
               and s.address_hash = sha256(convert_to($1::uuid || ':' || w.channel || ':' || w.address, 'UTF8')) limit 1))
         as suppressed,
       null::text as lawful_basis, null::timestamptz as last_replied_at
from conversations c
join organizations o on o.id = $1
join leads l on l.organization_id = $1 and l.id = c.lead_id
left join memberships m on m.organization_id = $1 and m.id = l.assignee_id
left join lateral (
  select w.campaign_id from messages w
  where w.organization_id = $1 and w.conversation_id = c.id and w.campaign_id is not null
  order by w.created_at desc limit 1) written on true
left join campaigns g on g.organization_id = $1 and g.id = written.campaign_id
left join campaign_policies p on p.organization_id = $1 and p.id = g.campaign_policy_id
where c.organization_id = $1 and c.id = $2

-- name: get_lines
-- The last of a conversation, oldest first, with who wrote: a person of ours, a machine, or the lead.
select said.id, said.direction, said.body, said.created_at, said.author_id, said.ai_generated, said.campaign_id from (
  select m.id, m.direction, m.body, m.created_at, m.author_id, m.ai_generated, m.campaign_id from messages m
  where m.organization_id = $1 and m.conversation_id = $2 and m.status <> all ('{FAILED,CANCELED,EXPIRED}')
    and m.purpose <> 'COMPLIANCE'
  order by m.created_at desc, m.id desc limit $3) said
order by said.created_at, said.id

-- name: get_never_rules
-- What plain code keeps out of answers: lessons that apply, and those that a version is tried with.
select l.type, l.title, l.description, l.incorrect_response from lessons l
where l.organization_id = $1 and l.type in ('BLACKLIST_WORD', 'NEVER_RULE')
  and (l.status = 'ACTIVE' or l.status = 'TESTING' and exists (
    select from prompt_sections s where s.organization_id = $1 and s.prompt_version_id = $2 and s.lesson_id = l.id))
order by l.priority desc, l.id

-- name: get_words
-- What a version says, and what of it may be said word for word: what is known, and what lessons want said.
select v.compiled, (
  select string_agg(s.content, e'\n' order by s.position) from prompt_sections s
  where s.organization_id = $1 and s.prompt_version_id = v.id and s.section in ('KNOWLEDGE', 'OBJECTIONS')) as knowledge
from prompt_versions v where v.organization_id = $1 and v.id = $2

-- name: settle_draft
update drafts
set status = $3, reason = $4, problem = $5, body = $6, original_body = coalesce(original_body, $6), message_id = $7,
    prompt_version_id = coalesce($8, prompt_version_id), model = coalesce($9, model), holder = null
where organization_id = $1 and id = $2

-- name: note_answer
-- What was understood of the lead's texts.
update drafts set intent = $3, sentiment = $4, temperature = $5, wants_human = $6, wants_booking = $7
where organization_id = $1 and id = $2

-- name: put_off_draft
update drafts set status = 'WAITING', next_attempt_at = $3, problem = $4, attempts = $5, holder = null
where organization_id = $1 and id = $2

-- name: review_draft
update drafts
set status = $3, reason = $4, problem = $5, body = coalesce($6, body), message_id = $7, reviewer_id = $8,
    reviewed_at = transaction_timestamp()
where organization_id = $1 and id = $2

-- name: edit_draft
update drafts set body = $3, reviewer_id = $4, reviewed_at = transaction_timestamp() where organization_id = $1 and id = $2

-- name: discard_drafts
-- A colleague answers, or takes the lead over: what Sophie would have said is not needed.
update drafts set status = 'DISCARDED', reason = $3, problem = $4, holder = null
where organization_id = $1 and lead_id = any ($2::uuid[]) and status in ('WAITING', 'WRITING', 'PROPOSED')
  and ($5::uuid is null or conversation_id = $5)
returning id, conversation_id

-- name: mark_written
-- Which version wrote it.
update messages set prompt_version_id = $3 where organization_id = $1 and id = $2

-- name: add_use
insert into model_uses (organization_id, id, purpose, outcome, model, input_tokens, output_tokens, cost, took_ms)
select $1, $2, $3, $4, $5, $6, $7, $8, $9
returning id

-- name: set_feelings
-- What a reply tells of a lead. Who is converted or lost stays so.
update leads
set sentiment = $3, temperature = case when $4 = 'UNKNOWN' then temperature else $4 end,
    lifecycle = case when lifecycle in ('NEW', 'CONTACTED') then 'ENGAGED' else lifecycle end
where organization_id = $1 and id = $2
  and (sentiment <> $3 or ($4 <> 'UNKNOWN' and temperature <> $4) or lifecycle in ('NEW', 'CONTACTED'))
returning id

-- name: get_lead_of_draft
select lead_id from drafts where organization_id = $1 and id = $2

-- name: sum_uses
select u.purpose, u.model, count(*)::integer as questions,
       (count(*) filter (where u.outcome <> 'ANSWERED'))::integer as failures, sum(u.input_tokens)::float8 as input_tokens,
       sum(u.output_tokens)::float8 as output_tokens, sum(u.cost)::float8 as cost
from model_uses u where u.organization_id = $1 and u.created_at >= $2 and u.created_at < $3
group by u.purpose, u.model order by u.purpose, u.model
