"""CSV and its kin: which delimiter, and the rows one after another in flat memory."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from domain.refusals import bad_input
from gateways.tables.faults import Fault, Limits, Unreadable

Row = tuple[int, list[str]]

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 65_536
_SAMPLED_ROWS = 200
_SAID = re.compile(r'"?sep=(.)"?\s*', re.I)  # how Excel is told
_END = "\x00"  # comes after the last line; no file has it, so it shows whether a quote is open


def find_delimiter(path: Path, encoding: str) -> str:
    """What the file says itself, else what splits most rows into equally many cells; a comma where nothing does."""
    with path.open(encoding=encoding, newline="") as opened:
        sample = opened.read(_SAMPLE)
    lines = list(io.StringIO(sample, newline=""))
    if len(sample) == _SAMPLE and len(lines) > 1:
        lines.pop()  # cut off
    if lines and (said := _SAID.fullmatch(lines[0])):
        return said[1]
    return max(_DELIMITERS, key=lambda delimiter: _fitness(lines, delimiter))


def check_delimiter(delimiter: str) -> str:
    """What somebody chose, if it can be one."""
    if len(delimiter) != 1 or delimiter in '"\r\n\x00':
        raise bad_input("A delimiter is one character, and neither a quote nor a line break.", "delimiter")
    return delimiter


def _fitness(lines: list[str], delimiter: str) -> tuple[float, int]:
    """How many rows have the commonest number of cells, and that number. The first delimiter wins a tie."""
    try:
        rows = list(islice(csv.reader(iter(lines), delimiter=delimiter), _SAMPLED_ROWS))
    except csv.Error:
        return 0, 0
    widths = Counter(len(row) for row in rows if any(row))
    if not widths:
        return 0, 0
    width, count = max(widths.items(), key=lambda item: (item[1], item[0]))
    return (count / widths.total(), width) if width > 1 else (0, 0)


def read_rows(path: Path, encoding: str, delimiter: str, limits: Limits) -> Iterator[Row]:
    """Every row that is not blank, with its number, as a spreadsheet counts: a quoted line break begins no new row."""
    with path.open(encoding=encoding, newline="") as opened:
        lines = _Lines(opened, limits.row_characters)
        rows = csv.reader(lines, delimiter=delimiter)
        count = number = 0
        try:
            for number, row in enumerate(rows, start=1):
                length, lines.length = lines.length, 0
                if _is_blank(row) or (number == 1 and _SAID.fullmatch(delimiter.join(row))):
                    continue
                if _END in row[-1]:
                    return _check_closed(row, number)
                count += 1
                if count > limits.rows or len(row) > limits.columns or length > limits.cell_characters:
                    _check(row, number, count, limits)
                yield number, row
        except csv.Error:
            raise _too_long(number + 1) from None


def _is_blank(row: list[str]) -> bool:
    """Looks at all of it only where it begins with nothing."""
    return not row or ((not row[0] or row[0].isspace()) and not "".join(row).strip())


class _Lines:
    """Lines for the parser; ends with a refusal before a row, however many lines it has, grows beyond measure."""

    def __init__(self, opened: TextIO, longest: int) -> None:
        self._opened = opened
        self._longest = longest
        self.length = 0  # of the row that is being read; set back by whoever takes the rows

    def __iter__(self) -> Iterator[str]:
        readline, longest = self._opened.readline, self._longest
        while line := readline(longest + 1):
            self.length += len(line)
            if self.length > longest:
                raise csv.Error
            yield line
        yield _END


def _check_closed(row: list[str], number: int) -> None:
    if row != [_END]:
        raise Unreadable(
            Fault.UNCLOSED_QUOTE,
            f"A quote that is opened in row {number} is never closed: close it, or export the file again.",
        )


def _check(row: list[str], number: int, count: int, limits: Limits) -> None:
    if count > limits.rows:
        raise Unreadable(Fault.TOO_MANY_ROWS, f"The file has more than {limits.rows:,} rows: split it.")
    if len(row) > limits.columns:
        said = f"Row {number} has {len(row):,} columns; at most {limits.columns} can be read: leave some out."
        raise Unreadable(Fault.TOO_WIDE, said)
    check_cells(row, number, limits)


def check_cells(row: list[str], number: int, limits: Limits) -> None:
    if max(map(len, row)) > limits.cell_characters:
        said = f"A cell of row {number} has more than {limits.cell_characters:,} characters: shorten it."
        raise Unreadable(Fault.CELL_TOO_LONG, said)


def _too_long(number: int) -> Unreadable:
    return Unreadable(
        Fault.ROW_TOO_LONG,
        f"Row {number} is too long to be one: look for a quote that is opened there and never closed, or export anew.",
    )
