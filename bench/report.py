"""What was measured, as a table with ratios, and how it stands to the goals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.contenders import Name
from bench.cpu import MOST_FOR_OTHERS
from bench.questions import QUERIES

PAGE, SMALL = QUERIES
LEAST_RATE, MOST_CPU, MOST_OF_STRAWBERRY = 0.85, 2.2, 1 / 3


@dataclass(frozen=True, slots=True)
class Measured:
    """One round: requests a second, and microseconds of processor time per request.

    `others` is how much of a processor went elsewhere meanwhile.
    """

    rate: float
    server: float
    database: float
    others: float


Results = dict[tuple[str, Name], list[Measured]]
Facet = Callable[[Measured], float]
FACETS: dict[str, Facet] = {
    "requests/s": lambda one: one.rate,
    "server µs": lambda one: one.server,
    "database µs": lambda one: one.database,
}


def show(results: Results, console: Console) -> None:
    for title in QUERIES:
        table = Table(title=f"{title}: medians (least–most), processor time per request", title_justify="left")
        for heading in ("contender", *FACETS, "rate, CPU × bare", "rate, CPU × plain"):
            table.add_column(heading, justify="right", no_wrap=True)
        for name in Name:
            table.add_row(name, *_row(results, title, name))
        console.print(table)
    for sentence in (*_verdicts(results), *_doubts(results)):
        console.print(sentence, soft_wrap=True)


def _row(results: Results, title: str, name: Name) -> list[str]:
    rate, server, _ = FACETS.values()
    measures = [_spread([facet(one) for one in results[title, name]]) for facet in FACETS.values()]
    ratios = [
        f"{_ratio(results, title, name, other, rate):.2f}, {_ratio(results, title, name, other, server):.2f}"
        for other in (Name.BARE, Name.STRAWBERRY)
    ]
    return measures + ratios


def _spread(values: Iterable[float]) -> str:
    found = sorted(values)
    return f"{median(found):,.0f} ({found[0]:,.0f}–{found[-1]:,.0f})"


def _ratio(results: Results, title: str, name: Name, other: Name, facet: Facet) -> float:
    mine, theirs = (median(facet(one) for one in results[title, which]) for which in (name, other))
    return mine / theirs if theirs else float("nan")


def _verdicts(results: Results) -> list[str]:
    rate, server, _ = FACETS.values()
    of_rate = _ratio(results, PAGE, Name.REKINDLE, Name.BARE, rate)
    of_cpu = _ratio(results, PAGE, Name.REKINDLE, Name.BARE, server)
    of_plain = _ratio(results, SMALL, Name.REKINDLE, Name.STRAWBERRY, server)
    return [
        _verdict(f"{PAGE}: rate at least {LEAST_RATE} of bare", of_rate, of_rate >= LEAST_RATE),
        _verdict(f"{PAGE}: server CPU at most {MOST_CPU} of bare", of_cpu, of_cpu <= MOST_CPU),
        _verdict(f"{SMALL}: server CPU at most a third of plain Strawberry", of_plain, of_plain <= MOST_OF_STRAWBERRY),
    ]


def _verdict(goal: str, found: float, is_met: bool) -> str:
    return f"{'[green]met   [/green]' if is_met else '[yellow]missed[/yellow]'} {goal}: {found:.2f}"


def _doubts(results: Results) -> list[str]:
    rounds = [one for found in results.values() for one in found]
    disturbed = sum(one.others > MOST_FOR_OTHERS for one in rounds)
    if not disturbed:
        return []
    most = max(one.others for one in rounds)
    return [f"Disturbed: in {disturbed} of {len(rounds)} rounds others took up to {most:.2f} of a processor."]
