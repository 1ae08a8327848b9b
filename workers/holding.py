"""Holding work that is a row: whoever holds it says so again and again, and stops where it is theirs no more."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import structlog

from actions.holding import claim_work, hold_work, put_off_work
from db.database import Database
from db.session import Row, Session
from domain.ids import new_id
from domain.people import Actor
from domain.refusals import Refusal
from domain.troubles import Trouble

log = structlog.get_logger()
_RENEW_SECONDS = 20.0
_MOST_ATTEMPTS = 5
_LATER = timedelta(seconds=30)
_GIVEN_UP = "Something went wrong on our side each time this was tried. Begin it anew, or send it to us."


class Lost(Exception):
    """It was cancelled, or another process goes on with it."""


@dataclass(frozen=True, slots=True)
class Held:
    """A row of a queue in the hands of one worker."""

    database: Database
    queue: str
    organization_id: UUID
    job: Row
    holder: UUID

    async def check(self, session: Session) -> None:
        """To be asked in each unit of work that does a part of it; raises Lost."""
        if not await hold_work(session, self.queue, self.job["id"], self.holder):
            raise Lost

    @contextlib.asynccontextmanager
    async def work(self) -> AsyncIterator[Session]:
        """A unit of work of the product itself, in which it is still ours."""
        async with self.database.work(Actor(self.organization_id)) as session:
            await self.check(session)
            yield session

    @contextlib.asynccontextmanager
    async def kept(self) -> AsyncIterator[None]:
        """Nobody else takes it while this lasts, however long a part of it takes."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            with contextlib.suppress(Trouble, Lost):
                async with self.work():
                    pass


Do = Callable[[Held], Awaitable[None]]
Fail = Callable[[Session, UUID, str], Awaitable[None]]


async def take_work(database: Database, queue: str, organization_id: UUID, do: Do, fail: Fail) -> bool:
    """The organization's next row of a queue, to its end: done, failed with what was refused, or put off."""
    holder = new_id()
    async with database.work(Actor(organization_id)) as session:
        job = await claim_work(session, queue, holder)
    if job is None:
        return False
    held = Held(database, queue, organization_id, job, holder)
    try:
        if job["attempts"] > _MOST_ATTEMPTS:
            await _end(held, fail, _GIVEN_UP)
            return True
        async with held.kept():
            await do(held)
    except Lost:
        log.info("work left to others", queue=queue, id=str(job["id"]))
    except Refusal as refusal:
        await _end(held, fail, refusal.message)
    except Trouble as trouble:
        with contextlib.suppress(Lost):
            async with held.work() as session:
                await put_off_work(session, queue, job["id"], str(trouble), _LATER)
        raise
    return True


async def _end(held: Held, fail: Fail, problem: str) -> None:
    with contextlib.suppress(Lost):
        async with held.work() as session:
            await fail(session, held.job["id"], problem)
