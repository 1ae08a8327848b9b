"""What a campaign that begins or ends means for its people: for the first at once, for a million in portions."""

from uuid import UUID

from actions.step_tasks import Whose, cancel_tasks
from db.session import Session
from domain.analytics import EventKind
from domain.campaigns.reasons import GateReason
from domain.people import LeadScope

_ASKED_AT_ONCE = 10_000
_ENDED_AT_ONCE = 1_000
_BEFORE_ALL = UUID(int=0)


async def begin_for_dataset(session: Session, campaign_id: UUID) -> None:
    """Asks for everybody who is in the campaign's dataset and at hand."""
    if last := await _ask(session, campaign_id, _BEFORE_ALL):
        await session.execute("campaign_tending", "tend", campaign_id, last, False)


async def end_for_all(session: Session, campaign_id: UUID) -> None:
    """Whoever is in it is let go, and what is planned for them is not sent; who was only asked for is forgotten.

    Those whom the caller does not see are left to workers.
    """
    sees_some = session.actor.lead_scope is not LeadScope.ALL or session.actor.sight.is_limited
    may_be_more = await _end(session, campaign_id)
    await session.execute("campaign_tending", "tend", campaign_id, None, may_be_more or sees_some)
    await cancel_tasks(session, Whose.CAMPAIGN, [campaign_id], GateReason.CAMPAIGN_NOT_ACTIVE)
    await session.execute("enrolling", "drop_requests", campaign_id)


async def tend_campaign(session: Session) -> bool:
    """The next portion of a campaign's people; false when there are none."""
    claimed = await session.row("campaign_tending", "claim_tending")
    if claimed is None:
        return False
    last, may_be_more = None, False
    if claimed["ends"]:
        may_be_more = await _end(session, claimed["id"])
    else:
        last = await _ask(session, claimed["id"], claimed["begins_after"])
    await session.execute("campaign_tending", "tend", claimed["id"], last, may_be_more)
    if not (last or may_be_more):
        session.announce(EventKind.CAMPAIGN_CHANGED, subject_id=claimed["id"])
    return True


async def _ask(session: Session, campaign_id: UUID, after: UUID) -> UUID | None:
    """The last who was asked for, where there may be more."""
    asked = await session.row("campaign_tending", "request_members", campaign_id, after, _ASKED_AT_ONCE)
    return asked["last_id"] if asked and asked["count"] == _ASKED_AT_ONCE else None


async def _end(session: Session, campaign_id: UUID) -> bool:
    """Whether there may be more."""
    found = await session.rows("campaign_tending", "next_standing", campaign_id, _ENDED_AT_ONCE)
    await session.execute("leads", "lock_leads", [row["lead_id"] for row in found])
    ids = [row["id"] for row in found]
    runs = await session.rows("campaign_tending", "end_runs", ids)
    texts = [row["message_id"] for row in runs if row["message_id"]]
    await session.rows("dispatching", "drop_texts", texts, "The campaign is over.")
    await session.execute("campaign_tending", "end_enrollments", ids)
    return len(ids) == _ENDED_AT_ONCE
