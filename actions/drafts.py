"""Answers of Sophie's: planned as leads write, claimed by a worker, and called off where people are quicker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from random import random
from typing import Any
from uuid import UUID

import orjson

from db.session import Row, Session
from domain.analytics import EventKind
from domain.drafts import LEASE, SENTENCES, AiMode, DraftReason, DraftStatus, due_at
from domain.ids import new_id


@dataclass(frozen=True, slots=True)
class Burst:
    """What a lead has just written in a conversation: the newest text, and when it came."""

    conversation_id: UUID
    message_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, by which version and which model."""

    body: str | None = None
    version_id: UUID | None = None
    model: str | None = None


async def plan_answers(session: Session, bursts: Iterable[Burst]) -> None:
    """One answer for all that a lead writes within a while (S1.6): each text puts it off a little."""
    newest = {burst.conversation_id: burst for burst in bursts}
    policies = await session.rows("answering", "get_policies", list(newest))
    given = [_planned(newest[row["conversation_id"]], row) for row in policies if row["ai_response_enabled"]]
    await plan(session, given)


def _planned(burst: Burst, policy: Any) -> dict[str, Any]:
    first_at = policy["first_at"] or burst.at
    return {
        "id": new_id(),
        "conversation_id": UUID(int=burst.conversation_id.int),
        "inbound_message_id": UUID(int=burst.message_id.int),
        "is_proposal": policy["ai_mode"] == AiMode.COPILOT,
        "first_at": first_at,
        "next_attempt_at": due_at(first_at, burst.at, policy, random()),
    }


async def plan(session: Session, given: Sequence[dict[str, Any]], asker_id: UUID | None = None) -> list[UUID]:
    if not given:
        return []
    rows = await session.rows("answering", "plan_drafts", orjson.dumps(given).decode(), asker_id)
    for row in rows:
        tell_of_draft(session, row)
    return [row["id"] for row in rows]


async def claim_draft(session: Session, holder: UUID, now: datetime) -> Row | None:
    """The organization's next draft that is due, in the hands of one worker for a while."""
    return await session.row("answering", "claim_draft", now, holder, now + LEASE)


async def discard_drafts(
    session: Session, lead_ids: Sequence[UUID], reason: DraftReason, conversation_id: UUID | None = None
) -> None:
    """What is open of these leads, whom somebody has locked, is not needed any more."""
    values = (list(lead_ids), reason, SENTENCES[reason], conversation_id)
    for row in await session.rows("answering", "discard_drafts", *values):
        tell_of_draft(session, row)


async def settle_draft(
    session: Session,
    draft: Row,
    status: DraftStatus,
    reason: DraftReason | None = None,
    problem: str | None = None,
    *,
    written: Written | None = None,
    message_id: UUID | None = None,
) -> None:
    words, by = problem or (SENTENCES.get(reason) if reason else None), written or Written()
    values = (status, reason, words and words[:500], by.body, message_id, by.version_id, by.model)
    await session.execute("answering", "settle_draft", draft["id"], *values)
    tell_of_draft(session, draft)


def tell_of_draft(session: Session, draft: Any) -> None:
    """Draft by draft: it belongs to its conversation, and is heard of by whoever sees that."""
    session.announce(EventKind.DRAFT_CHANGED, conversation_id=draft["conversation_id"], subject_id=draft["id"])
