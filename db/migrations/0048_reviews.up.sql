-- How good a text is, and what succeeded in it, by the rules that found it (S1.9).
alter table messages add column quality_score numeric(3, 2)
  constraint messages_quality_score check (quality_score between 0 and 1);
alter table messages add column successes text[] not null default '{}';
create index messages_that_succeed on messages (organization_id, created_at desc, id desc) where successes <> '{}';
select keep_out_of_audit('messages', 'quality_score');
select keep_out_of_audit('messages', 'successes');

-- How a conversation stands, by what was last said in it (S1.8).
alter table conversations add column quality_score numeric(3, 2)
  constraint conversations_quality_score check (quality_score between 0 and 1);
alter table conversations add column needs_review boolean not null default false;
alter table conversations add column summary text;
alter table conversations add column sentiment text not null default 'UNKNOWN'
  constraint conversations_sentiment check (sentiment in ('UNKNOWN', 'POSITIVE', 'NEUTRAL', 'NEGATIVE', 'UNCLEAR'));
create index conversations_by_review on conversations (organization_id, needs_review,
  (case when last_message_at is null then '-infinity' else last_message_at end) desc, id desc);
select keep_out_of_audit('conversations', 'quality_score');
select keep_out_of_audit('conversations', 'needs_review');
select keep_out_of_audit('conversations', 'summary');
select keep_out_of_audit('conversations', 'sentiment');

-- What noticed it and where it comes from, how often and with how many leads (S1.16). A pattern is of no lead.
alter table insights add column rule text not null default '';
alter table insights add column suggested_text text;
alter table insights add column campaign_id uuid;
alter table insights add column dataset_id uuid;
alter table insights add column evidence_count integer not null default 0;
alter table insights add column affected_leads_count integer not null default 0;
alter table insights add constraint insights_campaign foreign key (organization_id, campaign_id)
  references campaigns (organization_id, id) on delete no action;
alter table insights add constraint insights_dataset foreign key (organization_id, dataset_id)
  references datasets (organization_id, id) on delete cascade;
create index insights_by_campaign on insights (organization_id, campaign_id, created_at desc, id desc);
create index insights_by_dataset on insights (organization_id, dataset_id, created_at desc, id desc);
select keep_audited('insights', 'insight', '{title,description,suggestion,original_text,suggested_text,feedback}',
  '{fingerprint,rule,evidence_count,affected_leads_count,dataset_ids}');

-- The texts an insight was noticed in, each once: whoever sees the insight sees by it the texts of the leads they see.
create table insight_evidence (
  organization_id uuid not null constraint insight_evidence_organization references organizations (id) on delete cascade,
  id uuid not null default gen_random_uuid(),
  insight_id uuid not null,
  message_id uuid not null,
  conversation_id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  rule text not null,
  campaign_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint insight_evidence_once unique (organization_id, insight_id, message_id),
  constraint insight_evidence_insight foreign key (organization_id, insight_id)
    references insights (organization_id, id) on delete cascade,
  constraint insight_evidence_message foreign key (organization_id, message_id)
    references messages (organization_id, id) on delete cascade,
  constraint insight_evidence_conversation foreign key (organization_id, conversation_id)
    references conversations (organization_id, id) on delete cascade,
  constraint insight_evidence_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade
);
create index insight_evidence_by_created on insight_evidence (organization_id, insight_id, created_at desc, id desc);
create index insight_evidence_of_leads on insight_evidence (organization_id, insight_id, lead_id);
create index insight_evidence_by_message on insight_evidence (organization_id, message_id);
create index insight_evidence_by_conversation on insight_evidence (organization_id, conversation_id);
create index insight_evidence_by_lead on insight_evidence (organization_id, lead_id);
create index insight_evidence_of_campaigns on insight_evidence (organization_id, campaign_id, rule, lead_id);
create index insight_evidence_of_rules on insight_evidence (organization_id, rule, created_at desc, id desc);
create index insight_evidence_by_assignee on insight_evidence (organization_id, assignee_id, created_at desc, id desc)
  where assignee_id is not null;
create index insight_evidence_by_owner on insight_evidence (organization_id, owner_id, created_at desc, id desc)
  where owner_id is not null;
select isolate('insight_evidence');
select narrow_to_sight('insight_evidence');
select keep_touched('insight_evidence');
select open_to_lookups('insight_evidence', 'select');
select open_to_lookups('insights', 'select, update');

-- Counts what an insight has, whoever changes it: by what was added, or anew where evidence became somebody else's.
create function count_evidence() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
  if tg_op = 'INSERT' then
    update insights i
    set evidence_count = i.evidence_count + added.texts, affected_leads_count = i.affected_leads_count + added.leads
    from (
      select b.organization_id, b.insight_id, count(*) as texts, count(distinct b.lead_id) filter (where not exists (
               select from insight_evidence e
               where e.organization_id = b.organization_id and e.insight_id = b.insight_id and e.lead_id = b.lead_id
                 and not exists (select from became n where n.organization_id = e.organization_id and n.id = e.id))
             ) as leads
      from became b group by 1, 2) added
    where i.organization_id = added.organization_id and i.id = added.insight_id;
  else
    update insights i
    set evidence_count = counted.texts, affected_leads_count = counted.leads
    from (
      select moved.organization_id, moved.insight_id, count(e.id) as texts, count(distinct e.lead_id) as leads
      from (
        select distinct w.organization_id, w.insight_id
        from was w join became b on b.organization_id = w.organization_id and b.id = w.id and b.lead_id <> w.lead_id) moved
      left join insight_evidence e on e.organization_id = moved.organization_id and e.insight_id = moved.insight_id
      group by 1, 2) counted
    where i.organization_id = counted.organization_id and i.id = counted.insight_id;
  end if;
  return null;
end $$;
create trigger count_added after insert on insight_evidence
  referencing new table as became for each statement execute function count_evidence();
create trigger count_changed after update on insight_evidence
  referencing old table as was new table as became for each statement execute function count_evidence();
select entrust('count_evidence()');

-- What was noticed until now is its own evidence.
alter table insights no force row level security;
alter table insight_evidence no force row level security;
insert into insight_evidence (organization_id, insight_id, message_id, conversation_id, lead_id, owner_id, assignee_id,
                              dataset_ids, rule, created_at)
select i.organization_id, i.id, i.message_id, i.conversation_id, i.lead_id, i.owner_id, i.assignee_id, i.dataset_ids, i.rule,
       i.created_at
from insights i where i.message_id is not null and i.conversation_id is not null and i.lead_id is not null;
alter table insight_evidence force row level security;
alter table insights force row level security;
