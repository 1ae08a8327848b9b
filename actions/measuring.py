"""How versions compare: what they say, and what came of their conversations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from db.session import Session
from domain.people import Permission
from domain.prompts.measuring import ComparisonVerdict, Outcome, Rate, compare, outcome_of
from domain.prompts.versions import DiffLine, diff

RATES = ("replies", "positive", "bookings", "opt_outs")
_TURNED = {ComparisonVerdict.BETTER: ComparisonVerdict.WORSE, ComparisonVerdict.WORSE: ComparisonVerdict.BETTER}


@dataclass(frozen=True, slots=True)
class Compared:
    name: str
    newer: Rate
    older: Rate
    verdict: ComparisonVerdict


@dataclass(frozen=True, slots=True)
class Comparison:
    diff: list[DiffLine]
    rates: list[Compared]


async def compare_versions(session: Session, version_id: UUID, other_id: UUID | None) -> Comparison | None:
    """A version beside another, or beside the one it was made from; None where one of them is missing."""
    session.actor.require(Permission.INBOX_READ)
    newer = await session.row("prompts", "find_version", version_id)
    other = other_id or (newer and newer["previous_id"])
    older = other and await session.row("prompts", "find_version", other)
    if not newer or not older:
        return None
    return Comparison(diff(older["compiled"], newer["compiled"]), [_compare(name, newer, older) for name in RATES])


async def compare_lesson(session: Session, lesson_id: UUID) -> list[Compared] | None:
    """What came of conversations in which a lesson shaped what was written, beside those of the same prompts in which
    it did not; None where there is no such lesson."""
    session.actor.require(Permission.INBOX_READ)
    if not await session.value("prompts", "has_lesson", lesson_id):
        return None
    rows = await session.rows("prompts", "get_outcomes_of_lesson", lesson_id)
    found = {row["has_lesson"]: dict(row) for row in rows}
    nothing = {f"{name}_count": 0 for name in Outcome.__slots__}
    return [_compare(name, found.get(True, nothing), found.get(False, nothing)) for name in RATES]


def _compare(name: str, newer: Mapping[str, Any], older: Mapping[str, Any]) -> Compared:
    new, old = (outcome_of(row).rate(name) for row in (newer, older))
    verdict = compare(new, old)
    return Compared(name, new, old, _TURNED.get(verdict, verdict) if name == "opt_outs" else verdict)
