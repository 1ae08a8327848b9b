"""The turns in the life of a lead: put away and restored, by hand and handed back, qualified, lost and reopened."""

from uuid import UUID

from actions.locking import lock_lead
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.leads import Lifecycle
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode


async def archive_lead(session: Session, lead_id: UUID) -> UUID:
    """Puts a lead away: it is on no board any more, and nothing is done to it until it is restored."""
    found = await _lock(session, lead_id, at_hand=False)
    return await _turn(session, found, "archive_lead", unless=found["archived_at"])


async def restore_lead(session: Session, lead_id: UUID) -> UUID:
    found = await _lock(session, lead_id, at_hand=False)
    if found["erased_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This person's data was erased: nobody is left to restore.", "leadId")
    return await _turn(session, found, "restore_lead", unless=found["archived_at"] is None)


async def take_over_lead(session: Session, lead_id: UUID) -> UUID:
    """From now on people answer, and no machine writes to the lead."""
    found = await _lock(session, lead_id)
    return await _turn(session, found, "take_over_lead", unless=found["manual_mode_at"])


async def hand_back_lead(session: Session, lead_id: UUID) -> UUID:
    """To the machine."""
    found = await _lock(session, lead_id)
    return await _turn(session, found, "hand_back_lead", unless=found["manual_mode_at"] is None)


async def qualify_lead(session: Session, lead_id: UUID) -> UUID:
    """The lead is worth a call. Who is lost is reopened first."""
    found = await _lock(session, lead_id)
    return await _lead_to(session, found, Lifecycle.QUALIFIED, but_not=(Lifecycle.LOST, Lifecycle.CONVERTED))


async def mark_lead_lost(session: Session, lead_id: UUID) -> UUID:
    found = await _lock(session, lead_id)
    return await _lead_to(session, found, Lifecycle.LOST, but_not=(Lifecycle.CONVERTED,))


async def reopen_lead(session: Session, lead_id: UUID) -> UUID:
    """One who was lost stands again where what happened puts them."""
    found = await _lock(session, lead_id)
    if found["lifecycle"] != Lifecycle.LOST:
        raise _conflict(found)
    if await session.value("leads", "has_replied", found["id"]):
        return await _lead_to(session, found, Lifecycle.ENGAGED)
    return await _lead_to(session, found, Lifecycle.CONTACTED if found["last_contacted_at"] else Lifecycle.NEW)


async def _lock(session: Session, lead_id: UUID, *, at_hand: bool = True) -> Row:
    session.actor.require(Permission.LEADS_WRITE)
    return await lock_lead(session, lead_id, at_hand=at_hand)


async def _turn(session: Session, found: Row, statement: str, *values: object, unless: object) -> UUID:
    """What is so already stays, and nobody is told."""
    if not unless:
        await session.execute("leads", statement, found["id"], *values)
        await lead_changed(session, found["id"])
    return UUID(int=found["id"].int)


async def _lead_to(session: Session, found: Row, to: Lifecycle, but_not: tuple[Lifecycle, ...] = ()) -> UUID:
    if found["lifecycle"] in but_not:
        raise _conflict(found)
    return await _turn(session, found, "turn_lead", to, unless=found["lifecycle"] == to)


def _conflict(found: Row) -> Refusal:
    return Refusal(RefusalCode.CONFLICT, f"This lead is {found['lifecycle']}: read it and decide anew.", "leadId")
