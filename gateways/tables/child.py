"""The process that reads one file. It binds itself before it opens anything, so that a hostile file harms it alone."""

import contextlib
import gc
import os
import resource
import sys
from collections.abc import Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

import orjson

from domain.imports.dates import DateOrder
from domain.imports.fields import Field, read_target
from domain.imports.people import Policy, Reader
from domain.imports.survey import look_at
from domain.refusals import Refusal
from gateways.tables.archives import too_large
from gateways.tables.faults import Choices, Limits, Unreadable
from gateways.tables.frames import write_frame, write_person
from gateways.tables.opening import Table, open_table

_AT_ONCE = 500  # rows
_COMPLAINTS_BYTES = 64 * 1024


def main() -> None:
    """Reads what to do from standard input, and writes what it finds to standard output."""
    job = orjson.loads(sys.stdin.buffer.read())
    limits = Limits(**job["limits"])
    # Rows are small lists without number that never refer to one another: looking for such took a third of the time.
    gc.set_threshold(200_000, 20, 20)
    _bind(limits)
    try:
        for told in _tell(job, limits):
            write_frame(sys.stdout.buffer, told)
    except BrokenPipeError:
        # Whoever asked is gone. Nothing more can be written, not even on the way out.
        os._exit(0)


def _bind(limits: Limits) -> None:
    bounds = {
        resource.RLIMIT_AS: limits.memory_bytes,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_FSIZE: _COMPLAINTS_BYTES,
        resource.RLIMIT_CORE: 0,
    }
    for bound, most in bounds.items():
        # Not every system knows every bound; Linux knows them all.
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(bound, (most, most))


def _tell(job: dict[str, Any], limits: Limits) -> Iterator[dict[str, Any]]:
    try:
        table = open_table(Path(job["path"]), Choices(**job["choices"]), limits)
        if "plan" in job:
            yield from _people(table, job["plan"])
        else:
            yield from _cells(table) if "cells" in job else _found(table)
        yield {"end": True}
    except Unreadable as no:
        yield _fault(no)
    except Refusal as no:
        yield {"refused": no.message, "field": no.field}
    except MemoryError:
        yield _fault(too_large())


def _fault(no: Unreadable) -> dict[str, Any]:
    return {"fault": no.fault, "message": no.message}


def _found(table: Table) -> Iterator[dict[str, Any]]:
    survey = look_at(table.headers, table.rows())
    source = table.source
    yield {
        "kind": source.kind,
        "encoding": source.encoding,
        "delimiter": source.delimiter,
        "sheet": source.sheet,
        "header_row": table.header_row,
        "headers": table.headers,
        "rows": survey.rows,
        "shown": survey.shown,
        "dates": [[place, evidence.day_first, evidence.month_first] for place, evidence in survey.dates.items()],
        "proposals": [asdict(proposal) | {"target": proposal.target.text} for proposal in survey.proposals],
    }


def _people(table: Table, plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    targets = [read_target(target) for target in plan["targets"]]
    policy = Policy(plan["region"], frozenset(map(Field, plan["required"])))
    reader = Reader(targets, policy, {place: DateOrder(order) for place, order in plan["orders"]})
    rows = table.rows()
    while batch := list(islice(rows, _AT_ONCE)):
        yield {"people": [write_person(person) for person in reader.read(batch)]}


def _cells(table: Table) -> Iterator[dict[str, Any]]:
    rows = table.rows()
    while batch := list(islice(rows, _AT_ONCE)):
        yield {"rows": batch}


if __name__ == "__main__":
    main()
