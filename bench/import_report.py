"""What an import took beside COPY, as tables with ratios, and how it stands to the goal."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from rich.console import Console
from rich.table import Table

from bench.cpu import MOST_FOR_OTHERS
from bench.imported import Imported, Spent

LEAST_RATE = 1 / 3
_SHOWN = 8  # statements


@dataclass(frozen=True, slots=True)
class Round:
    """The same file by each way; by COPY into a table like leads before and after the import."""

    bare: Spent
    indexed: Sequence[Spent]
    whole: Imported


def show(rounds: Sequence[Round], rows: int, console: Console) -> None:
    indexed = [spent for round in rounds for spent in round.indexed]
    ways = {
        "COPY, columns of leads alone": [round.bare for round in rounds],
        "COPY, also indexes, checks, references": indexed,
        "import, from its beginning to its end": [round.whole.work for round in rounds],
        "import, the first look at the file": [round.whole.look for round in rounds],
    }
    table = Table(title=f"{rows:,} rows: medians, processor time per row", title_justify="left")
    for heading in ("way", "rows/s", "database µs", "worker µs", "reader µs", "rate", "database"):
        table.add_column(heading, justify="left" if heading == "way" else "right", no_wrap=True)
    for name, spent in ways.items():
        table.add_row(name, *_row(spent, indexed, rows))
    console.print(table)
    console.print(_statements(rounds, rows))
    for sentence in (*_verdicts(ways, indexed), *_doubts(rounds)):
        console.print(sentence, soft_wrap=True)


def _row(spent: Sequence[Spent], indexed: Sequence[Spent], rows: int) -> list[str]:
    each = [1e6 * _median(spent, by) / rows for by in (_database, _worker, _reader)]
    ratios = (
        _median(indexed, _elapsed) / _median(spent, _elapsed),
        _median(spent, _database) / _median(indexed, _database),
    )
    rate = rows / _median(spent, _elapsed)
    return [f"{rate:,.0f}", *(f"{one:,.0f}" for one in each), *(f"{one:.2f} ×" for one in ratios)]


def _statements(rounds: Sequence[Round], rows: int) -> Table:
    seconds, calls = dict[str, float](), Counter[str]()
    for round in rounds:
        for name, took, count in round.whole.statements:
            seconds[name] = seconds.get(name, 0) + took
            calls[name] += count
    table = Table(title="Where the import waits for the database", title_justify="left")
    for heading in ("statement", "calls", "µs per row", "share"):
        table.add_column(heading, justify="left" if heading == "statement" else "right", no_wrap=True)
    whole = sum(round.whole.work.elapsed for round in rounds)
    for name, took in sorted(seconds.items(), key=lambda one: -one[1])[:_SHOWN]:
        per_row = 1e6 * took / rows / len(rounds)
        table.add_row(name, f"{calls[name] // len(rounds):,}", f"{per_row:,.1f}", f"{took / whole:.0%}")
    return table


def _verdicts(ways: dict[str, list[Spent]], indexed: Sequence[Spent]) -> list[str]:
    work = ways["import, from its beginning to its end"]
    found = _median(indexed, _elapsed) / _median(work, _elapsed)
    colour = "[green]met   [/green]" if found >= LEAST_RATE else "[yellow]missed[/yellow]"
    return [
        f"{colour} at least a third of the rate of COPY into a table like leads: {found:.2f}",
        "COPY is told who everybody is, and writes leads alone: no dataset, no record, no outcome of a row, no policy.",
    ]


def _doubts(rounds: Sequence[Round]) -> list[str]:
    most = max(spent.others for round in rounds for spent in (round.bare, *round.indexed, round.whole.work))
    if most <= MOST_FOR_OTHERS:
        return []
    return [
        f"Disturbed: others took up to {most:.2f} of a processor; then the processor time of the database says more."
    ]


def _median(spent: Sequence[Spent], facet: Callable[[Spent], float]) -> float:
    return median(map(facet, spent))


def _elapsed(one: Spent) -> float:
    return one.elapsed


def _database(one: Spent) -> float:
    return one.database


def _worker(one: Spent) -> float:
    return one.worker


def _reader(one: Spent) -> float:
    return one.reader
