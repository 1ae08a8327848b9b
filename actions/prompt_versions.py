"""Versions of a prompt: written by hand or from lessons, one after the other, and never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson

from actions.lessons import get_lessons
from db.session import Row, Session
from domain.ids import new_id
from domain.lessons import Lesson, LessonStatus
from domain.people import Permission
from domain.prompts.sections import Part, PartSource, SectionName, compile_prompt, own_words, with_lessons, with_words
from domain.prompts.versions import (
    FIRST,
    AuthorType,
    VersionChange,
    check_reason,
    next_version,
    sections_changed,
)
from domain.refusals import Refusal, RefusalCode, bad_input, not_found


@dataclass(frozen=True, slots=True)
class Draft:
    """What a version will say, what made it, in one sentence, and why."""

    parts: list[Part]
    change: VersionChange
    summary: str
    reason: str | None = None
    author: AuthorType = AuthorType.USER


async def lock_prompt(session: Session, prompt_id: UUID) -> Row:
    """One that is at hand."""
    session.actor.require(Permission.PROMPTS_WRITE)
    found = await session.row("prompts", "lock_prompt", prompt_id)
    if found is None:
        raise not_found("prompt", "promptId")
    if found["archived_at"]:
        raise Refusal(RefusalCode.CONFLICT, "This prompt was put away: copy it, or make another.", "promptId")
    return found


async def write_prompt_version(
    session: Session,
    prompt_id: UUID,
    said: Mapping[SectionName, str],
    reason: str,
    *,
    why: str | None = None,
    previous_id: UUID | None = None,
) -> UUID:
    """A version with other words in the sections named; what lessons say in them stays. Nothing is live by it."""
    await lock_prompt(session, prompt_id)
    previous = await get_version(session, prompt_id, previous_id)
    if not said:
        raise bad_input("Name at least one section that is to read otherwise.", "sections")
    names = ", ".join(name.lower() for name in SectionName if name in said)
    parts = with_words(await get_parts(session, previous["id"]), said, why or reason)
    draft = Draft(parts, VersionChange.EDITED, f"Edited by hand: {names}.", reason)
    return await add_version(session, prompt_id, draft, previous)


async def apply_lessons(
    session: Session,
    prompt_id: UUID,
    lesson_ids: Sequence[UUID],
    reason: str | None,
    *,
    previous_id: UUID | None = None,
    author: AuthorType = AuthorType.USER,
) -> UUID:
    """A version with these lessons too, each as it reads now; lessons that were put away leave it."""
    await lock_prompt(session, prompt_id)
    previous = await get_version(session, prompt_id, previous_id)
    parts = await get_parts(session, previous["id"])
    wanted = await _find_lessons(session, lesson_ids)
    kept = [part.lesson_id for part in parts if part.lesson_id]
    there = [one for one in await get_lessons(session, kept) if one.status is not LessonStatus.ARCHIVED]
    lessons = {lesson.id: lesson for lesson in (*there, *wanted)}
    titles = "; ".join(lesson.title for lesson in wanted)
    words = with_lessons(own_words(parts), lessons.values())
    draft = Draft(words, VersionChange.LESSONS_APPLIED, f"Lessons applied: {titles}"[:500], reason, author)
    return await add_version(session, prompt_id, draft, previous)


async def remove_lessons(session: Session, prompt_id: UUID, lesson_ids: Sequence[UUID], reason: str | None) -> UUID:
    """A version without what these lessons say."""
    await lock_prompt(session, prompt_id)
    previous = await get_version(session, prompt_id, None)
    parts = await get_parts(session, previous["id"])
    gone = set(lesson_ids)
    kept = [part for part in parts if part.lesson_id not in gone]
    if len(kept) == len(parts):
        raise bad_input("None of these lessons is in the newest version of this prompt.", "lessonIds")
    count = len(parts) - len(kept)
    summary = f"{count} {'lesson' if count == 1 else 'lessons'} removed."
    return await add_version(session, prompt_id, Draft(kept, VersionChange.LESSONS_REMOVED, summary, reason), previous)


async def _find_lessons(session: Session, ids: Sequence[UUID]) -> list[Lesson]:
    found = await get_lessons(session, ids)
    if not ids or len(found) != len(set(ids)):
        raise not_found("lesson", "lessonIds") if ids else bad_input("Name at least one lesson.", "lessonIds")
    away = [lesson.title for lesson in found if lesson.status is LessonStatus.ARCHIVED]
    if away:
        raise Refusal(RefusalCode.CONFLICT, f"This lesson was put away: {away[0]}. Activate it first.", "lessonIds")
    return found


async def get_version(session: Session, prompt_id: UUID, version_id: UUID | None) -> Row:
    """A version of a prompt, or its newest."""
    found = await session.row("prompts", "get_version", prompt_id, version_id)
    if found is None:
        raise (
            not_found("version of this prompt", "previousVersionId") if version_id else not_found("prompt", "promptId")
        )
    return found


async def get_parts(session: Session, version_id: UUID) -> list[Part]:
    rows = await session.rows("prompts", "get_parts", version_id)
    return [
        Part(SectionName(row["section"]), row["content"], PartSource(row["source"]), row["why"], row["lesson_id"])
        for row in rows
    ]


async def add_version(session: Session, prompt_id: UUID, draft: Draft, previous: Row | None = None) -> UUID:
    """Whoever adds one holds the prompt. Refuses one that reads as the one before."""
    before = await get_parts(session, previous["id"]) if previous else []
    changed = sections_changed(before, draft.parts)
    if not changed:
        raise Refusal(RefusalCode.CONFLICT, "This would read as the version before it: nothing was changed.")
    id = new_id()
    values = _values(draft, previous, changed, await get_version(session, prompt_id, None) if previous else None)
    await session.execute("prompts", "add_version", id, session.actor.member_id, prompt_id, *values)
    rows = [{"id": new_id(), "position": place, **asdict(part)} for place, part in enumerate(draft.parts, 1)]
    await session.rows("prompts", "add_parts", id, orjson.dumps(rows, default=str).decode())
    return id


def _values(draft: Draft, previous: Row | None, changed: list[SectionName], newest: Row | None) -> tuple[Any, ...]:
    """In the order of the statement's parameters. It is numbered after the newest, whichever it is made from."""
    number = newest["number"] + 1 if newest else 1
    name = next_version(newest["semantic_version"], draft.change, changed) if newest else FIRST
    edits = (previous["manual_edits_count"] if previous else 0) + (draft.change is VersionChange.EDITED)
    previous_id, compiled = previous and previous["id"], compile_prompt(draft.parts)
    made_of = (draft.change, changed, draft.summary, check_reason(draft.reason), edits, draft.author)
    return number, name, previous_id, compiled, *made_of
