"""A client that stops reading: nothing is queued for it, nobody waits for it, and it misses nothing."""

import asyncio
import json
import socket
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import asyncpg
import psutil  # type: ignore[import-untyped]
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from domain.people import Role
from tests.play.house import open_house
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

LIVE = """subscription { inboxEvents(filter: {kinds: [MESSAGE_RECEIVED]}) {
  ... on MessageReceived { cursor message { body } } } }"""
TEXTS, CHARACTERS = 150, 150_000
UNREAD = TEXTS * CHARACTERS
MOST_GROWTH = UNREAD // 4
NARROW = 1 << 16  # bytes the system keeps for one who does not read; the sending end keeps at most a few megabytes


@asynccontextmanager
async def stalled(tenant: Tenant) -> AsyncIterator[ClientConnection]:
    """Subscribes; what is not asked for is not read, but for the next event."""
    end = socket.socket()
    end.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, NARROW)
    end.setblocking(False)
    host, _, port = tenant.house.ws.removeprefix("ws://").removesuffix("/graphql").partition(":")
    await asyncio.get_running_loop().sock_connect(end, (host, int(port)))
    protocols = [Subprotocol("graphql-transport-ws")]
    async with connect(tenant.house.ws, sock=end, subprotocols=protocols, max_queue=1, ping_interval=None) as far:
        await far.send(json.dumps({"type": "connection_init", "payload": tenant.agent.headers}))
        assert json.loads(await far.recv())["type"] == "connection_ack"
        await far.send(json.dumps({"id": "1", "type": "subscribe", "payload": {"query": LIVE}}))
        yield far


async def flooded(tenant: Tenant, far: ClientConnection) -> int:
    """More is waiting for it than any buffer takes. The port it came from."""
    await tenant.followed(1)
    for _ in range(TEXTS // 3):
        await tenant.text("x" * CHARACTERS)
    await asyncio.sleep(0.5)
    port: int = far.transport.get_extra_info("sockname")[1]
    assert await is_held(port), "it was let go too early to show anything"
    return port


async def is_held(port: int) -> bool:
    """Whether our end of the connection from this port is still there."""
    return any(line.raddr and line.raddr.port == port for line in psutil.Process().net_connections("tcp"))


async def is_let_go(port: int) -> bool:
    return not await is_held(port)


async def test_who_answers_no_ping_and_reads_nothing_is_let_go(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cli.server._PING_SECONDS", 1.5)
    async with open_house(tenant.house.database_url, work=False) as house:
        guest = replace(tenant, house=house)
        async with stalled(guest) as far:
            port = await flooded(guest, far)
            await until(lambda: is_let_go(port))
            await guest.followed(0)


async def test_who_is_sent_away_and_reads_nothing_is_let_go(tenant: Tenant, sql: asyncpg.Connection) -> None:
    async with stalled(tenant) as far:
        port = await flooded(tenant, far)
        await sql.execute("update memberships set status = 'SUSPENDED' where id = $1", tenant.members[Role.AGENT])
        await until(lambda: is_let_go(port))
        await tenant.followed(0)


async def next_of(far: ClientConnection) -> tuple[int, str]:
    message: dict[str, Any] = json.loads(await asyncio.wait_for(far.recv(), 10))
    return told(message["payload"]["data"]["inboxEvents"])


def told(event: dict[str, Any]) -> tuple[int, str]:
    """The place in the feed, and which text it was."""
    return int(event["cursor"]), event["message"]["body"].partition(" ")[0]


async def test_nothing_is_queued_for_a_socket_that_does_not_read(tenant: Tenant) -> None:
    sender = next_number()
    async with stalled(tenant) as far, tenant.agent.hear(LIVE) as near:
        await tenant.followed(2)
        await tenant.text("first", sender)
        first = told(await near.next())
        tracemalloc.start()
        try:
            before, _ = tracemalloc.get_traced_memory()
            heard = [first]
            for number in range(TEXTS):
                await tenant.text(f"{number} {'x' * CHARACTERS}", sender)
                heard.append(told(await near.next()))  # who reads does not wait for who does not
            after, _ = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert after - before < MOST_GROWTH, f"{after - before:,} bytes are kept of {UNREAD:,} that were not read"
        assert [which for _, which in heard] == ["first", *map(str, range(TEXTS))]
        assert [await next_of(far) for _ in heard] == heard
        last = await tenant.text("last", sender)
        assert last and (await next_of(far))[1] == "last"
