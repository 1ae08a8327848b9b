"""Migrations: numbered SQL files with up and down, applied in order, each in a transaction, checksummed."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import asyncpg

_FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_265_469  # any number, the same for every process that migrates
_LEDGER = """
create table if not exists rekindle_migrations (
  version integer primary key, name text not null, checksum text not null, applied_at timestamptz not null default now()
);
grant select on rekindle_migrations to public"""


class MigrationError(Exception):
    """The database cannot be migrated; the sentence says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Migration:
    version: int
    name: str
    up: str
    down: str

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.up.encode()).hexdigest()


def migrations() -> list[Migration]:
    return [_read(path) for path in sorted(_FOLDER.glob("*.up.sql"))]


def _read(path: Path) -> Migration:
    stem = path.name.removesuffix(".up.sql")
    down = path.with_name(f"{stem}.down.sql")
    return Migration(int(stem[:4]), stem[5:], path.read_text("utf-8"), down.read_text("utf-8"))


async def _connect(url: str) -> asyncpg.Connection:
    try:
        return await asyncpg.connect(url)
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        raise MigrationError(f"The database cannot be used: {error}. Check its address, or try again.") from error


async def migrate(url: str, to: int | None = None) -> list[str]:
    """Brings the schema to version `to` (the newest by default); returns what was applied, in words.

    `url` must belong to the role that owns the tables. Processes that start together take turns.
    """
    connection = await _connect(url)
    try:
        await connection.execute("select pg_advisory_lock($1)", _LOCK)
        await connection.execute(_LEDGER)
        return await _bring_to(connection, to)
    finally:
        await connection.close()


async def _bring_to(connection: asyncpg.Connection, to: int | None) -> list[str]:
    known = migrations()
    target = known[-1].version if to is None else to
    applied = await _applied(connection, known)
    done = []
    for migration in known:
        if migration.version not in applied and migration.version <= target:
            done.append(await _up(connection, migration))
    for migration in reversed(known):
        if migration.version in applied and migration.version > target:
            done.append(await _down(connection, migration))
    return done


async def _applied(connection: asyncpg.Connection, known: list[Migration]) -> set[int]:
    ledger = await connection.fetch("select version, name, checksum from rekindle_migrations")
    checksums = {migration.version: migration.checksum for migration in known}
    for row in ledger:
        if row["version"] not in checksums:
            raise MigrationError(
                f"The database is at {row['version']}_{row['name']}, newer than this server: upgrade it."
            )
        if checksums[row["version"]] != row["checksum"]:
            raise MigrationError(f"{row['version']}_{row['name']} was changed after it was applied: restore the file.")
    return {row["version"] for row in ledger}


async def _up(connection: asyncpg.Connection, migration: Migration) -> str:
    async with connection.transaction():
        await connection.execute(migration.up)
        await connection.execute(
            "insert into rekindle_migrations (version, name, checksum) values ($1, $2, $3)",
            migration.version,
            migration.name,
            migration.checksum,
        )
    return f"up {migration.version:04} {migration.name}"


async def _down(connection: asyncpg.Connection, migration: Migration) -> str:
    async with connection.transaction():
        await connection.execute(migration.down)
        await connection.execute("delete from rekindle_migrations where version = $1", migration.version)
    return f"down {migration.version:04} {migration.name}"


async def pending(url: str) -> list[str]:
    """The migrations this server knows and the database has not seen."""
    connection = await _connect(url)
    try:
        has_ledger = await connection.fetchval("select to_regclass('rekindle_migrations') is not null")
        applied = await _applied(connection, migrations()) if has_ledger else set()
    finally:
        await connection.close()
    return [f"{m.version:04} {m.name}" for m in migrations() if m.version not in applied]
