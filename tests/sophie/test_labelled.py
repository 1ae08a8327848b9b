"""What the rules find in a hundred texts that somebody else has labelled, and in the demo's talks that nobody has."""

import pytest

from cli.demo.cast import HOUSES, House
from domain.conversations import MessageDirection
from domain.learning import InsightCategory
from sophie.reading import Line, Reading
from sophie.review import review
from tests.sophie.labelled import TEXTS
from tests.sophie.measuring import Measure, main, measure, table

# What success looks like nobody agrees on: texts that answer at once and ask one thing were labelled as such or not.
FLOORS = {category: (0.9, 0.9) for category in InsightCategory} | {InsightCategory.SUCCESS_PATTERN: (0.7, 0.9)}


_WAYS = (MessageDirection.INBOUND, MessageDirection.OUTBOUND)


@pytest.fixture(scope="module")
def measures() -> dict[InsightCategory, Measure]:
    return measure(TEXTS)


@pytest.mark.parametrize("category", InsightCategory)
def test_rules_find_what_a_careful_person_finds(
    category: InsightCategory, measures: dict[InsightCategory, Measure]
) -> None:
    """(S1.16)"""
    found, (precision, recall) = measures[category], FLOORS[category]
    assert found.precision >= precision and found.recall >= recall, table(measures)


def test_the_table_has_a_line_for_each_category(capsys: pytest.CaptureFixture[str]) -> None:
    main()
    assert len(capsys.readouterr().out.splitlines()) == 1 + len(InsightCategory)


@pytest.mark.parametrize("house", HOUSES, ids=lambda house: house.slug)
def test_in_the_talks_of_the_demo_nothing_is_found(house: House) -> None:
    for scene in (*house.scenes, *house.stranger_scenes):
        for at, line in enumerate(scene.lines):
            before = [
                Line(_WAYS[one.is_ours], one.say("Anna", "Sam"), (at - i) / 2) for i, one in enumerate(scene.lines[:at])
            ]
            if line.is_ours:
                assert not review(Reading(line.say("Anna", "Sam"), "SMS", before, "Anna", 12)).faults
