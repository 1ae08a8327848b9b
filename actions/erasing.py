"""Erasure: what is personal about somebody goes for good; that there was somebody stays, for the counts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from actions.drafts import discard_drafts
from actions.enrollments import end_enrollments
from actions.opting import places_of
from actions.scoring import lead_changed
from db.session import Session
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus, Standing
from domain.drafts import DraftReason
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import not_found

_TELLING = 9  # the last digits of a number, by which it is known however it was written


@dataclass(frozen=True, slots=True)
class Erasure:
    """What went: rows by their kind, and addresses that are never written to again."""

    messages: int
    insights: int
    bookings: int
    notes: int
    webhooks: int
    records: int
    suppressed: int


async def erase_lead(session: Session, lead_id: UUID) -> Erasure:
    """Takes names, addresses and words away, also from who repeats them or was merged into them, from the customer they
    became, from what was received raw and from the audit trail.

    Their addresses are suppressed by hash. Erasing once more finds nothing more.
    """
    session.actor.require(Permission.LEADS_ERASE)
    person = [dict(row) for row in await session.rows("leads", "lock_person", lead_id)]
    if not person:
        raise not_found("lead", "leadId")
    ids = [row["id"] for row in person]
    suppressed = sum([await _suppress(session, row) for row in person])
    webhooks = await session.value("leads", "erase_webhooks", ids) + await _erase_booking_webhooks(session, person)
    emails = [row["email"] for row in person if row["email"]]
    webhooks += await session.value("mailing", "erase_mail_webhooks", ids, emails)
    messages = await session.rows("leads", "erase_messages", ids)
    await session.execute("leads", "erase_summaries", ids)
    insights = await session.rows("leads", "erase_insights", ids)
    await discard_drafts(session, ids, DraftReason.OPTED_OUT)  # they are never written to again
    drafts = await session.rows("leads", "erase_drafts", ids)
    await session.rows("replaying", "erase_rows", ids)
    bookings = await session.rows("bookings", "erase_bookings", ids)
    await session.execute("imports", "hasten_forgetting", ids)
    await end_enrollments(session, ids, Standing(EnrollmentStatus.CANCELLED, EnrollmentReason.MANUAL))
    merges = await session.rows("leads", "erase_merges", ids)
    notes = await session.rows("leads", "erase_notes", ids)
    consents = await session.rows("leads", "erase_consents", ids)
    tasks = await session.rows("tasks", "erase_tasks", ids)
    await session.execute("leads", "erase_examples", ids)
    await session.execute("leads", "erase_leads", ids)
    told = [
        *ids,
        *(row["id"] for row in (*messages, *insights, *bookings, *merges, *notes, *consents, *tasks, *drafts)),
    ]
    for customer in await session.rows("customers", "get_customers_of_leads", ids):
        of_customer, addresses = await _erase_customer(session, customer["id"])
        told, suppressed = told + of_customer, suppressed + addresses
    records = await session.value("leads", "blot_records", told)
    await lead_changed(session, *ids)
    return Erasure(len(messages), len(insights), len(bookings), len(notes), webhooks, records, suppressed)


async def erase_customer(session: Session, customer_id: UUID) -> Erasure:
    """As `erase_lead`, for a customer, with the lead they were where there is one."""
    session.actor.require(Permission.LEADS_ERASE)
    found = await session.row("customers", "get_lead_of_customer", customer_id)
    if found is None:
        raise not_found("customer", "customerId")
    if found["lead_id"]:
        return await erase_lead(session, found["lead_id"])
    told, suppressed = await _erase_customer(session, customer_id)
    return Erasure(0, 0, 0, 0, 0, await session.value("leads", "blot_records", told), suppressed)


async def _erase_customer(session: Session, customer_id: UUID) -> tuple[list[UUID], int]:
    """The ids of what is blotted out of the trail, and how many addresses were not suppressed before."""
    suppressed = await _suppress(session, await session.row("customers", "lock_customer_addresses", customer_id) or {})
    await session.execute("customers", "erase_customer", customer_id)
    invitations = await session.rows("customers", "erase_customer_invitations", customer_id)
    return [customer_id, *(row["id"] for row in invitations)], suppressed


async def _erase_booking_webhooks(session: Session, person: Sequence[Mapping[str, Any]]) -> int:
    """Those of their bookings, and those in which one of their addresses stands among who comes."""
    emails = [row["email"] for row in person if row["email"]]
    numbers = ["".join(filter(str.isdigit, row["phone"] or ""))[-_TELLING:] for row in person]
    telling = [digits for digits in numbers if len(digits) == _TELLING]
    ids = [row["id"] for row in person]
    gone: int = await session.value("bookings", "erase_booking_webhooks", ids, emails, telling)
    return gone


async def _suppress(session: Session, person: Mapping[str, str | None]) -> int:
    """How many addresses were not suppressed before."""
    places = places_of(session, person)
    return sum([bool(await session.value("leads", "suppress", new_id(), *place, "ERASED")) for place in places])
