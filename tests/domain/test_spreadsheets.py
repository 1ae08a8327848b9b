"""What leaves as CSV is computed by no spreadsheet, and comes back as it was."""

import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.spreadsheets import Value, guard, unguard, write_csv

FORMULAS = [
    "=1+1", "=HYPERLINK(\"http://evil.example\",\"x\")", "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1,1)", "\t=1", "\r=1",
    "\n=1", " =1", "＝1", "-", "+44-7700", "+44(0)7700", "=", "+", "-1e5", "+1+1", "'=1", "''=1", "- called twice",
]  # fmt: skip
HARMLESS = [
    "+447700900123",
    "+44 7700 900123",
    "-12.50",
    "-5",
    "+1",
    "ann@example.com",
    "a=b",
    "",
    "'t Hooft",
    "O'Brien",
    "1-2",
    "x",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_would_be_computed_is_guarded(text: str) -> None:
    assert guard(text) == f"'{text}"
    assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", HARMLESS)
def test_phone_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert guard(text) == unguard(text) == text


@given(st.text(st.sampled_from("'=+-@ \t\r\n0123.,ab＝")) | st.text())
@example("'+447700900123")
def test_any_text_comes_back(text: str) -> None:
    guarded = guard(text)
    assert unguard(guarded) == text
    assert guarded == text or guarded == f"'{text}"
    assert not guarded.startswith(("=", "@", "\t", "\r", "\n"))


def written(*rows: list[Value], delimiter: str = ",", has_mark: bool = True) -> bytes:
    return b"".join(write_csv(rows, delimiter, has_mark))


def test_a_file_is_as_the_standard_has_it() -> None:
    row: list[Value] = ["a,b", 'say "x"', "two\nlines", None, True, 12, -1.5, Decimal("0.10"), date(2024, 3, 4)]
    assert written(row) == '\ufeff"a,b","say ""x""","two\nlines",,TRUE,12,-1.5,0.10,2024-03-04\r\n'.encode()
    at = datetime(2024, 3, 4, 10, 30, tzinfo=UTC)
    assert written(["Zoë", at], delimiter=";", has_mark=False) == "Zoë;2024-03-04T10:30:00+00:00\r\n".encode()
    assert written(has_mark=False) == b""


_texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"))
_tables = st.lists(st.lists(_texts, min_size=1, max_size=5), max_size=8)


@given(_tables, st.sampled_from([",", ";", "\t", "|"]), st.booleans())
def test_any_table_comes_back(rows: list[list[str]], delimiter: str, has_mark: bool) -> None:
    text = b"".join(write_csv(rows, delimiter, has_mark)).decode("utf-8-sig" if has_mark else "utf-8")
    read = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    assert [[unguard(cell) for cell in row] for row in read] == rows


def test_a_long_table_is_written_in_pieces() -> None:
    pieces = list(write_csv([f"{number}", "x" * 100] for number in range(10_000)))
    assert len(pieces) > 10 and max(map(len, pieces)) < 70_000
    assert b"".join(pieces).count(b"\r\n") == 10_000
