"""Leads who turn hot: people are told, and where the policy says so, the next in turn is given them (S1.3, S1.6)."""

from uuid import UUID

from actions.leads import hand_over
from actions.territories import find_territory
from db.session import Session
from domain.analytics import EventKind
from domain.campaigns.drafts import HotLeadAssignment


async def lead_turned_hot(session: Session, lead_id: UUID) -> None:
    """To be called by whoever makes a lead hot who was not, and has them locked."""
    rule = await session.row("hot_leads", "get_rule", lead_id)
    if rule is None:
        return
    if rule["is_nobodys"]:
        await _give(session, lead_id, HotLeadAssignment(rule["assignment"]))
    if rule["is_told"]:
        session.announce(EventKind.LEAD_TURNED_HOT, lead_id=lead_id)


async def _give(session: Session, lead_id: UUID, assignment: HotLeadAssignment) -> None:
    """Where it is in no territory it stays in the pool, as where people decide."""
    if assignment is HotLeadAssignment.ROUND_ROBIN:
        await _give_to_next(session, lead_id)
    elif assignment is HotLeadAssignment.TERRITORY:
        territory_id = await find_territory(session, lead_id)
        if territory_id:
            await _give_to_next(session, lead_id, territory_id)


async def _give_to_next(session: Session, lead_id: UUID, territory_id: UUID | None = None) -> None:
    """Of all, or of those who work a territory. Where nobody may have the lead it stays in the pool."""
    await session.value("hot_leads", "hold_turns")
    member_id = await session.value("hot_leads", "next_member", lead_id, territory_id)
    if member_id is None:
        return
    await session.execute("hot_leads", "note_turn", member_id)
    for handed_over in await hand_over(session, lead_id, member_id):
        session.announce(EventKind.CONVERSATION_ASSIGNED, conversation_id=handed_over)
