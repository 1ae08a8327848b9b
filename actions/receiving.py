"""What comes in: texts from leads, and the carrier's reports on ours."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import orjson

from actions.carrier_codes import act_on_codes, lock_recipients, says_something
from actions.complying import Heard, comply, judge_text
from actions.drafts import Burst, plan_answers
from actions.enrollments import hear_reply
from actions.exposures import note_replies
from actions.leads import find_or_add_lead_by_phone
from actions.reviewing import settle_conversations
from actions.scoring import lead_changed, rescore
from db.session import Row, Session
from domain.analytics import EventKind
from domain.compliance import Judgement, Verdict
from domain.conversations import (
    Channel,
    InboundText,
    MessageStatus,
    StatusReport,
    carriage_of,
    count_segments,
    moves_forward,
)
from domain.ids import new_id


async def claim_webhooks(session: Session, most: int) -> list[Row]:
    """The organization's oldest open webhooks, locked until this unit of work ends; none while a worker has others."""
    if not await session.value("receiving", "hold_queue"):
        return []
    return [dict(row) for row in await session.rows("receiving", "claim_webhooks", most)]


async def settle_webhooks(session: Session, webhook_ids: Sequence[UUID]) -> None:
    await session.execute("receiving", "settle_webhooks", webhook_ids)


async def empty_webhook(session: Session, webhook_id: UUID) -> None:
    """Forgets what it said, and that it came is all that stays: who it is about was erased."""
    await session.execute("receiving", "empty_webhook", webhook_id)


async def postpone_webhook(session: Session, webhook_id: UUID, problem: str) -> None:
    """Counts a failed attempt; the next comes after twice the time, at most an hour. It is never given up."""
    await session.execute("receiving", "postpone_webhook", webhook_id, problem[:500])


async def lock_leads(session: Session, phones: Sequence[str], external_ids: Sequence[str]) -> list[UUID]:
    """Whose texts and reports are to be worked off together: all their leads before anything that belongs to one.

    Locked one by one as the texts come, they could meet somebody who locks the same ones in another order.
    """
    return [row["id"] for row in await session.rows("receiving", "lock_leads", phones, external_ids)]


async def receive_known(session: Session, lead_ids: Sequence[UUID], texts: Sequence[InboundText]) -> set[str]:
    """Puts texts of locked leads into conversations that are there, all at once; answers the carrier's ids of those."""
    rows = await session.rows("receiving", "lock_threads", lead_ids)
    threads = {(row["phone"], row["channel"]): row for row in rows}
    known = [text for text in texts if (text.sender, text.channel) in threads]
    for thread in {(text.sender, text.channel): None for text in known}:
        _reopened(session, dict(threads[thread]))
    await add_messages(session, [(threads[text.sender, text.channel]["id"], text) for text in known])
    return {text.external_id for text in known}


async def receive_text(session: Session, text: InboundText) -> UUID | None:
    """Puts a text into its conversation and tells the inbox. None when it is there already."""
    added = await add_messages(session, [(await _thread(session, text), text)])
    return added[0] if added else None


async def add_messages(session: Session, texts: Sequence[tuple[UUID, InboundText]]) -> list[UUID]:
    """Each into its conversation; answers the messages of those that were not there already, in order."""
    judged = {text.external_id: (text, judge_text(text)) for _, text in texts}
    given = [_new_message(conversation_id, *judged[text.external_id]) for conversation_id, text in texts]
    added = await session.rows("receiving", "add_inbound_messages", orjson.dumps(given).decode())
    await lead_changed(session, *dict.fromkeys(row["lead_id"] for row in added if row["is_moved"]))
    if replies := [row["lead_id"] for row in added if row["is_scored"] and not row["is_moved"]]:
        await rescore(session, replies)
    kept = {row["external_id"]: row for row in added}
    await _answered(session, [(kept[id], text, one.verdict) for id, (text, one) in judged.items() if id in kept])
    for text, judgement in judged.values():  # as they came: a STOP may follow a START
        if not (row := kept.get(text.external_id)):
            continue
        session.announce(EventKind.MESSAGE_RECEIVED, conversation_id=row["conversation_id"], message_id=row["id"])
        if row["is_enrolled"] and judgement.verdict is not Verdict.STOP and not text.is_automatic:
            await hear_reply(session, row["lead_id"], text.at)
        await comply(session, Heard(text, row["id"], row["conversation_id"], row["lead_id"]), judgement)
    heard = {row["conversation_id"] for id, row in kept.items() if not judged[id][0].is_automatic}
    if heard:
        await settle_conversations(session, heard)
    return [row["id"] for row in added]


async def _answered(session: Session, heard: Sequence[tuple[Any, InboundText, Verdict]]) -> None:
    """What versions wrote was replied to, and Sophie answers: before anybody is heard who wants neither."""
    said = [(row, text) for row, text, verdict in heard if verdict is Verdict.NOTHING and not text.is_automatic]
    if replied := [row["conversation_id"] for row, _ in said if row["is_exposed"]]:
        await note_replies(session, replied, said[-1][1].at)
    bursts = [Burst(row["conversation_id"], row["id"], text.at) for row, text in said if row["is_answered"]]
    if bursts:
        await plan_answers(session, bursts)


def _new_message(conversation_id: UUID, text: InboundText, judgement: Judgement) -> dict[str, Any]:
    return {
        "id": new_id(),
        "conversation_id": UUID(int=conversation_id.int),  # the driver's own kind cannot be written as JSON
        "carriage": carriage_of(text.channel),
        "subject": text.subject,
        "body": text.body,
        "media_urls": text.media_urls,
        "sender": text.sender,
        "recipient": text.recipient,
        "segments": 1 if text.channel is Channel.EMAIL else count_segments(text.body),
        "external_id": text.external_id,
        "at": text.at,
        "is_reply": judgement.verdict is not Verdict.STOP and not text.is_automatic,
    }


async def _thread(session: Session, text: InboundText) -> UUID:
    """The conversation a text is for, locked after its lead: found in one step, or made."""
    found = await session.row("receiving", "lock_thread", text.sender, text.channel)
    if found and found["id"]:
        return _reopened(session, found)
    lead_id = found["lead_id"] if found else await find_or_add_lead_by_phone(session, text.sender)
    return await open_conversation(session, lead_id, text)


async def open_conversation(session: Session, lead_id: UUID, text: InboundText) -> UUID:
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
    message_id = await session.value("receiving", "find_message_by_external_id", report.external_id)
    if message_id is None:
        return False
    sent = await lock_recipients(session, [message_id] if says_something(report.error_code) else [])
    message = await session.row("receiving", "lock_message", message_id)
    assert message, "a message has gone while it was reported on"
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
        await act_on_codes(session, [(one, report.error_code) for one in sent.values() if report.error_code])
    return True
