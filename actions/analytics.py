"""What the feed does not remember for ever."""

from datetime import datetime

from db.session import Session

_AT_ONCE = 1000


async def forget_events(session: Session, before: datetime) -> int:
    """Removes the organization's oldest events, some at a time; how many there were."""
    gone: int | None = await session.value("analytics", "forget_events", before, _AT_ONCE)
    return gone or 0
