"""What Sophie finds becomes insights."""

import hashlib
from collections.abc import Sequence
from uuid import UUID

from db.session import Row, Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.learning import Finding, InsightType


async def find_unreviewed(session: Session) -> Row | None:
    """The organization's oldest outbound text Sophie has not read, locked until this unit of work ends."""
    return await session.row("learning", "claim_unreviewed")


async def record_review(session: Session, message: Row, findings: Sequence[Finding]) -> list[UUID]:
    """Raises an insight per finding; a second review of the same text raises none again."""
    await session.execute("learning", "mark_reviewed", message["id"])
    raised = [await _raise_insight(session, message, finding) for finding in findings]
    return [insight_id for insight_id in raised if insight_id]


async def _raise_insight(session: Session, message: Row, finding: Finding) -> UUID | None:
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
        message["body"],
        message["id"],
        message["conversation_id"],
    )
    if insight_id:
        session.announce(
            EventKind.INSIGHT_RAISED,
            insight_id=insight_id,
            message_id=message["id"],
            conversation_id=message["conversation_id"],
        )
    return insight_id
