"""Enrolling leads in campaigns, with all that is planned for them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import orjson

from actions.campaigns import tell_of_campaign
from actions.locking import lock_leads
from db.session import Row, Session
from domain.analytics import EventKind
from domain.campaigns.enrolling import MOST_AT_ONCE, Beginning, EnrollmentSource, begin, read_step
from domain.campaigns.states import CampaignStatus, EnrollmentStatus
from domain.campaigns.terms import Terms, terms_of
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, not_found


async def enroll_leads(
    session: Session, campaign_id: UUID, lead_ids: Sequence[UUID], at: datetime | None = None
) -> list[UUID]:
    """The enrolments of these leads in a campaign that runs, in order; who is in it already stays as they are.

    Whoever repeats another is enrolled as the other.
    """
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    now = at or datetime.now(UTC)
    campaign = await _hold(session, campaign_id, now)
    leads = await lock_leads(session, lead_ids)
    found = await session.rows("enrolling", "resolve_canonical", [lead["id"] for lead in leads])
    canonical = {row["id"]: row["canonical_id"] for row in found}
    ids = list(dict.fromkeys(canonical[lead["id"]] for lead in leads))
    await session.rows("leads", "lock_leads", ids)
    await enroll(session, campaign, ids, EnrollmentSource.BY_HAND, now)
    standing = await session.rows("enrolling", "find_standing", campaign_id, ids)
    by_lead = {row["lead_id"]: row["id"] for row in standing}
    return [by_lead[id] for id in ids if id in by_lead]


async def _hold(session: Session, campaign_id: UUID, now: datetime) -> Row:
    status = await session.value("enrolling", "hold_campaign", campaign_id)
    campaign = await session.row("enrolling", "get_terms", campaign_id, now)
    if campaign is None:
        raise not_found("campaign", "campaignId")
    if status != CampaignStatus.ACTIVE:
        words = f"This campaign is {status}: leads are enrolled while it is ACTIVE."
        raise Refusal(RefusalCode.CONFLICT, words, "campaignId")
    return campaign


async def take_requests(session: Session, now: datetime) -> bool:
    """Enrols the next of those who were asked for; false when there are none that nobody else holds."""
    wanted = [dict(row) for row in await session.rows("enrolling", "next_requests", MOST_AT_ONCE)]
    if not wanted:
        return False
    resolved = await session.rows("enrolling", "resolve_canonical", [row["lead_id"] for row in wanted])
    canonical = {row["id"]: row["canonical_id"] for row in resolved}
    held = {row["id"] for row in await session.rows("enrolling", "lock_leads", list(canonical.values()))}
    taken = [row for row in wanted if canonical[row["lead_id"]] in held]
    ended = {row["id"] for row in await session.rows("enrolling", "end_requests", [row["id"] for row in taken])}
    taken = sorted((row for row in taken if row["id"] in ended), key=_kind)
    for (campaign_id, source), rows in groupby(taken, key=_kind):
        status = await session.value("enrolling", "hold_campaign", campaign_id)
        campaign = await session.row("enrolling", "get_terms", campaign_id, now)
        if campaign and status == CampaignStatus.ACTIVE:
            ids = list(dict.fromkeys(canonical[row["lead_id"]] for row in rows))
            await enroll(session, campaign, ids, EnrollmentSource(source), now)
    return bool(taken)


def _kind(request: Mapping[str, Any]) -> tuple[UUID, str]:
    return request["campaign_id"], request["source"]


async def enroll(
    session: Session, campaign: Row, lead_ids: Sequence[UUID], source: EnrollmentSource, now: datetime
) -> list[UUID]:
    """Canonical leads who are locked, and a campaign that is held; answers the enrolments that were added."""
    terms = terms_of(campaign)
    steps = [read_step(dict(row)) for row in await session.rows("enrolling", "get_steps", campaign["id"])]
    people = await get_people(session, campaign, terms, lead_ids, now)
    at_hand = [person for person in people if not person["archived_at"]]
    named = {new_id(): person for person in at_hand}
    beginnings = {id: (person, begin(id, steps, terms, person, now)) for id, person in named.items()}
    given = [_enrollment(id, *one) for id, one in beginnings.items()]
    runs = [row for id, (_, one) in beginnings.items() for row in _runs(id, one)]
    said = (campaign["id"], source, session.actor.member_id, _json(given), _json(runs), now)
    added = await session.rows("enrolling", "add_enrollments", *said)
    for row in added:
        tell_of_enrollment(session, row["lead_id"], row["id"])
    if added:
        tell_of_campaign(session, campaign["id"])
    return [row["id"] for row in added]


async def get_people(
    session: Session, campaign: Row, terms: Terms, lead_ids: Sequence[UUID], now: datetime
) -> list[Row]:
    """What the gate asks about leads, who are locked."""
    cap = terms.frequency_cap
    since = now - timedelta(days=cap.days) if cap else now
    rows = await session.rows("enrolling", "get_people", lead_ids, campaign["dataset_id"], since)
    return [dict(row) for row in rows]


def _enrollment(id: UUID, person: Row, beginning: Beginning) -> dict[str, Any]:
    standing = beginning.standing
    lead_id = UUID(int=person["id"].int)
    return {"id": id, "lead_id": lead_id, "status": standing.status, "reason": standing.reason}


def _runs(id: UUID, beginning: Beginning) -> Iterator[dict[str, Any]]:
    """Only the first is looked at: the others have their turn when the one before is over."""
    begins = beginning.standing.status is EnrollmentStatus.ACTIVE
    for step, due in beginning.steps:
        is_first = step is beginning.steps[0][0]
        yield {
            "id": new_id(),
            "enrollment_id": id,
            "campaign_step_id": step.id,
            "position": step.position,
            "scheduled_at": due and due.scheduled_at,
            "expires_at": due and due.expires_at,
            "next_attempt_at": due.scheduled_at if begins and due and is_first else None,
            "skip_reason": beginning.reason if is_first or not begins else None,
        }


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def tell_of_enrollment(session: Session, lead_id: UUID, enrollment_id: UUID) -> None:
    session.announce(EventKind.ENROLLMENT_CHANGED, lead_id=lead_id, enrollment_id=enrollment_id)
