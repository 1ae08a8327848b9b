-- name: lock_lead
select first_name, last_name, email, phone, owner_id, assignee_id, dataset_ids, erased_at from leads
where organization_id = $1 and id = $2 for no key update

-- name: get_customer_of_lead
select id from customers where organization_id = $1 and lead_id = $2

-- name: get_customers_of_leads
select id from customers where organization_id = $1 and lead_id = any ($2::uuid[]) order by id

-- name: adopt_customer
-- Somebody who was a customer before they were a lead; what the lead knows fills what was not known.
update customers
set lead_id = $3, owner_id = $4, assignee_id = $5, dataset_ids = $9, first_name = case when first_name is null then $6 else first_name end,
    last_name = case when last_name is null then $7 else last_name end,
    phone = case when phone is null then $8 else phone end
where organization_id = $1 and email = $2 and lead_id is null and erased_at is null
returning id

-- name: mark_converted
update leads set lifecycle = 'CONVERTED' where organization_id = $1 and id = $2 and lifecycle <> 'CONVERTED'

-- name: add_customer
insert into customers (organization_id, id, lead_id, owner_id, assignee_id, dataset_ids, first_name, last_name, phone, date_of_birth,
                       gender, emergency_contact_name, emergency_contact_phone, email, is_email_verified, is_active,
                       membership_status, membership_starts_on, membership_ends_on, custom_fields, notes)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20::jsonb, $21)

-- name: lock_customer
select *, custom_fields::text as custom_fields from customers
where organization_id = $1 and id = $2 for no key update

-- name: change_customer
update customers
set first_name = $3, last_name = $4, phone = $5, date_of_birth = $6, gender = $7, emergency_contact_name = $8,
    emergency_contact_phone = $9, email = $10, is_email_verified = $11, is_active = $12, membership_status = $13,
    membership_starts_on = $14, membership_ends_on = $15, custom_fields = $16::jsonb, notes = $17
where organization_id = $1 and id = $2

-- name: revoke_open_invitations
update customer_invitations set revoked_at = transaction_timestamp()
where organization_id = $1 and customer_id = $2 and claimed_at is null and revoked_at is null

-- name: add_customer_invitation
insert into customer_invitations (organization_id, id, customer_id, lead_id, owner_id, assignee_id, dataset_ids, email, custom_message,
                                  metadata, token_hash, inviter_id, expires_at)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::jsonb, $11, $12, $13)

-- name: lock_customer_invitation
select claimed_at, revoked_at from customer_invitations where organization_id = $1 and id = $2 for no key update

-- name: revoke_customer_invitation
update customer_invitations set revoked_at = transaction_timestamp()
where organization_id = $1 and id = $2 and revoked_at is null

-- name: get_lead_of_customer
select lead_id from customers where organization_id = $1 and id = $2

-- name: lock_customer_addresses
select phone, email from customers where organization_id = $1 and id = $2 for no key update

-- name: erase_customer
update customers
set first_name = null, last_name = null, email = null, phone = null, date_of_birth = null, gender = null,
    emergency_contact_name = null, emergency_contact_phone = null, custom_fields = '{}', notes = null,
    password_hash = null, password_set_at = null, is_email_verified = false, is_active = false,
    erased_at = transaction_timestamp()
where organization_id = $1 and id = $2 and erased_at is null

-- name: erase_customer_invitations
delete from customer_invitations where organization_id = $1 and customer_id = $2
returning id

-- name: get_own
-- A customer in the portal: nothing where they may not be there any more.
select c.email, o.slug from customers c join organizations o on o.id = $1
where c.organization_id = $1 and c.id = $2 and c.password_set_at = $3

-- name: lock_own
select first_name, last_name, phone, date_of_birth, gender, emergency_contact_name, emergency_contact_phone
from customers where organization_id = $1 and id = $2 for no key update

-- name: change_own
update customers
set first_name = $3, last_name = $4, phone = $5, date_of_birth = $6, gender = $7, emergency_contact_name = $8,
    emergency_contact_phone = $9
where organization_id = $1 and id = $2

-- name: note_visit
update customers set last_login_at = transaction_timestamp() where organization_id = $1 and id = $2
