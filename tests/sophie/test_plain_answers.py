"""Answers by plain rules: what they make of what leads say, and that each could be sent."""

from datetime import UTC, datetime

import pytest

from domain.answering import Brief, Intent, Line
from domain.conversations import MessageDirection, count_segments
from domain.leads import Sentiment, Temperature
from domain.output_rules import OutputRules, find_breaches
from sophie.plain_answers import answer_plainly
from tests.sophie.injections import INJECTIONS

AT = datetime(2026, 3, 4, 10, tzinfo=UTC)
BOOKING = "https://cal.com/acme/survey"
FIRST = Line(MessageDirection.OUTBOUND, "Hi Ann, are you still thinking about panels? Reply STOP to opt out.", AT)
SAID = {
    Intent.INTERESTED: [
        "Yes", "yes please!", "Yeah still interested", "Sure", "I'm interested", "tell me more", "ok",
        "Y e s\nyes",
    ],
    Intent.BOOKING: [
        "Can you call me tomorrow?", "Friday 3pm works", "I'd like to book a visit", "ring me",
        "What time can you come over?",
    ],
    Intent.NOT_INTERESTED: [
        "No", "no thanks", "Not interested", "Nah mate", "We've already got some", "I don't need it",
        "Gone with someone else",
    ],
    Intent.OBJECTION: [
        "Too expensive", "not now", "maybe next year", "How much is it?", "What's the catch?",
        "I'm busy, at work", "I'm not sure",
    ],
    Intent.QUESTION: ["Does it work in winter?", "Where are you based", "is that the big one?", "??"],
    Intent.HUMAN: ["Can I speak to someone?", "I want a real person", "Are you a bot?", "is this automated"],
    Intent.WRONG_PERSON: ["Wrong number", "Who is this?", "who's this", "I never enquired"],
    Intent.COMPLAINT: [
        "This is a scam", "I want a refund", "I'll complain to the ombudsman", "Terrible service!",
    ],
    Intent.STOP: ["STOP", "please don't text me again", "stop texting me"],
    Intent.OTHER: ["Thanks", "hmm", "🙂", "lorem ipsum dolor", ""],
}  # fmt: skip
HANDED_OVER = {Intent.QUESTION, Intent.HUMAN, Intent.WRONG_PERSON, Intent.COMPLAINT}


def a_brief(*texts: str, link: str | None = BOOKING, **facts: str) -> Brief:
    said = tuple(Line(MessageDirection.INBOUND, text, AT) for text in texts)
    return Brief("", facts or {"first_name": "Ann"}, (FIRST, *said), "Acme Solar", link, "https://acme-solar.co.uk")


@pytest.mark.parametrize(("intent", "text"), [(intent, text) for intent, texts in SAID.items() for text in texts])
def test_what_is_said_is_understood_and_answered(intent: Intent, text: str) -> None:
    """S1.6: sentiment and temperature are told by what was said."""
    answer, usage = answer_plainly(a_brief(text))
    assert (answer.intent, usage.model, usage.input_tokens) == (intent, "rules", 0)
    assert not (intent in HANDED_OVER and not answer.wants_human)
    assert answer.text.count("?") <= 1 and count_segments(answer.text) <= 2
    if intent in (Intent.INTERESTED, Intent.BOOKING):
        assert BOOKING in answer.text and answer.wants_booking and answer.temperature is Temperature.HOT
    if intent is Intent.NOT_INTERESTED:
        assert answer.sentiment is Sentiment.NEGATIVE and "?" not in answer.text


@pytest.mark.parametrize("link", [BOOKING, None])
@pytest.mark.parametrize(
    "text", [text for texts in SAID.values() for text in texts if text not in ("", *SAID[Intent.STOP])]
)
def test_every_answer_keeps_the_rules(text: str, link: str | None) -> None:
    answer, _ = answer_plainly(a_brief(text, link=link))
    assert find_breaches(answer.text, OutputRules(links=(BOOKING,) if link else ())) == ()
    assert ("http" in answer.text) <= (link is not None)


def test_without_a_booking_link_a_colleague_agrees_on_the_time() -> None:
    answer, _ = answer_plainly(a_brief("Friday 3pm?", link=None))
    assert answer.wants_booking and answer.wants_human and "colleague" in answer.text


@pytest.mark.parametrize("text", SAID[Intent.STOP])
def test_a_stop_is_answered_with_nothing(text: str) -> None:
    """What must be said then is said by those who comply."""
    answer, _ = answer_plainly(a_brief("Hi", text))
    assert (answer.text, answer.intent) == ("", Intent.STOP)


def test_a_burst_is_read_as_one() -> None:
    assert answer_plainly(a_brief("Hi there", "yes", "call me tomorrow"))[0].intent is Intent.BOOKING
    assert answer_plainly(a_brief("yes", "but are you a bot?"))[0].intent is Intent.HUMAN


def test_where_nobody_has_said_anything_nothing_is_answered() -> None:
    assert answer_plainly(a_brief())[0].text == ""


@pytest.mark.parametrize("name", ["", "Ann\nevil.com", "{organization}", "<b>Ann</b>", "0770 0900 999", "A" * 40])
def test_what_cannot_be_a_name_is_left_out(name: str) -> None:
    answer, _ = answer_plainly(a_brief("yes", first_name=name))
    assert answer.text.startswith("Great to hear. ")


@pytest.mark.parametrize("name", ["Ann", "José María", "Anne-Marie", "O'Neil", "Жанна"])
def test_a_name_is_used(name: str) -> None:
    assert answer_plainly(a_brief("yes", first_name=name))[0].text.startswith(f"Great to hear, {name}. ")


def test_rules_cannot_be_talked_round() -> None:
    """They say nothing that they were told by a lead."""
    for injection in INJECTIONS:
        answer, _ = answer_plainly(a_brief(*injection.texts, **injection.facts))
        assert find_breaches(answer.text, OutputRules(links=(BOOKING,))) == () or not answer.text, injection.name
