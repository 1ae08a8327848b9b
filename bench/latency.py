"""`latency`: from a webhook's scheduled instant to a subscriber's socket, at several rates."""

from collections.abc import Sequence
from dataclasses import dataclass

import uvloop

from bench.contenders import Server
from bench.cpu import Shares
from bench.feed_report import table
from bench.fixtures import Tenant
from bench.heard import Heard, judge, quantile
from bench.house import House, console, opened
from bench.listeners import FOLLOWING, Guest
from bench.webhooks import Carrier, Posted

LEADS = 100
KINDS = {"filter": {"kinds": ["MESSAGE_RECEIVED"]}}
_WARM_RATE, _WARM_SECONDS = 40, 5
_CROWD = "subscribers"
_LATE = 0.01  # seconds; a load that leaves later than this says more about itself


@dataclass(frozen=True, slots=True)
class Row:
    """One rate to so many subscribers; the shares are those of the time in which texts were due."""

    rate: int
    subscribers: int
    posted: Posted
    heard: Heard
    shares: Shares


def run(rates: Sequence[int], subscribers: Sequence[int], seconds: float, organizations: int) -> None:
    with opened(organizations, LEADS) as house:
        rows = [row for count in subscribers for row in uvloop.run(_measure(house, rates, count, seconds))]
    _show(rows, organizations)


async def _measure(house: House, rates: Sequence[int], subscribers: int, seconds: float) -> list[Row]:
    """A fresh server, and the rates one after another; each begins when all before it is heard."""
    rows = []
    with house.serving() as server:
        house.listeners.call("book", _CROWD, server.port, guests(house, subscribers))
        carrier = Carrier(server.port)
        await _play(house, server, carrier, _WARM_RATE, subscribers, _WARM_SECONDS)
        for rate in rates:
            with console.status(f"{rate} texts a second to {subscribers} subscribers …"):
                rows.append(await _play(house, server, carrier, rate, subscribers, seconds))
        carrier.close()
        house.listeners.call("close", _CROWD)
    return rows


def guests(house: House, subscribers: int) -> list[Guest]:
    """So many of every organization."""
    return [Guest(bearer, FOLLOWING, KINDS) for bearer in map(house.bearer, house.tenants) for _ in range(subscribers)]


async def _play(house: House, server: Server, carrier: Carrier, rate: int, subscribers: int, seconds: float) -> Row:
    requests = write_texts(house, server, house.tenants, round(rate * seconds))
    watch = house.watch(server.pid)
    posted = await carrier.post_by_schedule(requests, rate)
    shares = watch.read()
    notes = house.listeners.call("gather", _CROWD, len(requests) * subscribers)
    return Row(rate, subscribers, posted, judge(posted, notes, subscribers), shares)


def write_texts(house: House, server: Server, tenants: Sequence[Tenant], count: int, padding: str = "") -> list[bytes]:
    """Numbered from 0, spread over the tenants and their leads."""
    return [
        house.webhook(
            server, tenants[number % len(tenants)], 1 + number // len(tenants) % LEADS, f"{number} is it on? {padding}"
        )
        for number in range(count)
    ]


def _show(rows: list[Row], organizations: int) -> None:
    whose = "one organization" if organizations == 1 else f"{organizations} organizations"
    console.print(f"Texts to {whose}: milliseconds from the instant a webhook was due to its answer, and to the")
    console.print("sockets of its subscribers; processor time of server and database as a share of one processor.")
    headings = ("answer p50", "p99", "heard p50", "p99", "most", "texts/s", "backlog", "once", "server", "database")
    console.print(table("open loop", "texts/s × sockets", headings, {_name(row): _cells(row) for row in rows}))
    for sentence in _remarks(rows):
        console.print(sentence, soft_wrap=True)


def _name(row: Row) -> str:
    return f"{row.rate:,} × {row.subscribers}"


def _cells(row: Row) -> list[str]:
    answered, heard = sorted(row.posted.answered), row.heard
    waits = (quantile(answered, 50), quantile(answered, 99), heard.wait(50), heard.wait(99), heard.waits[-1])
    return [
        *(f"{1e3 * wait:,.1f}" for wait in waits),
        f"{heard.rate:,.0f}",
        f"{heard.backlog:,}",
        f"{heard.once:.2%}",
        f"{row.shares.server:.0%}",
        f"{row.shares.database:.0%}",
    ]


def _remarks(rows: list[Row]) -> list[str]:
    whole = all(row.heard.once == 1 and row.heard.in_order and not row.heard.returns for row in rows)
    colour = "[green]met   [/green]" if whole else "[red]missed[/red]"
    late = {_name(row): quantile(sorted(row.posted.late), 99) for row in rows}
    doubts = [doubt for row in rows for doubt in row.shares.doubt(_name(row))]
    disturbed = [
        f"Disturbed: at {name} one post of a hundred left {1e3 * seconds:.0f} ms late."
        for name, seconds in late.items()
        if seconds > _LATE
    ]
    return [f"{colour} everybody heard every text exactly once, in order, on one connection", *disturbed, *doubts]
