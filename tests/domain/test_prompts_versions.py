"""How versions follow one another: their numbers, what changed, and line by line how."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.prompts.sections import Part, PartSource, SectionName
from domain.prompts.versions import DiffSign, VersionChange, diff, next_version, sections_changed

EDITED, APPLIED, REMOVED = VersionChange.EDITED, VersionChange.LESSONS_APPLIED, VersionChange.LESSONS_REMOVED


@pytest.mark.parametrize(
    ("before", "change", "changed", "after"),
    [
        ("1.0.0", EDITED, ["TONE"], "1.0.1"),
        ("1.0.9", EDITED, ["KNOWLEDGE", "OBJECTIONS", "BOUNDARIES"], "1.0.10"),
        ("1.2.3", EDITED, ["TONE", "GOAL"], "2.0.0"),
        ("1.2.3", EDITED, ["CONTEXT"], "2.0.0"),
        ("1.2.3", APPLIED, ["CONTEXT"], "1.3.0"),
        ("9.9.9", REMOVED, ["TONE"], "9.10.0"),
    ],
)
def test_numbers_grow_by_what_changed(before: str, change: VersionChange, changed: list[str], after: str) -> None:
    assert next_version(before, change, [SectionName(name) for name in changed]) == after


NUMBERS = st.tuples(*[st.integers(0, 50)] * 3)


@given(NUMBERS, st.sampled_from([EDITED, APPLIED, REMOVED]), st.lists(st.sampled_from(SectionName), unique=True))
def test_a_version_is_higher_than_the_one_before(
    before: tuple[int, ...], change: VersionChange, changed: list[SectionName]
) -> None:
    after = next_version(".".join(map(str, before)), change, changed)
    assert tuple(map(int, after.split("."))) > before


def test_what_changed_is_what_reads_otherwise() -> None:
    one = [Part(name, "a", PartSource.MANUAL) for name in SectionName]
    other = [Part(part.section, part.content, PartSource.WIZARD, "why") for part in one]
    assert sections_changed(one, other) == []
    assert sections_changed(one, [*other, Part(SectionName.TONE, "b", PartSource.MANUAL)]) == [SectionName.TONE]
    assert sections_changed([], one) == list(SectionName)


LINES = st.lists(st.sampled_from(["a", "b", "? c", "- d", "+ e", "", "  f"]), max_size=8).map("\n".join)


@given(LINES, LINES)
def test_both_texts_can_be_read_out_of_a_diff(before: str, after: str) -> None:
    lines = diff(before, after)
    assert [line.text for line in lines if line.sign is not DiffSign.ADDED] == before.splitlines()
    assert [line.text for line in lines if line.sign is not DiffSign.REMOVED] == after.splitlines()
