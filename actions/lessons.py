"""Lessons: taught, brought along, changed, tried, put away; and which of them cannot both be kept."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from db.session import Row, Session
from domain.ids import new_id
from domain.lessons import (
    MOST_AT_ONCE,
    MOST_CONFLICTS,
    MOST_LESSONS,
    Lesson,
    LessonSource,
    LessonStatus,
    LessonType,
    check_lesson,
    find_conflict,
)
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, bad_input, not_found
from domain.versions import check_version

# In the order of the statements' parameters.
_FACTS = (
    "type",
    "title",
    "description",
    "trigger",
    "correct_response",
    "incorrect_response",
    "reasoning",
    "example_conversation",
    "tags",
    "priority",
)
_NOTHING: Mapping[str, Any] = dict.fromkeys(_FACTS) | {"tags": [], "priority": 0}


async def add_lesson(
    session: Session,
    facts: Mapping[str, Any],
    source: LessonSource = LessonSource.USER_TAUGHT,
    *,
    message_id: UUID | None = None,
    status: LessonStatus = LessonStatus.ACTIVE,
) -> UUID:
    """Conflicts do not keep it out: they are shown with it."""
    if message_id and not await session.value("lessons", "find_message", message_id):
        raise not_found("message", "sourceMessageId")
    [id] = await _add(session, [facts], source, message_id, status)
    return id


async def import_lessons(session: Session, lessons: Sequence[Mapping[str, Any]]) -> list[UUID]:
    """All of them or none."""
    session.actor.require(Permission.LESSONS_WRITE)
    if not 1 <= len(lessons) <= MOST_AT_ONCE:
        raise bad_input(f"Between 1 and {MOST_AT_ONCE} lessons at once.", "lessons")
    return await _add(session, lessons, LessonSource.IMPORTED)


async def _add(
    session: Session,
    lessons: Sequence[Mapping[str, Any]],
    source: LessonSource,
    message_id: UUID | None = None,
    status: LessonStatus = LessonStatus.ACTIVE,
) -> list[UUID]:
    session.actor.require(Permission.LESSONS_WRITE)
    whole = {new_id(): check_lesson({**_NOTHING, **facts}) for facts in lessons}
    await session.execute("lessons", "lock_library")
    if await session.value("lessons", "count_lessons") + len(whole) > MOST_LESSONS:
        words = f"An organization has at most {MOST_LESSONS:,} lessons: change one that you have instead."
        raise Refusal(RefusalCode.CONFLICT, words)
    for id, lesson in whole.items():
        values = (id, session.actor.member_id, source, message_id, *_values(lesson), status)
        await session.execute("lessons", "add_lesson", *values)
    await _settle_conflicts(session, *whole)
    return [*whole]


async def change_lesson(
    session: Session, lesson_id: UUID, changes: Mapping[str, Any], expected_version: int | None
) -> UUID:
    """Changes what is named. Versions that have it keep saying what it said."""
    found = await _lock(session, lesson_id)
    check_version(expected_version, found["version"], "lesson")
    kept = {name: found[name] for name in _FACTS}
    kept["example_conversation"] = found["example_conversation"] and orjson.loads(found["example_conversation"])
    whole = check_lesson(kept | dict(changes))
    await session.execute("lessons", "change_lesson", lesson_id, *_values(whole), found["status"])
    await _settle_conflicts(session, lesson_id)
    return lesson_id


async def turn_lesson(session: Session, lesson_id: UUID, to: LessonStatus) -> UUID:
    """Makes it apply, tries it, or puts it away. What is so already stays."""
    found = await _lock(session, lesson_id)
    if found["status"] != to:
        await session.execute("lessons", "turn_lesson", lesson_id, to)
        await _settle_conflicts(session, lesson_id)
    return lesson_id


def _values(whole: Mapping[str, Any]) -> tuple[Any, ...]:
    lines = whole["example_conversation"]
    stored = {**whole, "example_conversation": lines and orjson.dumps(lines).decode()}
    return tuple(stored[name] for name in _FACTS)


async def _lock(session: Session, lesson_id: UUID) -> Row:
    session.actor.require(Permission.LESSONS_WRITE)
    await session.execute("lessons", "lock_library")
    found = await session.row("lessons", "lock_lesson", lesson_id)
    if found is None:
        raise not_found("lesson", "lessonId")
    return found


async def _settle_conflicts(session: Session, *lesson_ids: UUID) -> None:
    """Of these lessons with those at hand; one that was put away has none."""
    at_hand = {lesson.id: lesson for lesson in await get_lessons(session)}
    for lesson_id in lesson_ids:
        await session.execute("lessons", "clear_conflicts", lesson_id)
    for one in (at_hand[id] for id in lesson_ids if id in at_hand):
        others = (other for other in at_hand.values() if other.id != one.id)
        found = [(other.id, kind) for other in others if (kind := find_conflict(one, other))][:MOST_CONFLICTS]
        if found:
            ids, kinds = zip(*found, strict=True)
            await session.execute("lessons", "add_conflicts", one.id, list(ids), list(kinds))


async def get_lessons(session: Session, ids: Sequence[UUID] | None = None) -> list[Lesson]:
    """Those named, or all that are at hand."""
    return [_lesson(row) for row in await session.rows("lessons", "get_lessons", ids)]


def _lesson(row: Any) -> Lesson:
    return Lesson(**{**row, "type": LessonType(row["type"]), "status": LessonStatus(row["status"])})
