"""One file through the whole import, as a worker does it, and where its time goes."""

import asyncio
import os
import resource
import time
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg

from actions.datasets import create_dataset
from actions.founding import Founding, found_organization
from actions.imports import Orders, begin_import, create_import, take_file
from bench.cpu import between, busy, spent
from bench.fixtures import ISSUER
from db.database import Database
from db.statements import statements
from domain.ids import new_id
from domain.imports.fields import Field
from domain.people import Actor, Person
from gateways.storage.files import Shelf, Storage, StoredFile
from workers.finding import Finding
from workers.importing import Importer

_DOMAINS = ("imports", "datasets", "scoring", "analytics", "finding")
_NAMES = {sql: f"{domain}.{name}" for domain in _DOMAINS for name, sql in statements(domain).items()}
_PIECE, _MOST_BYTES = 1 << 20, 1 << 30
_POLL_SECONDS = 0.05  # a server is told at once
REQUIRED = frozenset({Field.FIRST_NAME})


class TimedDatabase(Database):
    """Adds up how long each statement took, as who asked has to wait for it."""

    def __init__(self, url: str) -> None:
        super().__init__(url, pool_size=4)
        self.seconds: dict[str, float] = defaultdict(float)
        self.calls: Counter[str] = Counter()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[asyncpg.Connection]:
        async with super().connection() as connection:
            with connection.query_logger(self._note):
                yield connection

    def _note(self, query: Any) -> None:
        name = _NAMES.get(query.query, " ".join(query.query.split())[:40])
        self.seconds[name] += query.elapsed
        self.calls[name] += 1


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: by the clock, and of the processors by whose they were. `others` is how much of one went elsewhere."""

    elapsed: float
    worker: float
    reader: float
    database: float
    others: float


@dataclass(slots=True)
class Imported:
    """What an import took; `look` is the first going through the file, `work` all that follows until it is done."""

    organization_id: UUID
    import_id: UUID
    look: Spent
    work: Spent
    counts: dict[str, int]
    statements: list[tuple[str, float, int]] = field(default_factory=list)

    @property
    def elapsed(self) -> float:
        return self.look.elapsed + self.work.elapsed


class Stopwatch:
    """What was spent since it was made; children of this process count when they have ended."""

    def __init__(self, postmaster: int) -> None:
        self._postmaster = postmaster
        self._before = self._clocks()

    def read(self) -> Spent:
        pairs = zip(self._before, self._clocks(), strict=True)
        mine, children, elapsed, database, everybody = (between(*pair) for pair in pairs)
        others = max(0.0, everybody - mine - children - database) / elapsed
        return Spent(elapsed, mine, children, database, others)

    def _clocks(self) -> tuple[dict[int, float], ...]:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        children, elapsed = {0: ended.ru_utime + ended.ru_stime}, {0: time.perf_counter()}
        database = spent(self._postmaster, with_children=True)
        return spent(os.getpid()), children, elapsed, database, {0: busy()}


async def begin_organization(database: Database, slug: str) -> Actor:
    owner = Person(ISSUER, f"{slug}-owner", f"{slug}@example.com", "Olivia Owner")
    return await found_organization(database, owner, Founding(slug, slug, "GB", "Europe/London"))


async def import_whole(
    database: TimedDatabase, storage: Storage, actor: Actor, path: Path, targets: dict[str, str] | None, postmaster: int
) -> Imported:
    """From the stored file to the last row's outcome."""
    import_id = await upload(database, storage, actor, path)
    importer = Importer(database, storage)
    watch = Stopwatch(postmaster)
    await importer.take_import(actor.organization_id)
    look = watch.read()
    async with database.work(actor) as session:
        await begin_import(session, import_id, Orders(mapping=targets, required=REQUIRED))
    database.seconds.clear()
    database.calls.clear()
    watch = Stopwatch(postmaster)
    async with _found(database, actor.organization_id):
        await importer.take_import(actor.organization_id)
    work = watch.read()
    statements = [(name, seconds, database.calls[name]) for name, seconds in database.seconds.items()]
    return Imported(actor.organization_id, import_id, look, work, await _counts(database, actor, import_id), statements)


@asynccontextmanager
async def _found(database: Database, organization_id: UUID) -> AsyncIterator[None]:
    """Beside it the words of leads are written, as a server does; left only once all of them are."""
    finding = Finding(database)

    async def follow() -> None:
        while True:
            if not await finding.take_words(organization_id):
                await asyncio.sleep(_POLL_SECONDS)

    following = asyncio.create_task(follow())
    try:
        yield
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
    while await finding.take_words(organization_id):
        pass


async def upload(database: Database, storage: Storage, actor: Actor, path: Path) -> UUID:
    async with database.work(actor) as session:
        dataset = await create_dataset(session, {"name": str(new_id())})
        import_id = await create_import(session, dataset, path.name)
    file = StoredFile(actor.organization_id, Shelf.UPLOADS, import_id)
    size = await storage.put(file, _pieces(path), _MOST_BYTES)
    async with database.work(actor) as session:
        await take_file(session, import_id, size)
    return import_id


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece


async def _counts(database: Database, actor: Actor, import_id: UUID) -> dict[str, int]:
    async with database.work(actor) as session:
        found = await session.row("imports", "describe_import", import_id)
    assert found
    if found["status"] != "COMPLETED":
        raise RuntimeError(f"The import is {found['status']}: {found['problem']}")
    return {name: value for name, value in found.items() if name.endswith(("_count", "_rows"))}
