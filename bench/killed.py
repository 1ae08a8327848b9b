"""`import --killed`: messy lists in three encodings and a workbook, and workers that are killed on the way."""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop

from actions.imports import Orders, begin_import
from bench.fixtures import database
from bench.house import console
from bench.imported import REQUIRED, begin_organization, upload
from db.database import Database
from db.migrate import migrate
from domain.people import Actor
from gateways.storage.folder import Folder
from tests.play.messy import Fate, Messy, write_sheet, write_text

_OVERLAP = 0.05  # of a list is in the one before it as well
_PATIENCE_SECONDS = 600
_LEADS = (Fate.FINE, Fate.AGAIN, Fate.BAD_PHONE, Fate.BAD_EMAIL)
_ROOT = Path(__file__).parent.parent


@dataclass(frozen=True, slots=True)
class List:
    """How one of the lists is written, and how far its worker comes before it is killed, as a share of its rows."""

    name: str
    write: Callable[[Messy, Path], Path]
    encoding: str = "utf-8"
    for_excel: bool = False
    killed_at: float | None = None


LISTS = (
    List("UTF-8, commas", lambda messy, path: write_text(messy, path), killed_at=0.4),
    List("Windows-1252, semicolons", lambda messy, path: write_text(messy, path, "cp1252", ";"), "cp1252"),
    List("UTF-16, tabs", lambda messy, path: write_text(messy, path, "utf-16", "\t")),
    List("Excel, with floats for phones", write_sheet, for_excel=True, killed_at=0.6),
)


@dataclass(slots=True)
class Oracle:
    """What should become of each row, by what the lists were made of: who has an address of somebody is linked."""

    known: set[object] = field(default_factory=set)

    def foretell(self, messy: Messy) -> dict[int, str]:
        return {truth.row: self._fate(truth.fate, truth.facts) for truth in messy.truths}

    def _fate(self, fate: Fate, facts: dict[str, object]) -> str:
        if fate not in _LEADS:
            return "FAILED"
        addresses = {facts[name] for name in ("phone", "email") if facts[name]}
        if addresses & self.known:
            return "LINKED"
        self.known |= addresses
        return "CREATED"


def run(rows: int) -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        uvloop.run(_import_all(url, Path(folder), rows // len(LISTS)))


async def _import_all(url: str, folder: Path, rows: int) -> None:
    await migrate(url)
    pool = Database(url, pool_size=2)
    await pool.connect()
    owner = await asyncpg.connect(url)
    oracle, kills, seconds, total = Oracle(), 0, 0.0, 0
    try:
        actor = await begin_organization(pool, "bench")
        for number, one in enumerate(LISTS):
            first = round(number * rows * (1 - _OVERLAP))
            messy = Messy(rows, seed=number, first=first, for_excel=one.for_excel, encoding=one.encoding)
            path = one.write(messy, folder / f"list-{number}")
            crew = _Crew(url, folder / "files", owner)
            began = time.perf_counter()
            import_id = await _import(crew, pool, actor, path, one, len(messy.truths))
            took = time.perf_counter() - began
            told = await _check(owner, import_id, oracle.foretell(messy))
            console.print(f"{one.name}: {len(messy.truths):,} rows in {took:.1f} s, {crew.kills} killed: {told}")
            kills, seconds, total = kills + crew.kills, seconds + took, total + len(messy.truths)
        await _check_leads(owner)
    finally:
        await owner.close()
        await pool.disconnect()
    console.print(f"{total:,} rows, workers killed {kills} times: every row accounted for, once, as foretold;")
    console.print("no address of two leads, and every dataset counts what is in it.")
    console.print(
        f"{total / seconds:,.0f} rows a second, with kills, starts of workers and the first look at each list."
    )


async def _import(crew: "_Crew", pool: Database, actor: Actor, path: Path, one: List, rows: int) -> UUID:
    storage = Folder(crew.files)
    import_id = await upload(pool, storage, actor, path)
    with crew.working():
        await crew.reached(import_id, "MAPPING")
        async with pool.work(actor) as session:
            await begin_import(session, import_id, Orders(required=REQUIRED))
        if not one.killed_at:
            await crew.reached(import_id, "COMPLETED")
            return import_id
        await crew.done(import_id, round(rows * one.killed_at))
    await crew.bury(import_id)
    with crew.working():
        await crew.reached(import_id, "COMPLETED")
    return import_id


@dataclass(slots=True)
class _Crew:
    """A process that does the background work, and what it has come to."""

    url: str
    files: Path
    owner: asyncpg.Connection
    kills: int = 0

    @contextmanager
    def working(self) -> Iterator[None]:
        """Killed when the block ends, whatever it is at."""
        given = {"DATABASE_URL": self.url, "STORAGE_URL": f"file://{self.files}", "JWT_SECRET": "x" * 64}
        environment = os.environ | {f"REKINDLE_{name}": value for name, value in given.items()}
        command = [sys.executable, "-c", "from cli.main import app; app()", "work"]
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=quiet, stderr=quiet)
        try:
            yield
        finally:
            process.kill()
            process.wait()

    async def bury(self, import_id: UUID) -> None:
        """As if the killed worker's lease of a minute had ended."""
        status = await self.owner.fetchval("select status from imports where id = $1", import_id)
        if status != "IMPORTING":
            raise RuntimeError("The worker was killed too late: it had come to its end.")
        self.kills += 1
        await self.owner.execute("update imports set next_attempt_at = now() where id = $1", import_id)

    async def reached(self, import_id: UUID, status: str) -> None:
        await self._until("status = $2", import_id, status)

    async def done(self, import_id: UUID, rows: int) -> None:
        await self._until("done_rows >= $2", import_id, rows)

    async def _until(self, condition: str, *values: object) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not await self.owner.fetchval(f"select {condition} from imports where id = $1", *values):
            if time.monotonic() > deadline:
                raise TimeoutError(f"{condition} has not come true: {values}")
            await asyncio.sleep(0.05)


async def _check(owner: asyncpg.Connection, import_id: UUID, foretold: dict[int, str]) -> str:
    """Every row of the file has become what it should, once; and the import counts what its rows say."""
    rows = await owner.fetch("select row_number, outcome, lead_id from import_rows where import_id = $1", import_id)
    became = {row["row_number"]: row["outcome"] for row in rows}
    if len(rows) != len(became) or became != foretold:
        wrong = {row: (became.get(row), fate) for row, fate in foretold.items() if became.get(row) != fate}
        raise RuntimeError(f"{len(wrong)} rows became something else: {list(wrong.items())[:5]}")
    found = await owner.fetchrow("select * from imports where id = $1", import_id)
    assert found
    counted = Counter(became.values())
    told = {outcome: found[f"{outcome.lower()}_count"] for outcome in counted}
    if told != counted or not found["total_rows"] == found["done_rows"] == len(rows):
        raise RuntimeError(f"The import counts otherwise: {told} instead of {counted}")
    return ", ".join(f"{count:,} {outcome.lower()}" for outcome, count in sorted(counted.items()))


_WRONG = {
    "addresses of two leads": """
        select count(*) from (
          select phone from leads where phone is not null and duplicate_of_id is null group by phone having count(*) > 1
          union all
          select email from leads where email is not null and duplicate_of_id is null group by email having count(*) > 1
        ) twice""",
    "datasets that count otherwise": """
        select count(*) from datasets d where (d.total_leads, d.active_leads) <> (
          select count(*), count(*) filter (where l.archived_at is null) from dataset_leads m
          join leads l using (organization_id) where m.dataset_id = d.id and l.id = m.lead_id)""",
    "leads whose datasets are others": """
        select count(*) from leads l join (
          select lead_id, array_agg(dataset_id order by dataset_id) as ids from dataset_leads group by lead_id
        ) m on m.lead_id = l.id where m.ids <> array(select unnest(l.dataset_ids) id order by id)""",
    "leads that no row has made, or two": """
        select count(*) from leads l full join (
          select lead_id, count(*) as rows from import_rows where outcome = 'CREATED' group by lead_id
        ) r on r.lead_id = l.id where r.rows is distinct from 1 or l.id is null""",
    "leads of which there is no record, or two": """
        select count(*) from leads l full join (
          select subject_id, count(*) as records from audit_logs where subject = 'lead' and verb = 'INSERT' group by 1
        ) a on a.subject_id = l.id where a.records is distinct from 1 or l.id is null""",
    "leads that score otherwise": """
        select count(*) from leads l where l.score <> (
          select coalesce(sum(r.points), 0) from score_reasons r
          where meets_condition(r.condition, r.field, r.value, to_jsonb(l), false))""",
}


async def _check_leads(owner: asyncpg.Connection) -> None:
    await owner.execute("analyze")
    for what, question in _WRONG.items():
        if found := await owner.fetchval(question):
            raise RuntimeError(f"There are {what}: {found}")
