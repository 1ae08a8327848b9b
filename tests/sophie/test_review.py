"""What Sophie notices, and what she leaves alone."""

import time
from collections.abc import Sequence
from decimal import Decimal

import pytest

from actions.organizations import DEFAULT_BLACKLIST
from domain.conversations import MessageDirection
from domain.learning import InsightCategory, InsightSeverity
from sophie.reading import Line, Reading
from sophie.review import Review, review, score_of

US, THEM = MessageDirection.OUTBOUND, MessageDirection.INBOUND


def read(text: str, *blacklist: str, hour: int = 12, before: Sequence[Line] = (), name: str = "Ann") -> Review:
    return review(Reading(text, "SMS", before, name, hour, blacklist))


def rules(text: str, *blacklist: str) -> list[str]:
    return [finding.rule for finding in read(text, *blacklist).faults]


def corrected(text: str, hour: int = 12) -> str | None:
    [found] = read(text, hour=hour).faults
    return found.suggested_text


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
        "Your roof is fine, and it's yours. You're welcome!",
        "If you were to ask, I would have said that that is enough.",
        "The panels keep their value. It's a good time to look.",
        "Take your time: there is no hurry, and you need not decide now.",
        "Grüße aus Köln: wir sehen uns. Привет! 你好！",
        "20 °C in № 5, all day.",
        "Tom & Sons © 2026 – all rights reserved ™ ®",
        "Ab" * 153,
        "",
    ],
)
def test_an_innocent_text_is_left_alone(text: str) -> None:
    assert rules(text, *DEFAULT_BLACKLIST) == []


@pytest.mark.parametrize(
    "text",
    ["Please CALL US BACK HERE", "HELLO", "Good!!", "What!!!", "What??", "ПРИВЕТ МИР", "Our OFFICE is in LEEDS."],
)
def test_shouting(text: str) -> None:
    assert rules(text) == ["shouting"]


@pytest.mark.parametrize("text", ["Hello 😀", "Deal 🚗💨", "Yes ✅", "Call us ☎"])
def test_emoji(text: str) -> None:
    assert rules(text) == ["emoji"]


def test_an_emoji_is_named_once() -> None:
    [finding] = [found for found in read("😀 and 😀 and 🚗").faults if found.rule == "emoji"]
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
    assert any(rule.startswith("blacklist:") for rule in rules(text, *DEFAULT_BLACKLIST)) is found


def test_a_blacklisted_word_is_no_pattern() -> None:
    assert rules("Costs 5 (or so) today", "(or so)") == ["blacklist:(or so)"]
    assert rules("Anything", ".*") == []
    assert rules("C++ and 100%", "c++", "100%") == ["blacklist:c++", "blacklist:100%"]


def test_an_organization_without_a_blacklist_has_no_blacklisted_words() -> None:
    assert rules("Cheap, guaranteed, risk-free.") == []


def test_length() -> None:
    assert rules("A" + "a, " * 101) == ["broken_off"]
    assert rules("A " + "is, " * 76 + "is.") == ["length"]
    [finding] = read("A " + "is, " * 76 + "is.").findings
    assert finding.title == "3 segments long"
    assert not review(Reading("A " + "is, " * 76 + "is.", is_billed=False)).findings


def test_the_gravest_comes_first() -> None:
    found = read("CHEAP CARS!! 😀 " + "A " + "is, " * 60 + "is.", "cheap").findings
    assert [finding.rule for finding in found] == ["blacklist:cheap", "shouting", "emoji", "length"]
    assert (found[0].severity, found[0].category) == (InsightSeverity.CRITICAL, InsightCategory.OBJECTION)


def test_the_same_text_is_judged_the_same_way_each_time() -> None:
    text = "CHEAP CARS!! 😀🚗"
    assert read(text, "cheap") == read(text, "cheap")


def test_a_score_says_how_grave_the_faults_are_and_how_much_succeeds() -> None:
    """(S1.8)"""
    assert score_of([]) == Decimal("0.90")
    before = [Line(THEM, "Do you cover York?", 1)]
    assert read("Yes, Ann, all of York. Would Monday or Tuesday suit you?", before=before).score == Decimal("1.00")
    assert read("Yes, Ann. 😀").score == Decimal("0.80")
    assert read("YES, ANN, WE ALWAYS ANSWER!!! You stupid man. 😀", "always").score == Decimal("0.00")


@pytest.mark.parametrize(
    ("text", "better"),
    [
        ("Your car is here 😀.", "Your car is here."),
        ("It is GREAT and CHEAP here.", "It is great and cheap here."),
        ("We have have two of them.", "We have two of them."),
        ("Your welcome, Ann.", "You're welcome, Ann."),
        ("Is you're garden flat?", "Is your garden flat?"),
        ("We could of come on Monday.", "We could have come on Monday."),
        ("It costs more then the other.", "It costs more than the other."),
        ("We recieved your form.", "We received your form."),
        ("Shall i call on monday?", "Shall I call on Monday?"),
        ("here it is. it took a while.", "Here it is. It took a while."),
        ("Would you like to see it", "Would you like to see it?"),
        ("It is here , Ann.", "It is here, Ann."),
    ],
)
def test_what_plain_code_can_put_right_is_put_right(text: str, better: str) -> None:
    assert corrected(text) == better


def test_a_greeting_fits_the_hour_of_the_lead() -> None:
    assert corrected("Good morning Ann, are you well?", hour=18) == "Good evening Ann, are you well?"
    assert not read("Good evening Ann, are you well?", hour=18).faults
    assert not read("Morning works well for me.", hour=18).faults


@pytest.mark.parametrize(
    ("before", "text", "rule"),
    [
        ([Line(THEM, "STOP", 1)], "Hi Ann, what about half the price?", "ignored_stop"),
        ([Line(THEM, "You have the wrong number", 1)], "Which car is it?", "ignored_wrong_person"),
        ([Line(THEM, "Not interested", 1)], "Is Monday good?", "ignored_no"),
        ([Line(THEM, "Not interested", 1)], "I understand, but have you seen our offer?", "arguing"),
        ([Line(THEM, "No thanks", 90), Line(US, "Fine, Ann.", 80)], "Is Monday good?", "return_after_no"),
        ([Line(THEM, "We just bought one", 1)], "Is Monday good?", "ignored_done"),
        ([Line(THEM, "That's too expensive", 1)], "Is Monday good?", "ignored_price"),
        ([Line(THEM, "Let me talk to my wife", 1)], "Is Monday good?", "ignored_doubt"),
        ([Line(THEM, "I want to talk to a person", 1)], "Which plan suits you?", "ignored_person"),
        ([Line(THEM, "How long does it take?", 1)], "Our people are trained well.", "ignored_question"),
        ([Line(THEM, "No calls please, just text me", 1)], "Could I call you tomorrow?", "wrong_way"),
        ([Line(THEM, "Ask me next month", 30)], "Are you ready now?", "too_early"),
        ([Line(US, "Is Monday good?", 2)], "Did you see my text?", "pressing"),
        ([Line(US, "One", 60), Line(US, "Two", 50), Line(US, "Three", 30)], "It is Joe here.", "crowding"),
    ],
)
def test_a_text_is_read_with_what_was_said_before(before: list[Line], text: str, rule: str) -> None:
    """(S1.16)"""
    assert rule in [finding.rule for finding in read(text, before=before).findings]
    assert rule not in rules(text)


def test_success_is_no_fault_and_found_only_where_nothing_is_wrong() -> None:
    before = [Line(THEM, "Do you cover York?", 1)]
    good = read("Yes, Ann, all of York. Would Monday or Tuesday suit you?", before=before)
    assert {found.rule for found in good.findings} == {"answers_and_asks", "offers_two_times"} and not good.faults
    assert {found.severity for found in good.findings} == {InsightSeverity.INFO}
    bad = read("Yes, Ann, all of York!!! Would Monday or Tuesday suit you?", before=before)
    assert [found.rule for found in bad.findings] == ["shouting"]


def test_long_texts_take_no_longer_than_short_ones_that_are_read() -> None:
    hostile = ("you need to " * 9_000, "a " * 50_000, "!" * 50_000, "(" * 50_000, "your " * 20_000, "1 or " * 20_000)
    begun = time.process_time()
    for text in hostile:
        review(Reading(text, "EMAIL", [Line(THEM, text, 1)], "Ann", 12, (), is_billed=False))
    assert time.process_time() - begun < 12
