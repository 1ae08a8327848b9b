"""People decide about what Sophie finds."""

from uuid import UUID

from db.session import Row, Session
from domain.analytics import EventKind
from domain.learning import OPEN_INSIGHTS, InsightStatus
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters

_LONGEST_REASON = 2000


async def view_insight(session: Session, insight_id: UUID) -> UUID:
    """Marks a new insight as seen. One that was seen or decided about stays as it is, and nobody is told."""
    session.actor.require(Permission.INSIGHTS_REVIEW)
    if (await _lock(session, insight_id))["status"] == InsightStatus.PENDING:
        await _review(session, insight_id, InsightStatus.VIEWED, None)
    return insight_id


async def dismiss_insight(session: Session, insight_id: UUID, reason: str) -> UUID:
    """Decides against an insight."""
    session.actor.require(Permission.INSIGHTS_REVIEW)
    words = check_characters(reason.strip(), "reason")
    if not 1 <= len(words) <= _LONGEST_REASON:
        raise bad_input(f"Say why, in at most {_LONGEST_REASON} characters: Sophie learns from it.", "reason")
    await lock_open(session, insight_id)
    await _review(session, insight_id, InsightStatus.DISMISSED, words)
    return insight_id


async def lock_open(session: Session, insight_id: UUID) -> Row:
    """One that nobody has decided about: of two people who decide at once the second sees what the first one did."""
    found = await _lock(session, insight_id)
    if found["status"] not in OPEN_INSIGHTS:
        who = found["reviewer"] or "a program"
        raise Refusal(RefusalCode.CONFLICT, f"This insight is {found['status']} already, by {who}.", "insightId")
    return found


async def _lock(session: Session, insight_id: UUID) -> Row:
    found = await session.row("learning", "lock_insight", insight_id)
    if found is None:
        raise not_found("insight", "insightId")
    return found


async def _review(session: Session, insight_id: UUID, status: InsightStatus, words: str | None) -> None:
    await session.execute("learning", "review_insight", insight_id, status, session.actor.member_id, words)
    session.announce(EventKind.INSIGHT_REVIEWED, insight_id=insight_id)
