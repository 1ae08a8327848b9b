"""The recipe for front ends, run under Node: the screen is true in the end, whatever happens on the way."""

import asyncio
import contextlib
import json
import random
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import Role
from tests.api.test_lead_scope import ASSIGN
from tests.play.house import House
from tests.play.line import Line
from tests.play.node import start
from tests.play.process import free_port, idle_tenant, process
from tests.play.tenant import Tenant
from tests.play.waiting import until
from workers.forgetting import Forgetting

pytestmark = pytest.mark.node

ROWS = """{ conversations(first: 50) { nodes { id version status unreadCount lead { id name phone }
  lastMessage { id body direction status } } } }"""
BODIES = "subscription ($after: Cursor) { inboxEvents(after: $after) { ... on MessageReceived { message { body } } } }"
STREAM = """
import { events } from "./events.ts";
const [url, token, query, after] = process.argv.slice(1);
for await (const result of events(url, token, query, { after })) console.log(JSON.stringify(result));
"""
Event = tuple[str, str]
Bring = Callable[[str | None], str | None]


@dataclass
class Page:
    """A page in a front end, and what it told so far."""

    running: Process
    bring: Bring
    events: list[Event] = field(default_factory=list)
    snapshots: list[str] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    rows: list[dict[str, Any]] = field(default_factory=list)
    gave_up: str | None = None

    async def listen(self) -> None:
        assert self.running.stdout
        while line := await self.running.stdout.readline():
            match json.loads(line):
                case {"token": old}:
                    self.asked.append(old)
                    self._answer(self.bring(old))
                case {"event": [cursor, id]}:
                    self.events.append((cursor, id))
                case {"snapshot": cursor}:
                    self.snapshots.append(cursor)
                case {"broke": why}:
                    self.breaks.append(why)
                case {"rows": rows}:
                    self.rows = rows
                case {"gaveUp": why}:
                    self.gave_up = why

    def _answer(self, token: str | None) -> None:
        assert self.running.stdin
        self.running.stdin.write(f"{token or ''}\n".encode())

    async def has(self, count: int, of: Callable[["Page"], list[Any]]) -> None:
        async def has_it() -> bool:
            return len(of(self)) >= count or self.gave_up is not None

        await until(has_it, 20)
        assert self.gave_up is None


@contextlib.asynccontextmanager
async def opened(folder: Path, ws: str, bring: Bring) -> AsyncIterator[Page]:
    running = await start(folder, "follow.mjs", ws)
    page = Page(running, bring)
    listening = asyncio.create_task(page.listen())
    try:
        yield page
    finally:
        assert running.stdin
        running.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(running.wait(), 10)
        if running.returncode is None:
            running.kill()
        await listening


def good_for(tenant: Tenant, seconds: int = 600) -> str:
    return tenant.house.parts.rules.mint(tenant.subjects[Role.AGENT], seconds)


def always(tenant: Tenant) -> Bring:
    return lambda old: good_for(tenant)


async def committed(tenant: Tenant, after: str = "0") -> list[Event]:
    sql = await asyncpg.connect(tenant.house.database_url)
    try:
        found = "select seq, id from events where organization_id = $1 and seq > $2 order by seq"
        rows = await sql.fetch(found, tenant.organization_id, int(after))
    finally:
        await sql.close()
    return [(str(row["seq"]), show_id("event", row["id"])) for row in rows]


async def caught_up(page: Page, tenant: Tenant) -> None:
    """Every event since the snapshot, in order and once; what else would come has had its time."""
    expected = await committed(tenant, page.snapshots[0])
    await page.has(len(expected), lambda page: page.events)
    assert page.events == expected


async def shows_the_truth(page: Page, tenant: Tenant) -> None:
    def sorted_(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return sorted(rows, key=lambda row: str(row["id"]))

    assert page.running.returncode == 0
    assert sorted_(page.rows) == sorted_((await tenant.agent.ask(ROWS))["conversations"]["nodes"])


async def write(tenant: Tenant, count: int, pause: Callable[[], Awaitable[None]]) -> None:
    for number in range(count):
        await tenant.text(f"text {number}")
        await pause()


async def test_a_line_that_is_cut_again_and_again(folder: Path, tenant: Tenant) -> None:
    seed = random.randrange(1_000_000)
    chance = random.Random(seed)
    print(f"seed {seed}")  # noqa: T201 — to play a failure again
    await tenant.text("before")
    async with Line.to(tenant.house.ws) as line, opened(folder, line.ws, always(tenant)) as page:
        writing = asyncio.create_task(write(tenant, 40, lambda: asyncio.sleep(chance.uniform(0, 0.1))))
        await page.has(1, lambda page: page.events)
        while not writing.done():
            await asyncio.sleep(chance.uniform(0.05, 0.3))
            await line.cut()
            await asyncio.sleep(chance.uniform(0, 0.1))
            line.mend()
        await writing
        await caught_up(page, tenant)
    assert line.cuts > 3 and page.breaks and len(page.snapshots) == 1
    await shows_the_truth(page, tenant)


async def test_a_line_that_stutters(folder: Path, tenant: Tenant) -> None:
    async with Line.to(tenant.house.ws) as line, opened(folder, line.ws, always(tenant)) as page:
        await page.has(1, lambda page: page.snapshots)
        line.stutters = True
        for number in range(10):
            await tenant.text(f"text {number}")
        await caught_up(page, tenant)
        await tenant.text("the last")
        await caught_up(page, tenant)
    assert line.repeats > 5
    await shows_the_truth(page, tenant)


async def test_what_is_handed_to_a_colleague_leaves_the_screen(folder: Path, tenant: Tenant) -> None:
    (gone, _), (kept, _) = await tenant.text("goes"), await tenant.text("stays")
    async with opened(folder, tenant.house.ws, always(tenant)) as page:
        await page.has(1, lambda page: page.snapshots)
        await tenant.owner.ask(ASSIGN, c=gone, m=show_id("member", tenant.members[Role.OWNER]))
        await tenant.text("the last")
        last = (await committed(tenant))[-1]

        async def is_heard() -> bool:
            return last in page.events

        await until(is_heard)
    assert kept in {row["id"] for row in page.rows} and gone not in {row["id"] for row in page.rows}
    await shows_the_truth(page, tenant)


async def test_a_token_that_ends_is_renewed_on_the_way(folder: Path, tenant: Tenant) -> None:
    first = good_for(tenant, 4)
    async with opened(folder, tenant.house.ws, lambda old: good_for(tenant) if old else first) as page:
        await tenant.text("before")
        await page.has(2, lambda page: page.asked)
        await asyncio.sleep(4.5)  # past the first token's end, and the server's look at it
        await tenant.text("after")
        await caught_up(page, tenant)
    assert page.asked == [None, first] and page.breaks == []
    await shows_the_truth(page, tenant)


async def test_a_token_that_could_not_be_renewed_in_time(folder: Path, tenant: Tenant) -> None:
    """The first attempt fails; the socket is closed with 4403, and the page comes back with a newer one."""
    first = good_for(tenant, 4)
    tokens = iter([first, None, good_for(tenant)])
    async with opened(folder, tenant.house.ws, lambda old: next(tokens)) as page:
        await page.has(1, lambda page: page.snapshots)
        await page.has(3, lambda page: page.asked)
        await tenant.text("meanwhile")
        await caught_up(page, tenant)
    assert page.asked == [None, first, first]
    await shows_the_truth(page, tenant)


async def ended(page: Page) -> str | None:
    await asyncio.wait_for(page.running.wait(), 20)
    return page.gave_up


async def test_it_gives_up_without_a_newer_token(folder: Path, tenant: Tenant) -> None:
    first = good_for(tenant, 4)
    async with opened(folder, tenant.house.ws, lambda old: None if old else first) as page:
        await ended(page)
    assert (page.gave_up, page.asked) == ("Session expired", [None, first, first])


async def test_it_gives_up_where_a_newer_token_is_refused_too(
    folder: Path, tenant: Tenant, sql: asyncpg.Connection
) -> None:
    async with opened(folder, tenant.house.ws, lambda old: good_for(tenant, 601 if old else 600)) as page:
        await page.has(1, lambda page: page.snapshots)
        await sql.execute("update memberships set status = 'SUSPENDED' where id = $1", tenant.members[Role.AGENT])
        await ended(page)
    assert page.gave_up == "Forbidden" and len(page.asked) == 2


async def test_it_gives_up_where_it_asks_for_what_cannot_be(folder: Path, tenant: Tenant) -> None:
    watcher = await start(folder, "watch.mjs", tenant.house.ws, good_for(tenant), "1", "999")
    _, told = await asyncio.wait_for(watcher.communicate(), 20)
    assert watcher.returncode == 1 and "lies in the future of the feed" in told.decode()


async def test_a_feed_that_has_forgotten(folder: Path, tenant: Tenant, sql: asyncpg.Connection) -> None:
    async with Line.to(tenant.house.ws) as line, opened(folder, line.ws, always(tenant)) as page:
        await page.has(1, lambda page: page.snapshots)
        await tenant.text("heard")
        await caught_up(page, tenant)
        await line.cut()
        heard = len(page.events)
        await tenant.text("forgotten")
        await sql.execute(
            "update events set at = $2 where organization_id = $1",
            tenant.organization_id,
            datetime.now(UTC) - timedelta(days=30),
        )
        await Forgetting(tenant.house.parts.database, timedelta(days=7)).forget(datetime.now(UTC) - timedelta(days=7))
        line.mend()
        await page.has(2, lambda page: page.snapshots)
        await tenant.text("after")
        expected = await committed(tenant, page.snapshots[1])
        await page.has(heard + len(expected), lambda page: page.events)
    assert page.events[heard:] == expected and "read anew" in " ".join(page.breaks)
    await shows_the_truth(page, tenant)


@pytest.fixture
async def idle(database_url: str, house: House) -> AsyncIterator[Tenant]:
    async with idle_tenant(database_url) as tenant:
        yield tenant


async def test_servers_that_restart(folder: Path, idle: Tenant) -> None:
    """Two of them take turns behind one address, each leaving while texts come in; then the page leaves too."""
    ports = [free_port() for _ in range(3)]
    async with contextlib.AsyncExitStack() as stack:
        servers = [await stack.enter_async_context(process(idle.house, port)) for port in ports]
        line = await stack.enter_async_context(Line.to(f"http://127.0.0.1:{ports[0]}"))
        page = await stack.enter_async_context(opened(folder, line.ws, always(idle)))
        await page.has(1, lambda page: page.snapshots)
        for turn, server in enumerate(servers[:2]):
            writing = asyncio.create_task(write(idle, 10, lambda: asyncio.sleep(0.03)))
            await page.has(turn * 30 + 5, lambda page: page.events)
            line.lead(f"http://127.0.0.1:{ports[turn + 1]}")
            server.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(server.wait(), 10) == 0
            await writing
            await caught_up(page, idle)
    assert page.breaks == ["Service restart"] * 2 and len(page.snapshots) == 1
    await shows_the_truth(page, idle)


async def test_the_stream_for_networks_without_sockets(folder: Path, tenant: Tenant) -> None:
    await tenant.text("first")
    url, token = f"{tenant.house.origin}/graphql", good_for(tenant)
    reader = await start(folder, "--input-type=module", "-e", STREAM, url, token, BODIES, "0")
    assert reader.stdout
    bodies: list[str] = []
    await tenant.followed()
    await tenant.text("second")
    while len(bodies) < 2:
        result = json.loads(await asyncio.wait_for(reader.stdout.readline(), 10))
        bodies += [event["message"]["body"] for event in result["data"].values() if event]
    reader.terminate()
    await reader.wait()
    assert bodies == ["first", "second"]


async def test_the_stream_tells_what_is_wrong(folder: Path, tenant: Tenant) -> None:
    url = f"{tenant.house.origin}/graphql"
    wrong = await start(folder, "--input-type=module", "-e", STREAM, url, good_for(tenant), "{ robots }")
    told, _ = await asyncio.wait_for(wrong.communicate(), 10)
    assert json.loads(told)["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    nobody = await start(folder, "--input-type=module", "-e", STREAM, url, "garbage", "{ robots }")
    _, complaint = await asyncio.wait_for(nobody.communicate(), 10)
    assert nobody.returncode == 1 and "Error: 401: " in complaint.decode()
