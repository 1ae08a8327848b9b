"""Sophie beside people: answers asked for, accepted, edited and rejected."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from actions.answering import send_draft
from actions.drafts import plan, tell_of_draft
from actions.locking import lock_lead
from db.session import Row, Session
from domain.conversations import WRITTEN_ON, check_text
from domain.drafts import DraftReason, DraftStatus
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters
from domain.versions import check_version

_LONGEST_REASON = 500


async def suggest_reply(session: Session, conversation_id: UUID) -> UUID:
    """A proposal, written at once. What is open in the conversation becomes one, what is proposed is written anew."""
    session.actor.require(Permission.MESSAGES_SEND)
    found = await session.row("answering", "get_inbound", conversation_id)
    if found is None:
        raise not_found("conversation", "conversationId")
    if found["channel"] not in WRITTEN_ON:
        raise bad_input("Nothing can be sent on this channel.", "conversationId")
    await lock_lead(session, found["lead_id"])
    now, message_id = datetime.now(UTC) - timedelta(seconds=1), found["inbound_message_id"]
    given: dict[str, Any] = {
        "id": new_id(),
        "conversation_id": UUID(int=conversation_id.int),
        "inbound_message_id": message_id and UUID(int=message_id.int),
        "is_proposal": True,
        "first_at": now,
        "next_attempt_at": now,
    }
    return (await plan(session, [given], session.actor.member_id))[0]


async def accept_draft(session: Session, draft_id: UUID, expected_version: int | None) -> UUID:
    """Sends what is proposed, as it reads now. The message it became is the draft's."""
    found = await _lock(session, draft_id, expected_version)
    if not found["body"]:
        raise Refusal(RefusalCode.CONFLICT, "There is nothing to send: write it first, with editDraft.", "draftId")
    message_id = await send_draft(session, found, found["body"], found["prompt_version_id"], datetime.now(UTC))
    await _review(session, found, DraftStatus.SENT, None, None, message_id=message_id)
    return draft_id


async def edit_draft(session: Session, draft_id: UUID, body: str, expected_version: int | None) -> UUID:
    """Other words for what is proposed; what Sophie wrote stays beside them."""
    found = await _lock(session, draft_id, expected_version, at_hand=True)
    await session.execute("answering", "edit_draft", draft_id, check_text(body), session.actor.member_id)
    tell_of_draft(session, found)
    return draft_id


async def reject_draft(session: Session, draft_id: UUID, reason: str | None) -> UUID:
    found = await _lock(session, draft_id, None)
    words = reason and check_characters(reason.strip(), "reason")
    if words and len(words) > _LONGEST_REASON:
        raise bad_input(f"Say why in at most {_LONGEST_REASON} characters.", "reason")
    await _review(session, found, DraftStatus.REJECTED, DraftReason.REJECTED, words or None)
    return draft_id


async def _lock(session: Session, draft_id: UUID, expected_version: int | None, *, at_hand: bool = False) -> Row:
    """One that people decide about, after its lead. Of two who decide at once the second is told.

    Of who was put away it may be rejected, and nothing is written any more.
    """
    session.actor.require(Permission.MESSAGES_SEND)
    lead_id = await session.value("answering", "get_lead_of_draft", draft_id)
    if lead_id is None:
        raise not_found("draft", "draftId")
    await lock_lead(session, lead_id, at_hand=at_hand, field="draftId")
    found = await session.row("answering", "lock_draft", draft_id)
    if found is None:
        raise not_found("draft", "draftId")
    check_version(expected_version, found["version"], "draft")
    if found["status"] not in (DraftStatus.PROPOSED, DraftStatus.WITHHELD):
        words = f"Nobody decides about this draft now: it is {found['status']}."
        raise Refusal(RefusalCode.CONFLICT, words, "draftId")
    return found


async def _review(
    session: Session,
    found: Row,
    status: DraftStatus,
    reason: DraftReason | None,
    problem: str | None,
    *,
    message_id: UUID | None = None,
) -> None:
    values = (status, reason, problem, None, message_id, session.actor.member_id)
    await session.execute("answering", "review_draft", found["id"], *values)
    tell_of_draft(session, found)
