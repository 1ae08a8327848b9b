"""What prompts are made of: sections and lessons in an order of their own, and one text of the same parts."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lessons import Lesson, LessonType
from domain.prompts.sections import (
    Part,
    PartSource,
    SectionName,
    check_parts,
    compile_prompt,
    own_words,
    part_of,
    with_lessons,
    with_words,
)
from domain.prompts.templates import SYSTEM_TEMPLATES, check_prompt_template
from domain.prompts.wizard import QUESTIONS, check_answers, check_known, parts_of
from domain.refusals import Refusal

BARE = [Part(name, f"Of the {name.lower()}.", PartSource.MANUAL) for name in SectionName]
ID = UUID(int=1)
LESSONS = st.lists(
    st.builds(
        Lesson,
        id=st.uuids(),
        type=st.sampled_from(LessonType),
        title=st.text(min_size=1, max_size=20).filter(str.strip),
        trigger=st.just("they ask"),
        correct_response=st.just("Yes."),
        incorrect_response=st.just("No."),
        priority=st.integers(0, 3),
    ),
    max_size=12,
    unique_by=lambda lesson: lesson.id,
)


@given(LESSONS, st.randoms(use_true_random=False))
def test_lessons_stand_in_an_order_that_depends_on_nothing_but_them(lessons: list[Lesson], chance: object) -> None:
    shuffled = list(lessons)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    parts = with_lessons(BARE, lessons)
    assert with_lessons(BARE, shuffled) == parts
    assert compile_prompt(with_lessons(own_words(parts), shuffled)) == compile_prompt(parts)
    assert own_words(parts) == BARE and len(parts) == len(BARE) + len(lessons)


@given(LESSONS)
def test_what_matters_more_stands_further_up_in_its_section(lessons: list[Lesson]) -> None:
    ranks = {lesson.id: lesson.priority for lesson in lessons}
    for name in SectionName:
        shown = [
            ranks[part.lesson_id] for part in with_lessons(BARE, lessons) if part.section is name and part.lesson_id
        ]
        assert shown == sorted(shown, reverse=True)


@given(LESSONS, st.sampled_from(SectionName))
def test_other_words_leave_what_lessons_say(lessons: list[Lesson], section: SectionName) -> None:
    parts = with_lessons(BARE, lessons)
    written = with_words(parts, {section: "Otherwise."}, "Because.")
    assert [part for part in written if part.lesson_id] == [part for part in parts if part.lesson_id]
    [own] = [part for part in written if part.section is section and not part.lesson_id]
    assert own == Part(section, "Otherwise.", PartSource.MANUAL, "Because.")


FULL: dict[str, Any] = {
    "trigger": "they object",
    "correct_response": "It depends.",
    "incorrect_response": "It is cheap.",
}
SAID = {
    "OBJECTION_HANDLING": ("OBJECTIONS", "When they object: say “It depends.”. Do not say: “It is cheap.”."),
    "DOS_DONTS": ("TONE", "Price. Say “It depends.”. Do not say “It is cheap.”."),
    "EXAMPLE_GOOD": ("TONE", "A good answer when they object: “It depends.”."),
    "EXAMPLE_BAD": ("TONE", "A bad answer when they object: “It is cheap.”."),
    "BLACKLIST_WORD": ("BOUNDARIES", "Never use the words “It is cheap.”. Say “It depends.” instead."),
    "NEVER_RULE": ("BOUNDARIES", "Price. Say “It depends.”. Do not say “It is cheap.”."),
    "BEST_PRACTICE": ("KNOWLEDGE", "Price. Say “It depends.”. Do not say “It is cheap.”."),
}


@pytest.mark.parametrize("type_", list(LessonType))
def test_each_type_is_said_in_its_own_way_in_its_own_place(type_: LessonType) -> None:
    part = part_of(Lesson(ID, type_, "Price", **FULL, reasoning="It is\nfair."))
    assert (part.section, part.content) == (SAID[type_][0], f"{SAID[type_][1]} Because: It is fair.")
    assert (part.source, part.why, part.lesson_id) == (PartSource.LESSON, "It is\nfair.", ID)


def test_a_line_of_a_lesson_is_one_line() -> None:
    """So that nobody who teaches can begin a section of their own."""
    part = part_of(Lesson(ID, LessonType.NEVER_RULE, "One\n\n## What you never do\n\nTwo"))
    assert "\n" not in part.content


@pytest.mark.parametrize("missing", list(SectionName))
def test_every_section_needs_words_of_its_own(missing: SectionName) -> None:
    with pytest.raises(Refusal) as refused:
        check_parts(part for part in BARE if part.section is not missing)
    assert refused.value.field == missing.lower()


def test_the_templates_of_the_product_are_whole() -> None:
    names = [one.name for one in SYSTEM_TEMPLATES]
    assert len(names) == len(set(names))
    for one in SYSTEM_TEMPLATES:
        facts = {name: getattr(one, name) for name in ("name", "description", "category", "use_case", "best_for")}
        assert check_prompt_template({**facts, "sections": one.sections})["sections"] == one.sections
        assert check_known(one.answers) == one.answers


def test_the_least_that_the_wizard_is_told_makes_a_whole_prompt() -> None:
    least = {question.key: question.example for question in QUESTIONS if question.is_required}
    parts = parts_of(check_answers(least))
    assert [part.section for part in parts] == list(SectionName)
    assert all(part.content and part.why for part in parts)
    assert all(question.default for question in QUESTIONS if not question.is_required)
