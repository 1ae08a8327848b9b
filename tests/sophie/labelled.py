"""Outbound sales texts with the faults a careful person finds in them: a hundred to build a reviewer with, and fifty
that nobody has built anything with."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Labelled:
    """One outbound text with what came before it, and which faults a careful person finds in it."""

    id: str
    channel: str
    before: tuple[tuple[str, str, float], ...]  # direction, text, hours before
    first_name: str
    hour: int
    text: str
    labels: frozenset[str]
    why: str


def _read(name: str) -> tuple[Labelled, ...]:
    rows = json.loads((Path(__file__).parent / f"{name}.json").read_text("utf-8"))
    return tuple(map(_labelled, rows))


def _labelled(row: dict[str, Any]) -> Labelled:
    before = tuple((direction, text, hours) for direction, text, hours in row["before"])
    return Labelled(**{**row, "before": before, "labels": frozenset(row["labels"])})


TEXTS = _read("labelled")
APART = _read("apart")
