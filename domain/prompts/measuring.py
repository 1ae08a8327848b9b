"""How versions do, and whether one does better than another: rates with their intervals, and a verdict."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

LEAST_CONVERSATIONS = 30  # of each, before anything is said of two versions
GUARD_CONVERSATIONS = 20  # of the newer one, before a guard looks
MOST_BREACHES = 3  # answers withheld because they broke a rule, in that many at the most
_GUARD_BREACH_RATE = 0.1
_Z = 1.96  # 95 of 100 times the rate is within


class ComparisonVerdict(StrEnum):
    BETTER = "BETTER"
    WORSE = "WORSE"
    NO_DIFFERENCE = "NO_DIFFERENCE"
    INSUFFICIENT_DATA = "INSUFFICIENT_DATA"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many of so many. `low` and `high` are where the true rate is, 95 times of 100 (Wilson's interval)."""

    count: int
    of: int
    value: float | None
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the conversations that a version has written in."""

    conversations: int = 0
    texts: int = 0
    replies: int = 0
    positive: int = 0
    bookings: int = 0
    opt_outs: int = 0
    breaches: int = 0

    def rate(self, what: str) -> Rate:
        return rate(getattr(self, what), self.conversations)


def outcome_of(row: Mapping[str, Any] | None) -> Outcome:
    if row is None:
        return Outcome()
    return Outcome(*(row[f"{name}_count"] for name in Outcome.__slots__))


def rate(count: int, of: int) -> Rate:
    if of == 0:
        return Rate(count, of, None, 0.0, 1.0)
    share, spread = count / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return Rate(count, of, round(share, 4), round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4))


def compare(newer: Rate, older: Rate, *, least: int = LEAST_CONVERSATIONS) -> ComparisonVerdict:
    """By the difference of two rates and its interval (Newcombe's, of Wilson's): better is higher."""
    if min(newer.of, older.of) < least or newer.value is None or older.value is None:
        return ComparisonVerdict.INSUFFICIENT_DATA
    low, high = _difference(newer, older)
    if low > 0:
        return ComparisonVerdict.BETTER
    return ComparisonVerdict.WORSE if high < 0 else ComparisonVerdict.NO_DIFFERENCE


def _difference(newer: Rate, older: Rate) -> tuple[float, float]:
    assert newer.value is not None and older.value is not None
    between = newer.value - older.value
    low = between - math.hypot(newer.value - newer.low, older.high - older.value)
    return low, between + math.hypot(newer.high - newer.value, older.value - older.low)


def trips_guard(newer: Outcome, older: Outcome | None) -> str | None:
    """Why a version is taken back without anybody's asking; None where it may stay."""
    tried = max(newer.texts + newer.breaches, 1)
    if newer.breaches >= MOST_BREACHES and newer.breaches / tried > _GUARD_BREACH_RATE:
        return f"{newer.breaches} of {tried} answers broke a rule and were withheld."
    if older is None:
        return None
    verdict = compare(newer.rate("opt_outs"), older.rate("opt_outs"), least=GUARD_CONVERSATIONS)
    if verdict is ComparisonVerdict.BETTER:  # more of what nobody wants
        return (
            f"{newer.opt_outs} of {newer.conversations} leads opted out, beside {older.opt_outs} of"
            f" {older.conversations} with the version before."
        )
    return None
