"""`stalled`: sockets that do not read while much is told: what they cost the server and the others, what they miss."""

import asyncio
from dataclasses import dataclass

import uvloop

from bench.contenders import Server
from bench.cpu import Shares
from bench.feed_report import table
from bench.fixtures import Tenant
from bench.heard import Heard, judge
from bench.house import House, console, opened
from bench.latency import KINDS, LEADS, write_texts
from bench.listeners import FOLLOWING, Guest
from bench.stage import memory_of
from bench.webhooks import Carrier, Posted

_HEALTHY, _STALLED = "healthy", "stalled"
_BODY = 1000  # characters
_SAMPLE_SECONDS = 0.5
_WARM_RATE, _WARM_SECONDS = 40, 5
_MOST_GROWTH = 0.1  # of what the stalled ones have not read


@dataclass(frozen=True, slots=True)
class Effort:
    """Texts a second for so many seconds, to so many who read and so many who do not."""

    rate: float
    seconds: float
    healthy: int
    stalled: int

    @property
    def texts(self) -> int:
        return round(self.rate * self.seconds)


@dataclass(frozen=True, slots=True)
class Phase:
    """What the healthy heard, and the server's memory in bytes, sampled from before the first text on."""

    heard: Heard
    memory: list[int]
    shares: Shares

    @property
    def growth(self) -> int:
        return max(self.memory) - self.memory[0]


def run(effort: Effort) -> None:
    with opened(1, LEADS) as house, house.serving() as server:
        uvloop.run(_measure(house, server, effort))


async def _measure(house: House, server: Server, effort: Effort) -> None:
    (tenant,), call = house.tenants, house.listeners.call
    call("book", _HEALTHY, server.port, [_guest(house, tenant)] * effort.healthy)
    carrier = Carrier(server.port)
    await _play(house, server, carrier, Effort(_WARM_RATE, _WARM_SECONDS, effort.healthy, 0))
    with console.status("Everybody reads …"):
        without = await _play(house, server, carrier, effort)
    call("book", _STALLED, server.port, [_guest(house, tenant)] * effort.stalled)
    call("stall", _STALLED)
    with console.status(f"{effort.stalled} do not read …"):
        posted, beside = await _play(house, server, carrier, effort)
    with console.status("They read on …"):
        call("read_on", _STALLED)
        late = judge(posted, call("gather", _STALLED, effort.texts * effort.stalled), effort.stalled)
    for crowd in (_STALLED, _HEALTHY):
        call("close", crowd)
    carrier.close()
    _show(effort, without[1], beside, late)


def _guest(house: House, tenant: Tenant) -> Guest:
    return Guest(house.bearer(tenant), FOLLOWING, KINDS)


async def _play(house: House, server: Server, carrier: Carrier, effort: Effort) -> tuple[Posted, Phase]:
    requests = write_texts(house, server, house.tenants, effort.texts, "x" * _BODY)
    memory, watch = [memory_of(server.pid)], house.watch(server.pid)
    sampling = asyncio.create_task(_sample(server.pid, memory))
    posted = await carrier.post_by_schedule(requests, effort.rate)
    shares, wanted = watch.read(), effort.texts * effort.healthy
    notes = await asyncio.to_thread(house.listeners.call, "gather", _HEALTHY, wanted)
    sampling.cancel()
    return posted, Phase(judge(posted, notes, effort.healthy), memory, shares)


async def _sample(pid: int, memory: list[int]) -> None:
    while True:
        await asyncio.sleep(_SAMPLE_SECONDS)
        memory.append(memory_of(pid))


def _show(effort: Effort, without: Phase, beside: Phase, late: Heard) -> None:
    console.print(
        f"{effort.texts:,} texts of {_BODY:,} characters, {effort.rate:,.0f} a second, to {effort.healthy} sockets"
    )
    console.print("that read: milliseconds from the instant a webhook was due to them, and the server's memory.")
    rows = {"nobody": _cells(without), f"{effort.stalled} sockets": _cells(beside)}
    headings = ("p50 ms", "p99 ms", "most", "texts/s", "backlog", "once", "MiB before", "at most", "growth", "server")
    console.print(table("stalled", "not reading", headings, rows))
    for sentence in _verdicts(effort, without, beside, late):
        console.print(sentence, soft_wrap=True)


def _cells(phase: Phase) -> list[str]:
    heard = phase.heard
    return [
        *(f"{1e3 * wait:,.1f}" for wait in (heard.wait(50), heard.wait(99), heard.waits[-1])),
        f"{heard.rate:,.0f}",
        f"{heard.backlog:,}",
        f"{heard.once:.2%}",
        *(f"{bytes_ / 2**20:,.1f}" for bytes_ in (phase.memory[0], max(phase.memory), phase.growth)),
        f"{phase.shares.server:.0%}",
    ]


def _verdicts(effort: Effort, without: Phase, beside: Phase, late: Heard) -> list[str]:
    unread = effort.texts * effort.stalled * _BODY
    healthy = all(phase.heard.once == 1 and phase.heard.in_order for phase in (without, beside))
    return [
        _verdict(
            f"memory grew by less than {_MOST_GROWTH:.0%} of the {unread / 2**20:,.0f} MiB that were not read",
            beside.growth < _MOST_GROWTH * unread,
        ),
        _verdict("who read heard every text exactly once, in order", healthy),
        _verdict("who read on later heard every text exactly once, in order", late.once == 1 and late.in_order),
        f"The stalled were closed and came back with their cursor {late.returns} times.",
        *without.shares.doubt("nobody stalled"),
        *beside.shares.doubt(f"{effort.stalled} stalled"),
    ]


def _verdict(goal: str, is_met: bool) -> str:
    return f"{'[green]met   [/green]' if is_met else '[red]missed[/red]'} {goal}"
