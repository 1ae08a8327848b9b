"""Messages on their way out: claimed, handed to their carrier by a worker, and what became of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from actions.carrier_codes import act_on_codes, lock_recipients, note_dead_addresses, says_something
from actions.linkedin import find_phantom
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.conversations import Carriage, Channel, MessageStatus

# A message that has been SENDING for longer belongs to a worker that died. Mail servers may think for minutes.
LEASES = {
    Carriage.TEXT: timedelta(seconds=60),
    Carriage.MAIL: timedelta(minutes=5),
    Carriage.LINKEDIN: timedelta(minutes=2),
}
# A step of a campaign whose text no carrier took is asked of the gate again, so long after.
AGAIN = timedelta(minutes=1)


async def claim_message(session: Session, carriage: Carriage) -> Row | None:
    """Marks the organization's next due message SENDING, before its carrier hears of it. None when nothing is due."""
    found = await session.row("sending", "claim_message", LEASES[carriage], carriage)
    return found and await _whole(session, found)


async def claim_unsettled(session: Session, carriage: Carriage) -> Row | None:
    """A message whose worker died between claim and record. It may or may not have left."""
    found = await session.row("sending", "claim_unsettled", LEASES[carriage], carriage)
    return found and await _whole(session, found)


async def _whole(session: Session, message: Row) -> Row:
    """An e-mail has a subject, and a place in its thread; over LinkedIn the organization's own agents carry it."""
    if message["channel"] == Channel.LINKEDIN:
        return {**message, "phantom": await find_phantom(session, message["id"])}
    if message["channel"] != Channel.EMAIL:
        return message
    return {**message, **(await session.row("sending", "get_letter", message["id"]) or {})}


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that its carrier has accepted, under which id and when."""

    message: Row
    external_id: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Refused:
    """A message that its carrier will never accept, by which code and why, and whether nobody is at its address."""

    message: Row
    code: int | None
    reason: str
    is_address_dead: bool = False


async def record_sent(session: Session, taken: Sequence[Taken]) -> None:
    """Carriers have them, so their leads were contacted. A report that overtook its receipt is recorded after it and
    moves the message on.
    """
    ids, external_ids = [one.message["id"] for one in taken], [one.external_id for one in taken]
    times = [one.at for one in taken]
    # First the webhooks, then what they are about, as the worker does who holds them: otherwise each could wait for the
    # other, with somebody between them who hands the lead over.
    await session.execute("sending", "hasten_reports", external_ids)
    leads = await session.rows("leads", "note_contacts", ids, times)
    await session.execute("sending", "record_sent", ids, external_ids, times)
    await lead_changed(session, *(lead["id"] for lead in leads if lead["is_moved"]))
    for one in taken:
        _tell(session, one.message)


async def find_recorded(session: Session, external_ids: list[str]) -> set[str]:
    """Which of the carrier's ids other messages have: the same words may have gone to the same person twice."""
    return {row["external_id"] for row in await session.rows("sending", "find_recorded", external_ids)}


async def record_failed(session: Session, refused: Sequence[Refused]) -> None:
    """The carrier said no: the messages never left. Some of what it says is about whom they were for."""
    telling = [one for one in refused if one.is_address_dead or says_something(one.code)]
    sent = await lock_recipients(session, [one.message["id"] for one in telling])
    await session.execute("dispatching", "fail_runs", [one.message["id"] for one in refused])
    await _end(session, MessageStatus.FAILED, refused)
    about = [(sent[one.message["id"]], one) for one in telling if one.message["id"] in sent]
    await note_dead_addresses(session, [to for to, one in about if one.is_address_dead])
    await act_on_codes(session, [(to, one.code) for to, one in about if one.code and not one.is_address_dead])


async def record_withheld(session: Session, message: Row, reason: str) -> None:
    """It was claimed, and must not be sent after all: the carrier never heard of it."""
    await _end(session, MessageStatus.CANCELED, [Refused(message, None, reason)])


async def _end(session: Session, status: MessageStatus, refused: Sequence[Refused]) -> None:
    codes, reasons = [one.code for one in refused], [one.reason[:500] for one in refused]
    await session.execute("sending", "record_failed", [one.message["id"] for one in refused], status, codes, reasons)
    for one in refused:
        _tell(session, one.message)


async def send_later(session: Session, message_id: UUID) -> None:
    """The carrier certainly does not have it: back into the queue, later each time."""
    await session.execute("sending", "send_later", message_id)
    if not await session.value("dispatching", "reopen_run", message_id, AGAIN):
        await session.rows("dispatching", "drop_texts", [message_id], "It is not sent any more: its step is over.")
        await session.execute("silence", "nudge_again", message_id, AGAIN)


def _tell(session: Session, message: Row) -> None:
    session.announce(
        EventKind.MESSAGE_STATUS_CHANGED, conversation_id=message["conversation_id"], message_id=message["id"]
    )
