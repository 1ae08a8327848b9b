"""Migrations go up and down and up again, one process at a time, and refuse what they do not know."""

import asyncio
import re

import asyncpg
import pytest

from db.migrate import MigrationError, migrate, migrations, pending
from tests.play.databases import new_database
from tests.snapshots import dump_schema

NEWEST = migrations()[-1].version


async def test_up_down_and_up_again_leaves_the_same_schema(database_url: str) -> None:
    """S2.16: every migration can be taken back."""
    url = await new_database(database_url, "up_and_down", migrated=False)
    empty = dump_schema(url)
    assert len(await migrate(url)) == len(migrations())
    full = dump_schema(url)
    assert await migrate(url, 0) == [f"down {one.version:04} {one.name}" for one in reversed(migrations())]
    assert _without_ledger(dump_schema(url)) == _without_ledger(empty)
    await migrate(url)
    assert dump_schema(url) == full


def _without_ledger(schema: str) -> str:
    """What is left when everything was taken back: the ledger, which is nobody's migration."""
    blocks = [block for block in schema.split("\n\n") if "rekindle_migrations" not in block]
    return "\n\n".join(block.strip() for block in blocks if block.strip())


async def test_each_step_down_undoes_its_step_up(database_url: str) -> None:
    url = await new_database(database_url, "step_by_step", migrated=False)
    schemas = []
    for migration in migrations():
        await migrate(url, migration.version)
        schemas.append(dump_schema(url))
    for migration, schema in zip(reversed(migrations()), reversed(schemas), strict=True):
        assert dump_schema(url) == schema, f"after {migration.name}"
        await migrate(url, migration.version - 1)


async def test_migrating_again_does_nothing(house_url: str) -> None:
    assert await migrate(house_url) == []
    assert await pending(house_url) == []


async def test_what_waits_is_told(database_url: str) -> None:
    url = await new_database(database_url, "waiting", migrated=False)
    assert len(await pending(url)) == len(migrations())
    await migrate(url, NEWEST - 1)
    assert await pending(url) == [f"{NEWEST:04} {migrations()[-1].name}"]


@pytest.mark.parametrize(
    ("name", "damage", "words"),
    [
        ("changed", "update rekindle_migrations set checksum = 'x' where version = 2", "2_people was changed after"),
        ("newer", "insert into rekindle_migrations values (9999, 'future', 'x')", "9999_future, newer than"),
    ],
)
async def test_a_ledger_that_disagrees_is_refused(database_url: str, name: str, damage: str, words: str) -> None:
    url = await new_database(database_url, name)
    connection = await asyncpg.connect(url)
    await connection.execute(damage)
    await connection.close()
    for attempt in (migrate(url), migrate(url, 0), pending(url)):
        with pytest.raises(MigrationError, match=words):
            await attempt


async def test_migrations_that_start_at_once_take_turns(database_url: str) -> None:
    url = await new_database(database_url, "at_once", migrated=False)
    done = await asyncio.gather(*(migrate(url) for _ in range(4)))
    assert sorted(len(one) for one in done) == [0, 0, 0, len(migrations())]


async def test_a_migration_that_fails_leaves_nothing(database_url: str) -> None:
    url = await new_database(database_url, "failing", migrated=False)
    connection = await asyncpg.connect(url)
    await connection.execute("create table conversations (id integer)")
    with pytest.raises(asyncpg.DuplicateTableError):
        await migrate(url)
    assert await connection.fetchval("select max(version) from rekindle_migrations") == 3
    assert await connection.fetchval("select to_regclass('phone_numbers')") is None, "its first table is gone again"
    await connection.execute("drop table conversations")
    await connection.close()
    assert len(await migrate(url)) == len(migrations()) - 3


def test_versions_are_counted_through() -> None:
    assert [migration.version for migration in migrations()] == list(range(1, NEWEST + 1))


@pytest.mark.parametrize("way", ["up", "down"])
@pytest.mark.parametrize("migration", migrations(), ids=lambda one: one.name)
def test_every_block_begins_with_a_sentence(migration: object, way: str) -> None:
    text = re.sub(r"\$\$.*?\$\$", "", getattr(migration, way), flags=re.DOTALL)
    blocks = [block for block in re.split(r"\n\s*\n", text) if block.strip()]
    sentences = [re.match(r"(?:-- .*(?:\n|$))*", block.lstrip()) for block in blocks]
    assert [one[0] for one in sentences if one and not re.match(r"-- [A-Z`][^$]*[.:?]\s*$", one[0])] == []
