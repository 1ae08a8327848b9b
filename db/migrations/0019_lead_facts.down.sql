-- Nobody has noted anything.
drop table lead_notes;

-- Tags are found by looking at every lead.
drop trigger keep_tags on leads;
drop function keep_lead_tags();
drop table lead_tags;

-- A lead is a name and its addresses again, and every change of it counts.
drop trigger touch on leads;
drop trigger audit on leads;
select keep_touched('leads');
select keep_audited('leads', 'lead');
drop index leads_by_source;
alter table leads drop column manual_mode_at;
alter table leads drop column last_contacted_at;
alter table leads drop column ai_score;
alter table leads drop column enrichment;
alter table leads drop column custom_fields;
alter table leads drop column utm_content;
alter table leads drop column utm_term;
alter table leads drop column utm_campaign;
alter table leads drop column utm_medium;
alter table leads drop column utm_source;
alter table leads drop column source_details;
alter table leads drop column install_date;
alter table leads drop column inquiry_date;
alter table leads drop column time_zone;
alter table leads drop column country;
alter table leads drop column postcode;
alter table leads drop column location;
alter table leads drop column industry;
alter table leads drop column title;
alter table leads drop column raw_phone;
drop index leads_by_archived;
