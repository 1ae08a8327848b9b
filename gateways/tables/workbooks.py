"""Excel's workbooks, old and new: the first sheet with anything in it, as texts.

The library loads a whole sheet, and ends its process when memory does: only a process of its own may come here
(`gateways.tables.apart`).
"""

import mmap
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from domain.tables import TableKind
from gateways.tables.archives import check_archive, damaged, locked, too_large
from gateways.tables.delimited import Row, check_cells
from gateways.tables.faults import Fault, Limits, Unreadable

Cell = str | int | float | bool | date | time | timedelta
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_EXACT = 1e15  # up to here a float has every digit of a whole number


def open_sheet(path: Path, kind: TableKind, limits: Limits) -> CalamineSheet:
    if kind is TableKind.XLSX:
        check_archive(path, limits)
    else:
        _check_compound(path, limits)
    try:
        workbook = CalamineWorkbook.from_path(path)
        return _first_filled(workbook)
    except PasswordError:
        raise locked() from None
    except CalamineError:
        raise damaged() from None
    except BaseException as panic:
        # What the library gives up on arrives as an exception that is none of Python's.
        if type(panic).__name__ != "PanicException":
            raise
        raise damaged() from None


def _check_compound(path: Path, limits: Limits) -> None:
    """A workbook with a password is wrapped in the container of the old ones."""
    if path.stat().st_size > limits.workbook_bytes:
        raise too_large()
    with path.open("rb") as opened, mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_READ) as mapped:
        if mapped.find(_LOCKED) >= 0:
            raise locked()


def _first_filled(workbook: CalamineWorkbook) -> CalamineSheet:
    """What can be seen goes before what is hidden."""
    sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ is SheetTypeEnum.WorkSheet]
    for described in sorted(sheets, key=lambda sheet: sheet.visible is not SheetVisibleEnum.Visible):
        sheet = workbook.get_sheet_by_name(described.name)
        if sheet.height:
            return sheet
    raise Unreadable(Fault.EMPTY, "There is nothing in the workbook: choose another file.")


def read_sheet(sheet: CalamineSheet, limits: Limits) -> Iterator[Row]:
    """Every row that is not blank, with its number in the sheet."""
    if sheet.width > limits.columns:
        said = f"The sheet has {sheet.width:,} columns; at most {limits.columns} can be read: leave some out."
        raise Unreadable(Fault.TOO_WIDE, said)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        row = [cell if type(cell) is str else text_of(cell) for cell in cells]
        if not (together := "".join(row)).strip():
            continue
        if len(together) > limits.cell_characters:
            check_cells(row, number, limits)
        yield number, row


def text_of(cell: Cell) -> str:
    """As people would write it: dates begin with the year, whole numbers have no point, nothing is in powers of ten."""
    match cell:
        case str():
            return cell
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return _number(cell)
        case datetime():
            # A day is kept as its midnight.
            return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
    return str(cell)


def _number(cell: float) -> str:
    if cell.is_integer() and abs(cell) < _EXACT:
        return str(int(cell))
    written = f"{cell:.15g}"
    return f"{Decimal(written):f}" if "e" in written else written
