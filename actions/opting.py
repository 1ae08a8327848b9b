"""Opting out of being written to, and coming back: holds for an address in the whole organization, whoever has it."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from actions.drafts import discard_drafts
from actions.enrollments import hear_opt_out
from actions.exposures import note_opt_out
from actions.locking import lock_lead
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.addresses import address_hash
from domain.analytics import EventKind
from domain.compliance import ConsentKind, ConsentSource
from domain.conversations import Channel
from domain.drafts import DraftReason
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input
from domain.texts import check_characters

_CHANNELS: Mapping[str, tuple[Channel, ...]] = {
    "phone": (Channel.SMS, Channel.WHATSAPP, Channel.CALL),
    "email": (Channel.EMAIL,),
    "linkedin_url": (Channel.LINKEDIN,),
}
_LONGEST_REASON = 500
_REQUESTED = ConsentSource.REQUESTED
LIFTED = "They wrote START"


async def opt_out_lead(session: Session, lead_id: UUID, channels: Collection[Channel]) -> UUID:
    """At once, on these channels or on all there are: texts that wait are not sent. Once more changes nothing."""
    found, places = await _lock(session, lead_id, channels)
    changed = [place for place in places if await session.value("leads", "opt_out", new_id(), *place, _REQUESTED)]
    for channel, _ in changed:
        await record_consent(session, found["id"], channel, ConsentKind.WITHDRAWN, _REQUESTED)
    if changed:
        await _call_back(session, found["id"], [channel for channel, _ in places])
        await _hear(session, found["id"], [channel for channel, _ in places])
        await lead_changed(session, found["id"])
    return UUID(int=found["id"].int)


async def opt_in_lead(session: Session, lead_id: UUID, channels: Collection[Channel], reason: str) -> UUID:
    """Whoever lifts it says why, as somebody may ask."""
    text = check_characters(reason.strip(), "reason")
    if not 1 <= len(text) <= _LONGEST_REASON:
        raise bad_input(f"Say why, in at most {_LONGEST_REASON} characters: they asked to be left alone.", "reason")
    found, places = await _lock(session, lead_id, channels)
    changed = [place for place in places if await session.value("leads", "opt_in", *place, text)]
    for channel, _ in changed:
        await record_consent(session, found["id"], channel, ConsentKind.GIVEN, _REQUESTED, text)
    if changed:
        await lead_changed(session, found["id"])
    return UUID(int=found["id"].int)


async def _lock(
    session: Session, lead_id: UUID, channels: Collection[Channel]
) -> tuple[Row, list[tuple[Channel, bytes]]]:
    session.actor.require(Permission.LEADS_WRITE)
    found = await lock_lead(session, lead_id, at_hand=False)
    places = [place for place in places_of(session, found) if not channels or place[0] in channels]
    if not places:
        raise Refusal(RefusalCode.LEAD_UNREACHABLE, "This lead has no address on these channels.", "channels")
    return found, places


def places_of(session: Session, person: Mapping[str, Any]) -> Iterator[tuple[Channel, bytes]]:
    """Where somebody can be written to: each channel, with the hash of their address there."""
    for kind, channels in _CHANNELS.items():
        address = person.get(kind)
        for channel in channels if address else ():
            yield channel, address_hash(session.actor.organization_id, channel, str(address))


async def withdraw(
    session: Session, lead_id: UUID, channel: Channel, numbers: Sequence[str], source: ConsentSource
) -> bool:
    """Nothing is sent to these numbers of a locked lead any more; what waits is called back. False where it was so."""
    hashes = [address_hash(session.actor.organization_id, channel, number) for number in numbers]
    changed = [await session.value("leads", "opt_out", new_id(), channel, hash, source) for hash in hashes]
    if not any(changed):
        return False
    for row in await session.rows("complying", "call_back_texts", lead_id, numbers, channel):
        _tell_called_back(session, dict(row))
    await _hear(session, lead_id, [channel])
    return True


async def _hear(session: Session, lead_id: UUID, channels: Collection[Channel]) -> None:
    """Campaigns rest, Sophie is silent, and what she wrote last is measured by it."""
    await hear_opt_out(session, [lead_id], channels)
    await discard_drafts(session, [lead_id], DraftReason.OPTED_OUT)
    await note_opt_out(session, lead_id, datetime.now(UTC))


async def record_consent(
    session: Session,
    lead_id: UUID,
    channel: Channel,
    kind: ConsentKind,
    source: ConsentSource,
    words: str | None = None,
    message_id: UUID | None = None,
    at: datetime | None = None,
) -> None:
    """Keeps evidence of what somebody has said about being written to, with the message where there is one."""
    said = (channel, kind, source, message_id, session.actor.member_id, words, at)
    await session.value("complying", "add_consent", new_id(), lead_id, *said)


async def _call_back(session: Session, lead_id: UUID, channels: Collection[Channel]) -> None:
    for row in await session.rows("leads", "call_back_messages", lead_id, channels):
        _tell_called_back(session, dict(row))


def _tell_called_back(session: Session, row: Row) -> None:
    ids = {"conversation_id": row["conversation_id"], "message_id": row["id"]}
    session.announce(EventKind.MESSAGE_STATUS_CHANGED, **ids)
