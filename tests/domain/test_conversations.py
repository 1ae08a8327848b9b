"""The length of a text, the order of a message's states, and what a text may be."""

from itertools import product

import pytest

from domain.conversations import LONGEST_TEXT, MessageStatus, check_text, count_segments, moves_forward
from domain.refusals import Refusal, RefusalCode

S = MessageStatus


@pytest.mark.parametrize(
    ("text", "segments"),
    [
        ("", 1),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 153 * 2, 2),
        ("a" * (153 * 2 + 1), 3),
        ("a" * 153 * 7, 7),
        ("é" * 160, 1),
        ("@£$¥èéùìòÇØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ¤¡ÄÖÑÜ§¿äöñüà\n\r", 1),
        ("€" * 80, 1),  # an extended character takes two places
        ("€" * 80 + "a", 2),
        ("[" * 81, 2),
        ("{}[]~\\|^€\f" * 8, 1),
        ("ё" * 70, 1),
        ("ё" * 71, 2),
        ("ё" * 67 * 2, 2),
        ("ё" * (67 * 2 + 1), 3),
        ("a" * 69 + "’", 1),  # one curly quote makes all of it UCS-2
        ("a" * 70 + "’", 2),
        ("ç" * 71, 2),  # GSM-7 has the large cedilla only
        ("😀" * 35, 1),  # a surrogate pair takes two places
        ("😀" * 35 + "a", 2),
        ("😀" * 67, 2),
        ("😀" * 67 + "a", 3),
    ],
)
def test_segments(text: str, segments: int) -> None:
    assert count_segments(text) == segments


# The way of an outbound message, by rank. Within one rank nothing replaces anything.
RANKS = [
    {S.QUEUED},
    {S.SENDING},
    {S.SENT},
    {S.FAILED, S.UNDELIVERED, S.EXPIRED, S.CANCELED},
    {S.DELIVERED},
    {S.READ},
    {S.RECEIVED},
]


def rank(status: MessageStatus) -> int:
    return next(number for number, statuses in enumerate(RANKS) if status in statuses)


@pytest.mark.parametrize(("current", "reported"), list(product(MessageStatus, repeat=2)))
def test_a_report_may_only_raise_the_rank(current: MessageStatus, reported: MessageStatus) -> None:
    assert moves_forward(current, reported) is (rank(reported) > rank(current))


def test_late_and_repeated_reports_change_nothing() -> None:
    assert not moves_forward(S.DELIVERED, S.SENT)
    assert not moves_forward(S.DELIVERED, S.DELIVERED)
    assert not moves_forward(S.READ, S.UNDELIVERED)
    assert not moves_forward(S.FAILED, S.CANCELED)
    assert moves_forward(S.UNDELIVERED, S.DELIVERED), "carriers take back what they gave up"


def test_a_received_text_stays_received() -> None:
    assert not any(moves_forward(S.RECEIVED, status) for status in MessageStatus)


def test_a_text_is_sent_without_the_space_around_it() -> None:
    assert check_text("  Hello,\nAnn. \n") == "Hello,\nAnn."
    assert check_text("a" * LONGEST_TEXT) == "a" * LONGEST_TEXT
    assert check_text(" " + "a" * LONGEST_TEXT + " ") == "a" * LONGEST_TEXT


@pytest.mark.parametrize("text", ["", "  \n\t", "a" * (LONGEST_TEXT + 1), "a\x00b"])
def test_a_text_that_cannot_be_sent_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        check_text(text)
    assert (refused.value.code, refused.value.field) == (RefusalCode.BAD_INPUT, "body")
    assert refused.value.message.endswith(".")
