"""The feed as a client sees that nobody here wrote: npm's `graphql-ws`, under Node."""

import asyncio
import contextlib
import json
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.play.callers import Caller
from tests.play.line import Line
from tests.play.node import SOURCE, run_npm, start
from tests.play.tenant import Tenant, next_number

pytestmark = pytest.mark.node

SEND = "mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename } }"
CURSORS = "subscription ($after: Cursor!) { inboxEvents(after: $after) { ... on Event { cursor } } }"
Event = dict[str, Any]


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
    process = await start(folder, "watch.mjs", tenant.house.ws, "not a token", "1")
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
    process = await start(folder, "watch.mjs", ws, caller.bearer, "1000")
    try:
        assert process.stderr
        told = (await asyncio.wait_for(process.stderr.readline(), 20)).decode()
        assert told.startswith("Starts after "), told
        yield Watcher(process, told.split()[-1], [])
    finally:
        process.kill()
        await process.wait()


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
