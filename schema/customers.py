"""Customers and their invitations, as the organization sees them."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from domain.customers import MembershipStatus
from schema.node import Kept
from schema.people import Member
from schema.scalars import JSON, EmailAddress, PhoneNumber

if TYPE_CHECKING:
    from schema.leads import Lead


@strawberry.interface(description="What is known about a customer, to the organization and to themselves.")
class CustomerFacts(Kept):
    name: str = strawberry.field(description="First and last name, as far as they are known, else Unknown.")
    first_name: str | None = strawberry.field(description="First name.")
    last_name: str | None = strawberry.field(description="Last name.")
    email: EmailAddress | None = strawberry.field(
        description="E-mail address, which they sign in with; one customer of the organization has it."
    )
    phone: PhoneNumber | None = strawberry.field(description="Phone number.")
    is_email_verified: bool = strawberry.field(description="Whether the organization has made sure that it is theirs.")
    date_of_birth: date | None = strawberry.field(description="When they were born.")
    gender: str | None = strawberry.field(description="Their gender, in their words.")
    emergency_contact_name: str | None = strawberry.field(description="Whom to call in an emergency.")
    emergency_contact_phone: str | None = strawberry.field(description="Under which number.")
    membership_status: MembershipStatus = strawberry.field(description="How their membership stands.")
    membership_starts_on: date | None = strawberry.field(description="Its first day.")
    membership_ends_on: date | None = strawberry.field(description="Its last day; null without an end.")
    last_login_at: datetime | None = strawberry.field(description="When they last signed in.")


@strawberry.type(description="A person who buys from the organization. May sign in to the portal, and nowhere else.")
class Customer(CustomerFacts):
    is_active: bool = strawberry.field(description="Whether they are let into the portal.")
    has_password: bool = strawberry.field(description="Whether they have set a password.")
    custom_fields: JSON = strawberry.field(description="What else the organization keeps, as an object.")
    notes: str | None = strawberry.field(description="What colleagues noted; customers do not see it.")
    erased_at: datetime | None = strawberry.field(description="When their data was erased; null while it is there.")
    lead: Annotated["Lead", strawberry.lazy("schema.leads")] | None = strawberry.field(
        description="The lead they were; null for whoever never was one."
    )


@strawberry.type(description="A customer who was asked to set a password. Whoever has the token can, once.")
class CustomerInvitation(Kept):
    email: EmailAddress = strawberry.field(description="The address they were asked under.")
    custom_message: str | None = strawberry.field(description="What it says to them.")
    metadata: JSON = strawberry.field(description="What a program keeps beside it, as an object.")
    expires_at: datetime | None = strawberry.field(description="Until when it can be used; null for ever.")
    claimed_at: datetime | None = strawberry.field(description="When it was used.")
    revoked_at: datetime | None = strawberry.field(description="When it was taken back, or another took its place.")
    customer: Customer = strawberry.field(description="Who was asked.")
    inviter: Member | None = strawberry.field(description="Who asked them; null for programs.")


@strawberry.type(description="An invitation that was just made.")
class NewCustomerInvitation:
    customer_invitation: CustomerInvitation = strawberry.field(description="The invitation.")
    token: str = strawberry.field(description="What opens it, shown this once: send it to the customer.")


@strawberry.type(description="What went with a customer's data, and with the lead they were.")
class ErasedCustomer:
    customer_id: strawberry.ID = strawberry.field(description="Whose data it was.")
    messages: int = strawberry.field(description="Messages whose words and addresses went.")
    insights: int = strawberry.field(description="Insights whose words went.")
    notes: int = strawberry.field(description="Notes that went.")
    webhooks: int = strawberry.field(description="What the carrier had sent, as it came.")
    records: int = strawberry.field(description="Records of the audit trail whose values were blotted out.")
    suppressed: int = strawberry.field(
        description="Addresses, by channel, that nothing is sent to any more; kept as hashes."
    )
