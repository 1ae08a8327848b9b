"""What a colleague does in a conversation."""

from uuid import UUID

from actions.leads import hand_over
from db.session import Row, Session
from domain.analytics import EventKind, SignalKind
from domain.conversations import TEXT_CHANNELS, can_be_texted, check_text, count_segments
from domain.ids import new_id
from domain.people import OrganizationStatus, Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters

_LONGEST_KEY = 200


async def send_message(
    session: Session, conversation_id: UUID, body: str, idempotency_key: str, *, ai_generated: bool = False
) -> UUID:
    """Queues a text; a worker hands it to the carrier. The same key with the same input answers the same message."""
    session.actor.require(Permission.MESSAGES_SEND)
    text = check_text(body)
    key = _check_key(idempotency_key)
    thread = await session.row("conversations", "get_thread_for_sending", conversation_id)
    if thread is None:
        raise not_found("conversation", "conversationId")
    _check_sendable(thread)
    message_id: UUID | None = await session.value(
        "conversations",
        "add_outbound_message",
        new_id(),
        conversation_id,
        session.actor.member_id,
        text,
        thread["sender"],
        thread["phone"],
        count_segments(text),
        ai_generated,
        key,
    )
    if message_id is None:
        return await _stored_result(session, conversation_id, text, key)
    await session.execute("conversations", "note_outbound_message", conversation_id, thread["sender"])
    session.announce(EventKind.MESSAGE_SENT, conversation_id=conversation_id, message_id=message_id)
    return message_id


def _check_sendable(thread: Row) -> None:
    if thread["organization_status"] != OrganizationStatus.ACTIVE:
        raise Refusal(RefusalCode.ORGANIZATION_INACTIVE, "This organization is not active, so nothing is sent.")
    if thread["has_trial_ended"]:
        raise Refusal(RefusalCode.ORGANIZATION_INACTIVE, "The trial of this organization has ended: nothing is sent.")
    if thread["channel"] not in TEXT_CHANNELS:
        raise Refusal(RefusalCode.LEAD_UNREACHABLE, f"No text can be sent on the channel {thread['channel']}.")
    if not thread["phone"]:
        raise Refusal(RefusalCode.LEAD_UNREACHABLE, "This lead has no phone number to send a text to.")
    if not can_be_texted(thread["phone_problem"], thread["channel"]):
        raise Refusal(RefusalCode.LEAD_UNREACHABLE, "The carrier says that this number takes no texts: correct it.")
    if thread["is_suppressed"]:
        raise Refusal(RefusalCode.LEAD_OPTED_OUT, "This lead asked not to be written to on this channel.")
    if not thread["sender"]:
        raise Refusal(RefusalCode.NO_SENDER, "This organization has no phone number to send from.")


def _check_key(key: str) -> str:
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise bad_input(f"The idempotency key needs between 1 and {_LONGEST_KEY} characters.", "idempotencyKey")
    return check_characters(key, "idempotencyKey")


async def _stored_result(session: Session, conversation_id: UUID, text: str, key: str) -> UUID:
    stored = await session.row("conversations", "get_message_by_key", key)
    assert stored, "the key was taken by a message that is not there"
    if (stored["conversation_id"], stored["body"]) != (conversation_id, text):
        raise Refusal(
            RefusalCode.IDEMPOTENCY_KEY_REUSED,
            "This idempotency key was used for another text: take a new key for a new text.",
            "idempotencyKey",
        )
    message_id: UUID = stored["id"]
    return message_id


async def mark_conversation_read(session: Session, conversation_id: UUID) -> UUID:
    """Sets the unread count to zero. Looking again at what is read already is told to nobody."""
    session.actor.require(Permission.INBOX_READ)
    unread = await session.value("conversations", "lock_unread_count", conversation_id)
    if unread is None:
        raise not_found("conversation", "conversationId")
    if unread:
        await session.execute("conversations", "mark_read", conversation_id)
        session.announce(EventKind.CONVERSATION_READ, conversation_id=conversation_id)
    return conversation_id


async def assign_conversation(session: Session, conversation_id: UUID, assignee_id: UUID | None) -> UUID:
    """Charges an active member with a conversation, or nobody. Who works a lead works it on every channel."""
    session.actor.require(Permission.CONVERSATIONS_ASSIGN)
    if assignee_id and not await session.value("people", "is_active_member", assignee_id):
        raise not_found("active member", "assigneeId")
    lead_id = await session.value("conversations", "get_lead_of", conversation_id)
    if lead_id is None:
        raise not_found("conversation", "conversationId")
    if assignee_id and not await session.value("people", "may_see_lead", assignee_id, lead_id):
        raise Refusal(
            RefusalCode.CONFLICT, "This colleague is limited to other datasets, and would not see it.", "assigneeId"
        )
    for handed_over in await hand_over(session, lead_id, assignee_id):
        session.announce(EventKind.CONVERSATION_ASSIGNED, conversation_id=handed_over)
    return conversation_id


async def signal_typing(session: Session, conversation_id: UUID, is_typing: bool) -> UUID:
    """Shows colleagues who look at a conversation that somebody writes in it, or has stopped. Nothing is stored."""
    session.actor.require(Permission.MESSAGES_SEND)
    if session.actor.member_id is None:
        raise Refusal(RefusalCode.FORBIDDEN, "Only people type: a key belongs to a program.")
    if await session.value("conversations", "get_lead_of", conversation_id) is None:
        raise not_found("conversation", "conversationId")
    session.signal(SignalKind.MEMBER_TYPING, conversation_id, is_on=is_typing)
    return conversation_id
