"""Leads: adding them, and finding who a number belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from db.session import Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.leads import Lifecycle, Temperature, normalize_phone
from domain.refusals import not_found


@dataclass(frozen=True, slots=True)
class NewLead:
    """What is known of a lead when it is added; at least one of phone, e-mail and LinkedIn address."""

    first_name: str | None = None
    last_name: str | None = None
    company: str | None = None
    phone: str | None = None
    email: str | None = None
    linkedin_url: str | None = None
    source: str = "MANUAL"
    tags: Sequence[str] = ()
    lifecycle: Lifecycle = Lifecycle.NEW
    temperature: Temperature = Temperature.UNKNOWN
    owner_id: UUID | None = None


async def add_lead(session: Session, lead: NewLead) -> UUID:
    """Refuses a second lead with the same phone number or e-mail address."""
    lead_id = new_id()
    country = await session.value("leads", "get_country")
    await session.execute(
        "leads",
        "add_lead",
        lead_id,
        lead.first_name,
        lead.last_name,
        lead.company,
        normalize_phone(lead.phone, country) if lead.phone else None,
        lead.email.lower() if lead.email else None,
        lead.linkedin_url,
        lead.source,
        list(lead.tags),
        lead.lifecycle,
        lead.temperature,
        lead.owner_id,
    )
    session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)
    return lead_id


async def find_or_add_lead_by_phone(session: Session, phone: str) -> UUID:
    """Whoever writes from a number nobody knows becomes a lead. Two first texts at once still make one."""
    added: UUID | None = await session.value("leads", "add_lead_by_phone", new_id(), phone)
    if added:
        session.announce(EventKind.LEAD_CHANGED, lead_id=added)
        return added
    found: UUID = await session.value("leads", "get_lead_by_phone", phone)
    return found


async def hand_over(session: Session, lead_id: UUID, assignee_id: UUID | None) -> list[UUID]:
    """Gives a lead to somebody else to work, or to nobody, with all that belongs to it; answers its conversations.

    Who cannot see the lead any more is told that it is gone.
    """
    keepers = await session.row("leads", "lock_keepers", lead_id)
    if keepers is None:
        raise not_found("lead", "leadId")
    if keepers["assignee_id"] == assignee_id:
        return []
    await session.value("leads", "keep_in_sight", lead_id)
    given = (lead_id, keepers["owner_id"], assignee_id)
    await session.execute("leads", "hand_over_lead", *given)
    conversations = [row["id"] for row in await session.rows("leads", "hand_over_conversations", *given)]
    await session.execute("leads", "hand_over_messages", *given)
    for table in ("insights", "customers", "customer_invitations", "bookings", "lead_merges", "absorbed"):
        await session.execute("leads", f"hand_over_{table}", *given)
    session.announce(EventKind.LEAD_WITHDRAWN, lead_id=lead_id, **keepers)
    session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)
    return conversations
