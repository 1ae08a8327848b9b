"""Redis between processes: it carries news at once, only where somebody follows, and nothing depends on it."""

import asyncio
import contextlib
import random
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from uuid import UUID, uuid4

import pytest

from realtime.redis import open_exchange
from realtime.subscriptions import RedisBackend
from tests.play.callers import Ear
from tests.play.line import Line
from tests.play.neighbours import RELAY, Neighbours, a_relay, open_neighbours
from tests.play.process import free_port, process
from tests.play.soaking import ALL, told, under_way
from tests.play.tenant import Tenant
from tests.play.valkey import Valkey
from tests.play.waiting import until

AT_ONCE = 0.5  # seconds: every sweep, the relay's too, takes twice as long to find what nobody told of


async def is_relayed(*tenants: Tenant) -> None:
    """Returns when the tenants' processes feel the relay's pulse."""

    async def are_relayed() -> bool:
        return all([(await tenant.house.http.get("/readyz")).json()["relayed"] for tenant in tenants])

    await until(are_relayed, 15)


async def is_alone(tenant: Tenant) -> None:
    """Returns when its process feels no pulse; it is ready all the same."""

    async def is_alone() -> bool:
        ready = await tenant.house.http.get("/readyz")
        assert ready.status_code == 200, ready.text
        return not ready.json()["relayed"]

    await until(is_alone)


class Reader:
    """Follows on one process what is written on another, and compares all it ever heard with what was committed."""

    def __init__(self, ear: Ear, neighbours: Neighbours) -> None:
        self._ear = ear
        self._neighbours = neighbours
        self._heard: list[tuple[str, str]] = []

    async def hears(self, body: str, seconds: float = 10) -> float:
        """A text written elsewhere, within so many seconds; everything before it too, in order and once."""
        await self._neighbours.tenants[1].text(body)
        return await self.catches_up(seconds)

    async def catches_up(self, seconds: float = 10) -> float:
        committed = await told(self._neighbours.first, self._neighbours.sql)
        begun = time.monotonic()
        while len(self._heard) < len(committed):
            event = await self._ear.next()
            self._heard.append((event["cursor"], event["id"]))
        took = time.monotonic() - begun
        assert took < seconds
        assert self._heard == committed
        return took

    async def hears_at_once(self) -> None:
        """By Redis. One of three may be late, for a machine with much to do; without Redis two would be."""
        took = sorted([await self.hears(f"at once {number}") for number in range(3)])
        assert took[1] < AT_ONCE, took


@contextlib.asynccontextmanager
async def reading(neighbours: Neighbours) -> AsyncIterator[Reader]:
    tenant = neighbours.first
    await is_relayed(*neighbours.tenants)
    async with tenant.agent.hear(ALL, after="0") as ear:
        await tenant.followed()
        reader = Reader(ear, neighbours)
        await reader.hears_at_once()
        yield reader
        assert await ear.is_silent()


@pytest.fixture
async def reader(neighbours: Neighbours) -> AsyncIterator[Reader]:
    async with reading(neighbours) as reader:
        yield reader


async def test_only_what_is_followed_is_subscribed_to(neighbours: Neighbours, valkey: Valkey) -> None:
    here, there = neighbours.tenants

    def subscribers(count: int) -> Callable[[], Awaitable[bool]]:
        async def are_there() -> bool:
            return await valkey.subscribers(here.organization_id) == count

        return are_there

    await is_relayed(here, there)
    await subscribers(0)()
    async with here.agent.hear(ALL):
        await until(subscribers(1))
        async with here.viewer.hear(ALL), there.agent.hear(ALL):
            await here.followed(2)
            await until(subscribers(2))
        await until(subscribers(1))
        await here.followed(1)
        assert await subscribers(1)()
    await until(subscribers(0))


async def test_a_process_does_not_listen_for_the_feed_itself(shared_url: str, valkey: Valkey) -> None:
    """Without workers there is one listener, the relay's; a candidate only tries its lock."""
    listening = (
        "select count(*) from pg_stat_activity where datname = current_database() and query = 'LISTEN \"rekindle\"'"
    )
    async with open_neighbours(shared_url, 2, valkey.url, work=False) as neighbours, reading(neighbours):
        relay = await a_relay(neighbours.sql)
        rows = await neighbours.sql.fetch(
            "select pid, query from pg_stat_activity where datname = current_database() and query like '%advisory%'"
            " and pid <> pg_backend_pid()"
        )
        assert len(rows) == 1 and rows[0]["pid"] != relay
        assert await neighbours.sql.fetchval(listening) <= 1


async def test_the_relay_loses_its_connection_and_another_takes_over(neighbours: Neighbours, reader: Reader) -> None:
    for _ in range(2):
        relay = await a_relay(neighbours.sql)
        await neighbours.sql.fetchval("select pg_terminate_backend($1)", relay)
        begun = time.monotonic()
        await reader.hears("while nobody relays")
        await a_relay(neighbours.sql, but=relay)
        assert time.monotonic() - begun < 4
        await is_relayed(*neighbours.tenants)
        await reader.hears_at_once()


@pytest.mark.parametrize("blow", [signal.SIGKILL, signal.SIGSTOP])
async def test_the_relays_process_dies_or_hangs_and_another_takes_over(
    shared_url: str, valkey: Valkey, blow: signal.Signals
) -> None:
    async with contextlib.AsyncExitStack() as stack:
        first = await stack.enter_async_context(open_neighbours(shared_url, 1))  # has no Redis, and cannot be it
        served = await stack.enter_async_context(process(first.houses[0], free_port(), BROADCAST_URL=valkey.url))
        relay = await a_relay(first.sql)
        neighbours = await stack.enter_async_context(open_neighbours(shared_url, 2, valkey.url))
        reader = await stack.enter_async_context(reading(neighbours))
        assert await a_relay(first.sql) == relay
        served.send_signal(blow)
        await reader.hears("while nobody relays")
        assert await a_relay(first.sql, but=relay)
        await is_relayed(*neighbours.tenants)
        await reader.hears_at_once()


async def test_redis_is_stopped_and_started_again(neighbours: Neighbours, reader: Reader, valkey: Valkey) -> None:
    await valkey.stop()
    await is_alone(neighbours.first)
    await reader.hears("without Redis", 3)
    await neighbours.tenants[1].text("just before it is back")
    await valkey.start()
    await reader.catches_up(3)
    await is_relayed(*neighbours.tenants)
    await reader.hears_at_once()


async def test_redis_hangs_and_comes_to_itself(neighbours: Neighbours, reader: Reader, valkey: Valkey) -> None:
    valkey.suspend()
    try:
        await is_alone(neighbours.first)
        await reader.hears("while Redis hangs", 3)
    finally:
        valkey.resume()
    await is_relayed(*neighbours.tenants)
    await reader.hears_at_once()


@pytest.mark.parametrize("kind", ["pubsub", "normal"])
async def test_redis_hangs_up(neighbours: Neighbours, reader: Reader, valkey: Valkey, kind: str) -> None:
    for _ in range(3):
        assert await valkey.hang_up(kind)
        await reader.hears("just after it hung up", 6)
    await is_relayed(*neighbours.tenants)
    await reader.hears_at_once()


async def test_the_line_to_redis_breaks(shared_url: str, valkey: Valkey) -> None:
    async with contextlib.AsyncExitStack() as stack:
        line = await stack.enter_async_context(Line.to(f"http://127.0.0.1:{valkey.port}"))
        neighbours = await stack.enter_async_context(open_neighbours(shared_url, 2, over(line)))
        reader = await stack.enter_async_context(reading(neighbours))
        await line.cut()
        await reader.hears("at first", 7)
        await is_alone(neighbours.first)
        await reader.hears("off the line", 3)
        line.mend()
        await is_relayed(*neighbours.tenants)
        await reader.hears_at_once()


async def test_a_line_to_redis_that_falls_silent_is_given_up(shared_url: str, valkey: Valkey) -> None:
    """Half-open: nothing is refused, and nothing comes; what is connected anew works."""
    async with contextlib.AsyncExitStack() as stack:
        line = await stack.enter_async_context(Line.to(f"http://127.0.0.1:{valkey.port}"))
        neighbours = await stack.enter_async_context(open_neighbours(shared_url, 2, over(line)))
        reader = await stack.enter_async_context(reading(neighbours))
        before = line.connections
        line.silence()
        await reader.hears("at first", 7)

        async def is_given_up() -> bool:
            return line.connections >= before + 3  # two that subscribe, one that publishes

        await until(is_given_up)
        await is_relayed(*neighbours.tenants)
        await reader.hears_at_once()


def over(line: Line) -> str:
    return f"redis://127.0.0.1:{line.port}/0"


async def test_every_beginning_of_a_subscription_is_told(valkey: Valkey) -> None:
    """What was published before it was not heard: the process reads the counter. So too when the line was cut."""
    told_of: list[set[UUID]] = []
    first, second = uuid4(), uuid4()
    async with contextlib.AsyncExitStack() as stack:
        redis = RedisBackend(await stack.enter_async_context(open_exchange(valkey.url)))
        redis.on_gap = told_of.append
        await stack.enter_async_context(under_way([asyncio.create_task(redis.run())]))

        async def are_told(count: int) -> None:
            async def are_there() -> bool:
                return len(told_of) == count

            await until(are_there)

        await redis.subscribe(str(first))
        await are_told(1)
        await redis.subscribe(str(second))
        await are_told(2)
        await valkey.hang_up("pubsub")
        await are_told(4)
    assert told_of[:2] == [{first}, {second}]
    assert told_of[2] | told_of[3] == {first, second}


async def test_who_cannot_reach_redis_is_not_the_relay_for_others(shared_url: str, valkey: Valkey) -> None:
    async with contextlib.AsyncExitStack() as stack:
        line = await stack.enter_async_context(Line.to(f"http://127.0.0.1:{valkey.port}"))
        cut_off = await stack.enter_async_context(open_neighbours(shared_url, 1, over(line)))
        relay = await a_relay(cut_off.sql)
        neighbours = await stack.enter_async_context(open_neighbours(shared_url, 2, valkey.url))
        reader = await stack.enter_async_context(reading(neighbours))
        assert await cut_off.sql.fetchval(RELAY) == relay
        await line.cut()
        await a_relay(cut_off.sql, but=relay)
        await is_relayed(*neighbours.tenants)
        await reader.hears_at_once()


async def test_what_others_say_there_changes_nothing(reader: Reader, neighbours: Neighbours, valkey: Valkey) -> None:
    organization = neighbours.first.organization_id
    for name in (f"rekindle:0:{organization}", "rekindle:0:relay", "rekindle:0:nobody"):
        for text in ("", "-1", "0", "many", "1.5", "\x00", "٣"):
            await valkey.client.publish(name, text)
    await valkey.client.publish(f"rekindle:1:{organization}", "999999")  # a house with another number on this Redis
    await reader.hears_at_once()


async def test_nothing_is_left_when_a_process_stops(shared_url: str, valkey: Valkey) -> None:
    before = asyncio.all_tasks()
    async with open_neighbours(shared_url, 2, valkey.url) as neighbours, neighbours.first.agent.hear(ALL):
        await neighbours.first.followed()
        await is_relayed(*neighbours.tenants)

    async def are_gone() -> bool:
        return asyncio.all_tasks() <= before

    await until(are_gone, 1)
    assert await valkey.subscribers(neighbours.first.organization_id) == 0


async def test_whatever_is_being_said_a_process_can_stop(valkey: Valkey) -> None:
    """Cancelled at any moment, it ends: under Python 3.11 a cancellation can meet an answer and be forgotten."""
    async with open_exchange(valkey.url) as exchange:

        async def speak() -> None:
            while True:
                await exchange.beat()
                await exchange.subscribed()
                await exchange.publish({uuid4(): 1})

        for _ in range(400):
            redis = RedisBackend(exchange)
            tasks = [asyncio.create_task(speak()), asyncio.create_task(redis.run())]
            for _ in range(random.randrange(40)):
                await redis.subscribe(str(uuid4()))
                await asyncio.sleep(0)
            for task in tasks:
                task.cancel()
            _, stuck = await asyncio.wait(tasks, timeout=1)
            assert not stuck and all(task.cancelled() for task in tasks)
