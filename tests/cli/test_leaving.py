"""Leaving in good order: a process that is told to stop finishes what is under way and sends everybody elsewhere."""

import asyncio
import contextlib
import json
import signal
import socket
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import asyncpg
import httpx
import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode
from websockets.typing import Subprotocol

from tests.play.house import House
from tests.play.line import Line
from tests.play.process import free_port, idle_tenant, process
from tests.play.tenant import Tenant, open_tenant
from tests.play.texting import SEND, send
from tests.play.waiting import until

LIVE = "subscription { inboxEvents { __typename } }"
REPLAY = 'subscription { inboxEvents(after: "0") { ... on MessageReceived { message { body } } } }'
THREADS = "{ conversations { nodes { id } } }"
GRACE = 4.0
Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Served:
    """The process and how it is reached."""

    process: Process
    port: int
    http: httpx.AsyncClient
    tenant: Tenant
    log: Path

    @property
    def headers(self) -> dict[str, str]:
        return self.tenant.agent.headers

    def tell(self) -> float:
        self.process.send_signal(signal.SIGTERM)
        return time.monotonic()

    async def ends_well(self) -> None:
        """With 0, soon after the grace at the latest, and without a bug in its log."""
        assert await asyncio.wait_for(self.process.wait(), GRACE + 4) == 0
        logged = self.log.read_text(encoding="utf-8")
        assert "Traceback" not in logged and "error" not in logged.lower(), logged

    async def is_closed(self) -> bool:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.close()
            return False
        return True

    @contextlib.asynccontextmanager
    async def socket(self) -> AsyncIterator[ClientConnection]:
        address = f"ws://127.0.0.1:{self.port}/graphql"
        async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")], close_timeout=0.2) as opened:
            await say(opened, type="connection_init", payload=self.headers)
            assert (await hear(opened))["type"] == "connection_ack"
            yield opened

    @contextlib.asynccontextmanager
    async def stream(self, query: str, **variables: Any) -> AsyncIterator[httpx.Response]:
        asked = {"query": query, "variables": variables}
        headers = {**self.headers, "accept": "text/event-stream"}
        async with self.http.stream("POST", "/graphql", json=asked, headers=headers) as answer:
            assert answer.status_code == 200
            yield answer


@pytest.fixture(scope="module")
async def idle_house(database_url: str, house: House) -> AsyncIterator[House]:
    async with idle_tenant(database_url) as tenant:
        yield tenant.house


@pytest.fixture
async def idle(idle_house: House) -> Tenant:
    return await open_tenant(idle_house)


@pytest.fixture
async def owner(idle: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """The database past every wall; what it locks is let go at the end."""
    connection = await asyncpg.connect(idle.house.database_url)
    yield connection
    await connection.close()


@contextlib.asynccontextmanager
async def serving(tenant: Tenant, tmp_path: Path, **settings: str) -> AsyncIterator[Served]:
    port, log = free_port(), tmp_path / "log"
    with log.open("w") as file:
        async with (
            process(tenant.house, port, log=file, **settings) as running,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as http,
        ):
            yield Served(running, port, http, tenant, log)


@pytest.fixture
async def served(idle: Tenant, tmp_path: Path) -> AsyncIterator[Served]:
    """It does no background work, so that whoever waits for a lock is one of the test's callers."""
    async with serving(idle, tmp_path, WORK="false") as opened:
        yield opened


async def say(opened: ClientConnection, **message: Any) -> None:
    await opened.send(json.dumps(message))


async def hear(opened: ClientConnection) -> Message:
    message: Message = json.loads(await asyncio.wait_for(opened.recv(), 10))
    return message


async def rest(opened: ClientConnection) -> tuple[list[Message], int | None]:
    """What still comes, and the code it is closed with."""
    heard = []
    try:
        while True:
            heard.append(await hear(opened))
    except ConnectionClosed as closed:
        return heard, closed.rcvd.code if closed.rcvd else None


async def waits_for_a_lock(owner: asyncpg.Connection, count: int) -> None:
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"

    async def are_waiting() -> bool:
        await owner.execute("select pg_stat_clear_snapshot()")  # a transaction would see the first answer for ever
        return bool(await owner.fetchval(waiting) == count)

    await until(are_waiting)


async def test_what_is_under_way_is_answered_and_then_everybody_is_sent_elsewhere(
    served: Served, owner: asyncpg.Connection
) -> None:
    conversation, _ = await served.tenant.text()
    given = {"input": {"conversationId": conversation, "body": "Yes.", "idempotencyKey": uuid4().hex}}
    asked = {"query": SEND, "variables": given}
    async with served.socket() as busy, served.socket() as quiet:
        await say(quiet, id="1", type="subscribe", payload={"query": LIVE})
        async with owner.transaction():
            await owner.execute("lock table conversations")
            query = asyncio.create_task(served.http.post("/graphql", json={"query": THREADS}, headers=served.headers))
            await say(busy, id="1", type="subscribe", payload=asked)
            await waits_for_a_lock(owner, 2)
            served.tell()
            assert (await rest(quiet)) == ([], 1012)
            await until(served.is_closed)
            await say(busy, id="late", type="subscribe", payload={"query": "{ __typename }"})
            assert not query.done() and served.process.returncode is None
        heard, code = await rest(busy)
        answer = await query
    assert [(one["type"], one["id"]) for one in heard] == [("next", "1"), ("complete", "1")] and code == 1012
    sent = heard[0]["payload"]["data"]["sendMessage"]
    assert sent["__typename"] == "Message"
    assert conversation in str(answer.json()["data"])
    await served.ends_well()
    assert (
        await owner.fetchval(
            "select count(*) from messages where idempotency_key = $1", given["input"]["idempotencyKey"]
        )
        == 1
    )


async def test_who_still_asks_hears_that_it_is_not_ready(served: Served, owner: asyncpg.Connection) -> None:
    """On a connection that was open before; nobody is let in any more."""
    assert (await served.http.get("/readyz")).status_code == 200
    async with served.socket() as busy:
        async with owner.transaction():
            await owner.execute("lock table conversations")
            await say(busy, id="1", type="subscribe", payload={"query": THREADS})
            await waits_for_a_lock(owner, 1)
            served.tell()
            await until(served.is_closed)
            answer = await served.http.get("/readyz")
            assert (answer.status_code, answer.json()["staying"]) == (503, False)
        assert (await rest(busy))[1] == 1012
    await served.ends_well()


async def test_streams_end_without_a_complete_and_at_once(served: Served) -> None:
    await served.tenant.text("one")
    async with served.stream(REPLAY) as one, served.stream(LIVE) as other:
        lines = one.aiter_lines()
        while "one" not in await anext(lines):
            pass
        told = served.tell()
        assert "event: complete" not in [line async for line in lines]
        assert [line async for line in other.aiter_lines() if line] == [":"]
        await served.ends_well()
        assert time.monotonic() - told < GRACE


async def test_an_answer_that_is_streamed_is_finished(served: Served, owner: asyncpg.Connection) -> None:
    async with served.stream(REPLAY), owner.transaction():
        await owner.execute("lock table conversations")
        async with served.stream(THREADS) as answer:
            await waits_for_a_lock(owner, 1)
            served.tell()
            await until(served.is_closed)
            await owner.execute("rollback; begin")
            lines = [line async for line in answer.aiter_lines()]
    assert "event: next" in lines and "event: complete" in lines
    await served.ends_well()


async def test_a_socket_nobody_has_said_hello_on_is_closed_too(served: Served) -> None:
    address = f"ws://127.0.0.1:{served.port}/graphql"
    async with connect(address, subprotocols=[Subprotocol("graphql-transport-ws")]) as opened:
        served.tell()
        assert await rest(opened) == ([], 1012)
    await served.ends_well()


@pytest.mark.parametrize("says_goodbye", [False, True], ids=["silent", "closing"])
async def test_a_socket_that_does_not_read_holds_nobody_up_for_longer_than_the_grace(
    served: Served, says_goodbye: bool
) -> None:
    for _ in range(40):
        await served.tenant.text("x" * 1500)
    wide = " ".join(f"m{n}: message {{ body }}" for n in range(90))
    query = f'subscription {{ inboxEvents(after: "0") {{ ... on MessageReceived {{ {wide} }} }} }}'
    async with stalled(served, query) as peer, served.socket() as other:
        if says_goodbye:
            peer.send(Frame(Opcode.CLOSE, b"\x03\xe8").serialize(mask=True))
            await say(other, type="ping")  # has come after the goodbye
            assert (await hear(other))["type"] == "pong"
        told = served.tell()
        assert await rest(other) == ([], 1012)
        assert time.monotonic() - told < GRACE - 1
        await served.ends_well()
        assert time.monotonic() - told > GRACE - 1, "the line was not full"


@contextlib.asynccontextmanager
async def stalled(served: Served, query: str) -> AsyncIterator[socket.socket]:
    """A socket whose line is full, because its peer has stopped to read."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    peer.connect(("127.0.0.1", served.port))
    with peer:
        peer.sendall(
            f"GET /graphql HTTP/1.1\r\nHost: 127.0.0.1:{served.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n".encode()
        )
        assert peer.recv(65536).startswith(b"HTTP/1.1 101 ")
        for message in (
            {"type": "connection_init", "payload": served.headers},
            {"type": "subscribe", "id": "1", "payload": {"query": query}},
        ):
            peer.sendall(Frame(Opcode.TEXT, json.dumps(message).encode()).serialize(mask=True))
        peer.setblocking(False)
        await until(lambda: _is_full(peer))
        yield peer


async def _is_full(peer: socket.socket) -> bool:
    with contextlib.suppress(BlockingIOError):
        return len(peer.recv(1 << 20, socket.MSG_PEEK)) > 20_000
    return False


@pytest.mark.parametrize("second", [signal.SIGTERM, signal.SIGINT])
async def test_a_second_signal_cuts_it_short(served: Served, owner: asyncpg.Connection, second: signal.Signals) -> None:
    async with served.socket() as busy, owner.transaction():
        await owner.execute("lock table conversations")
        await say(busy, id="1", type="subscribe", payload={"query": THREADS})
        await waits_for_a_lock(owner, 1)
        served.tell()
        await until(served.is_closed)
        served.process.send_signal(second)
        assert await asyncio.wait_for(served.process.wait(), GRACE - 1) == 0, served.log.read_text()


@pytest.mark.parametrize("command", ["serve", "work"])
async def test_what_the_carrier_took_is_recorded(
    idle: Tenant, owner: asyncpg.Connection, tmp_path: Path, command: str
) -> None:
    assert idle.house.settings.twilio_api_url
    conversation, _ = await idle.text()
    body = f"recorded by {command}"
    async with Line.to(idle.house.settings.twilio_api_url) as line:
        line.mute()
        async with process(idle.house, free_port(), command, TWILIO_API_URL=line.http) as running:
            message = (await send(idle.agent, conversation, body))["id"]
            await until(lambda: _took(idle, body), 60)  # `work` says nowhere when it is up
            running.send_signal(signal.SIGTERM)
            row = ("select status from messages where id = $1", message.rpartition("_")[2])
            assert await owner.fetchval(*row) == "SENDING"
            line.unmute()
            assert await asyncio.wait_for(running.wait(), GRACE + 4) == 0
    assert await owner.fetchval(*row) != "SENDING"
    assert await _took(idle, body) == 1


async def _took(tenant: Tenant, body: str) -> int:
    return sum(text.body.startswith(body) for text in tenant.house.carrier.accepted)


async def test_a_carrier_that_does_not_answer_is_not_waited_for(idle: Tenant, owner: asyncpg.Connection) -> None:
    """The text stays SENDING, and whoever comes next settles it when its lease has ended."""
    assert idle.house.settings.twilio_api_url
    conversation, _ = await idle.text()
    async with Line.to(idle.house.settings.twilio_api_url) as line:
        line.mute()
        async with process(idle.house, free_port(), TWILIO_API_URL=line.http) as running:
            message = (await send(idle.agent, conversation, "hangs"))["id"]
            await until(lambda: _took(idle, "hangs"), 60)
            running.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(running.wait(), GRACE + 4) == 0
    assert await owner.fetchval("select status from messages where id = $1", message.rpartition("_")[2]) == "SENDING"


async def test_a_database_that_does_not_answer_is_not_waited_for(idle: Tenant) -> None:
    """Nothing can be closed in order then, which the exit code says."""
    near = urlsplit(idle.house.database_url)
    async with Line.to(idle.house.database_url) as line:
        far = near._replace(netloc=f"{near.username}:{near.password}@{line.http.removeprefix('http://')}").geturl()
        async with (
            process(idle.house, port := free_port(), DATABASE_URL=far) as running,
            httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as http,
        ):
            line.mute()
            asked = asyncio.create_task(http.get("/readyz"))
            assert (await http.get("/healthz")).status_code == 200  # asked later, so the other is under way
            running.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(running.wait(), 2 * GRACE + 4) == 1
            await asyncio.gather(asked, return_exceptions=True)
        line.unmute()


async def test_nothing_of_the_queue_is_lost(idle: Tenant, owner: asyncpg.Connection, tmp_path: Path) -> None:
    """Texts are queued while the process leaves; it and the next send each of them once."""
    conversation, _ = await idle.text()
    async with serving(idle, tmp_path) as first:
        sending = [asyncio.create_task(send(idle.agent, conversation, f"text {n}")) for n in range(30)]
        await until(lambda: _took(idle, "text "))
        first.tell()
        await asyncio.gather(*sending)
        await first.ends_well()
    async with serving(idle, tmp_path):
        waiting = (
            "select not exists (select from messages where status in ('QUEUED', 'SENDING') and body like 'text %')"
        )
        await until(lambda: owner.fetchval(waiting))
    bodies = [text.body for text in idle.house.carrier.accepted if text.body.startswith("text ")]
    assert sorted(bodies) == sorted(f"text {n}" for n in range(30))
