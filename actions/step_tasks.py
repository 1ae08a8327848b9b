"""The tasks that steps of campaigns become: calls, which people make; and what calls them off."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import orjson

from db.session import Session
from domain.analytics import EventKind
from domain.campaigns.reasons import GateReason
from domain.ids import new_id


@dataclass(frozen=True, slots=True)
class StepTask:
    """What one step asks people to do for one lead, who is locked."""

    step_run_id: UUID
    lead_id: UUID
    title: str
    body: str


class Whose(StrEnum):
    """Which open tasks are called off; each is a statement, to which ids are given."""

    LEADS = "cancel_of_leads"
    LEADS_WHO_REPLIED = "cancel_after_reply"
    ENROLLMENTS = "cancel_of_enrollments"
    CAMPAIGN = "cancel_of_campaign"


async def add_tasks(session: Session, campaign_id: UUID, tasks: Sequence[StepTask], now: datetime) -> None:
    """To be done from now on, by whoever works the lead."""
    if not tasks:
        return
    given = [
        {
            "id": new_id(),
            "step_run_id": UUID(int=one.step_run_id.int),
            "lead_id": UUID(int=one.lead_id.int),
            "title": one.title,
            "body": one.body,
        }
        for one in tasks
    ]
    for row in await session.rows("tasks", "add_tasks", campaign_id, orjson.dumps(given).decode(), now):
        tell_of_task(session, row["lead_id"], row["id"])


async def cancel_tasks(session: Session, whose: Whose, ids: Sequence[UUID], reason: GateReason) -> None:
    """Nobody is to do them any more; what was done stays."""
    for row in await session.rows("tasks", whose.value, list(ids), reason):
        tell_of_task(session, row["lead_id"], row["id"])


def tell_of_task(session: Session, lead_id: UUID, task_id: UUID) -> None:
    session.announce(EventKind.TASK_CHANGED, lead_id=lead_id, subject_id=task_id)
