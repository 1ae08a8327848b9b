"""E-mails that come in, what becomes of ours, and the link by which somebody wants no more of them."""

from collections.abc import Mapping
from uuid import UUID

from actions.carrier_codes import lock_recipients, note_dead_addresses
from actions.locking import lock_lead
from actions.opting import record_consent, withdraw
from actions.receiving import add_messages, open_conversation
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.addresses import address_hash
from domain.analytics import EventKind
from domain.compliance import ConsentKind, ConsentSource
from domain.conversations import Channel, MessageStatus, moves_forward
from domain.ids import new_id
from domain.imports.names import split_name
from domain.mail import STATUSES, InboundMail, MailReport, ReportKind, find_ours

_SOURCES: Mapping[ReportKind, ConsentSource] = {
    ReportKind.COMPLAINT: ConsentSource.COMPLAINT,
    ReportKind.UNSUBSCRIBED: ConsentSource.LINK,
}
_LONGEST_NAME = 100


async def receive_mail(session: Session, mail: InboundMail) -> UUID | None:
    """Puts an e-mail into the conversation with whom it is from, and tells the inbox. None when it is there already, or
    is nobody's: one of our own that came back, or of a machine that nobody knows.
    """
    lead_id = await _whose(session, mail)
    if lead_id is None:
        return None
    lead = await lock_lead(session, lead_id, at_hand=False)
    conversation_id = await open_conversation(session, lead["id"], mail.text)
    added = await add_messages(session, [(conversation_id, mail.text)])
    return added[0] if added else None


async def _whose(session: Session, mail: InboundMail) -> UUID | None:
    """Whom the e-mail was written to that this answers; else who has the address; else somebody new."""
    named = (find_ours(mail.references), mail.text.sender)
    found: UUID | None = await session.value("mailing", "find_writer", *named)
    if found or mail.text.is_automatic or await session.value("mailing", "is_our_address", mail.text.sender):
        return found
    name = [part and part[:_LONGEST_NAME] for part in split_name(mail.name or "")]
    added: UUID | None = await session.value("mailing", "add_lead_by_email", new_id(), mail.text.sender, *name)
    if added:
        await lead_changed(session, added)
        return added
    quicker: UUID | None = await session.value("mailing", "find_writer", *named)
    return quicker


async def record_mail_report(session: Session, report: MailReport) -> bool:
    """What a provider tells of an e-mail of ours, and of whom it went to. False where nobody here has the address."""
    message_id = await session.value("mailing", "find_reported", report.message_id, report.address)
    sent = (await lock_recipients(session, [message_id])).get(message_id) if message_id else None
    if sent:
        await _move(session, sent, report)
    else:
        sent = await session.row("mailing", "lock_lead_by_email", report.address)
    if source := _SOURCES.get(report.kind):
        await _leave_alone(session, sent, report, source)
    if sent and report.kind is ReportKind.HARD_BOUNCE:
        await note_dead_addresses(session, [{**sent, "recipient": report.address}])
    return sent is not None


async def _move(session: Session, sent: Row, report: MailReport) -> None:
    """Forward, never back. What came to nothing for now is noted, and the provider goes on trying."""
    message = await session.row("receiving", "lock_message", sent["id"])
    assert message, "a message has gone while it was reported on"
    now, told = MessageStatus(message["status"]), STATUSES.get(report.kind)
    words = report.words if report.kind in (ReportKind.HARD_BOUNCE, ReportKind.SOFT_BOUNCE) else None
    if told and moves_forward(now, told):
        await session.execute("receiving", "record_status", sent["id"], told, report.at, None, words)
    elif report.kind is ReportKind.SOFT_BOUNCE and now in (MessageStatus.SENDING, MessageStatus.SENT):
        await session.execute("receiving", "record_status", sent["id"], now, report.at, None, words)
    else:
        return
    ids = {"conversation_id": sent["conversation_id"], "message_id": sent["id"]}
    session.announce(EventKind.MESSAGE_STATUS_CHANGED, **ids)


async def _leave_alone(session: Session, sent: Row | None, report: MailReport, source: ConsentSource) -> None:
    """Nothing more goes to the address, whoever has it, or will."""
    if sent is None:
        hash = address_hash(session.actor.organization_id, Channel.EMAIL, report.address)
        await session.value("leads", "opt_out", new_id(), Channel.EMAIL, hash, source)
        return
    await _withdraw(session, sent["lead_id"], report.address, source, sent.get("id"))


async def unsubscribe(session: Session, message_id: UUID) -> bool:
    """The link in an e-mail was used: the address it went to gets no more. False where there is no such e-mail now."""
    sent = await session.row("mailing", "get_recipient", message_id)
    if sent is None:
        return False
    lead = await lock_lead(session, sent["lead_id"], at_hand=False)
    await _withdraw(session, lead["id"], sent["recipient"], ConsentSource.LINK, message_id)
    return True


async def _withdraw(
    session: Session, lead_id: UUID, address: str, source: ConsentSource, message_id: UUID | None
) -> None:
    """Once more changes nothing, and is no further evidence."""
    if await withdraw(session, lead_id, Channel.EMAIL, [address], source):
        await record_consent(session, lead_id, Channel.EMAIL, ConsentKind.WITHDRAWN, source, None, message_id)
        await lead_changed(session, lead_id)


async def find_sender_name(session: Session, message_id: UUID) -> str | None:
    """Who sent an e-mail, for whoever looks at its link; None where there is no such e-mail any more."""
    sent = await session.row("mailing", "get_recipient", message_id)
    return sent["organization_name"] if sent else None
