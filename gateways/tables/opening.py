"""A file → a table: what it is, how it is written, where its header is, and its rows."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import dropwhile, islice
from pathlib import Path

from domain.imports.headers import LOOKED_AT, find_header, name_columns
from domain.refusals import bad_input
from domain.tables import TableKind
from gateways.tables import kinds
from gateways.tables.delimited import Row, check_delimiter, find_delimiter, read_rows
from gateways.tables.encodings import check_encoding, find_encoding
from gateways.tables.faults import Choices, Fault, Limits, Unreadable
from gateways.tables.kinds import kind_of
from gateways.tables.workbooks import open_sheet, read_sheet


@dataclass(frozen=True, slots=True)
class Source:
    """What the rows come from. A workbook has a sheet, a text an encoding and a delimiter."""

    kind: TableKind
    rows: Callable[[], Iterator[Row]] = field(repr=False)
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """`header_row` is its number in the file, 0 where there is none; the columns have distinct names all the same."""

    source: Source
    header_row: int
    headers: list[str]

    def rows(self) -> Iterator[Row]:
        """The people: every row after the header that is not blank, with its number in the file."""
        return dropwhile(lambda row: row[0] <= self.header_row, self.source.rows())


def open_table(path: Path, choices: Choices | None = None, limits: Limits | None = None) -> Table:
    """Refuses (Unreadable) what is no table, and a table without a row.

    It blocks, and a workbook takes memory without asking: the server comes here by `gateways.tables.apart` alone.
    """
    wanted = choices or Choices()
    source = _open(path, wanted, limits or Limits())
    first = list(islice(source.rows(), LOOKED_AT))
    if not first:
        raise Unreadable(Fault.EMPTY, "There is nothing in the file: choose another.")
    header_row, header = _header(first, wanted)
    after = [row for number, row in first if number > header_row]
    table = Table(source, header_row, name_columns(header, max(_width(header), _usual_width(after))))
    if not after and next(table.rows(), None) is None:
        raise Unreadable(Fault.NO_ROWS, "The file has a header and no rows: choose one with people in it.")
    return table


def _open(path: Path, wanted: Choices, limits: Limits) -> Source:
    with path.open("rb") as opened:
        start = opened.read(kinds.LOOKED_AT)
    if not start:
        raise Unreadable(Fault.EMPTY, "The file is empty: choose another.")
    kind = kind_of(start)
    if kind is not TableKind.TEXT:
        sheet = open_sheet(path, kind, limits)
        return Source(kind, lambda: read_sheet(sheet, limits), sheet.name)
    encoding = check_encoding(path, wanted.encoding) if wanted.encoding else find_encoding(path)
    delimiter = check_delimiter(wanted.delimiter) if wanted.delimiter else find_delimiter(path, encoding)
    return Source(kind, lambda: read_rows(path, encoding, delimiter, limits), encoding=encoding, delimiter=delimiter)


def _header(first: Sequence[Row], wanted: Choices) -> Row:
    """Its number and its cells; 0 and none where the table has no header."""
    if wanted.header_row is None:
        place = find_header([row for _, row in first])
        return (0, []) if place is None else first[place]
    if wanted.header_row == 0:
        return 0, []
    if found := next((row for row in first if row[0] == wanted.header_row), None):
        return found
    raise bad_input("The header is not in this row: it must be among the first that are not blank.", "headerRow")


def _width(cells: Sequence[str]) -> int:
    return max((number for number, cell in enumerate(cells, start=1) if cell.strip()), default=0)


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """What most rows have; a row with a comma too many is no column more."""
    widths = Counter(map(_width, rows))
    return max(widths, key=lambda width: (widths[width], width), default=0)
