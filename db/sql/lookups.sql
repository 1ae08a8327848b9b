-- name: find_memberships
select organization_id, slug, organization_status, member_id, role, status, lead_scope, permissions, dataset_ids, stamp,
       last_login_at
from find_memberships($1, $2)

-- name: find_api_key
select id, permissions, dataset_ids, stamp from find_api_key($1, $2)

-- name: find_organization
select find_organization($1) as id

-- name: find_identity
select issuer, subject from find_identity($1, $2)

-- name: find_or_add_user
select find_or_add_user($1, $2, $3, $4) as id

-- name: receive_webhook
select receive_webhook($1, $2, $3, $4, $5, $6::jsonb) as organization_id

-- name: adopt_webhooks
select adopt_webhooks($1) as adopted

-- name: due_organizations
select due_organizations($1) as organization_id

-- name: event_positions
select organization_id, last_seq, forgotten_seq from event_positions($1)

-- name: organizations_with_events_before
select organizations_with_events_before($1) as organization_id

-- name: count_stuck_webhooks
select unrouted, failing from count_stuck_webhooks()

-- name: poke
select pg_notify($1, $2)

-- name: applied_migrations
select version from rekindle_migrations

-- name: describe_role
select rolname as name, rolsuper or rolbypassrls as bypasses from pg_roles where rolname = current_user

-- name: count_organizations_beside
select count_organizations_beside($1) as others

-- name: find_unwelcome
select organization_id, caller_id from find_unwelcome($1, $2, $3, $4)

-- name: accept_invitations
select accept_invitations($1, $2, $3, $4, $5, $6, $7) as joined

-- name: note_login
select note_login($1, $2)

-- name: organizations_sealed_otherwise
select organizations_sealed_otherwise($1) as organization_id

-- name: count_sealed
select key_id, sealed from count_sealed()

-- name: organizations_with_datasets_to_archive
select organizations_with_datasets_to_archive() as organization_id

-- name: organizations_with_silences
select organizations_with_silences() as organization_id

-- name: find_customer_invitation
select email, custom_message, expires_at, organization_name, logo_url, primary_color
from find_customer_invitation($1, $2)

-- name: claim_customer_invitation
select customer_id, password_set_at from claim_customer_invitation($1, $2, $3)

-- name: find_customer_login
select organization_id, customer_id, password_hash, password_set_at from find_customer_login($1, $2)

-- name: set_customer_password
select password_set_at from set_customer_password($1, $2, $3, $4)

-- name: organizations_with_due_credentials
select organizations_with_due_credentials($1, $2) as organization_id

-- name: find_signing_credentials
select organization_id, id, sealed from find_signing_credentials($1, $2, $3)

-- name: keep_webhook
select keep_webhook($1, $2, $3, $4, $5, $6, $7::jsonb)

-- name: organizations_with_leads_to_tend
select organizations_with_leads_to_tend() as organization_id

-- name: organizations_with_files_to_forget
select organizations_with_files_to_forget() as organization_id

-- name: find_folders_to_empty
select find_folders_to_empty() as organization_id

-- name: note_folder_emptied
select note_folder_emptied($1)

-- name: organizations_with_words_due
select organizations_with_words_due() as organization_id

-- name: organizations_with_drafts
select organizations_with_drafts as organization_id from organizations_with_drafts()

-- name: organizations_with_texts_to_judge
select organizations_with_texts_to_judge() as organization_id

-- name: organizations_with_replays
select organizations_with_replays as organization_id from organizations_with_replays()
