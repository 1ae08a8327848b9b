"""Lanes: whose turn it is, and how many of them at once."""

import asyncio
import contextlib
from collections import Counter
from uuid import UUID

import pytest

from db.database import Database
from tests.play.waiting import until
from workers.lanes import Queue

A, B, C = (UUID(int=number) for number in (1, 2, 3))


class Work:
    """So many portions of each organization; each takes a moment, and some cannot be worked off."""

    def __init__(self, *, broken: UUID | None = None, **portions: int) -> None:
        self.left = Counter({{"a": A, "b": B, "c": C}[name]: count for name, count in portions.items()})
        self.broken = broken
        self.begun: list[UUID] = []
        self.looks = 0
        self.busy: Counter[UUID] = Counter()
        self.most: Counter[UUID] = Counter()

    async def take(self, organization: UUID) -> bool:
        self.looks += 1
        if not self.left[organization]:
            return False
        self.left[organization] -= 1
        self.begun.append(organization)
        if organization == self.broken:
            raise ValueError("a portion that cannot be worked off")
        self.busy[organization] += 1
        self.most |= self.busy
        await asyncio.sleep(0.01)
        self.busy[organization] -= 1
        return True

    async def find(self) -> set[UUID]:
        """All is due that was begun with, and nothing is found later."""
        return set(self.left) if not self.begun else set()


async def run(work: Work, abreast: int = 1, lanes: int = 3) -> None:
    """Until nobody is in a lane, and whoever may come has had all their turns."""
    queue = Queue("work", work.take, lanes=lanes, abreast=abreast, find=work.find)
    running = asyncio.create_task(queue.run(Database("postgresql://nobody@127.0.0.1:1/nothing")))

    async def is_over() -> bool:
        return bool(work.begun) and not queue.busy and not queue.waiting

    await until(is_over)
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running


@pytest.mark.parametrize("abreast", [1, 2, 3])
async def test_an_organization_is_in_as_many_lanes_as_it_may_be(abreast: int) -> None:
    work = Work(a=12)
    await run(work, abreast)
    assert work.most[A] == abreast and len(work.begun) == 12


async def test_after_its_turn_an_organization_goes_to_the_back() -> None:
    """Whoever has much to do keeps nobody waiting for longer than the portions that are under way."""
    work = Work(a=30, b=2, c=2)
    await run(work, abreast=2)
    assert sorted(work.begun[:10], key=lambda one: one.int)[-4:] == [B, B, C, C]


async def test_what_fails_keeps_nobody_else() -> None:
    """It leaves its lane until the sweep finds it again."""
    work = Work(broken=A, a=3, b=3)
    await run(work)
    assert Counter(work.begun) == {A: 1, B: 3}


async def test_one_lane_alone_looks_in_vain_once() -> None:
    """Though there would be room for another."""
    work = Work(a=3)
    await run(work, abreast=2, lanes=1)
    assert work.looks == 4
