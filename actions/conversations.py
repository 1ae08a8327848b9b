"""What a colleague does in a conversation."""

from datetime import UTC, datetime
from uuid import UUID

from actions.drafts import discard_drafts
from actions.leads import hand_over
from actions.locking import lock_lead
from actions.message_templates import find_template, note_use
from db.session import Row, Session
from domain.analytics import EventKind, SignalKind
from domain.campaigns.by_hand import ask_by_hand
from domain.campaigns.gate import Decision
from domain.campaigns.reasons import GateReason
from domain.conversations import WRITTEN_ON, Carriage, Channel, carriage_of, check_text, count_segments
from domain.drafts import DraftReason
from domain.ids import new_id
from domain.mail import answer_to, check_mail, check_subject, find_address
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters

_LONGEST_KEY = 200


async def send_message(
    session: Session,
    conversation_id: UUID,
    body: str,
    idempotency_key: str,
    *,
    subject: str | None = None,
    template_id: UUID | None = None,
    ai_generated: bool = False,
) -> UUID:
    """Queues a text or an e-mail; a worker hands it to its carrier. The same key with the same input answers the same
    message. An e-mail without a subject of its own goes on about what the last one was about. The template it was
    written by is only counted: what is sent is what is said here.
    """
    session.actor.require(Permission.MESSAGES_SEND)
    if template_id:
        await find_template(session, template_id)
    key = _check_key(idempotency_key)
    thread = await session.row("conversations", "get_thread_for_sending", conversation_id)
    if thread is None:
        raise not_found("conversation", "conversationId")
    text, about, segments = _check_content(thread, body, subject)
    _check_sendable(thread)
    if thread["has_draft"] and not ai_generated:
        await _answer_oneself(session, thread["lead_id"], conversation_id)
    given = (carriage_of(thread["channel"]), about, text, thread["sender"], thread["recipient"], segments)
    ids = (new_id(), conversation_id, session.actor.member_id)
    message_id: UUID | None = await session.value(
        "conversations", "add_outbound_message", *ids, *given, ai_generated, key
    )
    if message_id is None:
        return await _stored_result(session, (conversation_id, text, subject and about), key)
    await _note_sent(session, conversation_id, message_id, thread["sender"])
    if template_id:
        await note_use(session, template_id)
    return message_id


async def _answer_oneself(session: Session, lead_id: UUID, conversation_id: UUID) -> None:
    """What Sophie would have said is not needed. The lead first, as whoever writes it does."""
    lead = await lock_lead(session, lead_id)
    await discard_drafts(session, [lead["id"]], DraftReason.HUMAN_REPLIED, conversation_id)


async def _note_sent(session: Session, conversation_id: UUID, message_id: UUID, sender: str) -> None:
    await session.execute("conversations", "note_outbound_message", conversation_id, sender)
    session.announce(EventKind.MESSAGE_SENT, conversation_id=conversation_id, message_id=message_id)


def _check_content(thread: Row, body: str, subject: str | None) -> tuple[str, str | None, int]:
    """The text, what it is about, and how many parts are billed."""
    if thread["channel"] != Channel.EMAIL:
        if subject is not None:
            raise bad_input("A text has no subject: leave it out.", "subject")
        text = check_text(body)
        return text, None, count_segments(text)
    if subject is None and not thread["last_subject"]:
        raise bad_input("The first e-mail of a conversation needs a subject.", "subject")
    about = answer_to(thread["last_subject"]) if subject is None else check_subject(subject)
    return check_mail(body), about, 1


def _check_sendable(thread: Row) -> None:
    """What the gate says of what people write is what `Lead.messageability` tells beforehand."""
    decision = ask_by_hand(thread, datetime.now(UTC))
    if decision.reason:
        raise Refusal(_CODES[decision.reason], _words(thread, decision))


_CODES = {
    GateReason.SUPPRESSED: RefusalCode.LEAD_OPTED_OUT,
    GateReason.LEAD_ARCHIVED: RefusalCode.LEAD_ARCHIVED,
    GateReason.INVALID_ADDRESS: RefusalCode.LEAD_UNREACHABLE,
    GateReason.ORGANIZATION_INACTIVE: RefusalCode.ORGANIZATION_INACTIVE,
    GateReason.NO_SENDER: RefusalCode.NO_SENDER,
}


def _words(thread: Row, decision: Decision) -> str:
    """The gate's sentence, or one that says more."""
    if decision.reason is GateReason.INVALID_ADDRESS:
        return _why_unreachable(thread)
    if decision.reason is GateReason.NO_SENDER:
        return _NO_SENDERS[carriage_of(thread["channel"])]
    return decision.message


_NO_SENDERS = {
    Carriage.TEXT: "This organization has no phone number to send from.",
    Carriage.LINKEDIN: "Nothing is sent by hand on LinkedIn.",
    Carriage.MAIL: "This organization has no e-mail address to send from: give it one with changeOrganization.",
}


def _why_unreachable(thread: Row) -> str:
    channel, address = thread["channel"], thread["recipient"]
    if channel not in WRITTEN_ON:
        return f"No text can be sent on the channel {channel}."
    if channel == Channel.EMAIL:
        has_one = address and find_address(address)
        return "No e-mail arrives at this address: correct it." if has_one else "This lead has no e-mail address."
    if not address:
        return "This lead has no phone number to send a text to."
    return "The carrier says that this number takes no texts: correct it."


def _check_key(key: str) -> str:
    if not 1 <= len(key) <= _LONGEST_KEY:
        raise bad_input(f"The idempotency key needs between 1 and {_LONGEST_KEY} characters.", "idempotencyKey")
    return check_characters(key, "idempotencyKey")


async def _stored_result(session: Session, given: tuple[UUID, str, str | None], key: str) -> UUID:
    stored = await session.row("conversations", "get_message_by_key", key)
    assert stored, "the key was taken by a message that is not there"
    conversation_id, text, subject = given
    is_same = (stored["conversation_id"], stored["body"]) == (conversation_id, text)
    if not is_same or subject not in (None, stored["subject"]):
        raise Refusal(
            RefusalCode.IDEMPOTENCY_KEY_REUSED,
            "This idempotency key was used for another text: take a new key for a new text.",
            "idempotencyKey",
        )
    message_id: UUID = stored["id"]
    return message_id


async def start_conversation(session: Session, lead_id: UUID, channel: Channel) -> UUID:
    """The lead's open conversation on a channel that one writes on; begun where there is none."""
    session.actor.require(Permission.MESSAGES_SEND)
    if channel not in WRITTEN_ON:
        raise bad_input(f"Nothing can be sent on the channel {channel}.", "channel")
    lead = await lock_lead(session, lead_id)
    if not lead["email" if channel is Channel.EMAIL else "phone"]:
        raise Refusal(RefusalCode.LEAD_UNREACHABLE, "This lead has no address on this channel.", "channel")
    added: UUID | None = await session.value("receiving", "add_conversation", new_id(), lead["id"], channel, None)
    if added:
        session.announce(EventKind.CONVERSATION_CHANGED, conversation_id=added)
        return added
    found: UUID = await session.value("receiving", "lock_open_conversation", lead["id"], channel)
    return found


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
