-- name: claim_unreviewed
-- The oldest text nobody has read, with its conversation and its lead; all three are locked as everybody locks them, the lead
-- first, and whoever has one of them just now is passed over: nobody waits for a review, and a review for nobody.
select m.id, m.conversation_id, m.lead_id, m.campaign_id, m.author_id, m.ai_generated, m.prompt_version_id, m.owner_id, m.assignee_id,
       m.dataset_ids, m.subject, m.body, m.carriage, m.purpose, m.created_at, r.campaign_step_id, c.channel,
       l.first_name, l.phone, l.country, l.time_zone, o.blacklisted_words,
       o.time_zone as organization_time_zone, o.country as organization_country,
       case when m.sent_at is null then m.created_at else m.sent_at end as at
from messages m
join organizations o on o.id = $1
join conversations c on c.organization_id = $1 and c.id = m.conversation_id
join leads l on l.organization_id = $1 and l.id = m.lead_id
left join step_runs r on r.organization_id = $1 and r.message_id = m.id
where m.organization_id = $1 and m.direction = 'OUTBOUND' and m.reviewed_at is null
order by m.created_at, m.id limit 1
for no key update of l, c, m skip locked

-- name: get_lines
-- What was last said in conversations, the oldest first, with how each stands and what its lead is called; of long e-mails their
-- beginning.
select c.id as conversation_id, c.needs_review, l.name, m.id, m.direction, m.body, m.created_at, m.quality_score
from unnest($2::uuid[]) as asked (id)
join conversations c on c.organization_id = $1 and c.id = asked.id
join leads l on l.organization_id = $1 and l.id = c.lead_id
cross join lateral (
  select t.id, t.direction, left(t.body, 3000) as body, t.created_at, t.quality_score from messages t
  where t.organization_id = $1 and t.conversation_id = asked.id order by t.created_at desc, t.id desc limit 20) m
order by c.id, m.created_at, m.id

-- name: mark_reviewed
update messages set reviewed_at = transaction_timestamp(), quality_score = $3, successes = $4::text[]
where organization_id = $1 and id = $2

-- name: keep_standings
update conversations c
set quality_score = given.quality_score, needs_review = given.needs_review, summary = given.summary, sentiment = given.sentiment
from unnest($2::uuid[], $3::numeric[], $4::boolean[], $5::text[], $6::text[])
  as given (id, quality_score, needs_review, summary, sentiment)
where c.organization_id = $1 and c.id = given.id
  and (c.quality_score, c.needs_review, c.summary, c.sentiment)
    is distinct from (given.quality_score, given.needs_review, given.summary, given.sentiment)

-- name: add_insights
-- What is known already, in the same sight, is not raised again.
insert into insights (organization_id, id, fingerprint, type, rule, severity, category, title, description, suggestion,
                      suggested_text, original_text, message_id, conversation_id, lead_id, campaign_id, owner_id,
                      assignee_id, dataset_ids)
select $1, f.id, f.fingerprint, 'MESSAGE', f.rule, f.severity, f.category, f.title, f.description, f.suggestion,
       f.suggested_text, m.body, m.id, m.conversation_id, m.lead_id, m.campaign_id, m.owner_id, m.assignee_id,
       m.dataset_ids
from messages m, jsonb_to_recordset($3::jsonb) as f (
  id uuid, fingerprint text, rule text, severity text, category text, title text, description text, suggestion text,
  suggested_text text)
where m.organization_id = $1 and m.id = $2
order by f.fingerprint
on conflict (organization_id, fingerprint) do nothing
returning id

-- name: add_evidence
-- Each text once per insight.
insert into insight_evidence (organization_id, insight_id, message_id, conversation_id, lead_id, owner_id, assignee_id,
                              dataset_ids, rule, campaign_id)
select $1, i.id, m.id, m.conversation_id, m.lead_id, m.owner_id, m.assignee_id, m.dataset_ids, i.rule, m.campaign_id
from messages m join insights i on i.organization_id = $1 and i.fingerprint = any ($3::text[])
where m.organization_id = $1 and m.id = $2
order by i.fingerprint
on conflict (organization_id, insight_id, message_id) do nothing

-- name: find_ripe
-- Patterns that are there already, and faults that so many leads of a campaign, or lately of a dataset, have met with.
select p.fingerprint
from jsonb_to_recordset($2::jsonb) as p (fingerprint text, rule text, campaign_id uuid, dataset_id uuid)
where exists (select from insights i where i.organization_id = $1 and i.fingerprint = p.fingerprint)
   or p.campaign_id is not null and $3::int <= (select count(*) from (
        select distinct e.lead_id from insight_evidence e
        where e.organization_id = $1 and e.campaign_id = p.campaign_id and e.rule = p.rule limit $3::int) met)
   or p.dataset_id is not null and $3::int <= (select count(distinct e.lead_id) from (
        select e.lead_id, e.dataset_ids from insight_evidence e
        where e.organization_id = $1 and e.rule = p.rule order by e.created_at desc, e.id desc limit 500) e
        where p.dataset_id = any (e.dataset_ids))

-- name: add_patterns
-- Of no lead, so that nobody reads in it what was said to anybody; of a dataset, for whoever sees that.
insert into insights (organization_id, id, fingerprint, type, rule, severity, category, title, description, suggestion,
                      campaign_id, dataset_id, owner_id, assignee_id, dataset_ids)
select $1, p.id, p.fingerprint, 'PATTERN', p.rule, p.severity, p.category, p.title, p.description, p.suggestion,
       p.campaign_id, p.dataset_id, null, null, case when p.dataset_id is not null then array[p.dataset_id] end
from jsonb_to_recordset($2::jsonb) as p (
  id uuid, fingerprint text, rule text, severity text, category text, title text, description text, suggestion text,
  campaign_id uuid, dataset_id uuid)
order by p.fingerprint
on conflict (organization_id, fingerprint) do nothing
returning id

-- name: gather_evidence
-- Of patterns that are new: the latest texts of their campaign, or their dataset, in which the same was found.
insert into insight_evidence (organization_id, insight_id, message_id, conversation_id, lead_id, owner_id, assignee_id,
                              dataset_ids, rule, campaign_id)
select $1, i.id, e.message_id, e.conversation_id, e.lead_id, e.owner_id, e.assignee_id, e.dataset_ids, e.rule, e.campaign_id
from insights i cross join lateral (
  select * from insight_evidence s
  where s.organization_id = $1 and s.rule = i.rule order by s.created_at desc, s.id desc limit 500) e
where i.organization_id = $1 and i.id = any ($2::uuid[])
  and (e.campaign_id = i.campaign_id or i.dataset_id = any (e.dataset_ids))
on conflict (organization_id, insight_id, message_id) do nothing

-- name: find_successes
-- What succeeded in so many conversations that came to a good end, of the latest thousand texts in which anything did.
select f.fingerprint
from jsonb_to_recordset($2::jsonb) as f (fingerprint text, rule text)
where exists (select from insights i where i.organization_id = $1 and i.fingerprint = f.fingerprint)
   or $3::int <= (
     select count(distinct m.conversation_id)
     from (select s.conversation_id, s.lead_id, s.successes from messages s
           where s.organization_id = $1 and s.successes <> '{}' order by s.created_at desc, s.id desc limit 1000) m
     join leads l on l.organization_id = $1 and l.id = m.lead_id and l.lifecycle in ('QUALIFIED', 'CONVERTED')
     where f.rule = any (m.successes))

-- name: gather_successes
-- The texts in which it succeeded, of conversations that came to a good end.
insert into insight_evidence (organization_id, insight_id, message_id, conversation_id, lead_id, owner_id, assignee_id,
                              dataset_ids, rule, campaign_id)
select $1, i.id, m.id, m.conversation_id, m.lead_id, m.owner_id, m.assignee_id, m.dataset_ids, i.rule, m.campaign_id
from insights i cross join lateral (
  select s.* from messages s
  where s.organization_id = $1 and s.successes <> '{}' order by s.created_at desc, s.id desc limit 1000) m
join leads l on l.organization_id = $1 and l.id = m.lead_id and l.lifecycle in ('QUALIFIED', 'CONVERTED')
where i.organization_id = $1 and i.fingerprint = any ($2::text[]) and i.rule = any (m.successes)
on conflict (organization_id, insight_id, message_id) do nothing
