"""What kinds of files hold tables."""

from enum import StrEnum


class TableKind(StrEnum):
    TEXT = "TEXT"  # CSV, TSV and their kin
    XLSX = "XLSX"
    XLS = "XLS"
