"""Lets Sophie read what was sent."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from actions.learning import find_unreviewed, record_review
from db.database import Database
from domain.conversations import Carriage
from domain.learning import Finding
from domain.people import Actor
from sophie.review import review


async def take_review(database: Database, organization_id: UUID) -> bool:
    """One text. The rules are quick; when a model joins them, it is asked before the transaction opens."""
    async with database.work(Actor(organization_id)) as session:
        message = await find_unreviewed(session)
        if message is None:
            return False
        await record_review(session, message, _read(message))
    return True


def _read(message: Mapping[str, Any]) -> list[Finding]:
    """An e-mail with what it says it is about; no carrier bills it by its length."""
    if message["carriage"] == Carriage.MAIL:
        return review(f"{message['subject']}\n{message['body']}", message["blacklisted_words"], is_billed=False)
    is_billed = message["carriage"] == Carriage.TEXT
    return review(message["body"], message["blacklisted_words"], is_billed=is_billed)
