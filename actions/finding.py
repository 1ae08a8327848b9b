"""Words by which leads are found: those of leads who came in great number are written a little later than they."""

from db.session import Session

MANY = 5_000  # rows of a file, above which its leads are found a moment later


async def find_added(session: Session) -> bool:
    """Writes the words of leads that came together; False where none wait that nobody else is at."""
    due = await session.row("finding", "claim_words")
    if due is None:
        return False
    for name in ("lock_for_words", "write_words", "end_words"):
        await session.execute("finding", name, due["id"])
    return True
