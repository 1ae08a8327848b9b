"""Enrolments: what people decide about them, and what becomes of them when something happens to a lead."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from uuid import UUID

from actions.enrolling import tell_of_enrollment
from actions.locking import lock_lead
from actions.step_tasks import Whose, cancel_tasks
from db.session import Row, Session
from domain.analytics import EventKind
from domain.campaigns.reasons import GateReason
from domain.campaigns.states import (
    CampaignStatus,
    EnrollmentReason,
    EnrollmentStatus,
    Standing,
    StepRunStatus,
    move_enrollment,
)
from domain.conversations import Channel
from domain.people import Permission
from domain.refusals import not_found

_OVER = "It is not sent any more: the lead is not in the campaign."


async def pause_enrollment(session: Session, enrollment_id: UUID) -> UUID:
    """Nothing is sent until it is resumed. One that rests already stays as it is."""
    found = await _lock(session, enrollment_id)
    if found["status"] != EnrollmentStatus.PAUSED:
        await _turn(session, found, Standing(EnrollmentStatus.PAUSED, EnrollmentReason.MANUAL))
        await session.execute("enrollments", "rest_runs", enrollment_id)
    return enrollment_id


async def resume_enrollment(session: Session, enrollment_id: UUID) -> UUID:
    """What waited is due as long from now as it was when it began to rest. Refused for who asked to be left alone."""
    found = await _lock(session, enrollment_id)
    if found["status"] != EnrollmentStatus.ACTIVE:
        await _turn(session, found, Standing(EnrollmentStatus.ACTIVE))
        given = (found["paused_at"], datetime.now(UTC))
        await session.execute("enrollments", "resume_runs", enrollment_id, *given)
        if found["campaign_status"] != CampaignStatus.ACTIVE:
            await session.execute("enrollments", "rest_campaign", found["campaign_id"])
    return enrollment_id


async def cancel_enrollment(session: Session, enrollment_id: UUID) -> UUID:
    """Nothing more is sent. One that was cancelled already stays as it is."""
    found = await _lock(session, enrollment_id)
    if found["status"] != EnrollmentStatus.CANCELLED:
        await _turn(session, found, Standing(EnrollmentStatus.CANCELLED, EnrollmentReason.MANUAL))
        await _end_runs(session, [enrollment_id], StepRunStatus.CANCELED)
    return enrollment_id


async def _lock(session: Session, enrollment_id: UUID) -> Row:
    """The lead first, as everybody does."""
    session.actor.require(Permission.CAMPAIGNS_WRITE)
    lead_id = await session.value("enrollments", "get_lead_of", enrollment_id)
    if lead_id is None:
        raise not_found("enrolment", "enrollmentId")
    await lock_lead(session, lead_id, at_hand=False, field="enrollmentId")
    found = await session.row("enrollments", "lock_enrollment", enrollment_id)
    if found is None:
        raise not_found("enrolment", "enrollmentId")
    return found


async def _turn(session: Session, found: Row, to: Standing) -> None:
    reason = EnrollmentReason(found["reason"]) if found["reason"] else None
    now = Standing(EnrollmentStatus(found["status"]), reason)
    move_enrollment(now, to, is_suppressed=found["is_suppressed"])
    await session.execute("enrollments", "turn_enrollment", found["id"], to.status, to.reason)
    tell_of_enrollment(session, found["lead_id"], found["id"])


async def _end_runs(session: Session, ids: Sequence[UUID], status: StepRunStatus) -> None:
    """What is planned is over, with texts that no carrier took, and calls that nobody has made."""
    await cancel_tasks(session, Whose.ENROLLMENTS, ids, GateReason.ENROLLMENT_NOT_ACTIVE)
    rows = await session.rows("enrollments", "end_runs", ids, status, GateReason.ENROLLMENT_NOT_ACTIVE)
    texts = [row["message_id"] for row in rows if row["message_id"]]
    for row in await session.rows("dispatching", "drop_texts", texts, _OVER):
        said = {"conversation_id": row["conversation_id"], "message_id": row["id"]}
        session.announce(EventKind.MESSAGE_STATUS_CHANGED, **said)


async def hear_reply(session: Session, lead_id: UUID, at: datetime) -> None:
    """A lead, who is locked, has replied: whatever waits for that alone is left out (S0.14, S1.4, S3.4)."""
    await cancel_tasks(session, Whose.LEADS_WHO_REPLIED, [lead_id], GateReason.REPLIED_SINCE)
    ended = await session.rows("enrollments", "hear_reply", lead_id, at)
    for row in ended:
        tell_of_enrollment(session, lead_id, row["id"])
    if ended:
        await session.execute("enrollments", "go_on", lead_id)


async def hear_opt_out(session: Session, lead_ids: Sequence[UUID], channels: Collection[Channel]) -> None:
    """They asked to be left alone: every campaign rests that would write to them there (S0.18)."""
    ids = [row["id"] for row in await session.rows("enrollments", "get_canonical", lead_ids)]
    await cancel_tasks(session, Whose.LEADS, ids, GateReason.SUPPRESSED)
    for row in await session.rows("enrollments", "pause_opted_out", ids, list(channels)):
        tell_of_enrollment(session, row["lead_id"], row["id"])
    await session.execute("enrollments", "rest_paused", ids)
    await session.execute("enrollments", "note_opt_out", ids)


async def end_rivals(session: Session, kept: UUID, absorbed: UUID) -> None:
    """Of two leads who are about to be one, each in the same campaign: the one who is kept goes on in it."""
    rows = await session.rows("enrollments", "end_rivals", kept, absorbed)
    await _end_runs(session, [row["id"] for row in rows], StepRunStatus.CANCELED)


async def end_enrollments(session: Session, lead_ids: Sequence[UUID], to: Standing) -> None:
    """Of leads who are locked, all that stand: they have booked, or are gone.

    Nobody is to call them either, for the last step of a campaign that is over as well.
    """
    await cancel_tasks(session, Whose.LEADS, lead_ids, GateReason.ENROLLMENT_NOT_ACTIVE)
    rows = await session.rows("enrollments", "end_enrollments", lead_ids, to.status, to.reason)
    if rows:
        await _end_runs(session, [row["id"] for row in rows], StepRunStatus.SKIPPED)
    for row in rows:
        tell_of_enrollment(session, row["lead_id"], row["id"])
