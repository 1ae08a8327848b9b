-- When and how often an organization writes, and what becomes of replies: reusable, and of no campaign in particular (S1.3).
-- What is null is as the organization or the product has it.
create table campaign_policies (
  organization_id uuid not null constraint campaign_policies_organization references organizations (id) on delete cascade,
  id uuid not null,
  name text not null,
  description text,
  sending_enabled boolean not null default true,
  sending_days text[] not null default '{}',
  sending_start time,
  sending_end time,
  sending_time_zone text,
  keeps_holidays boolean not null default true,
  messages_per_minute integer not null default 1,
  messages_per_hour integer not null default 30,
  messages_per_day integer not null default 500,
  messages_per_person integer,
  person_days integer not null default 7,
  allow_international boolean not null default false,
  sender text,
  cal_booking_link text,
  ai_response_enabled boolean not null default true,
  ai_response_delay_seconds integer not null default 60,
  ai_response_delay_random boolean not null default false,
  ai_grouping_seconds integer not null default 60,
  responds_at_any_hour boolean not null default true,
  is_schedule_strict boolean not null default false,
  silence_timeout_days integer default 28,
  silence_nudge_days integer,
  silence_nudge_body text,
  notifies_of_hot_leads boolean not null default true,
  hot_lead_assignment text not null default 'MANUAL' constraint campaign_policies_hot_lead_assignment
    check (hot_lead_assignment in ('MANUAL', 'ROUND_ROBIN', 'TERRITORY')),
  updates_status boolean not null default true,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint campaign_policies_times check ((sending_start is null) = (sending_end is null)),
  constraint campaign_policies_rates check (
    messages_per_minute > 0 and messages_per_hour > 0 and messages_per_day > 0 and messages_per_person > 0
    and person_days > 0),
  constraint campaign_policies_nudge check ((silence_nudge_days is null) = (silence_nudge_body is null))
);
create unique index campaign_policies_name_unique on campaign_policies (organization_id, lower(name)) where archived_at is null;
create index campaign_policies_by_created on campaign_policies (organization_id, created_at desc, id desc);
select isolate('campaign_policies');
select keep_touched('campaign_policies');
select keep_audited('campaign_policies', 'campaign_policy');

-- A campaign: who is written to, and by which steps. One engine for the four shapes (S0 drips, S1 reactivations, S3 sequences,
-- S4 broadcasts).
create table campaigns (
  organization_id uuid not null constraint campaigns_organization references organizations (id) on delete cascade,
  id uuid not null,
  kind text not null constraint campaigns_kind check (kind in ('DRIP', 'REACTIVATION', 'SEQUENCE', 'BROADCAST')),
  name text not null,
  description text,
  status text not null default 'DRAFT' constraint campaigns_status
    check (status in ('DRAFT', 'ACTIVE', 'PAUSED', 'COMPLETED')),
  tag text,
  dataset_id uuid,
  campaign_policy_id uuid,
  is_predefined boolean not null default false,
  creator_id uuid,
  activated_at timestamptz,
  paused_at timestamptz,
  completed_at timestamptz,
  archived_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint campaigns_dataset foreign key (organization_id, dataset_id)
    references datasets (organization_id, id) on delete restrict,
  constraint campaigns_policy foreign key (organization_id, campaign_policy_id)
    references campaign_policies (organization_id, id) on delete restrict,
  constraint campaigns_creator foreign key (organization_id, creator_id)
    references memberships (organization_id, id) on delete no action,
  constraint campaigns_archived check (archived_at is null or status in ('DRAFT', 'COMPLETED'))
);
create unique index campaigns_tag_unique on campaigns (organization_id, tag) where tag is not null and archived_at is null;
create index campaigns_by_tag on campaigns (organization_id, tag, created_at desc, id desc);
create index campaigns_by_created on campaigns (organization_id, created_at desc, id desc);
create index campaigns_by_status on campaigns (organization_id, status, created_at desc, id desc);
create index campaigns_by_kind on campaigns (organization_id, kind, created_at desc, id desc);
create index campaigns_by_dataset on campaigns (organization_id, dataset_id, created_at desc, id desc);
create index campaigns_by_policy on campaigns (organization_id, campaign_policy_id);
select isolate('campaigns');
select keep_touched('campaigns');
select keep_audited('campaigns', 'campaign');

-- The steps of a campaign, in their order: what is sent on which channel, and when.
create table campaign_steps (
  organization_id uuid not null constraint campaign_steps_organization references organizations (id) on delete cascade,
  id uuid not null,
  campaign_id uuid not null,
  position integer not null,
  channel text not null constraint campaign_steps_channel check (channel in ('SMS', 'WHATSAPP', 'EMAIL', 'LINKEDIN', 'CALL')),
  subject text,
  body text not null,
  anchor text not null constraint campaign_steps_anchor check (anchor in ('ENROLLED_AT', 'PREVIOUS_STEP', 'DATE')),
  day_number integer,
  delay_days integer not null default 0,
  delay_hours integer not null default 0,
  delay_type text not null default 'REAL_HOURS' constraint campaign_steps_delay_type
    check (delay_type in ('REAL_HOURS', 'BUSINESS_HOURS')),
  delay_respect_sending_hours boolean not null default true,
  jitter_seconds integer not null default 0,
  expires_after_hours integer,
  only_without_reply boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint campaign_steps_campaign foreign key (organization_id, campaign_id)
    references campaigns (organization_id, id) on delete cascade,
  constraint campaign_steps_position_order check (position > 0),
  constraint campaign_steps_day_number check (day_number > 0)
);
create unique index campaign_steps_position on campaign_steps (organization_id, campaign_id, position);
create unique index campaign_steps_day_unique on campaign_steps (organization_id, campaign_id, day_number)
  where day_number is not null;
select isolate('campaign_steps');
select keep_touched('campaign_steps');
select keep_audited('campaign_steps', 'campaign_step');

-- The feed tells of them.
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED', 'CAMPAIGN_CHANGED'));
