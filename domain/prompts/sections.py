"""What a prompt is made of: six sections, each of one or more parts that say where they come from and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from domain.lessons import Lesson, LessonType
from domain.refusals import bad_input
from domain.texts import check_characters

LONGEST_PART = 8_000  # characters
LONGEST_WHY = 500
MOST_PARTS = 1_006  # the six, and every lesson there can be


class SectionName(StrEnum):
    CONTEXT = "CONTEXT"
    GOAL = "GOAL"
    TONE = "TONE"
    KNOWLEDGE = "KNOWLEDGE"
    OBJECTIONS = "OBJECTIONS"
    BOUNDARIES = "BOUNDARIES"


class PartSource(StrEnum):
    WIZARD = "WIZARD"
    TEMPLATE = "TEMPLATE"
    MANUAL = "MANUAL"
    LESSON = "LESSON"


@dataclass(frozen=True, slots=True)
class Part:
    """Some words of a section. What comes from a lesson names it."""

    section: SectionName
    content: str
    source: PartSource
    why: str | None = None
    lesson_id: UUID | None = None


# Where the lessons of each type belong.
_PLACES = {
    LessonType.OBJECTION_HANDLING: SectionName.OBJECTIONS,
    LessonType.DOS_DONTS: SectionName.TONE,
    LessonType.EXAMPLE_GOOD: SectionName.TONE,
    LessonType.EXAMPLE_BAD: SectionName.TONE,
    LessonType.BLACKLIST_WORD: SectionName.BOUNDARIES,
    LessonType.NEVER_RULE: SectionName.BOUNDARIES,
    LessonType.BEST_PRACTICE: SectionName.KNOWLEDGE,
}
_ORDER = {name: place for place, name in enumerate(SectionName)}


def check_parts(parts: Iterable[Part]) -> list[Part]:
    """The parts in the order they are read in; refuses a section without words."""
    whole = sorted((_check(part) for part in parts), key=lambda part: _ORDER[part.section])
    missing = [name for name in SectionName if name not in {part.section for part in whole}]
    if missing:
        raise bad_input(f"Every section needs words: {', '.join(missing)} has none.", missing[0].lower())
    return whole


def _check(part: Part) -> Part:
    if part.source is PartSource.LESSON:
        return part
    content = check_characters(part.content.strip(), part.section.lower())
    why = part.why and check_characters(part.why.strip(), "why")
    if not 1 <= len(content) <= LONGEST_PART:
        raise bad_input(f"A section has between 1 and {LONGEST_PART:,} characters.", part.section.lower())
    if why and len(why) > LONGEST_WHY:
        raise bad_input(f"Why it is so has at most {LONGEST_WHY} characters.", "why")
    return Part(part.section, content, part.source, why or None)


def part_of(lesson: Lesson) -> Part:
    """A lesson as a prompt says it."""
    return Part(
        _PLACES[lesson.type], _say(lesson), PartSource.LESSON, lesson.reasoning or lesson.description, lesson.id
    )


def _say(lesson: Lesson) -> str:
    said = [_WAYS[lesson.type](lesson)]
    if lesson.reasoning:
        said.append(f"Because: {lesson.reasoning}")
    return " ".join(" ".join(said).split())


def _objection(lesson: Lesson) -> str:
    unwanted = f" Do not say: “{lesson.incorrect_response}”." if lesson.incorrect_response else ""
    return f"When {lesson.trigger}: say “{lesson.correct_response}”.{unwanted}"


def _rule(lesson: Lesson) -> str:
    do = f" Say “{lesson.correct_response}”." if lesson.correct_response else ""
    unwanted = f" Do not say “{lesson.incorrect_response}”." if lesson.incorrect_response else ""
    return f"{_sentence(lesson.title)}{_about(lesson)}{do}{unwanted}"


def _example(lesson: Lesson) -> str:
    is_good = lesson.type is LessonType.EXAMPLE_GOOD
    kind, text = ("A good answer", lesson.correct_response) if is_good else ("A bad answer", lesson.incorrect_response)
    when = f" when {lesson.trigger}" if lesson.trigger else ""
    return f"{kind}{when}: “{text}”."


def _word(lesson: Lesson) -> str:
    instead = f" Say “{lesson.correct_response}” instead." if lesson.correct_response else ""
    return f"Never use the words “{lesson.incorrect_response}”.{instead}"


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _about(lesson: Lesson) -> str:
    return f" {_sentence(lesson.description)}" if lesson.description else ""


_WAYS = {
    LessonType.OBJECTION_HANDLING: _objection,
    LessonType.DOS_DONTS: _rule,
    LessonType.EXAMPLE_GOOD: _example,
    LessonType.EXAMPLE_BAD: _example,
    LessonType.BLACKLIST_WORD: _word,
    LessonType.NEVER_RULE: _rule,
    LessonType.BEST_PRACTICE: _rule,
}


def own_words(parts: Iterable[Part]) -> list[Part]:
    """Without what lessons say."""
    return [part for part in parts if part.source is not PartSource.LESSON]


def with_lessons(parts: Sequence[Part], lessons: Iterable[Lesson]) -> list[Part]:
    """Those parts with these lessons, in an order that depends on nothing but them: the more important first."""
    ranked = sorted(lessons, key=lambda lesson: (-lesson.priority, lesson.id))
    return check_parts([*parts, *(part_of(lesson) for lesson in ranked)])


def with_words(parts: Sequence[Part], said: Mapping[SectionName, str], why: str | None) -> list[Part]:
    """Those parts with other words in the sections named; what lessons say in them stays."""
    kept = [part for part in parts if part.lesson_id or part.section not in said]
    written = [Part(section, words, PartSource.MANUAL, why) for section, words in said.items()]
    return check_parts([*written, *kept])


_TITLES = {
    SectionName.CONTEXT: "Who you are and whom you write to",
    SectionName.GOAL: "What you want to reach",
    SectionName.TONE: "How you write",
    SectionName.KNOWLEDGE: "What you know",
    SectionName.OBJECTIONS: "What people object, and what you say then",
    SectionName.BOUNDARIES: "What you never do",
}


def compile_prompt(parts: Sequence[Part]) -> str:
    """The text a model is given: the same parts always give the same text."""
    blocks = []
    for name in SectionName:
        own = [part for part in parts if part.section is name]
        words = "\n\n".join(part.content for part in own if part.lesson_id is None)
        lessons = "\n".join(f"- {part.content}" for part in own if part.lesson_id)
        blocks.append("\n\n".join(text for text in (f"## {_TITLES[name]}", words, lessons) if text))
    return "\n\n".join(blocks) + "\n"
