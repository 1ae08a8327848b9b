"""The score of leads: settled with every change of a lead, and anew for all when what they score for changes."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from uuid import UUID

from db.session import Session
from domain.analytics import EventKind
from domain.ids import earliest_id, new_id
from domain.people import Permission
from domain.scoring import USUAL_REASONS, Reason, check_reasons

_AT_ONCE = 500
_SECOND_LOOK = timedelta(minutes=1)  # no unit of work takes as long, so what was under way has been done by then
_UNDER_WAY = timedelta(hours=1)  # how much sooner than it is seen a lead may have been given its id


async def score_leads(session: Session, lead_ids: Iterable[UUID]) -> list[UUID]:
    """Settles the scores of leads that this unit of work has locked or made; whose score is another now."""
    return [row["id"] for row in await session.rows("scoring", "score_leads", list(lead_ids))]


async def lead_changed(session: Session, *lead_ids: UUID) -> None:
    """To be called by whoever adds or changes leads: settles their scores, and tells of them. Nobody else does."""
    if lead_ids:
        await score_leads(session, lead_ids)
    for lead_id in lead_ids:
        session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)


async def rescore(session: Session, lead_ids: Sequence[UUID]) -> None:
    """As `lead_changed`, of leads that changed only if that gives them another score."""
    for lead_id in await score_leads(session, lead_ids):
        session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)


async def add_usual_reasons(session: Session) -> None:
    """For an organization that begins."""
    await session.execute("scoring", "add_scoring")
    await _add(session, USUAL_REASONS)


async def set_score_reasons(session: Session, reasons: Sequence[Reason]) -> UUID:
    """Takes the place of the whole list; all leads are scored by it in the background."""
    session.actor.require(Permission.PIPELINE_WRITE)
    checked = check_reasons(reasons)
    await session.execute("scoring", "lock_scoring")
    await session.execute("scoring", "clear_reasons")
    await _add(session, checked)
    await session.execute("scoring", "begin_scoring")
    return session.actor.organization_id


async def _add(session: Session, reasons: Sequence[Reason]) -> None:
    columns = [[getattr(one, name) for one in reasons] for name in ("label", "points", "condition", "field", "value")]
    await session.rows("scoring", "add_reasons", [new_id() for _ in reasons], *columns)


async def score_portion(session: Session) -> bool:
    """The next leads of an organization whose list has changed; false when none are due now.

    At the end comes a second look at the newest, a minute later: those that were added by the old list while it changed
    were not there to be seen.
    """
    claimed = await session.row("scoring", "claim_scoring")
    if claimed is None:
        return False
    leads = [row["id"] for row in await session.rows("scoring", "lock_leads_after", claimed["after"], _AT_ONCE)]
    await score_leads(session, leads)
    if len(leads) == _AT_ONCE:
        await session.execute("scoring", "go_on_scoring", leads[-1], claimed["changed_at"])
    elif claimed["is_last_round"]:
        await session.execute("scoring", "go_on_scoring", claimed["after"], None)
    else:
        newest = earliest_id(claimed["changed_at"] - _UNDER_WAY)
        await session.execute("scoring", "go_on_scoring", newest, claimed["changed_at"] + _SECOND_LOOK)
    return True
