"""Databases of their own on the tests' server, for tests that look at a whole one."""

from pathlib import Path

import asyncpg

from db.embedded.places import MAJOR, installed
from db.migrate import migrate

PG_DUMP = installed() / f"pginstall{MAJOR}" / "bin" / "pg_dump"
ROOT = Path(__file__).parents[2]


async def new_database(url: str, name: str, *, migrated: bool = True) -> str:
    """Creates it beside the one `url` names, and answers its address."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(f"create database {name}")
    finally:
        await connection.close()
    fresh = f"{url.rpartition('/')[0]}/{name}"
    if migrated:
        await migrate(fresh)
    return fresh
