"""An office has one holder at a time, and passes on when the holder's connection is gone."""

import asyncio
import contextlib
from uuid import uuid4

import asyncpg
import pytest

from db.election import elected
from domain.troubles import Trouble
from tests.play.neighbours import RELAY
from tests.play.waiting import until


def nobody(payload: str) -> None:
    """Nothing is said in these tests."""


async def test_one_holds_it_and_the_next_follows(database_url: str) -> None:
    office = uuid4().hex
    held: list[int] = []

    async def hold(number: int) -> None:
        async with elected(office, database_url, "unused", nobody) as confirm:
            held.append(number)
            while True:
                await confirm()
                await asyncio.sleep(0.1)

    async def holders(count: int) -> None:
        async def are_so_many() -> bool:
            return len(held) == count

        await until(are_so_many)

    standing = {number: asyncio.create_task(hold(number)) for number in range(3)}
    for count in range(1, 4):
        await holders(count)
        assert len(held) == count
        standing[held[-1]].cancel()
    await asyncio.gather(*standing.values(), return_exceptions=True)
    assert sorted(held) == [0, 1, 2]


async def test_a_holder_learns_that_it_is_none_any_more(database_url: str) -> None:
    connection = await asyncpg.connect(database_url)
    with pytest.raises(Trouble):
        async with elected(uuid4().hex, database_url, "unused", nobody) as confirm:
            await confirm()
            for row in await connection.fetch(RELAY):
                await connection.fetchval("select pg_terminate_backend($1)", row["pid"])
            await confirm()
    await connection.close()


async def test_what_is_said_is_heard_once_elected(database_url: str) -> None:
    heard: list[str] = []
    connection = await asyncpg.connect(database_url)
    async with elected(uuid4().hex, database_url, "spoken", heard.append):
        await connection.execute("select pg_notify('spoken', 'news')")

        async def is_heard() -> bool:
            return heard == ["news"]

        await until(is_heard)
    await connection.close()


async def test_a_database_that_is_away_is_a_trouble() -> None:
    with pytest.raises(Trouble):
        async with contextlib.AsyncExitStack() as stack:
            await stack.enter_async_context(elected("any", "postgresql://u:p@127.0.0.1:1/x", "unused", nobody))
