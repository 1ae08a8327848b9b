"""A socket: how many operations it bears, and how its token ends: said before, mended in band, and enforced."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from domain.people import Role
from realtime.live import Live
from resolvers.context import Context
from resolvers.schema import Schema
from tests.play.tenant import Tenant
from web.sockets import Socket

LIVE = {"id": "1", "type": "subscribe", "payload": {"query": "subscription { inboxEvents { __typename } }"}}


@asynccontextmanager
async def opened(tenant: Tenant, seconds: int) -> AsyncIterator[ClientConnection]:
    """An agent's socket whose token is good for so long."""
    token = tenant.house.parts.rules.mint(tenant.subjects[Role.AGENT], seconds)
    async with connect(tenant.house.ws, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await say(socket, {"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}})
        assert (await hear(socket))["type"] == "connection_ack"
        yield socket


async def say(socket: ClientConnection, message: dict[str, Any]) -> None:
    await socket.send(json.dumps(message))


async def hear(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await asyncio.wait_for(socket.recv(), 10))
    return message


async def test_the_end_is_announced_and_then_made(tenant: Tenant) -> None:
    async with opened(tenant, 2) as socket:
        await say(socket, LIVE)
        notice = await hear(socket)
        assert (notice["type"], notice["payload"]["type"]) == ("ping", "SessionExpiring")
        assert notice["payload"]["expiresAt"].endswith("+00:00")
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
        assert closed.value.rcvd and closed.value.rcvd.code == 4403


async def test_a_newer_token_goes_on_with_the_same_stream(tenant: Tenant) -> None:
    async with opened(tenant, 2) as socket:
        await say(socket, LIVE)
        assert (await hear(socket))["payload"]["type"] == "SessionExpiring"
        newer = tenant.house.parts.rules.mint(tenant.subjects[Role.AGENT], 600)
        await say(socket, {"type": "ping", "payload": {"authorization": f"Bearer {newer}"}})
        answer = await hear(socket)
        assert (answer["type"], answer["payload"]["type"]) == ("pong", "SessionRefreshed")
        await asyncio.sleep(2)  # past the first token's end
        await tenant.text("Still there?")
        kinds = {(await hear(socket))["payload"]["data"]["inboxEvents"]["__typename"] for _ in range(4)}
        assert "MessageReceived" in kinds


async def test_a_socket_stays_with_the_caller_who_opened_it(tenant: Tenant, stranger: Tenant) -> None:
    async with opened(tenant, 600) as socket:
        theirs = stranger.house.parts.rules.mint(stranger.subjects[Role.OWNER], 600)
        await say(socket, {"type": "ping", "payload": {"authorization": f"Bearer {theirs}"}})
        with pytest.raises(ConnectionClosed) as closed:
            await hear(socket)
        assert closed.value.rcvd and closed.value.rcvd.code == 4403


async def test_one_operation_too_many_is_refused_and_the_others_go_on(tenant: Tenant) -> None:
    async with opened(tenant, 600) as socket:
        for number in range(101):
            await say(socket, LIVE | {"id": str(number)})
        refused = await hear(socket)
        assert (refused["type"], refused["id"]) == ("error", "100")
        assert refused["payload"][0]["extensions"]["code"] == "BAD_USER_INPUT"
        await say(socket, {"type": "ping"})
        assert (await hear(socket))["type"] == "pong"


async def test_a_socket_that_is_closed_twice_is_closed_once(tenant: Tenant) -> None:
    """Its token ends, its caller is suspended and the process leaves: who comes second finds nothing to do."""
    told: list[dict[str, Any]] = []
    inbox: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(message: Any) -> None:
        told.append(message)
        if message["type"] == "websocket.close":
            inbox.put_nowait({"type": "websocket.disconnect"})

    async def admit(payload: Any) -> None:
        await asyncio.gather(socket.close(4403, "Forbidden"), socket.close(4403, "Session expired"))
        socket.leave()

    database, hub = tenant.house.parts.database, tenant.house.parts.hub
    context = Context(database, Live.over(database, hub, tenant.house.database_url), "a test")
    socket = Socket(Schema(), context, admit, inbox.get, send, lambda: None)
    inbox.put_nowait({"type": "websocket.receive", "text": '{"type": "connection_init"}'})
    await asyncio.wait_for(socket.run(), 5)
    await socket.close(1012, "Service restart")
    assert [message.get("code") for message in told] == [None, 4403]  # it was accepted, and nothing else was said
