"""The texts that steps of campaigns become, each in the conversation of its lead."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from actions.sending import LEASES
from db.session import Row, Session
from domain.analytics import EventKind
from domain.campaigns.drafts import CampaignKind
from domain.campaigns.silence import HEARD_AGAIN
from domain.campaigns.templates import Rendered
from domain.conversations import Carriage, Channel, MessageKind, MessageStatus, carriage_of
from domain.ids import new_id

_KINDS = (MessageKind.M1, MessageKind.M2, MessageKind.M3)


@dataclass(frozen=True, slots=True)
class StepText:
    """What one step says to one lead, who is locked; a carrier may try until `expires_at`."""

    id: UUID
    lead_id: UUID
    channel: Channel
    recipient: str
    sender: str
    subject: str | None
    text: Rendered
    position: int
    expires_at: datetime


async def send_texts(session: Session, campaign: Row, texts: Sequence[StepText], now: datetime) -> list[Row]:
    """Marked SENDING before any carrier hears of them; to be handed over as soon as this unit of work is done.

    What is no text is not among them: its own queue takes it.
    """
    if not texts:
        return []
    threads = await _threads(session, texts)
    given = [_message(one, threads[one.lead_id, one.channel], campaign, now) for one in texts]
    said = (orjson.dumps(given).decode(), now)
    rows: list[Row] = [dict(row) for row in await session.rows("dispatching", "add_texts", campaign["id"], *said)]
    spoken = ([row["conversation_id"] for row in rows], [row["sender"] for row in rows], now)
    await session.execute("dispatching", "note_threads", *spoken)
    await session.execute("silence", "listen", spoken[0], now + HEARD_AGAIN)
    for row in rows:
        ids = {"conversation_id": row["conversation_id"], "message_id": row["id"]}
        is_new = row["attempts"] == _is_text(row["channel"])
        session.announce(EventKind.MESSAGE_SENT if is_new else EventKind.MESSAGE_STATUS_CHANGED, **ids)
    return [row for row in rows if _is_text(row["channel"])]


def _is_text(channel: str) -> bool:
    return carriage_of(channel) is Carriage.TEXT


async def _threads(session: Session, texts: Sequence[StepText]) -> dict[tuple[UUID, str], Row]:
    """The open conversations of these leads on these channels, begun where there is none."""
    columns = [[getattr(one, name) for one in texts] for name in ("lead_id", "channel", "sender")]
    for row in await session.rows("dispatching", "open_threads", [new_id() for _ in texts], *columns):
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=row["id"])
    rows = await session.rows("dispatching", "get_threads", columns[0])
    return {(row["lead_id"], row["channel"]): dict(row) for row in rows}


def _message(one: StepText, thread: Row, campaign: Row, now: datetime) -> dict[str, Any]:
    """From the number a lead was talked to from, which stays; other messages from what the organization has now."""
    is_text = _is_text(one.channel)
    ours = thread["sender"] if is_text else None
    return {
        "id": UUID(int=one.id.int),
        "conversation_id": UUID(int=thread["id"].int),
        "channel": one.channel,
        "carriage": carriage_of(one.channel),
        "status": MessageStatus.SENDING if is_text else MessageStatus.QUEUED,
        "lease_ends_at": now + LEASES[Carriage.TEXT] if is_text else None,
        "subject": one.subject,
        "kind": _kind(campaign["kind"], one.position),
        "body": one.text.body,
        "sender": ours or one.sender,
        "recipient": one.recipient,
        "segments": one.text.segments,
        "expires_at": one.expires_at,
    }


def _kind(kind: str, position: int) -> MessageKind:
    is_numbered = kind == CampaignKind.REACTIVATION and position <= len(_KINDS)
    return _KINDS[position - 1] if is_numbered else MessageKind.NURTURE
