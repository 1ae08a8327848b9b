"""Lessons: what people taught Sophie, what each kind of them needs, and which cannot both be kept."""

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from uuid import UUID

from domain.refusals import bad_input
from domain.texts import check_characters, field_of, fold, stands_in

MOST_LESSONS = 1_000  # of an organization
MOST_CONFLICTS = 100
MOST_AT_ONCE = 100
_MOST_TAGS = 20
_MOST_LINES = 50
_LONGEST = {
    "title": 200,
    "description": 2000,
    "trigger": 500,
    "correct_response": 1600,
    "incorrect_response": 1600,
    "reasoning": 2000,
}
_LONGEST_TAG = 100
_HIGHEST_PRIORITY = 100


class LessonType(StrEnum):
    OBJECTION_HANDLING = "OBJECTION_HANDLING"
    DOS_DONTS = "DOS_DONTS"
    EXAMPLE_GOOD = "EXAMPLE_GOOD"
    EXAMPLE_BAD = "EXAMPLE_BAD"
    BLACKLIST_WORD = "BLACKLIST_WORD"
    NEVER_RULE = "NEVER_RULE"
    BEST_PRACTICE = "BEST_PRACTICE"


class LessonSource(StrEnum):
    SOPHIE_SUGGESTION = "SOPHIE_SUGGESTION"
    USER_TAUGHT = "USER_TAUGHT"
    IMPORTED = "IMPORTED"


class LessonStatus(StrEnum):
    """TESTING goes into versions that are tried on a share of the conversations, and into no other."""

    ACTIVE = "ACTIVE"
    TESTING = "TESTING"
    ARCHIVED = "ARCHIVED"


class ConflictKind(StrEnum):
    REPEATS = "REPEATS"
    CONTRADICTS = "CONTRADICTS"
    FORBIDS = "FORBIDS"


# What a lesson cannot do without, by its type; of the others the title teaches.
_NEEDED: dict[LessonType, tuple[str, ...]] = {
    LessonType.OBJECTION_HANDLING: ("trigger", "correct_response"),
    LessonType.EXAMPLE_GOOD: ("correct_response",),
    LessonType.EXAMPLE_BAD: ("incorrect_response",),
    LessonType.BLACKLIST_WORD: ("incorrect_response",),
}
_NAMES = {
    "trigger": "what triggers it",
    "correct_response": "what is to be said",
    "incorrect_response": "what is not to be said",
}


def check_lesson(facts: Mapping[str, Any]) -> dict[str, Any]:
    """A lesson as it is to be stored, whole; refuses one that teaches nothing."""
    whole = dict(facts) | {name: _words(facts[name], name) for name in _LONGEST}
    for name in ("type", "title"):
        if whole[name] is None:
            raise bad_input(f"A lesson needs a {name}.", name)
    whole["tags"], whole["priority"] = _tags(facts["tags"] or ()), facts["priority"] or 0
    if not 0 <= whole["priority"] <= _HIGHEST_PRIORITY:
        raise bad_input(f"A priority is between 0 and {_HIGHEST_PRIORITY}.", "priority")
    whole["example_conversation"] = _conversation(facts["example_conversation"])
    for name in _NEEDED.get(LessonType(whole["type"]), ()):
        if whole[name] is None:
            raise bad_input(f"A lesson of the type {whole['type']} has to say {_NAMES[name]}.", field_of(name))
    return whole


def _words(text: str | None, name: str) -> str | None:
    if text is None:
        return None
    kept = check_characters(text.strip(), field_of(name))
    if not 1 <= len(kept) <= _LONGEST[name]:
        raise bad_input(f"This needs between 1 and {_LONGEST[name]} characters.", field_of(name))
    return kept


def _tags(tags: Iterable[str]) -> list[str]:
    kept = list(dict.fromkeys(check_characters(tag.strip(), "tags") for tag in tags))
    if len(kept) > _MOST_TAGS or any(not 1 <= len(tag) <= _LONGEST_TAG for tag in kept):
        raise bad_input(f"At most {_MOST_TAGS} tags, of at most {_LONGEST_TAG} characters each.", "tags")
    return kept


def _conversation(lines: Any) -> list[dict[str, str]] | None:
    if lines is None:
        return None
    if not 1 <= len(lines) <= _MOST_LINES:
        raise bad_input(f"An example has between 1 and {_MOST_LINES} lines.", "exampleConversation")
    return [{"direction": line["direction"], "text": _line(line["text"])} for line in lines]


def _line(text: str) -> str:
    kept = check_characters(text.strip(), "exampleConversation")
    if not 1 <= len(kept) <= _LONGEST["correct_response"]:
        raise bad_input(f"A line has between 1 and {_LONGEST['correct_response']} characters.", "exampleConversation")
    return kept


@dataclass(frozen=True, slots=True)
class Lesson:
    """As much of one as its neighbours and prompts look at."""

    id: UUID
    type: LessonType
    title: str
    description: str | None = None
    trigger: str | None = None
    correct_response: str | None = None
    incorrect_response: str | None = None
    reasoning: str | None = None
    priority: int = 0
    status: LessonStatus = LessonStatus.ACTIVE


# Each lesson is compared with all the others.
_fold = functools.lru_cache(maxsize=4 * MOST_LESSONS)(fold)


def find_conflict(one: Lesson, other: Lesson) -> ConflictKind | None:
    """Why two lessons cannot both be kept, the gravest reason; None where they can. The same either way round."""
    if _forbids(one, other) or _forbids(other, one):
        return ConflictKind.FORBIDS
    if one.type is not other.type:
        return None
    if one.trigger and other.trigger:
        if _fold(one.trigger) != _fold(other.trigger):
            return None
        if one.correct_response and other.correct_response:
            same = _fold(one.correct_response) == _fold(other.correct_response)
            return ConflictKind.REPEATS if same else ConflictKind.CONTRADICTS
    return ConflictKind.REPEATS if _core(one) == _core(other) else None


def _forbids(one: Lesson, other: Lesson) -> bool:
    """Whether the first says that what the second wants said is not to be said."""
    unwanted, wanted = one.incorrect_response, other.correct_response
    return bool(unwanted and wanted and stands_in(_fold(unwanted), _fold(wanted)))


def _core(lesson: Lesson) -> tuple[str, ...]:
    """What two lessons of one type have to differ in."""
    said = (lesson.incorrect_response, lesson.correct_response)
    return tuple(_fold(text) for text in said if text) or (_fold(lesson.title),)
