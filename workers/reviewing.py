"""Lets Sophie read what was sent."""

from uuid import UUID

from actions.learning import find_unreviewed, record_review
from db.database import Database
from domain.people import Actor
from sophie.review import review


async def take_review(database: Database, organization_id: UUID) -> bool:
    """One text. The rules are quick; when a model joins them, it is asked before the transaction opens."""
    async with database.work(Actor(organization_id)) as session:
        message = await find_unreviewed(session)
        if message is None:
            return False
        await record_review(session, message, review(message["body"], message["blacklisted_words"]))
    return True
