"""Customers and their invitations, as the organization reads them; and what customers read of both in the portal."""

from db.entity import Column, Entity, One, identity, kept, shown_once
from domain.customers import MembershipStatus
from domain.people import Permission

_FACTS = (
    Column("name", order=True),
    Column("first_name", nullable=True),
    Column("last_name", nullable=True),
    Column("email", nullable=True, filter=True, unique=True),
    Column("phone", nullable=True),
    Column("is_email_verified", "boolean"),
    Column("date_of_birth", "date", nullable=True),
    Column("gender", nullable=True),
    Column("emergency_contact_name", nullable=True),
    Column("emergency_contact_phone", nullable=True),
    Column("membership_status", enum=MembershipStatus, filter=True),
    Column("membership_starts_on", "date", nullable=True),
    Column("membership_ends_on", "date", nullable=True),
    Column("last_login_at", "timestamptz", nullable=True),
)

CUSTOMERS = Entity(
    "Customer",
    table="customers",
    kind="customer",
    scoped=True,
    columns=(
        identity("customer"),
        *_FACTS,
        Column("is_active", "boolean", filter=True),
        Column("has_password", "boolean", sql="({t}.password_set_at is not null)"),
        Column("custom_fields", "jsonb"),
        Column("notes", nullable=True),
        Column("erased_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(One("lead", "Lead", on="{that}.id = {this}.lead_id", nullable=True),),
)

CUSTOMER_INVITATIONS = Entity(
    "CustomerInvitation",
    table="customer_invitations",
    kind="customer_invitation",
    permission=Permission.CUSTOMERS_WRITE,
    scoped=True,
    columns=(
        identity("customer_invitation"),
        Column("customer_id", "uuid", refers="customer", filter=True),
        Column("email"),
        Column("custom_message", nullable=True),
        Column("metadata", "jsonb"),
        Column("expires_at", "timestamptz", nullable=True),
        Column("claimed_at", "timestamptz", nullable=True),
        Column("revoked_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("customer", "Customer", on="{that}.id = {this}.customer_id"),
        One("inviter", "Member", on="{that}.id = {this}.inviter_id", nullable=True),
    ),
)

NEW_CUSTOMER_INVITATION = shown_once("NewCustomerInvitation", "token", "customer_invitation", CUSTOMER_INVITATIONS)

# In the portal a role of the database decides what there is to read: one customer, and one organization's face.
PORTAL_CUSTOMERS = Entity(
    "PortalCustomer",
    table="customers",
    kind="customer",
    permission=None,
    columns=(identity("customer"), *_FACTS, *kept()),
    relations=(One("organization", "PortalOrganization", on="{that}.id = {this}.organization_id"),),
)

PORTAL_ORGANIZATIONS = Entity(
    "PortalOrganization",
    table="organizations",
    kind="organization",
    permission=None,
    tenant="id",
    columns=(
        Column("slug"),
        Column("name"),
        Column("email", nullable=True),
        Column("phone", nullable=True),
        Column("website", nullable=True),
        Column("logo_url", nullable=True),
        Column("primary_color"),
    ),
)
