-- Calls that leads have booked (S1.5, S1.7), on Cal.com or through us. A booking's time never changes: one that is moved is
-- another booking, which names the one it comes from by the provider's id of it. Nothing references that: what a provider
-- tells of comes in any order. `told_at` is when the provider said what stands here.
create table bookings (
  organization_id uuid not null constraint bookings_organization references organizations (id) on delete cascade,
  id uuid not null,
  lead_id uuid not null,
  owner_id uuid,
  assignee_id uuid,
  dataset_ids uuid[],
  provider text not null constraint bookings_provider check (provider in ('CAL', 'MANUAL')),
  external_id text not null,
  status text not null constraint bookings_status
    check (status in ('REQUESTED', 'BOOKED', 'CANCELLED', 'RESCHEDULED')),
  starts_at timestamptz not null,
  ends_at timestamptz not null,
  title text,
  notes text,
  meeting_url text,
  page_url text,
  time_zone text,
  attendee_name text,
  attendee_email text,
  attendee_phone text,
  rescheduled_from text,
  booked_by_id uuid,
  booked_at timestamptz,
  cancelled_at timestamptz,
  cancel_reason text,
  told_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  primary key (organization_id, id),
  constraint bookings_external_unique unique (organization_id, provider, external_id),
  constraint bookings_times check (ends_at >= starts_at),
  constraint bookings_lead foreign key (organization_id, lead_id)
    references leads (organization_id, id) on delete cascade,
  constraint bookings_booked_by foreign key (organization_id, booked_by_id)
    references memberships (organization_id, id) on delete no action
);
create index bookings_by_start on bookings (organization_id, starts_at desc, id desc);
create index bookings_by_created on bookings (organization_id, created_at desc, id desc);
create index bookings_by_status on bookings (organization_id, status, starts_at desc, id desc);
create index bookings_by_lead on bookings (organization_id, lead_id, starts_at desc, id desc);
create index bookings_by_origin on bookings (organization_id, provider, rescheduled_from)
  where rescheduled_from is not null;
create index bookings_by_assignee on bookings (organization_id, assignee_id, starts_at desc, id desc)
  where assignee_id is not null;
create index bookings_by_owner on bookings (organization_id, owner_id, starts_at desc, id desc)
  where owner_id is not null;
create index bookings_in_pool on bookings (organization_id, starts_at desc, id desc)
  where owner_id is null and assignee_id is null;
select isolate('bookings');
select narrow_to_sight('bookings');
select keep_touched('bookings');
select keep_audited('bookings', 'booking', '{notes,attendee_name,attendee_email,attendee_phone,cancel_reason}',
  '{told_at,dataset_ids}');

-- The feed tells of them.
alter table events add column booking_id uuid;
alter table events drop constraint events_kind;
alter table events add constraint events_kind check (kind in ('MESSAGE_RECEIVED', 'MESSAGE_SENT',
  'MESSAGE_STATUS_CHANGED', 'CONVERSATION_READ', 'CONVERSATION_ASSIGNED', 'CONVERSATION_CHANGED', 'LEAD_CHANGED',
  'LEAD_WITHDRAWN', 'INSIGHT_RAISED', 'INSIGHT_REVIEWED', 'DATASET_CHANGED', 'CREDENTIAL_EXPIRED', 'IMPORT_CHANGED',
  'BULK_OPERATION_CHANGED', 'EXPORT_CHANGED', 'BOOKING_CHANGED'));

-- Where leads book a call (S1.3).
alter table organizations add column cal_booking_link text;

-- A booking's webhook names what it is about, so that all that came of one booking is found again.
alter table inbound_webhooks drop constraint inbound_webhooks_kind;
alter table inbound_webhooks add constraint inbound_webhooks_kind check (kind in ('MESSAGE', 'STATUS', 'BOOKING'));
alter table inbound_webhooks add column subject text;
create index inbound_webhooks_by_subject on inbound_webhooks (organization_id, subject) where kind = 'BOOKING';

-- A webhook's address names an organization, by its id or its slug, and its signature is made with a secret that the
-- organization has given us: which could that be? They come sealed, and nobody is known before one of them fits.
create function find_signing_credentials(of_organization uuid, organization_slug text, of_provider text)
returns table (organization_id uuid, id uuid, sealed bytea)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organization_id, c.id, c.sealed
  from organizations o join credentials c on c.organization_id = o.id
  where (o.id = of_organization or o.slug = organization_slug)
    and c.kind = 'INTEGRATION' and c.provider = of_provider and c.is_active
    and (c.expires_at is null or c.expires_at > now())
  order by c.created_at desc limit 20
$$;

-- A webhook whose organization is known from its signature: store it. A repeat stores nothing.
create function keep_webhook(new_id uuid, to_organization uuid, from_provider text, from_provider_id text,
                             webhook_kind text, about text, raw jsonb) returns void
language sql volatile security definer set search_path = public, pg_temp as $$
  insert into inbound_webhooks (id, organization_id, provider, provider_id, kind, address, subject, payload)
  values (new_id, to_organization, from_provider, from_provider_id, webhook_kind, to_organization::text, about, raw)
  on conflict (provider, provider_id) do nothing
$$;

-- The functions act as the lookup role and are called by the server's role alone.
select entrust('find_signing_credentials(uuid, text, text)');
select entrust('keep_webhook(uuid, uuid, text, text, text, text, jsonb)');
