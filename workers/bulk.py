"""Does to many leads what somebody asked for, one operation of an organization at a time."""

from uuid import UUID

from actions.bulk import end_bulk_operation
from actions.bulk_chunks import do_chunk
from actions.holding import maker_of
from db.database import Database
from db.session import Session
from domain.bulk import BulkStatus
from workers.holding import Held, take_work


async def take_bulk_operation(database: Database, organization_id: UUID) -> bool:
    """The next one that is due, to its end. After a kill it is gone on with from its last chunk."""
    return await take_work(database, "bulk", organization_id, _do, _fail)


async def _do(held: Held) -> None:
    done: int = held.job["done_count"]
    while True:
        async with held.work() as session:
            maker = await maker_of(session, held.job)
        async with held.database.work(maker) as session:
            await held.check(session)
            count = await do_chunk(session, held.job, done)
        if not count:
            return
        done += count


async def _fail(session: Session, id: UUID, problem: str) -> None:
    await end_bulk_operation(session, id, BulkStatus.FAILED, problem)
