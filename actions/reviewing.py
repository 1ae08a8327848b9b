"""What Sophie finds in texts becomes insights with evidence, and says how conversations stand."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from hashlib import sha256
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

import orjson

from actions.patterns import find_patterns
from db.session import Row, Session
from domain.analytics import EventKind
from domain.ids import new_id
from domain.learning import Finding, InsightCategory
from sophie.conversations import Said, stand
from sophie.review import CRITICAL_SCORE, Review

_STANDING = ("quality_score", "needs_review", "summary", "sentiment")  # in the order of the statement's parameters


@dataclass(frozen=True, slots=True)
class Unreviewed:
    """A text that Sophie has not read, with the latest of what was said in its conversation, the oldest first."""

    text: Row
    lines: Sequence[Row]


async def find_unreviewed(session: Session) -> Unreviewed | None:
    """The organization's oldest one; it, its conversation and its lead are locked until this unit of work ends."""
    text = await session.row("reviewing", "claim_unreviewed")
    if text is None:
        return None
    lines = await session.rows("reviewing", "get_lines", [text["conversation_id"]])
    return Unreviewed(text, [dict(line) for line in lines])


async def record_review(session: Session, unreviewed: Unreviewed, review: Review) -> list[UUID]:
    """Keeps the score, raises what is new, and says how the conversation stands now; answers what was raised.

    A second review of the same text raises nothing again.
    """
    text = unreviewed.text
    succeeded = [found for found in review.findings if found.category is InsightCategory.SUCCESS_PATTERN]
    rules = [found.rule for found in succeeded]
    await session.execute("reviewing", "mark_reviewed", text["id"], review.score, rules)
    raised = await raise_insights(session, text, review.faults)
    raised += await find_patterns(session, text, review.faults, succeeded)
    await settle_conversations(session, [text["conversation_id"]])
    return raised


async def raise_insights(session: Session, text: Row, findings: Sequence[Finding]) -> list[UUID]:
    """About a text. Who has found the same before, in texts from the same place and in the same sight, has the text as
    evidence: of an insight that is there already nobody is told, whether somebody has decided about it or not."""
    if not findings:
        return []
    found = [_described(text, finding) for finding in findings]
    rows = await session.rows("reviewing", "add_insights", text["id"], orjson.dumps(found).decode())
    await session.execute("reviewing", "add_evidence", text["id"], [one["fingerprint"] for one in found])
    for row in rows:
        session.announce(
            EventKind.INSIGHT_RAISED,
            insight_id=row["id"],
            message_id=text["id"],
            conversation_id=text["conversation_id"],
        )
    return [row["id"] for row in rows]


def _described(text: Row, finding: Finding) -> dict[str, Any]:
    """Of an e-mail the subject was read as well, and is no part of what is suggested for its text."""
    better, subject = finding.suggested_text, text.get("subject")
    if better and subject:
        better = better.removeprefix(f"{subject}\n") if better.startswith(f"{subject}\n") else None
    return {
        "id": new_id(),
        "fingerprint": fingerprint(text, finding.rule),
        "rule": finding.rule,
        "severity": finding.severity,
        "category": finding.category,
        "title": finding.title,
        "description": finding.description,
        "suggestion": finding.suggestion,
        "suggested_text": better,
    }


def fingerprint(text: Row, rule: str) -> str:
    """By the rule, where the text comes from, and who sees it: nobody learns by a count of what they do not see."""
    sight = (text.get("owner_id"), text.get("assignee_id"), sorted(text.get("dataset_ids") or ()))
    return sha256(f"{rule}:{_source(text)}:{sight}".encode()).hexdigest()


def _source(text: Row) -> str:
    """The step of a campaign, the version of a prompt, or who wrote it."""
    if text.get("prompt_version_id"):
        return f"version {text['prompt_version_id']}"
    if text.get("campaign_id"):
        return f"campaign {text['campaign_id']} {text.get('campaign_step_id')}"
    return f"member {text.get('author_id')}" if text.get("author_id") else f"machine {bool(text.get('ai_generated'))}"


async def settle_conversations(session: Session, conversation_ids: Collection[UUID]) -> None:
    """Says anew how conversations stand that are locked, with what was just heard or said in them. People are told
    where somebody should look now, or need not look any more.
    """
    rows = await session.rows("reviewing", "get_lines", conversation_ids)
    settled = {id: [dict(row) for row in lines] for id, lines in groupby(rows, itemgetter("conversation_id"))}
    standings = [stand([_said(line) for line in lines], lines[0]["name"]) for lines in settled.values()]
    columns = [[getattr(one, name) for one in standings] for name in _STANDING]
    await session.execute("reviewing", "keep_standings", list(settled), *columns)
    for (id, lines), standing in zip(settled.items(), standings, strict=True):
        if standing.needs_review != lines[0]["needs_review"]:
            session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=id)


def _said(line: Row) -> Said:
    score = line["quality_score"]
    return Said(line["direction"], line["body"], score, is_critical=score is not None and score <= CRITICAL_SCORE)
