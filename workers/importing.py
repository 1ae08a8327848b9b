"""Reads uploaded files and makes leads of their rows, one import of an organization at a time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import orjson

from actions.importing import (
    Chunk,
    begin_anew,
    complete_import,
    import_chunk,
    note_progress,
    read_targets,
    rehearse_chunk,
)
from actions.imports import end_import, record_look
from db.database import Database
from db.session import Row, Session
from domain.importing import ImportStatus, Known
from domain.imports.dates import DateOrder
from domain.imports.fields import Field, read_target
from domain.imports.people import Candidate, Policy, Unfit
from domain.people import Actor
from gateways.storage.files import Shelf, Storage, StoredFile
from gateways.tables.apart import Plan, look_at_file, read_people
from gateways.tables.faults import Choices
from workers.ahead import Ahead
from workers.holding import Held, take_work

_FEWEST_ROWS, _MOST_ROWS, _CHUNK_SECONDS = 500, 2_000, 1.0


@dataclass(frozen=True, slots=True)
class Importer:
    database: Database
    storage: Storage

    async def take_import(self, organization_id: UUID) -> bool:
        """The next import that is due, to its end. After a kill it is gone on with from its last chunk."""
        return await take_work(self.database, "imports", organization_id, self._do, _fail)

    async def _do(self, held: Held) -> None:
        async with held.work() as session:
            targets = await read_targets(session, held.job["id"])
        async with self.storage.local(StoredFile(held.organization_id, Shelf.UPLOADS, held.job["id"])) as path:
            await _Work(held, {**held.job, "targets": targets}).do(path)


async def _fail(session: Session, id: UUID, problem: str) -> None:
    await end_import(session, id, ImportStatus.FAILED, problem)


@dataclass(slots=True)
class _Work:
    """One import in the hands of one worker."""

    held: Held
    job: Row

    @contextlib.asynccontextmanager
    async def _session(self) -> AsyncIterator[Session]:
        """In the name of whoever announced the file, while it is still ours."""
        actor = Actor(self.held.organization_id, self.job["creator_id"])
        async with self.held.database.work(actor) as session:
            await self.held.check(session)
            yield session

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
        async with self._session() as session:
            await record_look(session, self.job["id"], facts, found.survey.proposals)

    async def _read(self, path: Path) -> None:
        done, seen = self.job["last_row"], Known()
        if self.job["status"] == ImportStatus.REHEARSING and done:
            async with self._session() as session:
                await begin_anew(session, self.job)
            done = 0
        pace = Pace()
        async with contextlib.aclosing(read_people(path, _plan(self.job))) as batches:
            chunks = Ahead(_chunks(batches, self.job, done, pace))
            async with chunks.closed():
                while chunk := await chunks.next():
                    with pace.kept():
                        await self._do_chunk(chunk, seen, chunks.begin)
        async with self._session() as session:
            await complete_import(session, self.job)

    async def _do_chunk(self, chunk: Chunk, seen: Known, begin_next: Callable[[], None]) -> None:
        async with self._session() as session:
            begin_next()  # just before the database has work for long
            if self.job["status"] == ImportStatus.REHEARSING:
                outcomes = await rehearse_chunk(session, self.job, chunk.people, seen)
            else:
                outcomes = await import_chunk(session, self.job, chunk)
            await note_progress(session, self.job["id"], chunk.people[-1].row, outcomes)


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
