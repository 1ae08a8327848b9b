-- Texts that are written once and used often (S2.13). `sample` is how one reads for somebody made up, `encoding` and `segments`
-- what that is billed as; `fields` are the merge fields in it.
create table message_templates (
  organization_id uuid not null constraint message_templates_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  channel text not null constraint message_templates_channel check (channel in ('SMS', 'WHATSAPP', 'EMAIL')),
  subject text,
  body text not null,
  category text,
  tag text,
  fields text[] not null default '{}',
  sample text not null,
  encoding text not null constraint message_templates_encoding check (encoding in ('GSM_7', 'UCS_2')),
  segments integer not null,
  usage_count integer not null default 0,
  last_used_at timestamptz,
  creator_id uuid,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint message_templates_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action,
  constraint message_templates_subject check ((subject is null) = (channel <> 'EMAIL'))
);
create unique index message_templates_tag_unique on message_templates (organization_id, tag)
  where tag is not null and archived_at is null;
create index message_templates_by_created on message_templates (organization_id, created_at desc, id desc);
create index message_templates_by_channel on message_templates (organization_id, channel, created_at desc, id desc);
create index message_templates_by_category on message_templates (organization_id, category, created_at desc, id desc);
create index message_templates_by_tag on message_templates (organization_id, tag, created_at desc, id desc);
select isolate('message_templates');
-- To be used is no change: whoever edits one does not meet another version because of it.
create trigger touch before update of name, channel, subject, body, category, tag, archived_at on message_templates
  for each row execute function touch();
select keep_audited('message_templates', 'message_template', '{}', '{usage_count,last_used_at}');

-- Whoever is given the tag of a template is sent it once (S0.9, S0.23): by a campaign of one step that belongs to the template, and
-- that nobody drafts. So it goes by the same gate, the same turns and the same claims as everything else.
alter table campaigns add column message_template_id uuid;
alter table campaigns add constraint campaigns_message_template foreign key (organization_id, message_template_id)
  references message_templates (organization_id, id) on delete restrict;
create unique index campaigns_of_template on campaigns (organization_id, message_template_id)
  where message_template_id is not null;

-- A campaign that runs has its tag for itself: the template of the same tag is not sent then.
create or replace function ask_to_enroll_added() returns trigger
language plpgsql as $$
begin
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select l.organization_id, c.id, l.id, 'TAG'
  from became l join campaigns c on c.organization_id = l.organization_id and c.tag = any (l.tags)
  where l.tags <> '{}' and c.status = 'ACTIVE' and c.archived_at is null
  union all
  select l.organization_id, c.id, l.id, 'TAG'
  from became l
  join message_templates t on t.organization_id = l.organization_id and t.tag = any (l.tags) and t.archived_at is null
  join campaigns c on c.organization_id = l.organization_id and c.message_template_id = t.id and c.status = 'ACTIVE'
  where l.tags <> '{}' and not exists (
    select from campaigns w where w.organization_id = l.organization_id and w.tag = t.tag and w.status = 'ACTIVE'
      and w.archived_at is null)
  on conflict do nothing;
  return null;
end $$;
create or replace function ask_to_enroll() returns trigger
language plpgsql as $$
begin
  insert into enrollment_requests (organization_id, campaign_id, lead_id, source)
  select new.organization_id, c.id, new.id, 'TAG' from campaigns c
  where c.organization_id = new.organization_id and c.tag = any (new.tags) and c.tag <> all (old.tags)
    and c.status = 'ACTIVE' and c.archived_at is null
  union all
  select new.organization_id, c.id, new.id, 'TAG'
  from message_templates t
  join campaigns c on c.organization_id = new.organization_id and c.message_template_id = t.id and c.status = 'ACTIVE'
  where t.organization_id = new.organization_id and t.tag = any (new.tags) and t.tag <> all (old.tags)
    and t.archived_at is null and not exists (
      select from campaigns w where w.organization_id = new.organization_id and w.tag = t.tag and w.status = 'ACTIVE'
        and w.archived_at is null)
  on conflict do nothing;
  return null;
end $$;

-- When the conversations in which campaigns have written are looked at next: whether they have been silent for so long that
-- somebody should nudge, or for good (S1.22). `nudge_id` is the text that nudged last.
create table silences (
  organization_id uuid not null constraint silences_organization references organizations (id) on delete cascade,
  id uuid not null,
  next_attempt_at timestamptz not null,
  nudged_at timestamptz,
  nudge_id uuid,
  primary key (organization_id, id),
  constraint silences_conversation foreign key (organization_id, id)
    references conversations (organization_id, id) on delete cascade
);
create index silences_due on silences (organization_id, next_attempt_at, id);
create index silences_of_all on silences (next_attempt_at);
select isolate('silences');
select open_to_lookups('silences', 'select');
create function organizations_with_silences() returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct s.organization_id from silences s where s.next_attempt_at <= now()
$$;
select entrust('organizations_with_silences()');

-- When a member was last given a lead who had turned hot: whose turn it is (S1.6).
create table hot_lead_turns (
  organization_id uuid not null constraint hot_lead_turns_organization references organizations (id) on delete cascade,
  id uuid not null,
  last_at timestamptz not null,
  primary key (organization_id, id),
  constraint hot_lead_turns_member foreign key (organization_id, id)
    references memberships (organization_id, id) on delete no action
);
select isolate('hot_lead_turns');

-- The feed tells of leads who turn hot.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED', 'ENROLLMENT_CHANGED',
  'LEAD_TURNED_HOT'));
