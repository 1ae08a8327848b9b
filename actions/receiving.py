"""What comes in: texts from leads, and the carrier's reports on ours."""

from collections.abc import Sequence
from uuid import UUID

from actions.leads import find_or_add_lead_by_phone
from db.session import Row, Session
from domain.analytics import EventKind
from domain.conversations import InboundText, MessageStatus, StatusReport, count_segments, moves_forward
from domain.ids import new_id


async def claim_webhooks(session: Session, most: int) -> list[Row]:
    """The organization's oldest open webhooks, locked until this unit of work ends; none while a worker has others."""
    if not await session.value("receiving", "hold_queue"):
        return []
    return [dict(row) for row in await session.rows("receiving", "claim_webhooks", most)]


async def settle_webhooks(session: Session, webhook_ids: Sequence[UUID]) -> None:
    await session.execute("receiving", "settle_webhooks", webhook_ids)


async def postpone_webhook(session: Session, webhook_id: UUID, problem: str) -> None:
    """Counts a failed attempt; the next comes after twice the time, at most an hour. It is never given up."""
    await session.execute("receiving", "postpone_webhook", webhook_id, problem[:500])


async def lock_leads(session: Session, phones: Sequence[str], external_ids: Sequence[str]) -> None:
    """Whose texts and reports are to be worked off together: all their leads before anything that belongs to one.

    Locked one by one as the texts come, they could meet somebody who locks the same ones in another order.
    """
    await session.rows("receiving", "lock_leads", phones, external_ids)


async def receive_text(session: Session, text: InboundText) -> UUID | None:
    """Puts a text into its conversation and tells the inbox. None when it is there already."""
    lead_id, conversation_id = await _thread(session, text)
    message = await session.row(
        "receiving",
        "add_inbound_message",
        new_id(),
        lead_id,
        conversation_id,
        text.body,
        list(text.media_urls),
        text.sender,
        text.recipient,
        count_segments(text.body),
        text.external_id,
        text.at,
    )
    if message is None:
        return None
    if message["is_engaged"]:
        session.announce(EventKind.LEAD_CHANGED, lead_id=lead_id)
    session.announce(EventKind.MESSAGE_RECEIVED, conversation_id=conversation_id, message_id=message["id"])
    message_id: UUID = message["id"]
    return message_id


async def _thread(session: Session, text: InboundText) -> tuple[UUID, UUID]:
    """The lead who writes and the conversation it is for, both locked: found in one step, or made."""
    found = await session.row("receiving", "lock_thread", text.sender, text.channel)
    if found and found["id"]:
        return found["lead_id"], _reopened(session, found)
    lead_id = found["lead_id"] if found else await find_or_add_lead_by_phone(session, text.sender)
    return lead_id, await _open_conversation(session, lead_id, text)


async def _open_conversation(session: Session, lead_id: UUID, text: InboundText) -> UUID:
    """Begun by whoever works the lead, unless somebody was quicker."""
    added: UUID | None = await session.value(
        "receiving", "add_conversation", new_id(), lead_id, text.channel, text.recipient
    )
    if added:
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=added)
        return added
    found = await session.row("receiving", "lock_open_conversation", lead_id, text.channel)
    assert found, "an open conversation exists and cannot be found"
    return _reopened(session, found)


def _reopened(session: Session, conversation: Row) -> UUID:
    """One that was closed is open again with the text."""
    conversation_id: UUID = conversation["id"]
    if conversation["status"] == "CLOSED":
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=conversation_id)
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
