"""Dispatching: steps of campaigns that are due, asked of the gate, and made texts that are on their way."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from actions.campaigns import tell_of_campaign
from actions.enrolling import get_people, tell_of_enrollment
from actions.senders import find_senders
from actions.step_tasks import StepTask, add_tasks
from actions.step_texts import StepText, send_texts
from db.session import Row, Session
from domain.analytics import EventKind
from domain.campaigns.dispatching import Following, Run, Settled, ask, follow, say, settle, validity
from domain.campaigns.enrolling import Step, read_step
from domain.campaigns.metering import Meter
from domain.campaigns.reasons import GateReason, Verdict
from domain.campaigns.states import CampaignStatus, EnrollmentStatus, StepRunStatus
from domain.campaigns.terms import Terms, address_on, terms_of
from domain.conversations import Channel
from domain.ids import new_id

AT_ONCE = 50
_SOON = timedelta(seconds=1)  # when leads that somebody else holds are tried again


@dataclass(slots=True)
class _Turn:
    """One campaign's turn, and what came of it."""

    campaign: Row
    terms: Terms
    now: datetime
    steps: Mapping[UUID, Step]
    meter: Meter
    senders: Mapping[Channel, str]  # what it is sent from, on each channel that there is something for
    settled: list[tuple[Run, Settled]] = field(default_factory=list)
    followed: list[tuple[Run, Settled, Following]] = field(default_factory=list)
    texts: list[StepText] = field(default_factory=list)
    tasks: list[StepTask] = field(default_factory=list)
    again_at: datetime | None = None  # when rates allow more


async def dispatch(session: Session, channels: Set[Channel], now: datetime) -> list[Row] | None:
    """The next campaign's turn: texts that are SENDING from now on, to be handed to a carrier at once; calls are tasks.

    None when nothing is due. `channels` are those there is a carrier for.
    """
    claimed = await session.row("dispatching", "claim_turn", now)
    if claimed is None:
        return None
    campaign = await session.row("enrolling", "get_terms", claimed["id"], now)
    assert campaign, "a campaign that is gone has no turns"
    turn = await _begin(session, campaign, channels, now)
    wanted = [dict(row) for row in await session.rows("dispatching", "next_runs", campaign["id"], now, AT_ONCE)]
    rows = await _claim(session, wanted, now)
    people = await get_people(session, campaign, turn.terms, [row["lead_id"] for row in rows], now)
    by_lead = {person["id"]: person for person in people}
    for row in rows:
        if not _decide(turn, row, by_lead[row["lead_id"]]):
            break
    sent = await send_texts(session, campaign, turn.texts, now)
    await add_tasks(session, campaign["id"], turn.tasks, now)
    await _record(session, turn)
    missed = now + _SOON if len(rows) < len(wanted) else now
    await session.execute("dispatching", "end_turn", campaign["id"], turn.again_at or missed)
    if campaign["message_template_id"] and turn.texts:
        used = (campaign["message_template_id"], len(turn.texts), now)
        await session.execute("message_templates", "note_use", *used)
    return sent


async def _begin(session: Session, campaign: Row, channels: Set[Channel], now: datetime) -> _Turn:
    terms = terms_of(campaign)
    await session.value("dispatching", "hold_rates", terms.scope_id)
    steps = [read_step(dict(row)) for row in await session.rows("enrolling", "get_steps", campaign["id"])]
    segments = await session.rows("dispatching", "get_segments", terms.scope_id, now)
    meter = Meter.read(terms.rates, map(dict, segments))
    senders = await find_senders(session, campaign, channels & {Channel(step.channel) for step in steps})
    return _Turn(campaign, terms, now, {step.id: step for step in steps}, meter, senders)


async def _claim(session: Session, wanted: Sequence[Row], now: datetime) -> list[Row]:
    """Those of the runs whose leads nobody else holds, locked with their leads and enrolments."""
    leads = await session.rows("enrolling", "lock_leads", list({row["lead_id"] for row in wanted}))
    ids = ([row["id"] for row in wanted], [row["id"] for row in leads])
    return [dict(row) for row in await session.rows("dispatching", "claim_runs", *ids, now)]


def _decide(turn: _Turn, row: Row, person: Row) -> bool:
    """Settles a run; false once rates allow no more, which leaves it and all after it as they are."""
    run, left = _read(turn, row, person), [turn.steps[id] for id in row["left_ids"]]
    status = CampaignStatus(turn.campaign["status"])
    decision = ask(run, turn.terms, status, turn.meter, turn.senders, turn.now)
    if decision.reason is GateReason.RATE_LIMITED and decision.verdict is Verdict.WAIT:
        turn.again_at = decision.retry_at
        return False
    settled = settle(run, decision, turn.now)
    turn.settled.append((run, settled))
    if decision.may_send:
        _take(turn, run)
    if settled.status is not StepRunStatus.SCHEDULED:
        turn.followed.append((run, settled, follow(run, settled, left, turn.terms, turn.now)))
    return True


def _take(turn: _Turn, run: Run) -> None:
    """A step that may go becomes a message, or a task."""
    if run.is_call:
        turn.tasks.append(StepTask(run.id, run.person["id"], run.subject or turn.campaign["name"], run.text.body))
        return
    turn.meter.count(run.text.segments, turn.now)
    turn.texts.append(_text(turn, run))


def _read(turn: _Turn, row: Row, person: Row) -> Run:
    step = turn.steps[row["campaign_step_id"]]
    return Run(
        id=row["id"],
        enrollment_id=row["enrollment_id"],
        enrolled_at=row["enrolled_at"],
        enrollment_status=EnrollmentStatus(row["enrollment_status"]),
        step=step,
        person=person,
        subject=say(step.subject, step.channel, person, turn.campaign).body if step.subject else None,
        text=say(step.body, step.channel, person, turn.campaign),
        scheduled_at=row["scheduled_at"],
        expires_at=row["expires_at"],
        held_at=row["held_at"],
        message_id=row["parked_id"] or new_id(),
        parked_id=row["parked_id"],
    )


def _text(turn: _Turn, run: Run) -> StepText:
    lasts = timedelta(seconds=validity(run, turn.terms, turn.now))
    channel = Channel(run.step.channel)
    recipient = address_on(run.person, channel)
    assert recipient, "the gate lets nothing pass that goes nowhere"
    to = (run.person["id"], channel, recipient, turn.senders[channel])
    return StepText(run.message_id, *to, run.subject, run.text, run.step.position, turn.now + lasts)


async def _record(session: Session, turn: _Turn) -> None:
    """What became of each, what comes next, and what it was counted by."""
    now, scope = turn.now, turn.terms.scope_id
    await session.execute("dispatching", "settle_runs", _json([_run(*one) for one in turn.settled]), now)
    plans = [one for one in map(_plan, turn.followed) if one]
    await session.execute("dispatching", "plan_following", _json(plans))
    standings = [one for one in map(_standing, turn.followed) if one]
    await session.execute("dispatching", "settle_enrollments", _json(standings), now)
    resting = [_rest(run, settled) for run, settled, following in turn.followed if _rests(following)]
    await session.execute("dispatching", "rest_runs", _json(resting))
    if turn.meter.counted:
        await session.execute("dispatching", "count_segments", scope, now, turn.meter.counted)
        await session.execute("dispatching", "forget_segments", scope, now)
    over = [run.message_id for run, settled, _ in turn.followed if settled.status is not StepRunStatus.SENT]
    for row in await session.rows("dispatching", "drop_texts", over, "It is not sent any more: its step is over."):
        ids = {"conversation_id": row["conversation_id"], "message_id": row["id"]}
        session.announce(EventKind.MESSAGE_STATUS_CHANGED, **ids)
    for run, settled, following in turn.followed:
        if following.standing or settled.reason:
            tell_of_enrollment(session, run.person["id"], run.enrollment_id)
    if turn.settled:
        tell_of_campaign(session, turn.campaign["id"])


def _run(run: Run, settled: Settled) -> dict[str, Any]:
    return {
        "id": _plain(run.id),
        "status": settled.status,
        "skip_reason": settled.reason,
        "scheduled_at": settled.scheduled_at,
        "expires_at": settled.expires_at,
        "next_attempt_at": settled.next_attempt_at,
        "held_at": settled.held_at,
        "message_id": _plain(run.message_id) if run.parked_id or _is_message(run, settled) else None,
    }


def _is_message(run: Run, settled: Settled) -> bool:
    return settled.status is StepRunStatus.SENT and not run.is_call


def _plan(one: tuple[Run, Settled, Following]) -> dict[str, Any] | None:
    run, _, following = one
    if following.step is None:
        return None
    due = following.due
    return {
        "enrollment_id": _plain(run.enrollment_id),
        "campaign_step_id": following.step.id,
        "scheduled_at": due and due.scheduled_at,
        "expires_at": due and due.expires_at,
        "skip_reason": None if due else GateReason.OUTSIDE_WINDOW,
    }


def _standing(one: tuple[Run, Settled, Following]) -> dict[str, Any] | None:
    run, settled, following = one
    was_sent = settled.status is StepRunStatus.SENT
    if following.standing is None and not was_sent:
        return None
    status = following.standing.status if following.standing else EnrollmentStatus.ACTIVE
    reason = following.standing and following.standing.reason
    return {"id": _plain(run.enrollment_id), "status": status, "reason": reason, "was_sent": was_sent}


def _rests(following: Following) -> bool:
    return following.standing is not None and following.standing.status is EnrollmentStatus.PAUSED


def _rest(run: Run, settled: Settled) -> dict[str, Any]:
    return {"enrollment_id": _plain(run.enrollment_id), "skip_reason": settled.reason}


def _plain(id: UUID) -> UUID:
    """The driver's own kind cannot be written as JSON."""
    return UUID(int=id.int)


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
