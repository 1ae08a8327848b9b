-- What must be asked before a tenant is known. Each runs as rekindle_lookup, which sees only the tables opened to it.

-- A verified token names a person; the request needs the organizations that person may act in.
create function find_memberships(token_issuer text, token_subject text)
returns table (organization_id uuid, slug text, member_id uuid, role text, status text)
language sql stable security definer set search_path = public, pg_temp as $$
  select m.organization_id, o.slug, m.id, m.role, m.status
  from users u
  join memberships m on m.user_id = u.id
  join organizations o on o.id = m.organization_id
  where u.issuer = token_issuer and u.subject = token_subject
  order by o.slug
$$;

-- An API key carries its organization's id and a secret; only its hash opens it.
create function find_api_key(key_organization uuid, key_hash bytea)
returns table (id uuid, permissions text[])
language sql stable security definer set search_path = public, pg_temp as $$
  select k.id, k.permissions
  from api_keys k
  where k.organization_id = key_organization and k.hash = key_hash
    and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
$$;

-- Sockets live longer than a request: which of these callers may not be here any more?
create function find_unwelcome(organizations uuid[], members uuid[], keys uuid[])
returns table (organization_id uuid, caller_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
  select asked.organization_id, coalesce(asked.member_id, asked.key_id)
  from unnest(organizations, members, keys) as asked (organization_id, member_id, key_id)
  where not exists (
    select from memberships m
    where m.organization_id = asked.organization_id and m.id = asked.member_id and m.status = 'ACTIVE'
  ) and not exists (
    select from api_keys k
    where k.organization_id = asked.organization_id and k.id = asked.key_id
      and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())
  )
$$;

-- Operators name an organization by its slug.
create function find_organization(organization_slug text) returns uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select o.id from organizations o where o.slug = organization_slug
$$;

-- An operator mints a token for a colleague: the identity behind an address within one organization.
create function find_identity(member_organization uuid, member_email text)
returns table (issuer text, subject text)
language sql stable security definer set search_path = public, pg_temp as $$
  select u.issuer, u.subject
  from memberships m join users u on u.id = m.user_id
  where m.organization_id = member_organization and lower(m.email) = lower(member_email)
$$;

-- A person is known once, whatever organizations they join.
create function find_or_add_user(new_id uuid, user_issuer text, user_subject text, user_email text) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  found uuid;
begin
  insert into users (id, issuer, subject, email) values (new_id, user_issuer, user_subject, user_email)
  on conflict (issuer, subject) do nothing;
  select u.id into found from users u where u.issuer = user_issuer and u.subject = user_subject;
  return found;
end $$;

-- A webhook arrives for a number: store it, and tell whose it is. A repeat stores nothing and answers the same.
create function receive_webhook(new_id uuid, from_provider text, from_provider_id text, webhook_kind text,
                                our_address text, raw jsonb) returns uuid
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  owner uuid;
begin
  select p.organization_id into owner from phone_numbers p where p.number = our_address;
  insert into inbound_webhooks (id, organization_id, provider, provider_id, kind, address, payload)
  values (new_id, owner, from_provider, from_provider_id, webhook_kind, our_address, raw)
  on conflict (provider, provider_id) do nothing;
  return owner;
end $$;

-- A number was registered: what came for it while nobody had it goes to its organization.
create function adopt_webhooks(our_address text) returns integer
language plpgsql volatile security definer set search_path = public, pg_temp as $$
declare
  adopted integer;
begin
  update inbound_webhooks w set organization_id = p.organization_id
  from phone_numbers p
  where p.number = our_address and w.address = our_address and w.organization_id is null;
  get diagnostics adopted = row_count;
  return adopted;
end $$;

-- Workers claim in two steps: first which organizations have something due, without a lock.
create function due_organizations(queue text) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select distinct w.organization_id from inbound_webhooks w
  where queue = 'inbound' and w.settled_at is null and w.organization_id is not null and w.next_attempt_at <= now()
  union
  select distinct m.organization_id from messages m join organizations o on o.id = m.organization_id
  where queue = 'sending' and m.status = 'QUEUED' and m.scheduled_at <= now() and o.status = 'ACTIVE'
  union
  select distinct m.organization_id from messages m
  where queue = 'sending' and m.status = 'SENDING' and m.scheduled_at <= now()
  union
  select distinct m.organization_id from messages m
  where queue = 'reviewing' and m.direction = 'OUTBOUND' and m.reviewed_at is null
$$;

-- The tail of the feed watches the counters of the organizations that have listeners.
create function event_positions(organizations uuid[])
returns table (organization_id uuid, last_seq bigint, forgotten_seq bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organization_id, c.last_seq, c.forgotten_seq from event_counters c
  where c.organization_id = any (organizations)
$$;

-- Whose oldest event is older than the feed remembers? One look into the key per organization.
create function organizations_with_events_before(instant timestamptz) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as $$
  select c.organization_id from event_counters c
  join events e on e.organization_id = c.organization_id and e.seq = c.forgotten_seq + 1
  where e.at < instant
$$;

-- What an operator must know of: genuine webhooks for numbers nobody has registered, and those that keep failing.
create function count_stuck_webhooks() returns table (unrouted bigint, failing bigint)
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) filter (where w.organization_id is null),
         count(*) filter (where w.organization_id is not null and w.attempts > 2)
  from inbound_webhooks w where w.settled_at is null
$$;

-- A demo's carrier must not be handed the texts of real organizations: are there any beside the demo's?
create function count_organizations_beside(slugs text[]) returns bigint
language sql stable security definer set search_path = public, pg_temp as $$
  select count(*) from organizations o where o.slug <> all (slugs)
$$;

-- The functions act as the lookup role and are called by the server's role alone.
do $$
declare
  signature text;
begin
  foreach signature in array array[
    'find_memberships(text, text)', 'find_api_key(uuid, bytea)', 'find_unwelcome(uuid[], uuid[], uuid[])',
    'find_organization(text)',
    'find_identity(uuid, text)', 'find_or_add_user(uuid, text, text, text)',
    'receive_webhook(uuid, text, text, text, text, jsonb)', 'adopt_webhooks(text)', 'due_organizations(text)',
    'event_positions(uuid[])', 'organizations_with_events_before(timestamptz)',
    'count_stuck_webhooks()', 'count_organizations_beside(text[])'
  ] loop
    execute format('alter function %s owner to rekindle_lookup', signature);
    execute format('revoke execute on function %s from public', signature);
    execute format('grant execute on function %s to rekindle_app', signature);
  end loop;
end $$;
