"""Files that were made to do harm, and files that were harmed: each is a refusal with a reason, and nothing else."""

import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.imports.fields import Field, Target
from domain.imports.people import Policy
from domain.refusals import Refusal, RefusalCode
from gateways.tables.apart import Plan, look_at_file, read_people
from gateways.tables.faults import Fault, Limits, Unreadable
from tests.play.workbooks import write_workbook

MEGABYTE = 1024 * 1024
FILES = Path(__file__).parent / "files"
HEAD, PERSON = b"Name,Phone\r\n", b"Ann,07700 900123\r\n"
# So little that whatever is not flat shows; two thirds are what Python and the libraries map before they read anything.
TIGHT = Limits(memory_bytes=128 * MEGABYTE)


def workbook(path: Path) -> Path:
    return write_workbook(path, {"Leads": [["Name", "Phone"], ["Ann", "07700 900123"]]})


def with_part(path: Path, name: str, content: bytes) -> Path:
    """A good workbook in which one part is another."""
    parts = {}
    with zipfile.ZipFile(workbook(path)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()} | {name: content}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, written in parts.items():
            archive.writestr(part, written)
    return path


def cut(path: Path) -> None:
    whole = workbook(path).read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])


def bomb(path: Path) -> None:
    """Two hundred megabytes in two hundred kilobytes."""
    with_part(path, "xl/worksheets/sheet1.xml", b"<worksheet>" + b" " * 200 * MEGABYTE)


def lying_bomb(path: Path) -> None:
    """Says of itself that it is small."""
    size = 3 * MEGABYTE
    whole = with_part(path, "xl/worksheets/sheet1.xml", b" " * size).read_bytes()
    path.write_bytes(whole.replace(struct.pack("<I", size), struct.pack("<I", 1000)))


def many_entries(path: Path) -> None:
    workbook(path)
    with zipfile.ZipFile(path, "a") as archive:
        for number in range(2001):
            archive.writestr(f"xl/media/{number}", b"")


def far_apart(path: Path) -> None:
    """Two cells, and 17 thousand million between them."""
    rows = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    with_part(path, "xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{rows}</sheetData></worksheet>".encode())


def boasting_strings(path: Path) -> None:
    with_part(
        path, "xl/sharedStrings.xml", b'<sst count="4294967295" uniqueCount="4294967295"><si><t>Ann</t></si></sst>'
    )


def another_archive(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("leads.csv", HEAD + PERSON)


def locked_entry(path: Path) -> None:
    whole = bytearray(workbook(path).read_bytes())
    place = whole.rfind(b"PK\x01\x02")
    whole[place + 8] |= 1
    path.write_bytes(whole)


def misplaced(path: Path) -> None:
    """Its list says that the first entry comes before the file begins."""
    whole = bytearray(workbook(path).read_bytes())
    place = whole.rfind(b"PK\x05\x06") + 16
    whole[place : place + 4] = struct.pack("<I", struct.unpack_from("<I", whole, place)[0] + 1000)
    path.write_bytes(whole)


def wide_sheet(path: Path) -> None:
    write_workbook(path, {"Leads": [[f"Column {number}" for number in range(501)], ["x"] * 501]})


def long_cell(path: Path) -> None:
    write_workbook(path, {"Leads": [["Name", "Phone"], ["x" * 40_000, "1"]]})


def content(text: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(text)


HOSTILE: dict[str, tuple[Callable[[Path], object], set[Fault]]] = {
    "nothing": (content(b""), {Fault.EMPTY}),
    "blank lines": (content(b"\r\n" * 1_000_000), {Fault.EMPTY}),
    "a mark alone": (content(b"\xef\xbb\xbf"), {Fault.EMPTY}),
    "a header alone": (content(HEAD), {Fault.NO_ROWS}),
    "a header and blank lines": (content(HEAD + b",\r\n" * 1000), {Fault.NO_ROWS}),
    "a line of a hundred megabytes": (content(HEAD + b"x" * 100 * MEGABYTE), {Fault.ROW_TOO_LONG}),
    "a row of a hundred megabytes": (content(HEAD + b'"x\n",' * 20_000_000), {Fault.ROW_TOO_LONG}),
    "a cell of forty thousand letters": (content(HEAD + b"x" * 40_000), {Fault.CELL_TOO_LONG}),
    "a cell of two hundred thousand letters": (content(HEAD + b'"' + b"x" * 200_000 + b'"'), {Fault.ROW_TOO_LONG}),
    "ten thousand columns": (content(b",".join([b"x"] * 10_000) + b"\r\n" + PERSON), {Fault.TOO_WIDE}),
    "an open quote": (content(HEAD + b'Ann,"' + PERSON * 10), {Fault.UNCLOSED_QUOTE}),
    "an open quote and much after it": (content(HEAD + b'Ann,"' + PERSON * 100_000), {Fault.ROW_TOO_LONG}),
    "NUL characters": (content(HEAD + b"Ann\x00,1\r\n"), {Fault.NUL_CHARACTERS}),
    "NUL characters in UTF-16": (content("Name,Phone\nAnn\x00,1\n".encode("utf-16")), {Fault.NUL_CHARACTERS}),
    "half a character of UTF-16": (content("Name,Phone\nAnn,1\n".encode("utf-16")[:-1]), {Fault.UNKNOWN_ENCODING}),
    "no encoding": (content(HEAD + b"Z\x81\x8d\xff,1\r\n"), {Fault.UNKNOWN_ENCODING}),
    "another archive": (another_archive, {Fault.OTHER_FORMAT}),
    "half a workbook": (cut, {Fault.DAMAGED}),
    "the beginning of a workbook": (content(b"PK\x03\x04" + b"x" * 1000), {Fault.DAMAGED}),
    "the beginning of an old workbook": (content(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"x" * 5000), {Fault.DAMAGED}),
    "a workbook with a password": (content((FILES / "locked.xlsx").read_bytes()), {Fault.PROTECTED}),
    "a locked part": (locked_entry, {Fault.PROTECTED}),
    "a bomb": (bomb, {Fault.TOO_LARGE}),
    "a bomb that lies": (lying_bomb, {Fault.DAMAGED}),
    "a misplaced entry": (misplaced, {Fault.DAMAGED}),
    "many entries": (many_entries, {Fault.TOO_LARGE}),
    "cells far apart": (far_apart, {Fault.TOO_LARGE}),
    "boasting strings": (boasting_strings, {Fault.TOO_LARGE, Fault.DAMAGED}),
    "a wide sheet": (wide_sheet, {Fault.TOO_WIDE}),
    "a long cell in a sheet": (long_cell, {Fault.CELL_TOO_LONG}),
    "an empty workbook": (lambda path: write_workbook(path, {"A": [], "B": []}), {Fault.EMPTY}),
    "a sheet with a header alone": (lambda path: write_workbook(path, {"A": [["Name", "Phone"]]}), {Fault.NO_ROWS}),
}


@pytest.mark.parametrize("name", HOSTILE)
async def test_each_is_refused_in_words_within_little_memory(tmp_path: Path, name: str) -> None:
    make, faults = HOSTILE[name]
    path = tmp_path / "hostile"
    make(path)
    with pytest.raises(Unreadable) as refused:
        await look_at_file(path, limits=TIGHT)
    assert refused.value.fault in faults
    assert refused.value.code is RefusalCode.BAD_INPUT
    assert ": " in refused.value.message and refused.value.message.endswith("."), "what to do is said"


async def test_whatever_a_long_file_has_its_memory_is_flat(tmp_path: Path) -> None:
    """A hundred megabytes of long rows, and blank lines without end among short ones."""
    path = tmp_path / "long.csv"
    path.write_bytes(HEAD + (PERSON * 10 + b'Bob,"07700\n900124"\r\n' + b"x" * 30_000 + b",1\r\n") * 3000)
    assert path.stat().st_size > 85 * MEGABYTE
    found = await look_at_file(path, limits=TIGHT)
    assert found.survey.rows == 12 * 3000
    plan = Plan(found.choices, [Target(Field.FIRST_NAME), Target(Field.PHONE)], Policy("GB"))
    assert sum([len(batch) async for batch in read_people(path, plan, TIGHT)]) == 12 * 3000


async def test_a_million_blank_lines_are_no_rows_and_keep_the_numbers(tmp_path: Path) -> None:
    path = tmp_path / "blank.csv"
    path.write_bytes(HEAD + b"\r\n" * 1_000_000 + PERSON)
    found = await look_at_file(path, limits=TIGHT)
    assert (found.survey.rows, found.survey.shown[0][0]) == (1, 1_000_002)


async def test_a_file_that_takes_too_long_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_bytes(HEAD + PERSON * 3_000_000)
    with pytest.raises(Unreadable) as refused:
        await look_at_file(path, limits=Limits(cpu_seconds=1))
    assert refused.value.fault is Fault.TOO_LARGE


async def test_more_rows_than_may_be_are_refused_after_those_that_may(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_bytes(HEAD + PERSON * 2000)
    limits = Limits(rows=1500)
    with pytest.raises(Unreadable, match="more than 1,500 rows") as refused:
        await look_at_file(path, limits=limits)
    assert refused.value.fault is Fault.TOO_MANY_ROWS


_harms = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), max_size=8)


@settings(max_examples=30)
@given(st.sampled_from(["xlsx", "xls"]), _harms, st.floats(0, 1))
async def test_a_harmed_workbook_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, kind: str, harms: list[tuple[float, int]], end: float
) -> None:
    path = tmp_path_factory.mktemp("harmed") / "harmed"
    whole = bytearray((FILES / "old.xls").read_bytes() if kind == "xls" else workbook(path).read_bytes())
    for place, value in harms:
        whole[int(place * (len(whole) - 1))] = value
    path.write_bytes(whole[: max(600, int(len(whole) * (0.5 + end)))])
    try:
        await look_at_file(path, limits=TIGHT)
    except Refusal as refused:
        assert refused.message.endswith(".")
