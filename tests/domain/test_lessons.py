"""Which lessons cannot both be kept, whichever of the two is asked about the other."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.lessons import ConflictKind, Lesson, LessonType, find_conflict

WORDS = st.sampled_from([None, "Yes.", "yes", "no", "say yes", "It depends."])
LESSONS = st.builds(
    Lesson,
    id=st.just(UUID(int=1)),
    type=st.sampled_from(LessonType),
    title=st.sampled_from(["A", "a", "B"]),
    trigger=WORDS,
    correct_response=WORDS,
    incorrect_response=WORDS,
)


@given(LESSONS, LESSONS)
def test_a_conflict_is_the_same_either_way_round(one: Lesson, other: Lesson) -> None:
    assert find_conflict(one, other) is find_conflict(other, one)


@given(LESSONS)
def test_what_is_taught_twice_repeats_itself(one: Lesson) -> None:
    assert find_conflict(one, one) in (ConflictKind.REPEATS, ConflictKind.FORBIDS)


def lesson(title: str, **facts: str) -> Lesson:
    return Lesson(UUID(int=1), LessonType.NEVER_RULE, title, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("one", "other", "kind"),
    [
        (lesson("Never argue"), lesson("NEVER  argue"), ConflictKind.REPEATS),
        (lesson("Never argue", trigger="x"), lesson("Never name a price", trigger="x"), None),
        (lesson("A", correct_response="Yes."), lesson("B", correct_response="yes."), ConflictKind.REPEATS),
        (lesson("A", incorrect_response="cheap"), lesson("B", correct_response="Not CHEAP!"), ConflictKind.FORBIDS),
        (lesson("A", incorrect_response="cheap"), lesson("B", correct_response="cheapest"), None),
        (
            lesson("A", trigger="price", correct_response="Yes."),
            lesson("A", trigger="Price", correct_response="No."),
            ConflictKind.CONTRADICTS,
        ),
        (
            lesson("A", trigger="price", correct_response="Yes."),
            lesson("A", trigger="when", correct_response="Yes."),
            None,
        ),
    ],
)
def test_what_cannot_both_be_kept(one: Lesson, other: Lesson, kind: ConflictKind | None) -> None:
    assert find_conflict(one, other) is kind
