"""Lists as files: how far one has come, and what stands in a cell."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import orjson

from domain.spreadsheets import Value


class ExportStatus(StrEnum):
    WRITING = "WRITING"
    COMPLETED = "COMPLETED"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"


def cell(value: Any) -> Value:
    """A value of the API as one cell: several as a list, what has parts as JSON."""
    match value:
        case list() if all(isinstance(one, str) for one in value):
            return ", ".join(value)
        case list() | dict():
            return orjson.dumps(value).decode()
    plain: Value = value
    return plain


def read_row(row: Mapping[str, Any], columns: Sequence[str]) -> list[Value]:
    """The cells of a row; a column like `owner.name` stands a level deeper, and is empty where there is none."""
    cells: list[Value] = []
    for column in columns:
        found: Any = row
        for part in column.split("."):
            found = (found or {}).get(part)
        cells.append(cell(found))
    return cells
