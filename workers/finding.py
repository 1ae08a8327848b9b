"""Writes the words of leads who came in great number, beside whoever brings them in."""

from dataclasses import dataclass
from uuid import UUID

from actions.finding import find_added
from db.database import Database
from domain.people import Actor


@dataclass(frozen=True, slots=True)
class Finding:
    database: Database

    async def take_words(self, organization_id: UUID) -> bool:
        """Those of what one statement added; whether there may be more."""
        async with self.database.work(Actor(organization_id)) as session:
            return await find_added(session)

    async def find_due(self) -> set[UUID]:
        return {row["organization_id"] for row in await self.database.look_up("organizations_with_words_due")}
