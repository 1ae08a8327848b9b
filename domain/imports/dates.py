"""Dates in the spellings people use, and which of two readings a column means."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import lru_cache


class DateOrder(StrEnum):
    """What 03/04/2024 means."""

    DAY_FIRST = "DAY_FIRST"
    MONTH_FIRST = "MONTH_FIRST"


class OrderReason(StrEnum):
    """Why it is read so."""

    COLUMN = "COLUMN"  # other dates of the column can be read in one way only
    REGION = "REGION"  # none can, so it is read as the country writes
    MIXED = "MIXED"  # some can only be read one way and some the other; the rest as the country writes


_MONTH_FIRST = frozenset({"US", "PH", "PR", "GU", "AS", "VI", "MP", "UM", "FM", "MH", "PW"})
_EARLIEST, _LATEST = 1900, 2100
_TWO_DIGITS_TURN = 69  # 68 is 2068, 69 is 1969
# The days Excel counts from; before March 1900 its count is off by one, which is nobody's inquiry.
_EXCEL_EPOCH, _EXCEL_FIRST, _EXCEL_LAST = date(1899, 12, 30), 20_000, 60_000

_TIME = r"(?:[T,]? ?\d{1,2}[:.h]\d{2}.*)?"
_YEAR_FIRST = re.compile(rf"(\d{{4}})[-/.](\d{{1,2}})[-/.](\d{{1,2}}){_TIME}")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBERS = re.compile(rf"(\d{{1,2}})([-/.]) ?(\d{{1,2}})[-/.] ?(\d{{4}}|\d{{2}}){_TIME}")
_WEEKDAY = r"(?:[^\W\d]+\.?,? )?"
_DAY_MONTH_NAME = re.compile(
    rf"{_WEEKDAY}(\d{{1,2}})(?:st|nd|rd|th|\.)?[ -]*([^\W\d]+)\.?,?[ -](\d{{4}}|\d{{2}}){_TIME}"
)
_MONTH_NAME_DAY = re.compile(rf"{_WEEKDAY}([^\W\d]+)\.? (\d{{1,2}})(?:st|nd|rd|th)?,? (\d{{4}}){_TIME}")
_EXCEL = re.compile(r"(\d{5})(?:\.\d+)?")
_LONGEST = 60

# The first letters that tell a month, in English, German and a few neighbours.
_MONTH_NAMES = """
    jan jän ene gen, feb fév fev, mar mär mrz maa mrt, apr avr abr, may mai mei mag maj, jun juin giu, jul juil lug,
    aug aoû aou ago, sep set, oct okt ott, nov, dec dez déc dic
"""
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES.split(","), start=1) for name in names.split()}


@dataclass(slots=True)
class OrderEvidence:
    """How many dates of a column can be read in one way only."""

    day_first: int = 0
    month_first: int = 0

    def weigh(self, text: str) -> None:
        found = _NUMBERS.fullmatch(text.strip()[:_LONGEST])
        if found and found[2] != ".":
            first, second = int(found[1]), int(found[3])
            self.day_first += first > 12 >= second
            self.month_first += second > 12 >= first

    def decide(self, region: str | None) -> tuple[DateOrder, OrderReason]:
        usual = DateOrder.MONTH_FIRST if region in _MONTH_FIRST else DateOrder.DAY_FIRST
        if self.day_first and self.month_first:
            return usual, OrderReason.MIXED
        if self.day_first or self.month_first:
            return (DateOrder.DAY_FIRST if self.day_first else DateOrder.MONTH_FIRST), OrderReason.COLUMN
        return usual, OrderReason.REGION


def read_date(text: str, order: DateOrder) -> date | None:
    """The day; a time of day is left out. None for what is no date, or none between 1900 and 2100.

    Numbers between dots are read day first everywhere; what can be read in one way only is read so, whatever the order.
    """
    return _read(text, order) if len(text) <= _LONGEST else None


@lru_cache(16384)
def _read(text: str, order: DateOrder) -> date | None:
    """Cached, because a file has few days and many rows."""
    if found := _YEAR_FIRST.fullmatch(text) or _COMPACT.fullmatch(text):
        return _day(found[1], found[2], found[3])
    if found := _NUMBERS.fullmatch(text):
        day, month = _in_order(int(found[1]), int(found[3]), DateOrder.DAY_FIRST if found[2] == "." else order)
        return _day(found[4], month, day)
    return _read_named(text) or _read_serial(text)


def _read_named(text: str) -> date | None:
    if (found := _DAY_MONTH_NAME.fullmatch(text)) and (month := _month(found[2])):
        return _day(found[3], month, found[1])
    if (found := _MONTH_NAME_DAY.fullmatch(text)) and (month := _month(found[1])):
        return _day(found[3], month, found[2])
    return None


def _read_serial(text: str) -> date | None:
    """A cell of Excel's that lost its format."""
    found = _EXCEL.fullmatch(text)
    if not found or not _EXCEL_FIRST <= int(found[1]) <= _EXCEL_LAST:
        return None
    return _EXCEL_EPOCH + timedelta(days=int(found[1]))


def _in_order(first: int, second: int, order: DateOrder) -> tuple[int, int]:
    """Day and month."""
    if first > 12 or (order is DateOrder.DAY_FIRST and second <= 12):
        return first, second
    return second, first


def _month(name: str) -> int:
    small = name.lower()
    return _MONTHS.get(small[:4]) or _MONTHS.get(small[:3], 0)


def _day(year: str, month: str | int, day: str | int) -> date | None:
    number = int(year)
    if len(year) == 2:
        number += 2000 if number < _TWO_DIGITS_TURN else 1900
    try:
        found = date(number, int(month), int(day))
    except ValueError:
        return None
    return found if _EARLIEST <= found.year <= _LATEST else None
