"""Conversations in which a campaign wrote and nothing was said for long: nudged once, put away in the end (S1.22)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import orjson

from actions.enrolling import get_people
from actions.senders import find_senders
from actions.step_texts import StepText, send_texts
from db.session import Row, Session
from domain.analytics import EventKind
from domain.campaigns.clock import validity_seconds
from domain.campaigns.dispatching import say
from domain.campaigns.gate import Decision, decide
from domain.campaigns.metering import Meter
from domain.campaigns.reasons import Verdict
from domain.campaigns.sendings import Outgoing, Purpose, Sending, Traffic
from domain.campaigns.silence import HEARD_AGAIN, USUAL_TIMEOUT_DAYS, Outlook, Silence, look
from domain.campaigns.templates import Rendered, blocked_words
from domain.campaigns.terms import Terms, recipient_on, schedule_for, terms_of
from domain.conversations import Channel, ConversationStatus, MessageDirection
from domain.ids import new_id
from domain.mail import answer_to

AT_ONCE = 50
_ASKED_AGAIN = timedelta(hours=1)  # after which a nudge that people keep is looked at again
_NO_STEP = 99  # a nudge is in no place of a campaign


@dataclass(slots=True)
class _Round:
    """What came of looking at the conversations of one campaign."""

    campaign: Row
    terms: Terms
    meter: Meter
    senders: Mapping[Channel, str]
    now: datetime
    put_off: list[dict[str, Any]] = field(default_factory=list)
    texts: list[StepText] = field(default_factory=list)
    over: list[UUID] = field(default_factory=list)


async def take_silences(session: Session, channels: Collection[Channel], now: datetime) -> list[Row] | None:
    """Looks at some that are due, of one campaign; answers texts to be handed to a carrier at once. None when there are
    none, or others hold them.
    """
    wanted = [dict(row) for row in await session.rows("silence", "next_silences", now, AT_ONCE)]
    if not wanted:
        return None
    campaign = await session.row("enrolling", "get_terms", wanted[0]["campaign_id"], now)
    wanted = [row for row in wanted if row["campaign_id"] == wanted[0]["campaign_id"]]
    if campaign is None:
        await session.execute("silence", "forget", [row["id"] for row in wanted])
        return []
    round = await _begin(session, campaign, channels, now)
    leads = await session.rows("enrolling", "lock_leads", list({row["lead_id"] for row in wanted}))
    ids = ([row["id"] for row in wanted], [row["id"] for row in leads])
    held = await session.rows("silence", "lock_silences", *ids, now)
    if not held:
        return None
    given = ([row["id"] for row in held], campaign["id"], USUAL_TIMEOUT_DAYS)
    rows = [dict(row) for row in await session.rows("silence", "get_silences", *given)]
    asked = [row["lead_id"] for row in rows if _may_be_nudged(row)]
    people = await get_people(session, campaign, round.terms, asked, now) if asked else []
    by_lead = {person["id"]: person for person in people}
    for row in rows:
        _settle(round, row, by_lead.get(row["lead_id"]))
    return await _record(session, round)


def _may_be_nudged(row: Row) -> bool:
    """Most are never, or not while more is planned: of those nothing else is asked."""
    return row["silence_nudge_days"] is not None and not row["is_left_alone"]


async def _begin(session: Session, campaign: Row, channels: Collection[Channel], now: datetime) -> _Round:
    terms = terms_of(campaign)
    await session.value("dispatching", "hold_rates", terms.scope_id)
    segments = await session.rows("dispatching", "get_segments", terms.scope_id, now)
    senders = await find_senders(session, campaign, channels)
    return _Round(campaign, terms, Meter.read(terms.rates, map(dict, segments)), senders, now)


def _settle(round: _Round, row: Row, person: Row | None) -> None:
    if row["status"] == ConversationStatus.ARCHIVED:
        round.over.append(row["id"])
        return
    outlook, again_at = look(_silence(row, person), round.now)
    if outlook is Outlook.ARCHIVE:
        round.over.append(row["id"])
    elif outlook is Outlook.NUDGE and person:
        _nudge(round, row, person)
    else:
        _put_off(round, row, again_at)


def _silence(row: Row, person: Row | None) -> Silence:
    return Silence(
        last_at=row["last_at"] or row["created_at"],
        is_ours=row["direction"] == MessageDirection.OUTBOUND,
        nudged_at=row["nudged_at"],
        last_replied_at=person["last_replied_at"] if person else None,
        is_left_alone=row["is_left_alone"],
        nudge_days=row["silence_nudge_days"],
        timeout_days=row["silence_timeout_days"],
    )


def _put_off(round: _Round, row: Row, until: datetime, nudge_id: UUID | None = None) -> None:
    round.put_off.append({"id": UUID(int=row["id"].int), "next_attempt_at": until, "nudge_id": nudge_id})


def _nudge(round: _Round, row: Row, person: Row) -> None:
    """If the gate lets it: else it is looked at again when that says, until the conversation is put away."""
    channel = Channel(row["channel"])
    text = say(row["silence_nudge_body"], channel, person, round.campaign)
    decision = _ask(round, channel, text, person)
    if not decision.may_send:
        usual = _ASKED_AGAIN if decision.verdict is Verdict.HOLD else HEARD_AGAIN
        _put_off(round, row, min(decision.retry_at or round.now + usual, round.now + HEARD_AGAIN))
        return
    recipient = recipient_on(person, channel).address
    assert recipient, "the gate lets nothing pass that goes nowhere"
    subject = answer_to(row["subject"] or round.campaign["name"]) if channel is Channel.EMAIL else None
    lasts = timedelta(seconds=validity_seconds(schedule_for(round.terms, person), round.now))
    to = (person["id"], channel, recipient, round.senders[channel])
    one = StepText(new_id(), *to, subject, text, _NO_STEP, round.now + lasts)
    round.meter.count(text.segments, round.now)
    round.texts.append(one)
    _put_off(round, row, round.now + HEARD_AGAIN, one.id)


def _ask(round: _Round, channel: Channel, text: Rendered, person: Row) -> Decision:
    terms = round.terms
    outgoing = Outgoing(
        purpose=Purpose.NUDGE,
        channel=channel,
        segments=text.segments,
        blocked_words=blocked_words(text, channel, terms.blacklisted_words),
        has_sender=channel in round.senders,
    )
    traffic = Traffic(
        allowances=round.meter.allowances(),
        frequency_cap=terms.frequency_cap,
        contacted_at=tuple(person["contacted_at"]),
    )
    return decide(
        Sending(
            outgoing=outgoing,
            sender=terms.sender,
            recipient=recipient_on(person, channel),
            schedule=schedule_for(terms, person),
            traffic=traffic,
        ),
        round.now,
    )


async def _record(session: Session, round: _Round) -> list[Row]:
    if round.over:
        for row in await session.rows("silence", "archive_silent", round.over):
            session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=row["id"])
        await session.execute("silence", "forget", round.over)
    await session.execute("silence", "put_off", _json(round.put_off), round.now)
    sent = await send_texts(session, round.campaign, round.texts, round.now)
    if round.meter.counted:
        scope = round.terms.scope_id
        await session.execute("dispatching", "count_segments", scope, round.now, round.meter.counted)
        await session.execute("dispatching", "forget_segments", scope, round.now)
    return sent


def _json(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()
