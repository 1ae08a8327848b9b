"""What a model thinks of answers that were sent: beside the rules, and never before them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from actions.answering import Voice, brief_of, get_voice
from actions.locking import lock_lead
from actions.reviewing import raise_insights
from db.session import Row, Session
from domain.answering import Brief
from domain.drafts import MOST_LINES, AiMode
from domain.learning import Finding

_LEASE = timedelta(minutes=2)
_STALE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judged:
    """A text that is to be judged, and what was known as it was written."""

    text: Row
    brief: Brief


async def claim_text(session: Session, now: datetime) -> Judged | None:
    """The organization's next; nothing where Sophie does not answer."""
    text = await session.row("judging", "claim_text", now - _STALE, now, now + _LEASE)
    if text is None:
        return None
    thread = await session.row("answering", "get_brief", text["conversation_id"], now)
    if thread is None or thread["ai_mode"] == AiMode.OFF:
        await session.value("judging", "keep_opinion", text["id"], now, None)
        return None
    said = await session.rows("answering", "get_lines", text["conversation_id"], MOST_LINES)
    before = [dict(line) for line in said if (line["created_at"], line["id"]) < (text["created_at"], text["id"])]
    version_id = text["prompt_version_id"]
    voice = await get_voice(session, version_id) if version_id else Voice()
    return Judged(text, brief_of(thread, before, voice))


async def record_opinion(
    session: Session, judged: Judged, score: float, findings: Sequence[Finding], summary: str, now: datetime
) -> None:
    """Once; what is found is raised as what the rules find is."""
    text = judged.text
    await lock_lead(session, text["lead_id"], at_hand=False)
    if not await session.value("judging", "keep_opinion", text["id"], now, Decimal(str(score))):
        return
    await raise_insights(session, text, findings)
    if summary:
        await session.execute("judging", "keep_summary", text["conversation_id"], summary)


async def give_up_opinion(session: Session, judged: Judged, now: datetime) -> None:
    """There is none: what the rules found stands alone."""
    await session.value("judging", "keep_opinion", judged.text["id"], now, None)
