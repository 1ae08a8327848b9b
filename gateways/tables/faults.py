"""Why a file cannot be read as a table, in closed codes and with what to do about it; and the bounds it must keep."""

from dataclasses import dataclass
from enum import StrEnum

from domain.refusals import Refusal, RefusalCode

_MEGABYTE = 1024 * 1024


class Fault(StrEnum):
    EMPTY = "EMPTY"
    NO_ROWS = "NO_ROWS"
    OTHER_FORMAT = "OTHER_FORMAT"
    UNKNOWN_ENCODING = "UNKNOWN_ENCODING"
    NUL_CHARACTERS = "NUL_CHARACTERS"
    UNCLOSED_QUOTE = "UNCLOSED_QUOTE"
    ROW_TOO_LONG = "ROW_TOO_LONG"
    CELL_TOO_LONG = "CELL_TOO_LONG"
    TOO_WIDE = "TOO_WIDE"
    TOO_MANY_ROWS = "TOO_MANY_ROWS"
    TOO_LARGE = "TOO_LARGE"
    DAMAGED = "DAMAGED"
    PROTECTED = "PROTECTED"


class Unreadable(Refusal):
    """The file's definite no: uploaded again unchanged it would be refused again."""

    def __init__(self, fault: Fault, message: str) -> None:
        super().__init__(RefusalCode.BAD_INPUT, message, "file")
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may ask of the machine. Text is streamed, so its size is bounded by the storage alone."""

    rows: int = 2_000_000  # that are not blank
    columns: int = 500
    cell_characters: int = 32_767  # Excel's own
    row_characters: int = 262_144  # with its quotes and line breaks
    workbook_bytes: int = 64 * _MEGABYTE
    unpacked_bytes: int = 768 * _MEGABYTE  # of everything in a workbook together
    unpacked_ratio: int = 150  # of what is in it to what it takes, beyond the first megabytes
    archive_entries: int = 2_000
    memory_bytes: int = 1024 * _MEGABYTE  # of the process that reads
    cpu_seconds: int = 120


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person knows better than what can be found out; None is found out. `header_row` 0 says there is none."""

    encoding: str | None = None
    delimiter: str | None = None
    header_row: int | None = None
