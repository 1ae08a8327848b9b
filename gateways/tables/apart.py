"""Reads files in a process of their own: what it takes is bounded there, and its end is no end of the server's."""

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

import orjson
import structlog

from domain.imports.dates import DateOrder, OrderEvidence
from domain.imports.fields import Target, read_target
from domain.imports.mapping import Proposal, Reason
from domain.imports.people import Candidate, Policy, Unfit
from domain.imports.survey import Survey
from domain.refusals import bad_input
from domain.tables import TableKind
from gateways.tables.faults import Choices, Fault, Limits, Unreadable
from gateways.tables.frames import read_frame, read_person

Row = tuple[int, list[str]]
log = structlog.get_logger()

Batch = list[Candidate | Unfit]

_COMMAND = ("-I", "-m", "gateways.tables.child")
_LAST_WORDS = 2000  # bytes of what the process complained of


@dataclass(frozen=True, slots=True)
class Found:
    """What a look at a file finds. `header_row` is its number in the file, 0 where there is none."""

    kind: TableKind
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    header_row: int
    headers: list[str]
    survey: Survey

    @property
    def choices(self) -> Choices:
        """So that the file is read again as it was read now."""
        return Choices(self.encoding, self.delimiter, self.header_row)


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows become people: a target for each column, and an order for each with dates, by its place."""

    choices: Choices
    targets: Sequence[Target]
    policy: Policy
    orders: dict[int, DateOrder] = field(default_factory=dict)


async def look_at_file(path: Path, choices: Choices | None = None, limits: Limits | None = None) -> Found:
    """Goes through the whole file; raises Unreadable, or bad_input for a choice that cannot be."""
    async with _reading(path, choices or Choices(), limits or Limits()) as frames:
        told = await anext(frames)
        await anext(frames, None)  # the end, without which nothing counts
    survey = Survey(
        rows=told.pop("rows"),
        proposals=[_proposal(proposal) for proposal in told.pop("proposals")],
        dates={place: OrderEvidence(*counts) for place, *counts in told.pop("dates")},
        shown=[(number, cells) for number, cells in told.pop("shown")],
    )
    return Found(**(told | {"kind": TableKind(told["kind"])}), survey=survey)


async def read_people(
    path: Path, plan: Plan, limits: Limits | None = None
) -> AsyncGenerator[list[Candidate | Unfit], None]:
    """All rows, some hundreds at a time, no faster than they are taken; raises Unreadable also after some."""
    policy = {"region": plan.policy.region, "required": sorted(plan.policy.required)}
    told = {"targets": [target.text for target in plan.targets], "orders": list(plan.orders.items()), **policy}
    async with _reading(path, plan.choices, limits or Limits(), plan=told) as frames:
        async for frame in frames:
            yield [read_person(person) for person in frame["people"]]


async def read_cells(path: Path, choices: Choices, limits: Limits | None = None) -> AsyncIterator[list[Row]]:
    """All rows as they stand in the file, each with its number, some hundreds at a time."""
    async with _reading(path, choices, limits or Limits(), cells=True) as frames:
        async for frame in frames:
            yield [(number, cells) for number, cells in frame["rows"]]


def _proposal(told: dict[str, Any]) -> Proposal:
    return Proposal(
        told["header"], read_target(told["target"]), told["confidence"], Reason(told["reason"]), tuple(told["samples"])
    )


@contextlib.asynccontextmanager
async def _reading(
    path: Path, choices: Choices, limits: Limits, **more: Any
) -> AsyncIterator[AsyncIterator[dict[str, Any]]]:
    """The process lives as long as the context; it gets no setting of ours to see, as it has none to know."""
    job = {"path": str(path), "choices": asdict(choices), "limits": asdict(limits), **more}
    with tempfile.TemporaryFile() as complaints:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, *_COMMAND),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=complaints,
            env={},
        )
        try:
            yield _frames(process, orjson.dumps(job), complaints)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _frames(
    process: asyncio.subprocess.Process, job: bytes, complaints: IO[bytes]
) -> AsyncIterator[dict[str, Any]]:
    assert process.stdin and process.stdout
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        process.stdin.write(job)
        process.stdin.write_eof()
        await process.stdin.drain()
    while told := await read_frame(process.stdout):
        if "end" in told:
            return
        if "fault" in told:
            raise Unreadable(Fault(told["fault"]), told["message"])
        if "refused" in told:
            raise bad_input(told["refused"], told["field"])
        yield told
    raise _broken_off(await process.wait(), _last_words(complaints))


def _last_words(complaints: IO[bytes]) -> str:
    size = complaints.seek(0, 2)
    complaints.seek(max(0, size - _LAST_WORDS))
    return complaints.read().decode(errors="replace")


def _broken_off(code: int, words: str) -> Exception:
    """A process that was ended by the system had reached a bound; one that ended by itself has a bug."""
    log.warning("reading_broke_off", code=code, words=words)
    if code >= 0:
        return RuntimeError("The process that reads files ended by itself.")
    said = "The file asks for more memory or time than one file may: save it as CSV, or split it."
    return Unreadable(Fault.TOO_LARGE, said)
