"""Erasure: what is personal about somebody goes for good; that there was somebody stays, for the counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from db.session import Session
from domain.addresses import address_hash
from domain.analytics import EventKind
from domain.conversations import Channel
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import not_found

_CHANNELS = {"phone": (Channel.SMS, Channel.WHATSAPP, Channel.CALL), "email": (Channel.EMAIL,)}


@dataclass(frozen=True, slots=True)
class Erasure:
    """What went: rows by their kind, and addresses that are never written to again."""

    messages: int
    insights: int
    webhooks: int
    records: int
    suppressed: int


async def erase_lead(session: Session, lead_id: UUID) -> Erasure:
    """Takes names, addresses and words away, also from the customer they became, from what was received raw and from
    the audit trail.

    Their addresses are suppressed by hash. Erasing once more finds nothing more.
    """
    session.actor.require(Permission.LEADS_ERASE)
    lead = await session.row("leads", "lock_person", lead_id)
    if lead is None:
        raise not_found("lead", "leadId")
    suppressed = await _suppress(session, lead)
    webhooks = await session.value("leads", "erase_webhooks", lead_id)
    messages = await session.rows("leads", "erase_messages", lead_id)
    insights = await session.rows("leads", "erase_insights", lead_id)
    await session.execute("leads", "erase_lead", lead_id)
    told = [lead_id, *(row["id"] for row in (*messages, *insights))]
    if customer_id := await session.value("customers", "get_customer_of_lead", lead_id):
        customer, of_customer = await _erase_customer(session, customer_id)
        told, suppressed = told + customer, suppressed + of_customer
    records = await session.value("leads", "blot_records", told)
    session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)
    return Erasure(len(messages), len(insights), webhooks, records, suppressed)


async def erase_customer(session: Session, customer_id: UUID) -> Erasure:
    """As `erase_lead`, for a customer, with the lead they were where there is one."""
    session.actor.require(Permission.LEADS_ERASE)
    found = await session.row("customers", "get_lead_of_customer", customer_id)
    if found is None:
        raise not_found("customer", "customerId")
    if found["lead_id"]:
        return await erase_lead(session, found["lead_id"])
    told, suppressed = await _erase_customer(session, customer_id)
    return Erasure(0, 0, 0, await session.value("leads", "blot_records", told), suppressed)


async def _erase_customer(session: Session, customer_id: UUID) -> tuple[list[UUID], int]:
    """The ids of what is blotted out of the trail, and how many addresses were not suppressed before."""
    suppressed = await _suppress(session, await session.row("customers", "lock_customer_addresses", customer_id) or {})
    await session.execute("customers", "erase_customer", customer_id)
    invitations = await session.rows("customers", "erase_customer_invitations", customer_id)
    return [customer_id, *(row["id"] for row in invitations)], suppressed


async def _suppress(session: Session, person: Mapping[str, str | None]) -> int:
    """How many addresses were not suppressed before."""
    added = 0
    for kind, channels in _CHANNELS.items():
        address = person.get(kind)
        for channel in channels if address else ():
            hash = address_hash(session.actor.organization_id, channel, str(address))
            added += bool(await session.value("leads", "suppress", new_id(), channel, hash, "ERASED"))
    return added
