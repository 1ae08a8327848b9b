"""What comes in: texts from leads, and the carrier's reports on ours."""

from uuid import UUID

from actions.leads import find_or_add_lead_by_phone
from db.session import Row, Session
from domain.analytics import EventKind
from domain.conversations import InboundText, MessageStatus, StatusReport, count_segments, moves_forward
from domain.ids import new_id


async def claim_webhook(session: Session) -> Row | None:
    """The organization's oldest open webhook, locked until this unit of work ends; None when there is none."""
    return await session.row("receiving", "claim_webhook")


async def settle_webhook(session: Session, webhook_id: UUID) -> None:
    await session.execute("receiving", "settle_webhook", webhook_id)


async def postpone_webhook(session: Session, webhook_id: UUID, problem: str) -> None:
    """Counts a failed attempt; the next comes after twice the time, at most an hour. It is never given up."""
    await session.execute("receiving", "postpone_webhook", webhook_id, problem[:500])


async def receive_text(session: Session, text: InboundText) -> UUID | None:
    """Puts a text into its conversation and tells the inbox. None when it is there already."""
    lead_id = await find_or_add_lead_by_phone(session, text.sender)
    conversation_id = await _open_conversation(session, lead_id, text)
    message_id: UUID | None = await session.value(
        "receiving",
        "add_inbound_message",
        new_id(),
        conversation_id,
        text.body,
        list(text.media_urls),
        text.sender,
        text.recipient,
        count_segments(text.body),
        text.external_id,
        text.at,
    )
    if message_id is None:
        return None
    await session.execute("receiving", "note_inbound_message", conversation_id, text.at, text.recipient)
    if await session.value("leads", "note_reply", lead_id):
        session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)
    session.announce(EventKind.MESSAGE_RECEIVED, conversation_id=conversation_id, message_id=message_id)
    return message_id


async def _open_conversation(session: Session, lead_id: UUID, text: InboundText) -> UUID:
    """The lead's conversation on this channel: found, opened again, or begun by whoever works the lead."""
    added: UUID | None = await session.value(
        "receiving", "add_conversation", new_id(), lead_id, text.channel, text.recipient
    )
    if added:
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=added)
        return added
    found = await session.row("receiving", "lock_open_conversation", lead_id, text.channel)
    assert found, "an open conversation exists and cannot be found"
    if found["status"] == "CLOSED":
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=found["id"])
    conversation_id: UUID = found["id"]
    return conversation_id


async def record_status(session: Session, report: StatusReport) -> bool:
    """Moves a message forward, never back. False while no message has this id: the report came before its receipt."""
    message = await session.row("receiving", "lock_message_by_external_id", report.external_id)
    if message is None:
        return False
    if moves_forward(MessageStatus(message["status"]), report.status):
        await session.execute(
            "receiving",
            "record_status",
            message["id"],
            report.status,
            report.at,
            report.error_code,
            report.error_message,
        )
        session.announce(
            EventKind.MESSAGE_STATUS_CHANGED, conversation_id=message["conversation_id"], message_id=message["id"]
        )
    return True
