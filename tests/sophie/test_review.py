"""What Sophie notices, and what she leaves alone."""

import pytest

from actions.organizations import DEFAULT_BLACKLIST
from domain.learning import InsightCategory, InsightSeverity
from sophie.review import review


def rules(text: str, *blacklist: str) -> list[str]:
    return [finding.rule for finding in review(text, blacklist)]


@pytest.mark.parametrize(
    "text",
    [
        "Hi Ann, are you still looking for a car? Sam",
        "OK, I will send it by SMS.",
        "Your BMW is ready. The MOT is on us, and VAT is included.",
        "BMW? OK!",
        "The NHS and the BBC are round the corner from our office.",
        "We spoke about the IKEA kitchen.",
        "It is £12,500.00, or 36 × £299 — your choice.",
        "Call 0161 496 0000 or +44 7700 900123.",
        "She said “yes”, and he said 'maybe'. “Why not?”",
        "Ref AB12CDE, order 4711-0815, postcode SW1A 1AA.",
        "Great! See you at 10:30 on 3/4.",
        "Grüße aus Köln: wir sehen uns. Привет! 你好！",
        "20 °C in № 5, all day.",
        "Tom & Sons © 2026 – all rights reserved ™ ®",
        "a" * 306,
        "",
    ],
)
def test_an_innocent_text_is_left_alone(text: str) -> None:
    assert rules(text, *DEFAULT_BLACKLIST) == []


@pytest.mark.parametrize(
    "text",
    ["BUY TODAY", "Please CALL US BACK TODAY", "HELLO", "Really!!", "What!!!", "ПРИВЕТ МИР", "DON'T MISS THIS"],
)
def test_shouting(text: str) -> None:
    assert rules(text) == ["shouting"]


@pytest.mark.parametrize("text", ["Hello 😀", "Deal 🚗💨", "Yes ✅", "☎ us"])
def test_emoji(text: str) -> None:
    assert rules(text) == ["emoji"]


def test_an_emoji_is_named_once() -> None:
    [finding] = review("😀 and 😀 and 🚗", [])
    assert "contains 😀 🚗." in finding.description or "contains 🚗 😀." in finding.description


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Satisfaction GUARANTEED.", True),
        ("It is guaranteed, really", True),
        ("We act now.", True),
        ("risk-free!", True),
        ("The guarantor signs.", False),
        ("Cheapside 12", False),
        ("We reacted nowhere.", False),
        ("A risk, free of charge.", False),
    ],
)
def test_blacklisted_words_are_whole_words_in_any_case(text: str, found: bool) -> None:
    assert bool(rules(text, *DEFAULT_BLACKLIST)) is found


def test_a_blacklisted_word_is_no_pattern() -> None:
    assert rules("Costs 5 (or so) today", "(or so)") == ["blacklist:(or so)"]
    assert rules("anything", ".*") == []
    assert rules("C++ and 100%", "c++", "100%") == ["blacklist:c++", "blacklist:100%"]


def test_an_organization_without_a_blacklist_has_no_blacklisted_words() -> None:
    assert rules("cheap, guaranteed, act now") == []


def test_length() -> None:
    assert rules("a" * 306) == [] and rules("a" * 307) == ["length"]
    [finding] = review("a" * 307, [])
    assert finding.title == "3 segments long"


def test_the_gravest_comes_first() -> None:
    found = review("CHEAP CARS!! 😀 " + "a" * 200, ["cheap"])
    assert [finding.rule for finding in found] == ["blacklist:cheap", "shouting", "emoji", "length"]
    assert (found[0].severity, found[0].category) == (InsightSeverity.CRITICAL, InsightCategory.OBJECTION)


def test_the_same_text_is_judged_the_same_way_each_time() -> None:
    text = "CHEAP CARS!! 😀🚗"
    assert review(text, ["cheap"]) == review(text, ["cheap"])
