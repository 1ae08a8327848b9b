"""`idle`: what thousands of silent sockets take, and what they do to the one that has something to hear."""

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass

import uvloop

from bench.contenders import Server
from bench.cpu import Shares
from bench.feed_report import table
from bench.followed import Name
from bench.followed import Server as Followed
from bench.heard import quantile
from bench.house import House, console, opened
from bench.listeners import FOLLOWING, Guest
from bench.stage import Stage, settle
from bench.webhooks import Carrier
from domain.ids import new_id, show_id

_WARM = 30  # messages before anything is measured
_WATCH_SECONDS = 21.0  # longer than the 20 seconds between two pings to a socket
_MOST_SECONDS = 40.0  # of waiting for single messages
_CROWD = "idle"

Invite = Callable[[House, int], list[Guest]]


@dataclass(frozen=True, slots=True)
class Seen:
    """Sorted waits of single messages in seconds, and who worked meanwhile and while nothing happened."""

    waits: list[float]
    heard: Shares
    silent: Shares


@dataclass(frozen=True, slots=True)
class Row:
    """With one socket and with very many, on the same server; `memory` is what each of those takes, in bytes."""

    memory: float
    alone: Seen
    crowded: Seen


def run(sockets: int, organizations: int, messages: int) -> None:
    rows = {}
    with opened(1 + organizations, 1) as house:
        for name, invite in _SCENES.items():
            rows[name] = uvloop.run(_measure(house, invite(house, sockets), messages, name))
    _show(rows, sockets, organizations)


def _of_many(house: House, sockets: int) -> list[Guest]:
    """Spread over all organizations but the first, where the messages are."""
    bearers = [house.bearer(tenant) for tenant in house.tenants[1:]]
    return [Guest(bearers[number % len(bearers)]) for number in range(sockets)]


def _of_one(house: House, sockets: int) -> list[Guest]:
    """Colleagues of the one who listens, who all wait for the same, which does not come."""
    return [Guest(house.bearer(house.tenants[0]), FOLLOWING, {"filter": {"kinds": ["INSIGHT_RAISED"]}})] * sockets


def _each_its_own(house: House, sockets: int) -> list[Guest]:
    """Colleagues, each of whom has another conversation open, in which nothing happens."""
    bearer = house.bearer(house.tenants[0])
    return [Guest(bearer, FOLLOWING, {"filter": {"conversationId": _conversation()}}) for _ in range(sockets)]


def _conversation() -> str:
    return show_id("conversation", new_id())


_SCENES: dict[str, Invite] = {
    "other organizations": _of_many,
    "same organization, one question": _of_one,
    "same organization, a question each": _each_its_own,
}


async def _measure(house: House, guests: list[Guest], messages: int, name: str) -> Row:
    with house.serving() as server:
        carrier = Carrier(server.port)
        stage = _stage(house, server, carrier)
        house.listeners.call("open", stage.name, server.port, 1, house.bearer(house.tenants[0]))
        with console.status("One socket …"):
            await _hear(stage, _WARM)
            alone = await _see(house, stage, messages)
        before = stage.memory()
        with console.status(f"{len(guests):,} sockets of {name} …"):
            house.listeners.call("admit", _CROWD, server.port, guests)
            await settle(stage)
            memory = (stage.memory() - before) / len(guests)
            crowded = await _see(house, stage, messages)
        house.listeners.call("gather", _CROWD, 0)  # nobody was lost, and nobody heard what was not for them
        for crowd in (_CROWD, stage.name):
            house.listeners.call("close", crowd)
        carrier.close()
    return Row(memory, alone, crowded)


def _stage(house: House, server: Server, carrier: Carrier) -> Stage:
    async def announce() -> float:
        return await carrier.post(house.webhook(server, house.tenants[0], 1, "Is it still on?"))

    followed = Followed(server.pid, server.port, 0)
    return Stage(Name.REKINDLE, followed, house.listeners, announce, house.postmaster)


async def _see(house: House, stage: Stage, messages: int) -> Seen:
    watch = house.watch(stage.server.pid)
    waits = await _hear(stage, messages)
    heard, watch = watch.read(), house.watch(stage.server.pid)
    await asyncio.sleep(_WATCH_SECONDS)
    return Seen(waits, heard, watch.read())


async def _hear(stage: Stage, messages: int) -> list[float]:
    """One after another, at no particular beat of the server's clocks; fewer where they take too long."""
    waits: list[float] = []
    while len(waits) < messages and sum(waits) < _MOST_SECONDS:
        await asyncio.sleep(random.uniform(0.02, 0.2))
        (sent,), (heard,) = await stage.announced(1, 1)
        waits.append(heard - sent)
    return sorted(waits)


def _show(rows: dict[str, Row], sockets: int, organizations: int) -> None:
    console.print(
        f"{sockets:,} silent sockets beside the one that hears: of {organizations:,} other organizations, or of"
    )
    console.print("its own. Milliseconds from a webhook to that socket, without → with the silent ones; processor time")
    console.print("while nothing happens, in milliseconds per second; the server's memory per silent socket.")
    headings = ("p50 ms", "×", "p99 ms", "×", "server ms/s", "database ms/s", "KiB")
    console.print(table("idle", "silent sockets", headings, {name: _cells(row) for name, row in rows.items()}))
    for name, row in rows.items():
        for when, seen in (("without", row.alone), ("with", row.crowded)):
            for sentence in seen.heard.doubt(f"“{name}” {when} the silent ones"):
                console.print(sentence, soft_wrap=True)


def _cells(row: Row) -> list[str]:
    cells = []
    for hundredths in (50, 99):
        alone, crowded = (quantile(seen.waits, hundredths) for seen in (row.alone, row.crowded))
        cells += [f"{1e3 * alone:,.1f} → {1e3 * crowded:,.1f}", f"{crowded / alone:,.1f}"]
    return [
        *cells,
        f"{1e3 * row.alone.silent.server:,.0f} → {1e3 * row.crowded.silent.server:,.0f}",
        f"{1e3 * row.alone.silent.database:,.0f} → {1e3 * row.crowded.silent.database:,.0f}",
        f"{row.memory / 1024:,.1f}",
    ]
