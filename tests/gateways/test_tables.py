"""Tables as people save them: any encoding, any delimiter, old and new Excel, with row numbers (S1.18)."""

import csv
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.refusals import Refusal
from domain.spreadsheets import write_csv
from domain.tables import TableKind
from gateways.tables.delimited import read_rows
from gateways.tables.faults import Choices, Fault, Limits, Unreadable
from gateways.tables.opening import Table, open_table
from gateways.tables.workbooks import text_of
from tests.play.workbooks import write_workbook

FILES = Path(__file__).parent / "files"
ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"]
DELIMITERS = [",", ";", "\t", "|"]
HEADER = ["Vorname", "Nachname", "Telefon", "Straße"]
PEOPLE = [["Zoë", "Müller", "07700 900123", "Königstraße 1"], ["Ann", "O'Brien", "07700 900124", "High Street 2"]]


def saved(path: Path, rows: list[list[str]], encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened, delimiter=delimiter).writerows(rows)
    return path


def opened(path: Path, text: str | bytes, **chosen: object) -> Table:
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return open_table(path, Choices(**chosen))  # type: ignore[arg-type]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "leads.csv"


@pytest.mark.parametrize("encoding", ENCODINGS)
@pytest.mark.parametrize("delimiter", DELIMITERS)
def test_encoding_and_delimiter_are_found_and_told(file: Path, encoding: str, delimiter: str) -> None:
    table = open_table(saved(file, [HEADER, *PEOPLE], encoding, delimiter))
    assert (table.source.encoding, table.source.delimiter) == (encoding, delimiter)
    assert (table.header_row, table.headers) == (1, HEADER)
    assert list(table.rows()) == [(2, PEOPLE[0]), (3, PEOPLE[1])]


def test_a_letter_late_in_the_file_decides_its_encoding(file: Path) -> None:
    plain = "Name,Phone\r\n" + "Ann,07700 900123\r\n" * 200_000
    assert opened(file, plain + "Zoë,1\r\n").source.encoding == "utf-8"
    assert opened(file, (plain + "Zoë,1\r\n").encode("cp1252")).source.encoding == "cp1252"


def test_the_delimiter_is_what_splits_rows_alike_and_not_what_occurs_most(file: Path) -> None:
    rows = "Name;Phone\nSmith, Ann, Dr.;07700 900123\nJones, Bob, Prof., MBA;07700 900124\n"
    assert opened(file, rows).source.delimiter == ";"
    assert opened(file, 'Name,Note\nAnn,"a;b;c;d"\nBob,"a;b;c;d"\n').source.delimiter == ","
    assert opened(file, "Phone\n07700 900123\n07700 900124\n").source.delimiter == ","


def test_excel_s_own_word_for_the_delimiter_is_taken_and_is_no_row(file: Path) -> None:
    table = opened(file, "sep=;\nName;Phone, mobile\nAnn, B;1\n")
    assert (table.header_row, table.headers, list(table.rows())) == (
        2,
        ["Name", "Phone, mobile"],
        [(3, ["Ann, B", "1"])],
    )


def test_rows_are_counted_as_a_spreadsheet_counts_them(file: Path) -> None:
    """Blank rows count and are left out; a quoted line break is no new row; ragged rows stay as they are."""
    text = '\n\nName,Phone,Note\n\n ,,\nAnn,1,"two\nlines"\n\nBob,2\nCy,3,"say ""hi"", twice",more\n'
    assert list(opened(file, text).rows()) == [
        (6, ["Ann", "1", "two\nlines"]),
        (8, ["Bob", "2"]),
        (9, ["Cy", "3", 'say "hi", twice', "more"]),
    ]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
def test_lines_may_end_as_they_like(file: Path, end: str, last: bool) -> None:
    text = end.join(["Name,Phone", "Ann,1", "Bob,2"]) + end * last
    assert list(opened(file, text).rows()) == [(2, ["Ann", "1"]), (3, ["Bob", "2"])]


def test_a_table_without_a_header_begins_with_its_first_person(file: Path) -> None:
    table = opened(file, "Ann,07700 900123\nBob,07700 900124\n")
    assert (table.header_row, table.headers) == (0, ["Column 1", "Column 2"])
    assert len(list(table.rows())) == 2


def test_columns_of_one_name_or_of_none_are_told_apart(file: Path) -> None:
    table = opened(file, "Phone,Phone,,Name,,\nx,y,z,Ann,,\n")
    assert table.headers == ["Phone", "Phone (2)", "Column 3", "Name"]


def test_whoever_knows_better_chooses(file: Path) -> None:
    text = "a;b\nc;d\ne,ü;f\n"
    assert opened(file, text, delimiter=",").headers == ["a;b", "Column 2"]
    assert opened(file, text, header_row=2).headers == ["c", "d"]
    assert opened(file, text, header_row=0).headers == ["Column 1", "Column 2"]
    assert list(opened(file, text, encoding="cp1252").rows())[-1] == (3, ["e,Ã¼", "f"])


@pytest.mark.parametrize(
    ("chosen", "field"),
    [
        ({"encoding": "rot13"}, "encoding"),
        ({"encoding": "utf-16"}, "file"),
        ({"delimiter": '"'}, "delimiter"),
        ({"delimiter": ";;"}, "delimiter"),
        ({"header_row": 99}, "headerRow"),
    ],
)
def test_a_choice_that_cannot_be_is_refused(file: Path, chosen: dict[str, object], field: str) -> None:
    with pytest.raises(Refusal) as refused:
        opened(file, "ä,b\nc,d\ne,f\n", **chosen)
    assert refused.value.field == field


_letters = {
    "cp1252": st.characters(codec="cp1252", exclude_characters="\x00"),
    **dict.fromkeys(ENCODINGS[:-1], st.characters(codec="utf-8", exclude_characters="\x00")),
}


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, str, list[list[str]]]:
    encoding, delimiter = draw(st.sampled_from(ENCODINGS)), draw(st.sampled_from(DELIMITERS))
    row = st.lists(st.text(_letters[encoding], max_size=20), min_size=1, max_size=6)
    return encoding, delimiter, draw(st.lists(row, max_size=10))


@given(tables())
@example(("cp1252", ";", [['"', "\r", "\n"], ["\r\n\r", ";", ""], [""]]))
def test_any_table_comes_back_from_any_encoding_and_delimiter(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[str, str, list[list[str]]]
) -> None:
    encoding, delimiter, rows = table
    path = saved(tmp_path_factory.mktemp("any") / "any.csv", rows, encoding, delimiter)
    kept = [(number, row) for number, row in enumerate(rows, start=1) if "".join(row).strip()]
    assert list(read_rows(path, encoding, delimiter, Limits())) == kept


def test_what_we_export_can_be_imported(file: Path) -> None:
    file.write_bytes(b"".join(write_csv([["Name", "Phone"], ["Zoë", "+447700900123"]], ";")))
    assert list(open_table(file).rows()) == [(2, ["Zoë", "+447700900123"])]


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_a_table_or_a_refusal(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    """But for those that begin as a workbook does, which are read apart."""
    path = tmp_path_factory.mktemp("bytes") / "any"
    path.write_bytes(b" " + content)
    try:
        rows = list(open_table(path).rows())
    except Unreadable as refused:
        assert refused.fault and refused.message.endswith(".")
    else:
        assert all("".join(row).strip() for _, row in rows)


def test_a_workbook_is_read_as_it_is_shown(tmp_path: Path) -> None:
    """The first sheet with anything in it; dates begin with the year; a phone that is a number has no point."""
    rows: list[list[str | float | date | None]] = [
        [],
        [None, "Name", "Phone", "PLZ", "Date", "Sum"],
        [],
        [None, "Zoë\nMüller", 447700900123.0, "01067", date(2024, 3, 4), 0.1],
        [None, "Ann", "07700 900124", None, None, 1e16],
    ]
    path = write_workbook(tmp_path / "leads.xlsx", {"Cover": [], "Leads": rows, "Other": [["x"]]})
    table = open_table(path)
    assert (table.source.kind, table.source.sheet, table.header_row) == (TableKind.XLSX, "Leads", 2)
    assert [row for _, row in table.rows()] == [
        ["Zoë\nMüller", "447700900123", "01067", "2024-03-04", "0.1"],
        ["Ann", "07700 900124", "", "", "10000000000000000"],
    ]
    assert [number for number, _ in table.rows()] == [4, 5]


def test_an_old_workbook_is_read_as_well() -> None:
    """One that another program made."""
    table = open_table(FILES / "old.xls")
    assert (table.source.kind, table.source.sheet, table.header_row) == (TableKind.XLS, "Kunden", 2)
    assert table.headers[:3] == ["Vorname", "Nachname", "Telefon"]
    assert [row for _, row in table.rows()] == [
        ["Zoë", "Müller", "447700900123", "01067", "2024-03-04", "2024-03-04 10:30:00", "TRUE", "0.1"],
        ["Ann", "Smith", "07700 900124", "SW1A 1AA", "2023-12-31", "", "FALSE", "10000000000000000"],
    ]


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_of_excel_is_written_with_all_its_digits(number: int) -> None:
    assert text_of(float(number)) == str(number)


@given(st.floats(-1e300, 1e300))
def test_a_number_of_excel_is_never_written_as_a_power(number: float) -> None:
    written = text_of(number)
    assert "e" not in written.lower()
    assert float(written) == pytest.approx(number, rel=1e-14)


BEGINNINGS = {
    "a PDF document": b"%PDF-1.7\n",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "a web page": b"\xef\xbb\xbf  <!DOCTYPE html><html><table>",
    "an XML document": b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>',
    "JSON": b'[{"name": "Ann"}]',
    "a gzip archive": b"\x1f\x8b\x08",
    "a list of vCards": b"BEGIN:VCARD\r\nVERSION:3.0",
    "a text document": b"{\\rtf1",
}


@pytest.mark.parametrize("name", BEGINNINGS)
def test_what_is_no_table_is_told_what_it_is(file: Path, name: str) -> None:
    with pytest.raises(Unreadable, match=f"This is {name}, and no table") as refused:
        opened(file, BEGINNINGS[name] + b"Name,Phone\nAnn,1\n")
    assert refused.value.fault is Fault.OTHER_FORMAT
