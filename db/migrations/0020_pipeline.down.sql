-- Leads stand nowhere and score nothing.
drop function organizations_with_leads_to_tend();
drop trigger audit on leads;
select keep_audited('leads', 'lead', '{}', '{last_contacted_at}');
create index leads_by_worker on leads (organization_id, assignee_id) where assignee_id is not null;
drop index leads_in_pool_by_stage;
drop index leads_by_owner_and_stage;
drop index leads_by_assignee_and_stage;
alter table leads drop column score;
alter table leads drop column moved_at;
alter table leads drop column pipeline_stage_id;

-- No stages, no reasons.
drop function default_stage();
drop function meets_condition(text, text, text, jsonb, boolean);
drop table scorings;
drop table score_reasons;
drop table pipeline_stages;
