"""A client that stops reading: nothing is queued for it, nobody waits for it, and it misses nothing."""

import asyncio
import json
import socket
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from tests.play.tenant import Tenant, next_number

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
