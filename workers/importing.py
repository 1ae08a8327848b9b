"""Reads uploaded files and makes leads of their rows, one import of an organization at a time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import orjson
import structlog

from actions.importing import (
    Chunk,
    begin_anew,
    claim_import,
    complete_import,
    hold_import,
    import_chunk,
    note_progress,
    put_off_import,
    rehearse_chunk,
)
from actions.imports import end_import, record_look
from db.database import Database
from db.session import Row, Session
from domain.ids import new_id
from domain.importing import ImportStatus, Known
from domain.imports.dates import DateOrder
from domain.imports.fields import Field, read_target
from domain.imports.people import Candidate, Policy, Unfit
from domain.people import Actor
from domain.refusals import Refusal
from domain.troubles import Trouble
from gateways.storage.files import Shelf, Storage, StoredFile
from gateways.tables.apart import Plan, look_at_file, read_people
from gateways.tables.faults import Choices
from workers.ahead import Ahead

log = structlog.get_logger()
_FEWEST_ROWS, _MOST_ROWS, _CHUNK_SECONDS = 500, 2_000, 1.0
_RENEW_SECONDS = 20.0
_MOST_ATTEMPTS = 5
_LATER = timedelta(seconds=30)
_GIVEN_UP = "Something went wrong on our side each time this file was read. Upload it again, or send it to us."


class Lost(Exception):
    """The import was cancelled, or another process goes on with it."""


@dataclass(frozen=True, slots=True)
class Importer:
    database: Database
    storage: Storage

    async def take_import(self, organization_id: UUID) -> bool:
        """The next import that is due, to its end. After a kill it is gone on with from its last chunk."""
        holder = new_id()
        async with self.database.work(Actor(organization_id)) as session:
            job = await claim_import(session, holder)
        if job is None:
            return False
        work = _Work(self.database, Actor(organization_id, job["creator_id"]), job, holder)
        if job["attempts"] > _MOST_ATTEMPTS:
            await work.end(ImportStatus.FAILED, _GIVEN_UP)
            return True
        try:
            async with self.storage.local(StoredFile(organization_id, Shelf.UPLOADS, job["id"])) as path, work.held():
                await work.do(path)
        except Lost:
            log.info("import left to others", import_id=str(job["id"]))
        except Refusal as refusal:
            await work.end(ImportStatus.FAILED, refusal.message)
        except Trouble as trouble:
            await work.put_off(str(trouble))
            raise
        return True


@dataclass(slots=True)
class _Work:
    """One import in the hands of one worker."""

    database: Database
    actor: Actor
    job: Row
    holder: UUID

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Nobody else takes it while this lasts, however long a file takes to be read."""
        renewing = asyncio.create_task(self._renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.gather(renewing, return_exceptions=True)

    async def _renew(self) -> None:
        while True:
            await asyncio.sleep(_RENEW_SECONDS)
            with contextlib.suppress(Trouble):
                async with self.database.work(self.actor) as session:
                    await hold_import(session, self.job["id"], self.holder)

    async def do(self, path: Path) -> None:
        if self.job["status"] == ImportStatus.READING:
            await self._look(path)
        else:
            await self._read(path)

    async def _look(self, path: Path) -> None:
        found = await look_at_file(path)
        orders = {str(place): evidence.decide(self.job["region"])[0] for place, evidence in found.survey.dates.items()}
        how = (found.kind, found.encoding, found.delimiter, found.sheet, found.header_row)
        facts = (*how, orjson.dumps(orders).decode(), found.survey.rows)
        async with self.database.work(self.actor) as session:
            await self._check_held(session)
            await record_look(session, self.job["id"], facts, found.survey.proposals)

    async def _read(self, path: Path) -> None:
        done, seen = self.job["last_row"], Known()
        if self.job["status"] == ImportStatus.REHEARSING and done:
            async with self.database.work(self.actor) as session:
                await begin_anew(session, self.job)
            done = 0
        pace = Pace()
        async with contextlib.aclosing(read_people(path, _plan(self.job))) as batches:
            chunks = Ahead(_chunks(batches, self.job, done, pace))
            async with chunks.closed():
                while chunk := await chunks.next():
                    with pace.kept():
                        await self._do_chunk(chunk, seen, chunks.begin)
        async with self.database.work(self.actor) as session:
            await self._check_held(session)
            await complete_import(session, self.job)

    async def _do_chunk(self, chunk: Chunk, seen: Known, begin_next: Callable[[], None]) -> None:
        async with self.database.work(self.actor) as session:
            await self._check_held(session)
            begin_next()  # just before the database has work for long
            if self.job["status"] == ImportStatus.REHEARSING:
                outcomes = await rehearse_chunk(session, self.job, chunk.people, seen)
            else:
                outcomes = await import_chunk(session, self.job, chunk)
            await note_progress(session, self.job["id"], chunk.people[-1].row, outcomes)

    async def _check_held(self, session: Session) -> None:
        if not await hold_import(session, self.job["id"], self.holder):
            raise Lost

    async def end(self, status: ImportStatus, problem: str) -> None:
        async with self.database.work(self.actor) as session:
            if await hold_import(session, self.job["id"], self.holder):
                await end_import(session, self.job["id"], status, problem)

    async def put_off(self, problem: str) -> None:
        async with self.database.work(self.actor) as session:
            if await hold_import(session, self.job["id"], self.holder):
                await put_off_import(session, self.job["id"], problem, _LATER)


@dataclass(slots=True)
class Pace:
    """How many rows a chunk has: more while they are done quickly, because each chunk costs something by itself, and
    fewer where a unit of work would hold what it locks for long."""

    rows: int = _FEWEST_ROWS

    @contextlib.contextmanager
    def kept(self) -> Iterator[None]:
        began = time.monotonic()
        yield
        took = time.monotonic() - began
        if took < _CHUNK_SECONDS / 2:
            self.rows = min(self.rows * 2, _MOST_ROWS)
        elif took > _CHUNK_SECONDS:
            self.rows = max(self.rows // 2, _FEWEST_ROWS)


async def _chunks(
    batches: AsyncIterator[list[Candidate | Unfit]], job: Row, done: int, pace: Pace
) -> AsyncIterator[Chunk]:
    """The rows after those that are done, as many at a time as the pace is, made ready."""
    chunk = Chunk()
    async for people in batches:
        if rest := [one for one in people if one.row > done]:
            chunk.take(job, rest)
        if len(chunk.people) >= pace.rows:
            yield chunk
            chunk = Chunk()
        await asyncio.sleep(0)  # whatever else this process does goes on between two batches
    if chunk.people:
        yield chunk


def _plan(job: Row) -> Plan:
    orders = {int(place): DateOrder(order) for place, order in orjson.loads(job["orders"]).items()}
    policy = Policy(job["region"], frozenset(map(Field, job["required_fields"])))
    choices = Choices(job["encoding"], job["delimiter"], job["header_row"])
    return Plan(choices, [read_target(text) for text in job["targets"]], policy, orders)
