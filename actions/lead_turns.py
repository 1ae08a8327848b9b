"""The turns in the life of a lead: put away and restored, by hand and handed back, qualified, lost and reopened."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from actions.drafts import discard_drafts
from actions.enrollments import end_enrollments
from actions.locking import lock_lead, lock_leads
from actions.scoring import lead_changed
from actions.step_tasks import Whose, cancel_tasks
from db.session import Row, Session
from domain.campaigns.reasons import GateReason
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus, Standing
from domain.drafts import DraftReason
from domain.leads import Lifecycle
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode


@dataclass(frozen=True, slots=True)
class Turn:
    """What is done to one lead or to many alike; who stands so already stays as they are, and nobody is told."""

    statement: str
    is_so: Callable[[Row], bool]
    at_hand: bool = True


# Who is put away is on no board any more, and nothing is done to them until they are restored.
ARCHIVE = Turn("archive_leads", lambda lead: lead["archived_at"] is not None, at_hand=False)
RESTORE = Turn("restore_leads", lambda lead: lead["archived_at"] is None, at_hand=False)
# From then on people answer, and no machine writes to the lead; until it is handed back.
TAKE_OVER = Turn("take_over_leads", lambda lead: lead["manual_mode_at"] is not None)
HAND_BACK = Turn("hand_back_leads", lambda lead: lead["manual_mode_at"] is None)


async def turn_lead(session: Session, lead_id: UUID, turn: Turn) -> UUID:
    found = await _lock(session, lead_id, at_hand=turn.at_hand)
    await _turn_all(session, turn, [found])
    return UUID(int=found["id"].int)


async def turn_leads(session: Session, lead_ids: Sequence[UUID], turn: Turn) -> None:
    """All of them or none."""
    session.actor.require(Permission.LEADS_WRITE)
    await _turn_all(session, turn, await lock_leads(session, lead_ids, at_hand=turn.at_hand))


async def _turn_all(session: Session, turn: Turn, leads: Sequence[Row]) -> None:
    if turn is RESTORE and any(lead["erased_at"] for lead in leads):
        raise Refusal(RefusalCode.CONFLICT, "This person's data was erased: nobody is left to restore.", "leadId")
    ids = [lead["id"] for lead in leads if not turn.is_so(lead)]
    if ids:
        await session.execute("leads", turn.statement, ids)
        if turn is HAND_BACK:
            await session.execute("enrollments", "hasten_runs", ids)
        if turn in (ARCHIVE, TAKE_OVER):
            await discard_drafts(session, ids, DraftReason.MANUAL_MODE)
        if turn is ARCHIVE:
            await cancel_tasks(session, Whose.LEADS, ids, GateReason.LEAD_ARCHIVED)
        await lead_changed(session, *ids)


async def qualify_lead(session: Session, lead_id: UUID) -> UUID:
    """The lead is worth a call, and no campaign writes to them any more (S0.18). Who is lost is reopened first."""
    found = await _lock(session, lead_id)
    qualified = Standing(EnrollmentStatus.QUALIFIED, EnrollmentReason.MANUAL)
    await end_enrollments(session, [found["id"]], qualified)
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


async def _lead_to(session: Session, found: Row, to: Lifecycle, but_not: tuple[Lifecycle, ...] = ()) -> UUID:
    if found["lifecycle"] in but_not:
        raise _conflict(found)
    if found["lifecycle"] != to:
        await session.execute("leads", "turn_lead", found["id"], to)
        await lead_changed(session, found["id"])
    return UUID(int=found["id"].int)


def _conflict(found: Row) -> Refusal:
    return Refusal(RefusalCode.CONFLICT, f"This lead is {found['lifecycle']}: read it and decide anew.", "leadId")
