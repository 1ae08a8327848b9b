"""What a look at a whole file finds: how many rows it has, what its columns are about, how its dates are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from domain.imports.dates import OrderEvidence
from domain.imports.mapping import Proposal, propose
from domain.imports.shapes import Shape, shares

_SAMPLED_ROWS = 200
_LONGEST_CELL = 300  # of what is kept of a cell while looking
_SHOWN_ROWS = 10
_ENOUGH_DATES = 0.3


@dataclass(frozen=True, slots=True)
class Survey:
    """`shown` are the first rows with their numbers; `dates` the evidence of each column with dates, by its place."""

    rows: int
    proposals: list[Proposal]
    dates: dict[int, OrderEvidence]
    shown: list[tuple[int, list[str]]]


def look_at(headers: Sequence[str], rows: Iterable[tuple[int, Sequence[str]]]) -> Survey:
    """Goes through all the rows; keeps the beginnings of the first ones, and of the others what their dates tell."""
    coming = iter(rows)
    kept = [(number, [cell[:_LONGEST_CELL] for cell in cells]) for number, cells in islice(coming, _SAMPLED_ROWS)]
    columns = _columns([cells for _, cells in kept], len(headers))
    dates = {place: _weighed(values) for place, values in enumerate(columns) if _has_dates(values)}
    count = len(kept)
    for _, cells in coming:
        count += 1
        for place, evidence in dates.items():
            if place < len(cells):
                evidence.weigh(cells[place])
    return Survey(count, propose(headers, columns), dates, kept[:_SHOWN_ROWS])


def _columns(rows: Sequence[Sequence[str]], width: int) -> list[list[str]]:
    return [[cells[place] if place < len(cells) else "" for cells in rows] for place in range(width)]


def _has_dates(values: Sequence[str]) -> bool:
    return shares(values).get(Shape.DATE, 0) >= _ENOUGH_DATES


def _weighed(values: Sequence[str]) -> OrderEvidence:
    evidence = OrderEvidence()
    for value in values:
        evidence.weigh(value)
    return evidence
