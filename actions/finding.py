"""Words by which leads are found: those of leads who came in great number are written a little later than they."""

from db.session import Session

MANY = 5_000  # rows of a file, above which its leads are found a moment later


async def leave_words(session: Session) -> None:
    """For this unit of work: others write the words of the leads that it adds, as soon as it has committed."""
    await session.execute("finding", "leave_words")


async def find_added(session: Session) -> bool:
    """Writes the words of leads that came together; False where none wait that nobody else is at."""
    due = await session.row("finding", "claim_words")
    if due is None:
        return False
    await session.rows("finding", "lock_for_words", due["lead_ids"])
    await session.execute("finding", "write_words", due["lead_ids"])
    await session.execute("finding", "end_words", due["id"])
    return True
