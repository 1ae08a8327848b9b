"""What comes of what versions write: replies, how they sound, booked calls, opt-outs, and rules that were broken."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from actions.deploying import guard_versions
from db.session import Session
from domain.ids import new_id
from domain.leads import Sentiment

# Between 0 and 1, where a reply has a feeling at all.
_SCORES = {
    Sentiment.POSITIVE: Decimal(1),
    Sentiment.NEUTRAL: Decimal("0.5"),
    Sentiment.UNCLEAR: Decimal("0.5"),
    Sentiment.NEGATIVE: Decimal(0),
}


async def expose(session: Session, conversation_id: UUID, version_id: UUID, now: datetime) -> None:
    """A version has written; what comes of it counts for it, until another writes there."""
    await session.value("exposures", "expose", new_id(), version_id, conversation_id, now)


async def note_replies(session: Session, conversation_ids: Sequence[UUID], at: datetime) -> None:
    await session.rows("exposures", "note_replies", conversation_ids, at)


async def note_feeling(session: Session, conversation_id: UUID, sentiment: Sentiment, now: datetime) -> None:
    if sentiment in _SCORES:
        is_positive = sentiment is Sentiment.POSITIVE
        await session.rows("exposures", "note_feeling", conversation_id, _SCORES[sentiment], is_positive, now)


async def note_booking(session: Session, lead_id: UUID, at: datetime) -> None:
    await session.rows("exposures", "note_booking", lead_id, at)


async def note_opt_out(session: Session, lead_id: UUID, at: datetime) -> None:
    """Harm: the guard looks."""
    found = await session.rows("exposures", "note_opt_out", lead_id, at)
    await guard_versions(session, [row["prompt_version_id"] for row in found])


async def note_breach(session: Session, version_id: UUID) -> None:
    """Harm that was kept back: the guard looks."""
    await session.value("exposures", "count_breach", version_id)
    await guard_versions(session, [version_id])
