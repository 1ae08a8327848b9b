"""CSV for others: no cell is taken for a formula, phone numbers stay as they are, and every spreadsheet reads it."""

import csv
import io
import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal

Value = str | int | float | bool | date | datetime | Decimal | None

_FORMULA = re.compile(r"[\s\u00a0]*[=+\-@＝＋－＠]|[\t\r\n]")
# A sign and digits do nothing but stand for a number: +447700900123 and -12.50 need no guard.
_NUMBER = re.compile(r"[+-]?[0-9][0-9 ]*(?:[.,][0-9]+)?", re.A)
_GUARD = "'"
_BYTES_AT_ONCE = 65_536


def guard(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would compute it; `unguard` takes it away again."""
    return f"{_GUARD}{text}" if _is_formula(text) else text


def unguard(text: str) -> str:
    return text[1:] if text[:1] == _GUARD and _is_formula(text[1:]) else text


def _is_formula(text: str) -> bool:
    """Also what would be one without apostrophes before it, so that none is taken away that was there before."""
    return bool(_FORMULA.match(text.lstrip(_GUARD))) and not _NUMBER.fullmatch(text)


def write_csv(rows: Iterable[Iterable[Value]], delimiter: str = ",", has_mark: bool = True) -> Iterator[bytes]:
    """UTF-8 in pieces, as RFC 4180 has it. Without the byte order mark Excel takes it for Windows-1252."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    if has_mark:
        buffer.write("\ufeff")
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        if buffer.tell() >= _BYTES_AT_ONCE:
            yield _taken(buffer)
    if buffer.tell():
        yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written


def _cell(value: Value) -> str:
    match value:
        case str():
            return guard(value)
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime() | date():
            return value.isoformat()
    return str(value)
