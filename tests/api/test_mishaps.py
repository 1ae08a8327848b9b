"""Mishaps of the feed's own parts: nobody is left deaf, and nobody keeps the guard waiting."""

import asyncio

import pytest

from domain.ids import new_id
from domain.people import Actor
from realtime.channel import Channel, Fact
from realtime.cohorts import Cohorts
from resolvers.context import Context
from tests.play.house import House
from tests.play.tenant import Tenant
from web.guard import Guard


async def broken(after: int, horizon: int) -> list[tuple[int, bytes]]:
    raise ZeroDivisionError


def everything(fact: Fact) -> bool:
    return True


async def test_a_bug_in_a_cohort_ends_its_streams_and_the_next_begins_anew() -> None:
    cohorts, channel = Cohorts(), Channel()
    with cohorts.joined("key", channel, broken, everything, 0) as cohort:
        seat = cohort.sit(lambda event: True, 0)
        channel.move(1)
        with pytest.raises(ZeroDivisionError):
            await asyncio.wait_for(seat.ended, 5)
        with cohorts.joined("key", channel, broken, everything, 1) as next_one:
            assert next_one is not cohort


class Deaf:
    """Never reads its farewell."""

    async def close(self, code: int, reason: str) -> None:
        await asyncio.Event().wait()

    def cut(self) -> None:
        self.is_cut = True


class Listening:
    def __init__(self) -> None:
        self.farewell = asyncio.Event()

    async def close(self, code: int, reason: str) -> None:
        self.farewell.set()

    def cut(self) -> None:
        raise AssertionError("whoever reads the farewell is not cut off")


async def test_a_socket_that_does_not_read_keeps_nobody_from_being_sent_away(house: House, tenant: Tenant) -> None:
    guard, last = Guard(house.parts.database), Listening()
    stranger = Actor(tenant.organization_id, member_id=new_id())
    context = Context(house.parts.database, None, "a request", actor=stranger)  # type: ignore[arg-type]
    running = asyncio.create_task(guard.run())
    with guard.watching(Deaf(), context), guard.watching(last, context):
        await asyncio.wait_for(last.farewell.wait(), 5)
    later = Listening()
    with guard.watching(later, context):
        await asyncio.wait_for(later.farewell.wait(), 5)
    running.cancel()
