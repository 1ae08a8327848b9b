"""Conversations that are listened to, when something else is said of silence: all are looked at anew (S1.22)."""

from datetime import datetime

from db.session import Session

_AT_ONCE = 1000


async def begin_recall(session: Session) -> None:
    """To be called by whoever changes what holds for conversations that are listened to; workers come to each."""
    await session.execute("silence", "begin_recall")


async def recall_portion(session: Session, now: datetime) -> bool:
    """Has the next ones looked at; false when there are none, or others are at it."""
    claimed = await session.row("silence", "claim_recall")
    if claimed is None:
        return False
    ids = [row["id"] for row in await session.rows("silence", "lock_silences_after", claimed["after"], _AT_ONCE)]
    await session.execute("silence", "recall", ids, now)
    await session.execute("silence", "go_on_recalling", ids[-1] if len(ids) == _AT_ONCE else None)
    return True
