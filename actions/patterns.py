"""What is found again and again becomes one insight across conversations: a fault that many leads meet with, and what
conversations that came to a good end have in common."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID

import orjson

from db.session import Row, Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.learning import Finding

LEADS_OF_A_PATTERN = 5
CONVERSATIONS_OF_A_SUCCESS = 10


async def find_patterns(
    session: Session, text: Row, faults: Sequence[Finding], succeeded: Sequence[Finding]
) -> list[UUID]:
    """Those that a text has made ripe; of patterns that were there before it is evidence. Answers the new ones."""
    raised = await _find_faults(session, text, faults) if faults else []
    return raised + (await _find_successes(session, succeeded) if succeeded else [])


async def _find_faults(session: Session, text: Row, faults: Sequence[Finding]) -> list[UUID]:
    given = [_fault(finding, *place) for finding in faults for place in _places(text)]
    ripe = await _ripe(session, "find_ripe", given, LEADS_OF_A_PATTERN)
    if not ripe:
        return []
    new = await _add(session, ripe)
    if new:
        await session.execute("reviewing", "gather_evidence", new)
    await session.execute("reviewing", "add_evidence", text["id"], [one["fingerprint"] for one in ripe])
    return new


def _places(text: Row) -> list[tuple[str, UUID]]:
    """Where a fault may be a pattern: in the text's campaign, and in each dataset that its lead is in."""
    campaign = [("campaign", text["campaign_id"])] if text.get("campaign_id") else []
    return campaign + [("dataset", id) for id in text.get("dataset_ids") or ()]


def _fault(finding: Finding, place: str, place_id: UUID) -> dict[str, Any]:
    return {
        "id": new_id(),
        "fingerprint": _fingerprint(finding.rule, place, place_id),
        "rule": finding.rule,
        "severity": finding.severity,
        "category": finding.category,
        "title": f"{finding.title}: with many leads",
        "description": f"The same was found in texts to {LEADS_OF_A_PATTERN} leads and more of one {place}.",
        "suggestion": finding.suggestion,
        "campaign_id": str(place_id) if place == "campaign" else None,
        "dataset_id": str(place_id) if place == "dataset" else None,
    }


async def _find_successes(session: Session, succeeded: Sequence[Finding]) -> list[UUID]:
    given = [_success(finding) for finding in succeeded]
    ripe = await _ripe(session, "find_successes", given, CONVERSATIONS_OF_A_SUCCESS)
    if not ripe:
        return []
    new = await _add(session, ripe)
    await session.execute("reviewing", "gather_successes", [one["fingerprint"] for one in ripe])
    return new


def _success(finding: Finding) -> dict[str, Any]:
    return {
        "id": new_id(),
        "fingerprint": _fingerprint(finding.rule, "success", None),
        "rule": finding.rule,
        "severity": finding.severity,
        "category": finding.category,
        "title": finding.title,
        "description": f"{finding.description} {CONVERSATIONS_OF_A_SUCCESS} conversations and more with it ended well.",
        "suggestion": finding.suggestion,
        "campaign_id": None,
        "dataset_id": None,
    }


async def _ripe(session: Session, verb: str, given: Sequence[dict[str, Any]], enough: int) -> list[dict[str, Any]]:
    if not given:
        return []
    rows = await session.rows("reviewing", verb, orjson.dumps(given).decode(), enough)
    ripe = {row["fingerprint"] for row in rows}
    return [one for one in given if one["fingerprint"] in ripe]


async def _add(session: Session, ripe: Sequence[dict[str, Any]]) -> list[UUID]:
    rows = await session.rows("reviewing", "add_patterns", orjson.dumps(ripe).decode())
    for row in rows:
        session.announce(EventKind.INSIGHT_RAISED, insight_id=row["id"])
    return [row["id"] for row in rows]


def _fingerprint(rule: str, place: str, place_id: UUID | None) -> str:
    return sha256(f"pattern {rule}:{place}:{place_id}".encode()).hexdigest()
