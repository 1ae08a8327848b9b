"""Looking at new events for all who follow an organization in this process: facts alone, which nobody is shown."""

from collections.abc import Sequence
from uuid import UUID

import structlog

from db.database import Database
from db.selection import Statement
from db.statements import statement
from domain.people import Actor
from domain.troubles import Trouble
from realtime.channel import Fact

log = structlog.get_logger()


class Facts:
    """Reads as the product itself, which sees all leads: a fact decides who reads an event, not who may see it."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._statement = Statement(statement("analytics", "read_facts"), 0)

    async def look(self, organization_id: UUID, after: int, until: int) -> Sequence[Fact]:
        """Nothing when the database is in trouble: then everybody reads for themselves, and waits for it there."""
        try:
            rows = await self._database.read_rows(Actor(organization_id), self._statement, [after, until])
        except Trouble as trouble:
            log.warning("feed is waiting for the database", reason=str(trouble))
            return ()
        return [Fact(*row) for row in rows]
