"""What Sophie finds becomes insights, and people decide about them."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from db.session import Row, Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.learning import OPEN_INSIGHTS, Finding, InsightStatus, InsightType
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters

_LONGEST_REASON = 2000


async def find_unreviewed(session: Session) -> Row | None:
    """The organization's oldest outbound text Sophie has not read, locked until this unit of work ends."""
    return await session.row("learning", "claim_unreviewed")


async def record_review(session: Session, message: Row, findings: Sequence[Finding]) -> list[UUID]:
    """Raises an insight per finding; a second review of the same text raises none again."""
    await session.execute("learning", "mark_reviewed", message["id"])
    raised = [await raise_insight(session, message, finding) for finding in findings]
    return [insight_id for insight_id in raised if insight_id]


async def raise_insight(session: Session, message: Row, finding: Finding) -> UUID | None:
    """About a message; None where the same rule has found the same there before."""
    insight_id: UUID | None = await session.value(
        "learning",
        "add_insight",
        new_id(),
        hashlib.sha256(f"{finding.rule}:{message['id']}".encode()).hexdigest(),
        InsightType.MESSAGE,
        finding.severity,
        finding.category,
        finding.title,
        finding.description,
        finding.suggestion,
        message["id"],
    )
    if insight_id:
        session.announce(
            EventKind.INSIGHT_RAISED,
            insight_id=insight_id,
            message_id=message["id"],
            conversation_id=message["conversation_id"],
        )
    return insight_id


async def view_insight(session: Session, insight_id: UUID) -> UUID:
    """Marks a new insight as seen. One that was seen or decided about stays as it is, and nobody is told."""
    session.actor.require(Permission.INSIGHTS_REVIEW)
    if (await _lock(session, insight_id))["status"] == InsightStatus.PENDING:
        await _review(session, insight_id, InsightStatus.VIEWED, None)
    return insight_id


async def dismiss_insight(session: Session, insight_id: UUID, reason: str) -> UUID:
    """Decides against an insight. Of two people who decide at once the second sees what the first one did."""
    session.actor.require(Permission.INSIGHTS_REVIEW)
    words = check_characters(reason.strip(), "reason")
    if not 1 <= len(words) <= _LONGEST_REASON:
        raise bad_input(f"Say why, in at most {_LONGEST_REASON} characters: Sophie learns from it.", "reason")
    found = await _lock(session, insight_id)
    if found["status"] not in OPEN_INSIGHTS:
        who = found["reviewer"] or "a program"
        raise Refusal(RefusalCode.CONFLICT, f"This insight is {found['status']} already, by {who}.", "insightId")
    await _review(session, insight_id, InsightStatus.DISMISSED, words)
    return insight_id


async def _lock(session: Session, insight_id: UUID) -> Row:
    found = await session.row("learning", "lock_insight", insight_id)
    if found is None:
        raise not_found("insight", "insightId")
    return found


async def _review(session: Session, insight_id: UUID, status: InsightStatus, words: str | None) -> None:
    await session.execute("learning", "review_insight", insight_id, status, session.actor.member_id, words)
    session.announce(EventKind.INSIGHT_REVIEWED, insight_id=insight_id)
