"""`rekindle reseal`: puts everything that is sealed under the first key, while others read it."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID

from actions.credentials import reseal_credentials
from cli.compose import open_database
from cli.operate import migrate
from cli.settings import Settings
from db.database import Database
from domain.people import Actor

_START = UUID(int=0)


async def reseal(settings: Settings, url: str, say: Callable[[str], None]) -> bool:
    """Says how it goes, and what is left under which key; whether nothing is. Broken off, it can be run again."""
    await migrate(settings, url)
    async with open_database(settings, url) as database:
        first, done = database.ring.require_key(), 0
        for row in await database.look_up("organizations_sealed_otherwise", first):
            async for count in _portions(database, row["organization_id"]):
                done += count
                say(f"{done} resealed …")
        say(f"{done} resealed under {first}.")
        left = [row for row in await database.look_up("count_sealed") if row["key_id"] != first]
        for row in left:
            why = "they do not open" if row["key_id"] in database.ring.keys else "its key is missing"
            say(f"{row['sealed']} left under {row['key_id']}: {why}.")
    return not left


async def _portions(database: Database, organization_id: UUID) -> AsyncIterator[int]:
    """Each in a transaction of its own, so that nobody who stores waits for long."""
    after: UUID | None = _START
    while after is not None:
        async with database.work(Actor(organization_id)) as session:
            count, after = await reseal_credentials(session, after)
        if count:
            yield count
