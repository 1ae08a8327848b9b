"""`import`: a file of people through the whole import, beside COPY of the same file."""

import tempfile
import time
from pathlib import Path
from statistics import median
from uuid import UUID

import asyncpg
import uvloop
from rich.table import Table

from bench.fixtures import database
from bench.house import console, find_postmaster
from bench.imported import Imported, Stopwatch, TimedDatabase, begin_organization, import_whole
from bench.people_files import COLUMNS, TARGETS, write_people
from db.migrate import migrate
from gateways.storage.folder import Folder

LEAST = 1 / 3


def run(rows: int, rounds: int) -> None:
    with database() as url, tempfile.TemporaryDirectory() as folder:
        uvloop.run(_compare(url, Path(folder), rows, rounds))


async def _compare(url: str, folder: Path, rows: int, rounds: int) -> None:
    await migrate(url)
    postmaster = await find_postmaster(url)
    pool = TimedDatabase(url)
    await pool.connect()
    path = write_people(folder / "people.csv", rows)
    indexed, bare, whole = [], [], []
    for number in range(rounds):
        actor = await begin_organization(pool, f"bench-{number}")
        bare.append(await copy(url, path, actor.organization_id, False, postmaster))
        indexed.append(await copy(url, path, actor.organization_id, True, postmaster))
        done = await import_whole(pool, Folder(folder / "files"), actor, path, TARGETS, postmaster)
        assert done.counts["created_count"] == rows, done.counts
        whole.append(done)
        indexed.append(await copy(url, path, actor.organization_id, True, postmaster))
    await pool.disconnect()
    print("bare", bare)
    print("indexed", indexed)
    i = median(one.elapsed for one in indexed)
    w = median(one.work.elapsed for one in whole)
    for one in whole:
        print(one.look, one.work)
        for name, s, n in one.statements:
            print(f"{name:50} {s:8.2f} {n:6d}")
    print(f"indexed {rows / i:.0f}/s import {rows / w:.0f}/s ratio {i / w:.3f}")


async def copy(url: str, path: Path, organization_id: UUID, indexed: bool, postmaster: int):
    connection = await asyncpg.connect(url)
    try:
        await _make_table(connection, organization_id, indexed)
        watch = Stopwatch(postmaster)
        with path.open("rb") as file:
            await connection.copy_to_table(
                "raw_leads", source=file, columns=list(COLUMNS.values()), format="csv", header=True
            )
        took = watch.read()
        await connection.execute("drop table raw_leads")
        return took
    finally:
        await connection.close()


async def _make_table(connection: asyncpg.Connection, organization_id: UUID, indexed: bool) -> None:
    parts = "all" if indexed else "defaults including generated"
    await connection.execute(f"create table raw_leads (like leads including {parts})")
    stage = await connection.fetchval(
        "select id from pipeline_stages where organization_id = $1 and is_default", organization_id
    )
    defaults = {"organization_id": f"'{organization_id}'", "id": "uuidv7()", "pipeline_stage_id": f"'{stage}'"}
    for column, default in defaults.items():
        await connection.execute(f"alter table raw_leads alter column {column} set default {default}")
    if indexed:
        for row in await connection.fetch(
            "select conname, pg_get_constraintdef(oid) as def from pg_constraint"
            " where conrelid = 'leads'::regclass and contype = 'f'"
        ):
            reference = row["def"].replace("REFERENCES leads(", "REFERENCES raw_leads(")
            await connection.execute(f"alter table raw_leads add constraint {row['conname']} {reference}")
    await connection.execute("checkpoint")


if __name__ == "__main__":
    import sys

    run(int(sys.argv[1]), int(sys.argv[2]))
