"""Answering a lead: what is handed to whoever writes, and what becomes of what was written."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile
from uuid import UUID

from actions.conversations import send_message
from actions.drafts import Written, settle_draft, tell_of_draft
from actions.exposures import expose, note_breach, note_feeling
from actions.hot_leads import lead_turned_hot
from actions.locking import lock_lead
from actions.reviewing import settle_conversations
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.answering import Answer, Brief, Line, Usage
from domain.campaigns.gate import Decision
from domain.campaigns.reasons import GateReason, Verdict
from domain.conversations import Channel, ConversationStatus, MessageDirection
from domain.drafts import MOST_LINES, AiMode, DraftReason, DraftStatus, ask_gate
from domain.ids import new_id
from domain.leads import Temperature
from domain.lessons import LessonType
from domain.output_rules import REASONS, Breach, OutputRules
from domain.outputs.never_rules import read_never_rule
from domain.prompts.sharing import is_within
from domain.refusals import Refusal

_FACTS = ("first_name", "last_name", "company", "title", "industry", "location", "postcode", "assignee")


# As of two of one person's, once they are merged: Sophie answers in the one that stays, and people look at the other.
_PUT_AWAY = "This conversation was put away: answer in the one that is open."


@dataclass(frozen=True, slots=True)
class Writing:
    """A draft that is to be written: what is known, and what holds for it."""

    draft: Row
    thread: Row
    lines: Sequence[Row]
    brief: Brief
    rules: OutputRules
    version_id: UUID | None
    decision: Decision


@dataclass(frozen=True, slots=True)
class Voice:
    """The version that writes in a conversation, and what it says; without one nothing is said beforehand."""

    version_id: UUID | None = None
    compiled: str = ""
    knowledge: str = ""


async def get_writing(session: Session, draft: Row, now: datetime) -> Writing:
    """All of it in the unit of work that claimed the draft."""
    thread = await session.row("answering", "get_brief", draft["conversation_id"], now)
    assert thread, "a draft without its conversation"
    said = await session.rows("answering", "get_lines", draft["conversation_id"], MOST_LINES)
    lines: list[Row] = [dict(row) for row in said]
    version_id = await find_version(session, thread["dataset_ids"], draft["conversation_id"])
    voice = await get_voice(session, version_id) if version_id else Voice()
    brief, rules = brief_of(thread, lines, voice), await get_rules(session, thread, voice)
    return Writing(draft, thread, lines, brief, rules, version_id, ask_gate(thread, now))


async def find_version(session: Session, dataset_ids: Sequence[UUID] | None, conversation_id: UUID) -> UUID | None:
    """Which writes in a conversation: a dataset's, else the organization's, else none."""
    live = await session.row("prompts", "find_live", list(dataset_ids or ()))
    if live is None:
        return None
    tried: UUID | None = live["trial_version_id"]
    is_tried = tried and is_within(live["trial_share"], tried, conversation_id)
    found: UUID = tried if tried and is_tried else live["live_version_id"]
    return found


async def get_voice(session: Session, version_id: UUID) -> Voice:
    found = await session.row("answering", "get_words", version_id)
    assert found, "versions are never deleted"
    return Voice(version_id, found["compiled"], found["knowledge"] or "")


async def get_rules(session: Session, thread: Row, voice: Voice) -> OutputRules:
    """What plain code keeps out of an answer, whatever was written."""
    taught = await session.rows("answering", "get_never_rules", voice.version_id)
    words = [row["incorrect_response"] for row in taught if row["type"] == LessonType.BLACKLIST_WORD]
    never = [
        read_never_rule(row["title"], row["description"], incorrect_response=row["incorrect_response"])
        for row in taught
        if row["type"] == LessonType.NEVER_RULE
    ]
    own = (thread["phone"], thread["email"], thread["organization_phone"], thread["organization_email"])
    return OutputRules(
        blacklisted_words=(*thread["blacklisted_words"], *words),
        never_rules=tuple(never),
        links=tuple(link for link in (thread["website"], thread["booking_link"]) if link),
        contacts=tuple(contact for contact in own if contact),
        confidential=voice.compiled,
        knowledge=voice.knowledge,
        most_segments=None if thread["channel"] == Channel.EMAIL else 3,
    )


def brief_of(thread: Row, lines: Sequence[Row], voice: Voice) -> Brief:
    said = tuple(Line(MessageDirection(row["direction"]), row["body"], row["created_at"]) for row in lines)
    return Brief(
        prompt=voice.compiled,
        facts={name: thread[name] for name in _FACTS if thread[name]},
        lines=said,
        organization=thread["organization"],
        booking_link=thread["booking_link"],
        website=thread["website"],
        channel=Channel(thread["channel"]),
    )


def ends_before(writing: Writing) -> tuple[DraftStatus, DraftReason, str | None] | None:
    """What keeps an answer from being written at all; None where it may be."""
    thread, draft = writing.thread, writing.draft
    if thread["ai_mode"] == AiMode.OFF and not draft["is_proposal"]:
        return DraftStatus.DISCARDED, DraftReason.SWITCHED_OFF, None
    if writing.decision.reason is GateReason.MANUAL_MODE and not draft["is_proposal"]:
        return DraftStatus.DISCARDED, DraftReason.MANUAL_MODE, None
    if has_human_replied(writing.lines) and not draft["is_proposal"]:
        return DraftStatus.DISCARDED, DraftReason.HUMAN_REPLIED, None
    if thread["conversation_status"] == ConversationStatus.ARCHIVED and not draft["is_proposal"]:
        return DraftStatus.WITHHELD, DraftReason.MAY_NOT_SEND, _PUT_AWAY
    if writing.decision.verdict in (Verdict.END, Verdict.HOLD) and not draft["is_proposal"]:
        return DraftStatus.WITHHELD, DraftReason.MAY_NOT_SEND, writing.decision.message
    return None


def has_human_replied(lines: Sequence[Row]) -> bool:
    """Whether a colleague has written since the lead did. What a campaign sends meanwhile answers nothing."""
    since = takewhile(lambda line: line["direction"] == MessageDirection.OUTBOUND, reversed(lines))
    return any(not line["ai_generated"] and line["campaign_id"] is None for line in since)


def count_turns(lines: Sequence[Row]) -> int:
    """How often Sophie has answered since a colleague last wrote, or a campaign did."""
    turns = 0
    for line in reversed(lines):
        if line["direction"] == MessageDirection.OUTBOUND and not line["ai_generated"]:
            break
        turns += line["direction"] == MessageDirection.OUTBOUND
    return turns


async def wait_for(session: Session, draft: Row, at: datetime, why: str, attempts: int = 0) -> None:
    """It is not written before then. `attempts` are those that count: what waits for its hour was not tried."""
    await session.execute("answering", "put_off_draft", draft["id"], at, why, attempts)
    tell_of_draft(session, draft)


async def hold_draft(session: Session, draft: Row, holder: UUID) -> Row | None:
    """The draft after its lead, with its conversation, all locked; None where somebody was quicker, or the lead has
    written again.

    A colleague who began to answer before there was a draft holds the conversation alone: what they say is waited for.
    """
    lead = await lock_lead(session, draft["lead_id"], at_hand=False)  # who was put away meanwhile has no open draft
    found = await session.row("answering", "lock_draft", draft["id"])
    if found is None or found["holder"] != holder or found["status"] != DraftStatus.WRITING:
        return None
    if found["lead_id"] != lead["id"]:
        return None  # merged at this very moment: when the lease has ended it is written as it stands then
    await session.value("answering", "hold_conversation", found["conversation_id"])
    return found


async def record_answer(
    session: Session, writing: Writing, answer: Answer, usage: Usage, breaches: Sequence[Breach], now: datetime
) -> None:
    """Sent, proposed or withheld: of a draft that is still held, in one unit of work with what was understood."""
    draft = writing.draft
    understood = (answer.intent, answer.sentiment, answer.temperature, answer.wants_human, answer.wants_booking)
    await session.execute("answering", "note_answer", draft["id"], *understood)
    await note_feeling(session, draft["conversation_id"], answer.sentiment, now)
    await _decide(session, writing, answer, usage, breaches, now)
    await settle_conversations(session, [draft["conversation_id"]])
    await _understand(session, writing, answer)  # last, because what moves a lead locks its datasets


async def _decide(
    session: Session, writing: Writing, answer: Answer, usage: Usage, breaches: Sequence[Breach], now: datetime
) -> None:
    draft, version_id = writing.draft, writing.version_id
    written = Written(answer.text or None, version_id, usage.model)
    if breaches:
        if version_id:
            await note_breach(session, version_id)
        await settle_draft(
            session, draft, DraftStatus.WITHHELD, DraftReason.OUTPUT_RULE, _why(breaches), written=written
        )
        return
    if not answer.text:
        reason = DraftReason.WANTS_HUMAN if answer.wants_human else DraftReason.NOTHING_TO_SAY
        await settle_draft(session, draft, DraftStatus.WITHHELD, reason, written=written)
        return
    reason_to_ask = _why_ask(writing, answer)
    if reason_to_ask:
        await settle_draft(session, draft, DraftStatus.PROPOSED, reason_to_ask, written=written)
    else:
        await _send(session, writing, answer.text, now, written)


def _why(breaches: Sequence[Breach]) -> str:
    first = breaches[0]
    return REASONS[first.rule] + (f" It says: {first.words}" if first.words else "")


def _why_ask(writing: Writing, answer: Answer) -> DraftReason | None:
    """Why people are asked before it is sent; None where it may go."""
    if writing.draft["is_proposal"]:
        return DraftReason.COPILOT
    if answer.wants_human:
        return DraftReason.WANTS_HUMAN
    if count_turns(writing.lines) >= writing.thread["ai_most_turns"]:
        return DraftReason.TOO_MANY_TURNS
    return None


async def _send(session: Session, writing: Writing, text: str, now: datetime, written: Written) -> None:
    draft = writing.draft
    try:
        async with session.apart():
            message_id = await send_draft(session, draft, text, writing.version_id, now)
    except Refusal as refusal:
        await settle_draft(
            session, draft, DraftStatus.WITHHELD, DraftReason.MAY_NOT_SEND, refusal.message, written=written
        )
        return
    await settle_draft(session, draft, DraftStatus.SENT, message_id=message_id, written=written)


async def send_draft(session: Session, draft: Row, text: str, version_id: UUID | None, now: datetime) -> UUID:
    """Once, however often it is tried: the draft is the key."""
    conversation_id = draft["conversation_id"]
    message_id = await send_message(session, conversation_id, text, f"draft {draft['id']}", ai_generated=True)
    if version_id:
        await session.execute("answering", "mark_written", message_id, version_id)
        await expose(session, conversation_id, version_id, now)
    return message_id


async def _understand(session: Session, writing: Writing, answer: Answer) -> None:
    """What the lead's texts tell of them, and what follows: a hot lead is told of."""
    draft, thread = writing.draft, writing.thread
    if thread["updates_status"] and not draft["is_proposal"]:
        feelings = (answer.sentiment, answer.temperature)
        if await session.value("answering", "set_feelings", draft["lead_id"], *feelings):
            await lead_changed(session, draft["lead_id"])
        if answer.temperature is Temperature.HOT and thread["temperature"] != Temperature.HOT:
            await lead_turned_hot(session, draft["lead_id"])


async def record_use(session: Session, purpose: str, outcome: str, usage: Usage, cost: int) -> None:
    """What a model was asked, in the organization's ledger; plain rules cost nothing and are not in it."""
    tokens = (usage.input_tokens, usage.output_tokens)
    values = (purpose, outcome, usage.model, *tokens, cost, usage.took_ms)
    await session.value("answering", "add_use", new_id(), *values)
