"""Customers: converting leads, seeing to their records, asking them into the portal, and erasing them."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.customers import add_customer, change_customer, convert_lead
from actions.erasing import erase_customer
from actions.inviting import Letter, invite_customer, revoke_customer_invitation
from db.customers import CUSTOMER_INVITATIONS, CUSTOMERS, NEW_CUSTOMER_INVITATION
from db.session import Session
from domain.customers import MembershipStatus
from domain.ids import read_id
from resolvers.answers import What, Work, fact, given, making, making_once, many, one
from schema.customers import Customer, CustomerInvitation, ErasedCustomer, NewCustomerInvitation
from schema.paging import Connection
from schema.refusals import Refused
from schema.scalars import JSON


@strawberry.type
class CustomersQuery:
    customers: Connection[Customer] = many(
        CUSTOMERS, "Every customer, the newest first unless ordered otherwise. Needs INBOX_READ."
    )
    customer: Customer | None = one(CUSTOMERS, "One customer; null when there is none with this id. Needs INBOX_READ.")
    customer_invitations: Connection[CustomerInvitation] = many(
        CUSTOMER_INVITATIONS, "Which customers were asked into the portal, the newest first. Needs CUSTOMERS_WRITE."
    )


@strawberry.input(description="A lead who bought.")
class ConvertLeadInput:
    lead_id: strawberry.ID = strawberry.field(description="Who.")


@strawberry.input(description="What is known about a customer; at least a name or an address.")
class AddCustomerInput:
    first_name: str | None = fact("First name.")
    last_name: str | None = fact("Last name.")
    email: str | None = fact("E-mail address, which they will sign in with.")
    phone: str | None = fact("Phone number; without a country code it belongs to the organization's country.")
    is_email_verified: bool | None = fact("Whether you have made sure that the address is theirs.")
    is_active: bool | None = fact("Whether they are let into the portal; true when nothing is said.")
    date_of_birth: date | None = fact("When they were born.")
    gender: str | None = fact("Their gender, in their words.")
    emergency_contact_name: str | None = fact("Whom to call in an emergency.")
    emergency_contact_phone: str | None = fact("Under which number.")
    membership_status: MembershipStatus | None = fact("How their membership stands; ACTIVE when nothing is said.")
    membership_starts_on: date | None = fact("Its first day.")
    membership_ends_on: date | None = fact("Its last day.")
    custom_fields: JSON | None = fact("What else you keep: an object, of at most 16 KB.")
    notes: str | None = fact("What customers do not see.")


@strawberry.input(description="What is to be different about a customer; what is left out stays, null clears.")
class ChangeCustomerInput(AddCustomerInput):
    customer_id: strawberry.ID = strawberry.field(description="Who.")
    expected_version: int | None = fact("The version you read: if it has changed since, nothing is done.")


@strawberry.input(description="A customer to ask into the portal.")
class InviteCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="Who.")
    custom_message: str | None = fact("What it says to them.")
    metadata: JSON | None = fact("What a program keeps beside it: an object, of at most 16 KB.")
    expires_at: datetime | None = fact("Until when it can be used; null for ever.")


@strawberry.input(description="An invitation to take back.")
class RevokeCustomerInvitationInput:
    customer_invitation_id: strawberry.ID = strawberry.field(description="Which.")


@strawberry.input(description="A customer who asked to be forgotten.")
class EraseCustomerInput:
    customer_id: strawberry.ID = strawberry.field(description="Who.")


CustomerResult = Annotated[
    Customer | Refused, strawberry.union("CustomerResult", description="The customer, or why nothing was changed.")
]
InviteCustomerResult = Annotated[
    NewCustomerInvitation | Refused,
    strawberry.union("InviteCustomerResult", description="The invitation and its token, or why there is none."),
]
RevokeCustomerInvitationResult = Annotated[
    CustomerInvitation | Refused,
    strawberry.union("RevokeCustomerInvitationResult", description="The invitation, or why nothing was changed."),
]
EraseCustomerResult = Annotated[
    ErasedCustomer | Refused, strawberry.union("EraseCustomerResult", description="What went, or why nothing did.")
]


@strawberry.type
class CustomersMutation:
    @strawberry.mutation(
        description="Makes a customer of a lead, or answers the one they are. Needs INBOX_READ and CUSTOMERS_WRITE."
    )
    def convert_lead(self, input: Annotated[ConvertLeadInput, What]) -> CustomerResult:
        return making(CUSTOMERS, lambda session: convert_lead(session, read_id("lead", input.lead_id, "leadId")))

    @strawberry.mutation(description="Adds a customer who never was a lead. Needs INBOX_READ and CUSTOMERS_WRITE.")
    def add_customer(self, input: Annotated[AddCustomerInput, What]) -> CustomerResult:
        return making(CUSTOMERS, lambda session: add_customer(session, _said(input)))

    @strawberry.mutation(
        description="Changes what is known about a customer, or whether they are let in. "
        "Needs INBOX_READ and CUSTOMERS_WRITE."
    )
    def change_customer(self, input: Annotated[ChangeCustomerInput, What]) -> CustomerResult:
        changes = _said(input)
        expected, customer = changes.pop("expected_version", None), _customer(changes.pop("customer_id"))
        return making(CUSTOMERS, lambda session: change_customer(session, customer, changes, expected))

    @strawberry.mutation(
        description="Asks a customer to set a password, by a token that is shown this once; an earlier invitation "
        "ends. Needs CUSTOMERS_WRITE."
    )
    def invite_customer(self, input: Annotated[InviteCustomerInput, What]) -> InviteCustomerResult:
        metadata: Any = given(input.metadata) or {}
        letter = Letter(given(input.custom_message), metadata, given(input.expires_at))
        customer = _customer(input.customer_id)
        return making_once(NEW_CUSTOMER_INVITATION, lambda session: invite_customer(session, customer, letter))

    @strawberry.mutation(description="Takes an invitation back. Needs CUSTOMERS_WRITE.")
    def revoke_customer_invitation(
        self, input: Annotated[RevokeCustomerInvitationInput, What]
    ) -> RevokeCustomerInvitationResult:
        id = read_id("customer_invitation", input.customer_invitation_id, "customerInvitationId")
        return making(CUSTOMER_INVITATIONS, lambda session: revoke_customer_invitation(session, id))

    @strawberry.mutation(
        description="Erases a customer's data for good, with that of the lead they were. Needs LEADS_ERASE."
    )
    def erase_customer(self, input: Annotated[EraseCustomerInput, What]) -> EraseCustomerResult:
        async def run(session: Session) -> Any:
            erasure = await erase_customer(session, _customer(input.customer_id))
            return ErasedCustomer(customer_id=input.customer_id, **asdict(erasure))

        return Work(run)  # type: ignore[return-value]


def _said(input: AddCustomerInput) -> dict[str, Any]:
    return {name: value for name, value in vars(input).items() if value is not strawberry.UNSET}


def _customer(id: strawberry.ID) -> UUID:
    return read_id("customer", id, "customerId")
