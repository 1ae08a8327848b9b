"""How a conversation stands, by what was said in it."""

from decimal import Decimal

import pytest

from domain.conversations import MessageDirection
from domain.leads import Sentiment
from sophie.conversations import Said, quality_of, stand

US, THEM = MessageDirection.OUTBOUND, MessageDirection.INBOUND


def test_the_score_of_a_conversation_weighs_recent_texts_more() -> None:
    """(S1.8)"""
    low, high = Decimal("0.20"), Decimal("0.90")
    assert quality_of([]) is None and quality_of([high]) == high
    falling, rising = quality_of([high, high, low]), quality_of([low, high, high])
    assert falling and rising and falling < rising


@pytest.mark.parametrize(
    ("heard", "sentiment", "needs_review"),
    [
        ("Yes please, that sounds great", Sentiment.POSITIVE, False),
        ("Not interested", Sentiment.NEGATIVE, False),
        ("It is a blue one", Sentiment.NEUTRAL, False),
        ("I want to speak to a manager", Sentiment.NEUTRAL, True),
        ("This is ridiculous, nobody turned up", Sentiment.NEGATIVE, True),
        ("Great, but there is a problem", Sentiment.UNCLEAR, False),
    ],
)
def test_how_a_lead_feels_and_whether_somebody_should_look(
    heard: str, sentiment: Sentiment, needs_review: bool
) -> None:
    """(S1.8)"""
    standing = stand([Said(US, "Hello Ann.", Decimal("0.90")), Said(THEM, heard)], "Ann")
    assert (standing.sentiment, standing.needs_review) == (sentiment, needs_review)


def test_a_grave_fault_or_a_low_score_calls_for_a_look() -> None:
    assert stand([Said(US, "Hello.", Decimal("0.90"), is_critical=True)], "Ann").needs_review
    assert stand([Said(US, "Hello.", Decimal("0.30"))], "Ann").needs_review
    assert not stand([Said(US, "Hello.", Decimal("0.60"))], "Ann").needs_review


def test_the_summary_says_who_wants_what_and_had_the_last_word() -> None:
    ours = Said(US, "Hi Ann, is Monday good?")
    assert stand([], "Ann").summary == "" and stand([], "Ann").sentiment is Sentiment.UNKNOWN
    assert stand([ours], "Ann").summary == "Ann has not answered. Last word from us: “Hi Ann, is Monday good?”"
    told = stand([ours, Said(THEM, "It's too expensive for us")], "Ann").summary
    assert told == "Ann finds it too expensive. Last word from Ann: “It's too expensive for us”"
    assert "asks “Do you cover York?”" in stand([Said(THEM, "Hello. Do you cover York?"), ours], "Ann").summary
    assert len(stand([Said(THEM, "word " * 900)], "Ann").summary) < 250
