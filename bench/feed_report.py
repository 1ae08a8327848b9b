"""What the feed cost, as a table with ratios, and how it stands to the goals."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from bench.cpu import MOST_FOR_OTHERS
from bench.followed import Name

OF_NODE, OF_STRAWBERRY, OF_SOCKETS = 2, 10, 0.6
_MOST_FOR_LISTENERS = 0.9  # of a processor


@dataclass(frozen=True, slots=True)
class Delivered:
    """One round: deliveries a second in a burst, milliseconds that half and 99 of 100 deliveries took one by one.

    `cpu` is the server's, in microseconds per delivery; `listeners` is how much of a processor the load itself took,
    and `others` how much went elsewhere meanwhile.
    """

    rate: float
    half: float
    most: float
    cpu: float
    listeners: float
    others: float


@dataclass(frozen=True, slots=True)
class Results:
    """Of one contender; `memory` is what an idle socket takes, in bytes."""

    memory: float
    rounds: list[Delivered] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return median(one.rate for one in self.rounds)

    @property
    def cpu(self) -> float:
        return median(one.cpu for one in self.rounds)


FACETS: dict[str, tuple[Callable[[Delivered], float], str]] = {
    "thousand/s": (lambda one: one.rate / 1000, ",.1f"),
    "p50 ms": (lambda one: one.half, ",.0f"),
    "p99 ms": (lambda one: one.most, ",.0f"),
    "server µs": (lambda one: one.cpu, ",.1f"),
}
_OTHERS = (Name.NODE, Name.STRAWBERRY, Name.SOCKETS)


def show(results: dict[Name, Results], sockets: int, console: Console) -> None:
    console.print(
        f"The feed to {sockets:,} sockets: deliveries in a burst, milliseconds from the commit of single events"
    )
    console.print("to each delivery, the server's processor time per delivery, its memory per idle socket.")
    console.print(
        table(
            "medians (least–most)", "contender", (*FACETS, "KiB"), {name: _measures(results[name]) for name in results}
        )
    )
    headings = [f"{facet} × {other}" for facet in ("rate", "CPU") for other in _OTHERS]
    console.print(table("ratios", "contender", headings, {name: _ratios(results, name) for name in results}))
    for sentence in (*_verdicts(results), *_doubts(results)):
        console.print(sentence, soft_wrap=True)


def table(title: str, first: str, headings: Iterable[str], rows: Mapping[Any, list[str]]) -> Table:
    """A row of cells under each name; `first` heads the names."""
    drawn = Table(title=title, title_justify="left")
    for heading in (first, *headings):
        drawn.add_column(heading, justify="right", no_wrap=True)
    for name, cells in rows.items():
        drawn.add_row(name, *cells)
    return drawn


def _ratios(results: dict[Name, Results], name: Name) -> list[str]:
    mine, others = results[name], [results[other] for other in _OTHERS]
    rates = [mine.rate / other.rate for other in others]
    return [f"{ratio:.2f}" for ratio in (*rates, *(mine.cpu / other.cpu for other in others))]


def _measures(found: Results) -> list[str]:
    spreads = [_spread([facet(one) for one in found.rounds], form) for facet, form in FACETS.values()]
    return [*spreads, f"{found.memory / 1024:.0f}"]


def _spread(values: list[float], form: str) -> str:
    return f"{median(values):{form}} ({min(values):{form}}–{max(values):{form}})"


def _verdicts(results: dict[Name, Results]) -> list[str]:
    goals = {
        "twice Node's deliveries per second": (Name.NODE, OF_NODE),
        "ten times those of one execution per subscriber": (Name.STRAWBERRY, OF_STRAWBERRY),
        "0.6 of the bare socket library's": (Name.SOCKETS, OF_SOCKETS),
    }
    mine = results[Name.REKINDLE].rate
    return [_verdict(goal, mine / results[other].rate, least) for goal, (other, least) in goals.items()]


def _verdict(goal: str, found: float, least: float) -> str:
    return f"{'[green]met   [/green]' if found >= least else '[yellow]missed[/yellow]'} {goal}: {found:.2f}"


def _doubts(results: dict[Name, Results]) -> list[str]:
    busy = {name: max(one.listeners for one in found.rounds) for name, found in results.items()}
    doubts = [
        f"Disturbed: while {name} delivered, the listeners took {most:.2f} of a processor; it may be faster than this."
        for name, most in busy.items()
        if most > _MOST_FOR_LISTENERS
    ]
    others = [one.others for found in results.values() for one in found.rounds]
    disturbed = sum(one > MOST_FOR_OTHERS for one in others)
    if disturbed:
        doubts.append(
            f"Disturbed: in {disturbed} of {len(others)} rounds others took up to {max(others):.2f} of a processor."
        )
    return doubts
