"""`import`: a file of people through the whole import, beside COPY of the same file."""

import tempfile
from pathlib import Path
from uuid import UUID

import asyncpg
import uvloop

from bench.fixtures import database
from bench.house import console, find_postmaster
from bench.import_report import Round, show
from bench.imported import Spent, Stopwatch, TimedDatabase, begin_organization, import_whole
from bench.people_files import COLUMNS, TARGETS, write_people
from db.migrate import migrate
from gateways.storage.folder import Folder

_REFERENCES = """
select conname as name, pg_get_constraintdef(oid) as definition from pg_constraint
where conrelid = 'leads'::regclass and contype = 'f'"""


def run(rows: int, rounds: int) -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        uvloop.run(_measure(url, Path(folder), rows, rounds))


async def _measure(url: str, folder: Path, rows: int, rounds: int) -> None:
    await migrate(url)
    postmaster = await find_postmaster(url)
    path = write_people(folder / "people.csv", rows)
    pool = TimedDatabase(url)
    await pool.connect()
    played = []
    try:
        for number in range(rounds):
            with console.status(f"Round {number + 1} of {rounds} …"):
                actor = await begin_organization(pool, f"bench-{number}")
                copies = _Copies(url, path, actor.organization_id, postmaster)
                bare, before = await copies.play(is_indexed=False), await copies.play(is_indexed=True)
                whole = await import_whole(pool, Folder(folder / "files"), actor, path, TARGETS, postmaster)
                if whole.counts["created_count"] != rows:
                    raise RuntimeError(f"Not every row has become a lead: {whole.counts}")
                played.append(Round(bare, [before, await copies.play(is_indexed=True)], whole))
    finally:
        await pool.disconnect()
    show(played, rows, console)


class _Copies:
    """The same file by COPY, into a table of its own each time: by the owner, past policies and triggers."""

    def __init__(self, url: str, path: Path, organization_id: UUID, postmaster: int) -> None:
        self._url = url
        self._path = path
        self._organization_id = organization_id
        self._postmaster = postmaster

    async def play(self, *, is_indexed: bool) -> Spent:
        connection = await asyncpg.connect(self._url)
        try:
            await self._make_table(connection, is_indexed)
            watch = Stopwatch(self._postmaster)
            with self._path.open("rb") as file:
                await connection.copy_to_table(
                    "copied", source=file, columns=list(COLUMNS.values()), format="csv", header=True
                )
            spent = watch.read()
            await connection.execute("drop table copied")
            await connection.execute("checkpoint")
            return spent
        finally:
            await connection.close()

    async def _make_table(self, connection: asyncpg.Connection, is_indexed: bool) -> None:
        """With all indexes, checks and references of leads, or with their columns alone."""
        parts = "all" if is_indexed else "defaults including generated"
        await connection.execute(f"create table copied (like leads including {parts})")
        stage = await connection.fetchval(
            "select id from pipeline_stages where organization_id = $1 and is_default", self._organization_id
        )
        # Ids in the order of time, as ours are: those made by chance would be slower.
        own = {"organization_id": f"'{self._organization_id}'", "id": "uuidv7()", "pipeline_stage_id": f"'{stage}'"}
        for column, default in own.items():
            await connection.execute(f"alter table copied alter column {column} set default {default}")
        for reference in await connection.fetch(_REFERENCES) if is_indexed else ():
            definition = reference["definition"].replace("REFERENCES leads(", "REFERENCES copied(")
            await connection.execute(f"alter table copied add constraint {reference['name']} {definition}")
