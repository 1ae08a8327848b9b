"""Customers: leads who bought, and people who were customers before they were leads."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from actions.enrollments import end_enrollments
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus, Standing
from domain.customers import FACTS, MembershipStatus, check_facts
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found

_USUAL: dict[str, Any] = dict.fromkeys(FACTS) | {
    "is_email_verified": False,
    "is_active": True,
    "membership_status": MembershipStatus.ACTIVE,
    "custom_fields": "{}",
}


async def convert_lead(session: Session, lead_id: UUID) -> UUID:
    """Makes a customer of a lead, or finds the one they are.

    A customer with the lead's e-mail address who has no lead yet is taken for the same person.
    """
    session.actor.require(Permission.CUSTOMERS_WRITE)
    lead = await session.row("customers", "lock_lead", lead_id)
    if lead is None:
        raise not_found("lead", "leadId")
    if lead["erased_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This person's data was erased: nobody is left to convert.", "leadId")
    customer_id: UUID | None = await session.value("customers", "get_customer_of_lead", lead_id)
    if customer_id is None:
        customer_id = await _adopt(session, lead_id, lead) or await _add(session, _person(lead), lead_id, lead)
        await session.execute("customers", "mark_converted", lead_id)
        await end_enrollments(session, [lead_id], Standing(EnrollmentStatus.QUALIFIED, EnrollmentReason.MANUAL))
        await lead_changed(session, lead_id)
    return customer_id


async def _adopt(session: Session, lead_id: UUID, lead: Row) -> UUID | None:
    if not lead["email"]:
        return None
    known = (lead["first_name"], lead["last_name"], lead["phone"])
    given = (lead["email"], lead_id, lead["owner_id"], lead["assignee_id"], *known, lead["dataset_ids"])
    async with session.beyond_datasets():  # who was a customer before they were a lead is in no dataset
        adopted: UUID | None = await session.value("customers", "adopt_customer", *given)
    return adopted


def _person(lead: Row) -> dict[str, Any]:
    return {name: lead[name] for name in ("first_name", "last_name", "email", "phone")}


async def add_customer(session: Session, facts: Mapping[str, Any]) -> UUID:
    """Somebody who was never a lead. Refuses a second customer with the same e-mail address."""
    session.actor.require(Permission.CUSTOMERS_WRITE)
    if session.actor.sight.is_limited:
        raise Refusal(RefusalCode.FORBIDDEN, "You are limited to some datasets: convert a lead of theirs instead.")
    checked = check_facts(facts, await session.value("leads", "get_country"))
    if not any(checked.get(name) for name in ("first_name", "last_name", "email", "phone")):
        raise bad_input("Say who it is: a name, an e-mail address or a phone number.", "firstName")
    return await _add(session, checked)


async def _add(
    session: Session, facts: Mapping[str, Any], lead_id: UUID | None = None, lead: Row | None = None
) -> UUID:
    customer_id, whole = new_id(), _USUAL | dict(facts)
    keepers = (lead["owner_id"], lead["assignee_id"], lead["dataset_ids"]) if lead else (None, None, None)
    await session.execute("customers", "add_customer", customer_id, lead_id, *keepers, *(whole[name] for name in FACTS))
    return customer_id


async def change_customer(
    session: Session, customer_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named. One who is not active any more is out of the portal at once."""
    session.actor.require(Permission.CUSTOMERS_WRITE)
    checked = check_facts(changes, await session.value("leads", "get_country"))
    found = await lock_customer(session, customer_id)
    if expected_version not in (None, found["version"]):
        now = f"they have version {found['version']} now. Read them anew."
        raise Refusal(RefusalCode.CONFLICT, f"Somebody else has changed this customer: {now}", "expectedVersion")
    whole = {name: checked.get(name, found[name]) for name in FACTS}
    await session.execute("customers", "change_customer", customer_id, *whole.values())
    return customer_id


async def lock_customer(session: Session, customer_id: UUID) -> Row:
    """Refuses who was erased: there is nobody to do anything with."""
    found = await session.row("customers", "lock_customer", customer_id)
    if found is None:
        raise not_found("customer", "customerId")
    if found["erased_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This person's data was erased.", "customerId")
    return found
