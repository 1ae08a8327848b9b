-- The functions alone: what they read belongs to other migrations.
drop function count_organizations_beside(text[]);
drop function count_stuck_webhooks();
drop function organizations_with_events_before(timestamptz);
drop function event_positions(uuid[]);
drop function due_organizations(text);
drop function adopt_webhooks(text);
drop function receive_webhook(uuid, text, text, text, text, jsonb);
drop function find_or_add_user(uuid, text, text, text);
drop function find_identity(uuid, text);
drop function find_organization(text);
drop function find_unwelcome(uuid[], uuid[], uuid[]);
drop function find_api_key(uuid, bytea);
drop function find_memberships(text, text);
