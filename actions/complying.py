"""What a text does before anybody reads it: it opts out, opts back in, or is told who this is."""

from dataclasses import dataclass
from uuid import UUID

from actions.opting import LIFTED, record_consent, withdraw
from actions.scoring import lead_changed
from db.session import Session
from domain.addresses import address_hash
from domain.analytics import EventKind
from domain.compliance import ANSWERS, ConsentKind, ConsentSource, Judgement, Verdict, is_answerable, judge, judge_mail
from domain.conversations import Channel, InboundText, count_segments
from domain.ids import new_id
from domain.people import OrganizationStatus


@dataclass(frozen=True, slots=True)
class Heard:
    """A text that has been put into its conversation; its lead is locked."""

    text: InboundText
    message_id: UUID
    conversation_id: UUID
    lead_id: UUID


def judge_text(text: InboundText) -> Judgement:
    """What a carrier has understood holds. A yes is taken as if they had opted out: `comply` sees whether they have."""
    if text.is_automatic:
        return Judgement(Verdict.NOTHING)
    if text.opt_out_type:
        return Judgement(Verdict(text.opt_out_type), text.opt_out_type, ConsentSource.CARRIER)
    if text.channel is Channel.EMAIL:
        return judge_mail(text.subject or "", text.body)
    return judge(text.body, is_opted_out=True)


async def comply(session: Session, heard: Heard, judgement: Judgement) -> None:
    if judgement.verdict is Verdict.STOP:
        await _stop(session, heard, judgement)
    elif judgement.verdict is Verdict.START:
        await _start(session, heard, judgement)
    elif judgement.verdict is Verdict.HELP and not await _is_helped(session, heard):
        await _answer(session, heard, judgement)


async def _stop(session: Session, heard: Heard, judgement: Judgement) -> None:
    """At once, and answered once; who says it again has said so, and hears nothing more."""
    numbers = await _numbers(session, heard)
    if await withdraw(session, heard.lead_id, heard.text.channel, numbers, judgement.source):
        await lead_changed(session, heard.lead_id)
        await _answer(session, heard, judgement)
    await _record(session, heard, ConsentKind.WITHDRAWN, judgement)


async def _start(session: Session, heard: Heard, judgement: Judgement) -> None:
    """Nothing where they have not opted out."""
    hashes = [_hash(session, heard, number) for number in await _numbers(session, heard)]
    lifted = [await session.value("leads", "opt_in", heard.text.channel, hash, LIFTED) for hash in hashes]
    if any(lifted):
        await _record(session, heard, ConsentKind.GIVEN, judgement)
        await lead_changed(session, heard.lead_id)
        await _answer(session, heard, judgement)


async def _numbers(session: Session, heard: Heard) -> list[str]:
    """The one they wrote from, and the one their lead is written to at: of who was merged these may be two."""
    rows = await session.rows("complying", "get_addresses", heard.lead_id, heard.text.channel)
    return list(dict.fromkeys([heard.text.sender, *(row["address"] for row in rows)]))


def _hash(session: Session, heard: Heard, number: str) -> bytes:
    return address_hash(session.actor.organization_id, heard.text.channel, number)


async def _record(session: Session, heard: Heard, kind: ConsentKind, judgement: Judgement) -> None:
    said = (judgement.source, judgement.rule, heard.message_id, heard.text.at)
    await record_consent(session, heard.lead_id, heard.text.channel, kind, *said)


async def _is_helped(session: Session, heard: Heard) -> bool:
    """At most one such answer an hour, so that two machines do not talk for ever."""
    return bool(await session.value("complying", "is_helped", heard.lead_id, heard.text.sender))


async def _answer(session: Session, heard: Heard, judgement: Judgement) -> None:
    """Queues what must be answered, at whatever hour; not where the carrier has done so, nor from who has ended."""
    organization = await session.row("complying", "get_organization")
    if not organization or organization["status"] == OrganizationStatus.CANCELLED:
        return
    if heard.text.opt_out_type or not is_answerable(heard.text.sender):
        return
    body, ours = ANSWERS[judgement.verdict].format(organization["name"]), heard.text.recipient
    sent = (ours, heard.text.sender, count_segments(body), f"{judgement.verdict} {heard.message_id}")
    message_id: UUID | None = await session.value(
        "complying", "add_answer", new_id(), heard.conversation_id, body, *sent
    )
    if message_id:
        await session.execute("conversations", "note_outbound_message", heard.conversation_id, ours)
        session.announce(EventKind.MESSAGE_SENT, conversation_id=heard.conversation_id, message_id=message_id)
