-- What the source systems know of a lead besides name and addresses (S0.4, S1.5, S2.7, S3.2). How the phone number was
-- written is kept beside what it was taken for.
alter table leads add column raw_phone text;
alter table leads add column title text;
alter table leads add column industry text;
alter table leads add column location text;
alter table leads add column postcode text;
alter table leads add column country text constraint leads_country check (country ~ '^[A-Z]{2}$');
alter table leads add column time_zone text;
alter table leads add column inquiry_date date;
alter table leads add column install_date date;
alter table leads add column source_details jsonb not null default '{}';
alter table leads add column utm_source text;
alter table leads add column utm_medium text;
alter table leads add column utm_campaign text;
alter table leads add column utm_term text;
alter table leads add column utm_content text;
alter table leads add column custom_fields jsonb not null default '{}';
alter table leads add column enrichment jsonb not null default '{}';
alter table leads add column ai_score numeric(5, 4) constraint leads_ai_score check (ai_score between 0 and 1);
alter table leads add column last_contacted_at timestamptz;
alter table leads add column manual_mode_at timestamptz;

-- Writing to a lead is no change of it: it counts as a version only where it moves the lead on, and is in no record.
drop trigger touch on leads;
create trigger touch before update on leads for each row
  when (old.last_contacted_at is not distinct from new.last_contacted_at or old.lifecycle is distinct from new.lifecycle)
  execute function touch();
drop trigger audit on leads;

-- Which leads have a tag: an index of leads.tags in the shape of a table. A policy lets no index of an array be asked, and
-- none would have the leads in order (decision 0019). Only the trigger writes here.
create table lead_tags (
  organization_id uuid not null constraint lead_tags_organization references organizations (id) on delete cascade,
  tag text not null,
  lead_created_at timestamptz not null,
  lead_id uuid not null,
  primary key (organization_id, tag, lead_created_at, lead_id)
);

-- Fills what can be known of the leads there are. Whoever migrates owns the tables, and sees all rows only while the policies
-- are not forced on owners; what a migration does is in no record.
alter table leads no force row level security;
alter table messages no force row level security;
update leads l set last_contacted_at = sent.last_at
from (select organization_id, lead_id, max(sent_at) as last_at from messages group by organization_id, lead_id) sent
where sent.organization_id = l.organization_id and sent.lead_id = l.id and sent.last_at is not null;
update leads set lifecycle = 'CONTACTED' where lifecycle = 'NEW' and last_contacted_at is not null;
insert into lead_tags (organization_id, tag, lead_created_at, lead_id)
select l.organization_id, tag, l.created_at, l.id from leads l, unnest(l.tags) tag
on conflict do nothing;
alter table leads force row level security;
alter table messages force row level security;
select keep_audited('leads', 'lead', '{}', '{last_contacted_at}');
select isolate('lead_tags');

-- One index per filter and order. Whether a lead is archived is said as a case, because of `archived_at is null` the planner
-- does not know that it leaves the order of the rest of the index.
create index leads_by_source on leads (organization_id, source, created_at desc, id desc);
create index leads_by_archived
  on leads (organization_id, (case when archived_at is null then false else true end), created_at desc, id desc);
create index leads_by_last_contacted
  on leads (organization_id, (case when last_contacted_at is null then '-infinity' else last_contacted_at end) desc, id desc);

-- Keeps the index of tags true, whoever writes leads.
create function keep_lead_tags() returns trigger
language plpgsql as $$
begin
  if tg_op <> 'INSERT' then
    delete from lead_tags
    where organization_id = old.organization_id and tag = any (old.tags) and lead_created_at = old.created_at
      and lead_id = old.id;
  end if;
  if tg_op <> 'DELETE' then
    insert into lead_tags (organization_id, tag, lead_created_at, lead_id)
    select new.organization_id, tag, new.created_at, new.id from unnest(new.tags) tag
    on conflict do nothing;
  end if;
  return null;
end $$;
create trigger keep_tags after insert or delete or update of tags, created_at on leads
  for each row execute function keep_lead_tags();

-- What colleagues note about a lead, and what came with it when it was imported. A note belongs to the lead, so it carries
-- whose the lead is.
create table lead_notes (
  organization_id uuid not null constraint lead_notes_organization references organizations (id) on delete cascade,
  id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  author_id uuid,
  body text not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint lead_notes_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint lead_notes_author foreign key (organization_id, author_id)
    references memberships (organization_id, id) on delete no action
);
create index lead_notes_by_lead on lead_notes (organization_id, lead_id, created_at desc, id desc);
create index lead_notes_by_created on lead_notes (organization_id, created_at desc, id desc);
select isolate('lead_notes');
select narrow_to_scope('lead_notes');
select keep_touched('lead_notes');
select keep_audited('lead_notes', 'lead_note', '{body}');
