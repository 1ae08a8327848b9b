"""Messy lists with a known truth, read in a process of their own: every row becomes what it should (S1.5, S1.18)."""

import asyncio
import os
import signal
import tracemalloc
from contextlib import aclosing
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import pytest

from domain.imports.fields import check_mapping
from domain.imports.people import Candidate, Policy, Unfit
from domain.refusals import Refusal
from gateways.tables.apart import Found, Plan, look_at_file, read_people
from gateways.tables.faults import Choices, Fault, Unreadable
from tests.play.messy import HEADER, REGION, REQUIRED, Fate, Messy, Truth, write_sheet, write_text
from tests.play.waiting import until

CODES = {
    Fate.FINE: set(),
    Fate.AGAIN: set(),
    Fate.BAD_PHONE: {"BAD_PHONE"},
    Fate.BAD_EMAIL: {"BAD_EMAIL"},
    Fate.UNREACHABLE: {"UNREACHABLE"},
    Fate.NAMELESS: {"MISSING"},
    Fate.SHIFTED: {"MISALIGNED"},
}
MAPPING = {
    "Vorname": "FIRST_NAME", "Nachname": "LAST_NAME", "Handy-Nr.": "PHONE", "E-Mail-Adresse": "EMAIL",
    "Telefon geschäftlich": "custom:telefon_geschaeftlich", "Firma": "COMPANY", "PLZ": "POSTCODE", "Ort": "CITY",
    "Anfrage vom": "INQUIRY_DATE", "Bemerkung": "NOTES", "Schlagworte": "TAGS", "Dachfläche": "custom:dachflaeche",
}  # fmt: skip


def plan_of(found: Found) -> Plan:
    """As somebody makes it who takes every proposal."""
    mapping = {one.header: one.target.text for one in found.survey.proposals}
    orders = {place: evidence.decide(REGION)[0] for place, evidence in found.survey.dates.items()}
    return Plan(found.choices, check_mapping(found.headers, mapping), Policy(REGION, REQUIRED), orders)


async def people(path: Path, plan: Plan) -> list[Candidate | Unfit]:
    return [person async for batch in read_people(path, plan) for person in batch]


def check(person: Candidate | Unfit, truth: Truth) -> None:
    assert person.row == truth.row
    assert {problem.code.value for problem in person.problems} == CODES[truth.fate]
    if isinstance(person, Unfit):
        assert not truth.facts
        return
    for name, fact in truth.facts.items():
        assert getattr(person, name) == fact, (truth.row, name)


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8", ","), ("utf-8-sig", ";"), ("cp1252", ";"), ("utf-16", "\t"), ("utf-8", "|")]
)
async def test_every_row_of_a_messy_text_becomes_what_it_should(tmp_path: Path, encoding: str, delimiter: str) -> None:
    messy = Messy(2000, encoding=encoding)
    path = write_text(messy, tmp_path / "leads.csv", encoding, delimiter)
    found = await look_at_file(path)
    assert (found.encoding, found.delimiter, found.header_row) == (encoding, delimiter, 3)
    assert found.headers == HEADER[:-1]
    assert {one.header: one.target.text for one in found.survey.proposals} == MAPPING
    assert found.survey.rows == len(messy.truths) == 2000
    for person, truth in zip(await people(path, plan_of(found)), messy.truths, strict=True):
        check(person, truth)


async def test_every_row_of_a_messy_workbook_becomes_what_it_should(tmp_path: Path) -> None:
    messy = Messy(2000, for_excel=True)
    path = write_sheet(messy, tmp_path / "leads.xlsx")
    found = await look_at_file(path)
    assert (found.kind.value, found.sheet, found.header_row) == ("XLSX", "Leads", 3)
    assert {one.header: one.target.text for one in found.survey.proposals if one.header in MAPPING} == MAPPING
    for person, truth in zip(await people(path, plan_of(found)), messy.truths, strict=True):
        check(person, truth)


async def test_a_preview_shows_first_rows_samples_and_confidence(tmp_path: Path) -> None:
    found = await look_at_file(write_text(Messy(50), tmp_path / "leads.csv"))
    assert [number for number, _ in found.survey.shown][:2] == [4, 5]
    assert all(0 < len(one.samples) <= 5 and one.confidence >= 0.5 for one in found.survey.proposals)


async def test_who_asks_needs_no_more_memory_for_a_longer_file(tmp_path: Path) -> None:
    peaks = []
    for count in (2_000, 12_000):
        path = write_text(Messy(count), tmp_path / "leads.csv")
        plan = plan_of(await look_at_file(path))
        tracemalloc.start()
        async with aclosing(read_people(path, plan)) as batches:
            async for _ in batches:
                pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.5


def children() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "gateways.tables.child" in " ".join(child.cmdline())]


async def test_who_stops_asking_ends_the_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which waits meanwhile, and knows no secret of the server's."""
    monkeypatch.setenv("REKINDLE_JWT_SECRET", "x" * 32)
    path = write_text(Messy(20_000), tmp_path / "leads.csv")
    plan = plan_of(await look_at_file(path))
    async with aclosing(read_people(path, plan)) as batches:
        assert len(await anext(batches)) == 500
        (child,) = children()
        assert child.environ() == {} or "REKINDLE_JWT_SECRET" not in child.environ()
    assert not child.is_running()


async def test_a_process_that_is_killed_is_a_refusal_and_not_the_end(tmp_path: Path) -> None:
    """As the kernel does when memory is short."""
    path = write_text(Messy(50_000), tmp_path / "leads.csv")
    plan = plan_of(await look_at_file(path))
    with pytest.raises(Unreadable) as refused:
        async for _ in read_people(path, plan):
            for child in children():
                os.kill(child.pid, signal.SIGKILL)
    assert refused.value.fault is Fault.TOO_LARGE
    assert children() == []


async def test_who_is_cancelled_leaves_no_process_behind(tmp_path: Path) -> None:
    path = write_text(Messy(50_000), tmp_path / "leads.csv")
    looking = asyncio.create_task(look_at_file(path))

    async def has_begun() -> bool:
        return bool(children())

    await until(has_begun)
    looking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await looking
    assert children() == []


async def test_a_choice_that_cannot_be_is_refused_there_too(tmp_path: Path) -> None:
    path = write_text(Messy(10), tmp_path / "leads.csv")
    with pytest.raises(Refusal) as refused:
        await look_at_file(path, Choices(header_row=99))
    assert refused.value.field == "headerRow" and not isinstance(refused.value, Unreadable)


async def test_several_files_are_read_at_once(tmp_path: Path) -> None:
    paths = [write_text(Messy(500, seed=seed), tmp_path / f"Zoë’s list {seed}.csv") for seed in range(4)]
    found = await asyncio.gather(*map(look_at_file, paths))
    assert [one.survey.rows for one in found] == [500] * 4
