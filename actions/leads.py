"""Leads: adding them, finding who a number belongs to, and handing them over."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from uuid import UUID

from actions.locking import check_member, hold_stage
from actions.placing import datasets_for_new_lead, place_new_lead
from actions.scoring import lead_changed
from db.session import Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.lead_facts import FACTS, USUAL, check_facts, check_note, check_tags
from domain.leads import Lifecycle, Temperature
from domain.people import LeadScope, Permission
from domain.refusals import not_found

_NAMED = ("first_name", "last_name", "company", "phone", "email", "linkedin_url", "source", "temperature")


class Same(Enum):
    """What stays as it is."""

    SAME = "SAME"


@dataclass(frozen=True, slots=True)
class NewLead:
    """What is known of a lead when it is added; at least one of phone, e-mail and LinkedIn address.

    `facts` are those of `domain/lead_facts.py` that have no place of their own here.
    """

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
    pipeline_stage_id: UUID | None = None
    note: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    dataset_ids: Sequence[UUID] = ()


async def add_lead(session: Session, lead: NewLead) -> UUID:
    """Refuses a second lead with the same phone number or e-mail address."""
    session.actor.require(Permission.LEADS_WRITE)
    named = {name: getattr(lead, name) for name in _NAMED}
    known = {name: value for name, value in named.items() if value is not None} | dict(lead.facts)
    whole = USUAL | check_facts(known, {}, await session.value("leads", "get_country"))
    lead_id, owner_id = new_id(), await _owner(session, lead.owner_id)
    datasets = await datasets_for_new_lead(session, lead.dataset_ids)
    if lead.pipeline_stage_id:
        await hold_stage(session, lead.pipeline_stage_id)
    given = (check_tags(lead.tags), lead.lifecycle, owner_id, lead.pipeline_stage_id, datasets or None)
    await session.value("leads", "keep_in_sight", lead_id)
    await session.execute("leads", "add_lead", lead_id, *given, *(whole[name] for name in FACTS))
    if datasets:
        await place_new_lead(session, lead_id, datasets)
    if lead.note is not None:
        await session.value("leads", "add_lead_note", new_id(), lead_id, session.actor.member_id, check_note(lead.note))
    await lead_changed(session, lead_id)
    return lead_id


async def _owner(session: Session, owner_id: UUID | None) -> UUID | None:
    """Who sees nothing but their own keeps what they add; giving it to somebody else is handing it over."""
    actor = session.actor
    if owner_id is None:
        return actor.member_id if actor.lead_scope is LeadScope.ASSIGNED else None
    if owner_id != actor.member_id:
        actor.require(Permission.CONVERSATIONS_ASSIGN)
    await check_member(session, owner_id, "ownerId")
    return owner_id


async def find_or_add_lead_by_phone(session: Session, phone: str) -> UUID:
    """Whoever writes from a number nobody knows becomes a lead, in no dataset. Two first texts at once make one."""
    added: UUID | None = await session.value("leads", "add_lead_by_phone", new_id(), phone)
    if added:
        await lead_changed(session, added)
        return added
    found: UUID = await session.value("leads", "get_lead_by_phone", phone)
    return found


async def hand_over(
    session: Session, lead_id: UUID, assignee_id: UUID | Same | None, owner_id: UUID | Same | None = Same.SAME
) -> list[UUID]:
    """Gives a lead to somebody else to work or to own, or to nobody, with all that belongs to it; answers its
    conversations. Who cannot see the lead any more is told that it is gone.
    """
    keepers = await session.row("leads", "lock_keepers", lead_id)
    if keepers is None:
        raise not_found("lead", "leadId")
    assignee = keepers["assignee_id"] if isinstance(assignee_id, Same) else assignee_id
    owner = keepers["owner_id"] if isinstance(owner_id, Same) else owner_id
    if (keepers["owner_id"], keepers["assignee_id"]) == (owner, assignee):
        return []
    await session.value("leads", "keep_in_sight", lead_id)
    given = (lead_id, owner, assignee)
    await session.execute("leads", "hand_over_lead", *given)
    conversations = [row["id"] for row in await session.rows("leads", "hand_over_conversations", *given)]
    for table in (
        "messages", "insights", "customers", "customer_invitations", "bookings", "lead_merges", "absorbed", "notes",
        "consents", "enrollments", "step_runs", "tasks", "drafts", "exposures", "insight_evidence", "replay_rows",
    ):  # fmt: skip
        await session.execute("leads", f"hand_over_{table}", *given)
    session.announce(EventKind.LEAD_WITHDRAWN, lead_id=lead_id, **keepers)
    await lead_changed(session, lead_id)
    return conversations
