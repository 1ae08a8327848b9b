"""What people make of insights: lessons, and the next version of the prompt that they belong in."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from actions.learning import lock_open
from actions.lessons import add_lesson
from actions.prompt_versions import apply_lessons, get_parts, get_version
from db.session import Row, Session
from domain.analytics import EventKind
from domain.learning import InsightCategory, InsightStatus
from domain.lessons import LessonSource, LessonStatus, LessonType
from domain.people import Permission
from domain.prompts.versions import AuthorType
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.texts import check_characters

_LONGEST_FEEDBACK = 2_000
_TITLE = 200
# What kind of lesson a finding makes, where nobody says otherwise.
_TYPES = {
    InsightCategory.TONE: LessonType.DOS_DONTS,
    InsightCategory.GRAMMAR: LessonType.DOS_DONTS,
    InsightCategory.OBJECTION: LessonType.DOS_DONTS,
    InsightCategory.TIMING: LessonType.BEST_PRACTICE,
    InsightCategory.SUCCESS_PATTERN: LessonType.BEST_PRACTICE,
}


async def approve_insight(
    session: Session, insight_id: UUID, lesson_id: UUID | None = None, changes: Mapping[str, Any] | None = None
) -> UUID:
    """Sophie is right: her suggestion becomes a lesson, or joins one, and goes into the next version of the prompt."""
    session.actor.require(Permission.LESSONS_WRITE)
    await lock_open(session, insight_id)
    found = await _get(session, insight_id)
    learned = lesson_id or await _learn(session, found, LessonSource.SOPHIE_SUGGESTION, _suggested(found), changes)
    await _settle(session, insight_id, found, InsightStatus.APPROVED_AND_LEARNED, learned, None)
    return insight_id


async def teach_sophie(
    session: Session, insight_id: UUID, feedback: str, changes: Mapping[str, Any] | None = None
) -> UUID:
    """Sophie saw something, and somebody knows better what to make of it: their words become the lesson."""
    session.actor.require(Permission.LESSONS_WRITE)
    words = check_characters(feedback.strip(), "feedback")
    if not 1 <= len(words) <= _LONGEST_FEEDBACK:
        raise bad_input(f"Say what to learn, in at most {_LONGEST_FEEDBACK:,} characters.", "feedback")
    await lock_open(session, insight_id)
    found = await _get(session, insight_id)
    said = {"title": words.splitlines()[0][:_TITLE], "description": words}
    learned = await _learn(session, found, LessonSource.USER_TAUGHT, said, changes)
    await _settle(session, insight_id, found, InsightStatus.TAUGHT_SOPHIE, learned, words)
    return insight_id


async def _get(session: Session, insight_id: UUID) -> Row:
    found = await session.row("learning", "get_insight", insight_id)
    assert found, "it was locked"
    return found


def _suggested(found: Row) -> dict[str, Any]:
    about = found["suggestion"] or found["description"]
    return {"title": about[:_TITLE], "description": about if len(about) > _TITLE else None}


async def _learn(
    session: Session, found: Row, source: LessonSource, said: Mapping[str, Any], changes: Mapping[str, Any] | None
) -> UUID:
    """What was said around it is the example, and goes with whoever is erased. The reason is the title alone: it quotes
    nobody, and prompts keep it for good.
    """
    facts: dict[str, Any] = {"type": _TYPES[InsightCategory(found["category"])], "reasoning": found["title"]}
    if found["message_id"]:
        lines = await session.rows("learning", "get_example", found["message_id"])
        shown = [{"direction": row["direction"], "text": row["body"][:1600]} for row in lines if row["body"].strip()]
        facts["example_conversation"] = shown or None
    facts |= {**said, **(changes or {})}
    return await add_lesson(session, facts, source, message_id=found["message_id"])


async def _settle(
    session: Session, insight_id: UUID, found: Row, status: InsightStatus, lesson_id: UUID, words: str | None
) -> None:
    version_id = await _apply(session, found, lesson_id)
    member = session.actor.member_id
    await session.execute("learning", "settle_insight", insight_id, status, member, words, lesson_id, version_id)
    session.announce(EventKind.INSIGHT_REVIEWED, insight_id=insight_id)


async def _apply(session: Session, found: Row, lesson_id: UUID) -> UUID | None:
    """A draft of the prompt that answers this lead, or its newest version where the lesson is in it; None where nothing
    is live.
    """
    lesson = await session.row("lessons", "lock_lesson", lesson_id)
    if lesson is None:
        raise not_found("lesson", "lessonId")
    if lesson["status"] == LessonStatus.ARCHIVED:
        raise Refusal(RefusalCode.CONFLICT, "This lesson was put away: activate it first, or name none.", "lessonId")
    live = await session.row("prompts", "find_live", found["dataset_ids"] or [])
    if live is None or not session.actor.may(Permission.PROMPTS_WRITE):
        return None
    newest: UUID = (await get_version(session, live["id"], None))["id"]
    if lesson_id in {part.lesson_id for part in await get_parts(session, newest)}:
        return newest
    reason = f"Sophie noticed: {found['title']}"
    return await apply_lessons(session, live["id"], [lesson_id], reason, author=AuthorType.SOPHIE)
