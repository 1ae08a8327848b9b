"""One contender with its listeners: filled, checked and measured."""

import asyncio
import json
import os
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

import psutil  # type: ignore[import-untyped]

from bench.cpu import between, busy, spent
from bench.feed_report import Delivered
from bench.followed import Name, Server
from bench.listeners import Listeners

_WARM = 16_000  # deliveries before anything is measured: V8 compiles what it has seen often
_SETTLE_SECONDS = 15
_FIRST = 50  # sockets that wake everything up before memory is looked at

Announce = Callable[[], Awaitable[float]]  # answers when the event was committed, or handed over


@dataclass(frozen=True, slots=True)
class Effort:
    """How many sockets, how many rounds, and per round how many events in a burst and how many one by one."""

    sockets: int
    rounds: int
    burst: int
    single: int


@dataclass(frozen=True, slots=True)
class Stage:
    """One contender with its crowd of listeners."""

    name: Name
    server: Server
    listeners: Listeners
    announce: Announce
    postmaster: int

    async def announced(self, count: int, sockets: int) -> tuple[list[float], list[float]]:
        """When events were committed, and when they were delivered."""
        self.listeners.ask("gather", self.name, count * sockets)
        commits = [await self.announce() for _ in range(count)]
        return commits, await asyncio.to_thread(self.listeners.hear)

    def memory(self) -> int:
        return memory_of(self.server.pid)


def memory_of(pid: int) -> int:
    """What is resident, in bytes."""
    resident: int = psutil.Process(pid).memory_info().rss
    return resident


async def fill_room(stage: Stage, sockets: int, token: str) -> float:
    """Bytes of the server's memory that one more idle socket takes."""
    first = min(_FIRST, sockets // 2)
    await _open(stage, first, token)
    await stage.announced(1, first)
    before = stage.memory()
    await _open(stage, sockets - first, token)
    return (stage.memory() - before) / (sockets - first)


async def _open(stage: Stage, count: int, token: str) -> None:
    stage.listeners.call("open", stage.name, stage.server.port, count, token)
    await settle(stage)


async def settle(stage: Stage) -> None:
    """Returns when the server has done what opening sockets has caused, as far as it ever rests."""
    deadline = time.monotonic() + _SETTLE_SECONDS
    idle = 0
    while idle < 3 and time.monotonic() < deadline:
        before = spent(stage.server.pid)
        await asyncio.sleep(0.2)
        idle = idle + 1 if between(before, spent(stage.server.pid)) < 0.06 else 0


async def check(stage: Stage, sockets: int, example: Any) -> None:
    """All must tell events of the same fields, and have warmed up."""
    await stage.announced(max(1, _WARM // sockets), sockets)
    told = read_event(stage.listeners.call("latest", stage.name))
    if _shape(told) != _shape(example):
        raise RuntimeError(f"{stage.name} tells something else: {told} instead of {example}")


def read_event(message: bytes) -> Any:
    return json.loads(message)["payload"]["data"]["inboxEvents"]


def _shape(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shape(item) for key, item in value.items() if key != "__typename"}
    return type(value).__name__


async def play_round(stage: Stage, effort: Effort) -> Delivered:
    waits: list[float] = []
    for _ in range(effort.single):
        (commit,), times = await stage.announced(1, effort.sockets)
        waits += [time - commit for time in times]
    burst = await _burst(stage, effort)
    waits.sort()
    return Delivered(half=1e3 * waits[len(waits) // 2], most=1e3 * waits[len(waits) * 99 // 100], **burst)


async def _burst(stage: Stage, effort: Effort) -> dict[str, float]:
    def clocks() -> tuple[dict[int, float], ...]:
        mine = {**spent(os.getpid()), **spent(stage.listeners.pid), **spent(stage.postmaster, with_children=True)}
        return spent(stage.server.pid), spent(stage.listeners.pid), mine, {0: busy()}, {0: time.perf_counter()}

    before = clocks()
    _, times = await stage.announced(effort.burst, effort.sockets)
    server, listeners, ours, everybody, elapsed = (between(*pair) for pair in zip(before, clocks(), strict=True))
    return {
        "rate": len(times) / (times[-1] - times[0]),
        "cpu": 1e6 * server / len(times),
        "listeners": listeners / elapsed,
        "others": max(0.0, everybody - server - ours) / elapsed,
    }
