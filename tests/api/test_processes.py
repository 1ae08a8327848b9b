"""Several processes on one database: what one receives all tell, in order and once, with and without Redis."""

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator

import pytest

from tests.play.line import Line
from tests.play.neighbours import Neighbours, open_neighbours
from tests.play.process import free_port, process
from tests.play.soaking import ALL, Listener, told, under_way
from tests.play.tenant import Tenant
from tests.play.valkey import Valkey
from tests.play.waiting import until

BODIES = """subscription { inboxEvents(filter: {kinds: [MESSAGE_RECEIVED]}) {
  ... on MessageReceived { message { body } } } }"""


@pytest.fixture(params=["memory", "redis"])
def broadcast_url(request: pytest.FixtureRequest, valkey: Valkey) -> str:
    return valkey.url if request.param == "redis" else "memory://"


@pytest.fixture
async def three(shared_url: str, broadcast_url: str) -> AsyncIterator[Neighbours]:
    async with open_neighbours(shared_url, 3, broadcast_url) as opened:
        yield opened


async def test_what_one_receives_all_hear_in_order_and_once(three: Neighbours) -> None:
    async with contextlib.AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(tenant.agent.hear(ALL, after="0")) for tenant in three.tenants]
        await asyncio.gather(*(tenant.followed() for tenant in three.tenants))
        await asyncio.gather(*(write(tenant, 10) for tenant in three.tenants))
        committed = await told(three.first, three.sql)
        assert len(committed) > 3 * 10
        for ear in ears:
            heard = await ear.take(len(committed))
            assert [(event["cursor"], event["id"]) for event in heard] == committed
        assert all([await ear.is_silent() for ear in ears])


async def write(tenant: Tenant, texts: int) -> None:
    for number in range(texts):
        await tenant.text(str(number))


async def test_a_webhook_one_receives_is_heard_on_another(three: Neighbours) -> None:
    first, *others = three.tenants
    async with others[0].agent.hear(BODIES) as one, others[1].viewer.hear(BODIES) as two:
        await asyncio.gather(*(tenant.followed() for tenant in others))
        assert (await first.house.carrier.say("+447900000123", first.number, "Is it on?")).status_code == 200
        assert [(await ear.next())["message"]["body"] for ear in (one, two)] == ["Is it on?"] * 2


async def test_who_follows_a_process_that_is_killed_goes_on_at_another(three: Neighbours, broadcast_url: str) -> None:
    """kill -9, while everybody writes; the clients come back elsewhere with their last cursor."""
    tenant, port = three.first, free_port()
    async with contextlib.AsyncExitStack() as stack:
        served = await stack.enter_async_context(process(tenant.house, port, BROADCAST_URL=broadcast_url))
        clients = [
            Listener(tenant, await stack.enter_async_context(Line.to(f"http://127.0.0.1:{port}"))) for _ in range(4)
        ]
        await stack.enter_async_context(under_way([asyncio.create_task(client.listen()) for client in clients]))
        writers = asyncio.gather(*(write(one, 30) for one in three.tenants))
        await until(lambda: have(clients, 30))
        for client, house in zip(clients, [*three.houses, tenant.house], strict=True):
            client.line.lead(f"http://127.0.0.1:{house.settings.port}")
        served.kill()
        assert await served.wait() == -signal.SIGKILL
        await writers
        committed = await told(tenant, three.sql)
        await until(lambda: have(clients, len(committed)))
        await asyncio.sleep(0.2)  # in which what comes twice would come
    assert [client.heard == committed for client in clients] == [True] * 4
    assert [client.visits for client in clients] == [2] * 4


async def have(clients: list[Listener], events: int) -> bool:
    return all(len(client.heard) >= events for client in clients)


async def test_who_resumes_elsewhere_gets_what_came_meanwhile(three: Neighbours) -> None:
    here, there, _ = three.tenants
    await write(here, 3)
    async with here.agent.hear(ALL, after="0") as ear:
        heard = await ear.take(5)
    await write(here, 3)
    committed = await told(here, three.sql)
    async with there.agent.hear(ALL, after=heard[-1]["cursor"]) as ear:
        heard += await ear.take(len(committed) - 5)
        assert await ear.is_silent()
    assert [(event["cursor"], event["id"]) for event in heard] == committed
