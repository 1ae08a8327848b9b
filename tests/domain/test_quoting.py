"""What of an answer is new, in the ways that mail programs quote."""

import sys
from types import FrameType
from typing import Any

import pytest

from domain.quoting import without_quotes

QUOTES = {
    "gmail": "Yes please.\n\nOn Thu, 5 Apr 2026 at 16:59, Acme <sales@acme.example> wrote:\n\n> Is it on?\n> Stop",
    "gmail in two lines": "Yes please.\n\nOn Thu, 5 Apr 2026 at 16:59, Acme\n<sales@acme.example> wrote:\n> Is it on?",
    "no marks": "Yes please.\n\nOn Thu, 5 Apr 2026 Acme <sales@acme.example> wrote:\n\nIs it on?\nTo get no more: x",
    "outlook": "Yes please.\r\n\r\nFrom: Acme <sales@acme.example>\r\nSent: 5 April 2026\r\nTo: Ann\r\n\r\nIs it on?",
    "outlook with a rule": f"Yes please.\n\n{'_' * 32}\nFrom: Acme\nSent: now\n\nIs it on?",
    "original message": "Yes please.\n\n-----Original Message-----\nFrom: Acme\n\nIs it on?",
    "german": "Yes please.\n\nAm 05.04.2026 um 16:59 schrieb Acme <sales@acme.example>:\n> Is it on?",
    "french": "Yes please.\n\nLe jeu. 5 avr. 2026 à 16:59, Acme <s@acme.example> a écrit :\n> Is it on?",
    "signature": "Yes please.\n\n-- \nAnn Lee\nUnsubscribe me never",
    "below": "On Thu, 5 Apr 2026 Acme <sales@acme.example> wrote:\n> Is it on?\n\nYes please.",
    "between": "> Is it on?\nYes please.\n> Really?",
    "nothing quoted": "Yes please.",
}


@pytest.mark.parametrize("way", QUOTES)
def test_what_is_new(way: str) -> None:
    assert without_quotes(QUOTES[way]) == "Yes please."


@pytest.mark.parametrize(
    "text",
    [
        "On balance I think so.\n\nAnn wrote: nothing",
        "From: the roof\nit leaks",
        "> only a quote",
        "One\n\nTwo -- three\n----\nFour",
        "",
    ],
)
def test_what_stays_as_it_is(text: str) -> None:
    assert without_quotes(text) == text


PARTS = (
    "On ",
    "On a wrote ",
    "> ",
    "From: a\n",
    "-",
    "_",
    " \n",
    "\n \n",
    "On " + "a " * 100 + "\n",
    "On a wrote:\n\n",
)


@pytest.mark.parametrize("part", PARTS)
def test_a_text_four_times_as_long_is_four_times_the_work(part: str) -> None:
    """Whatever somebody sends; work is the lines of the program that run."""
    assert without_quotes(part * (100_000 // len(part))) is not None
    assert work(part * 4_000) < 4.5 * work(part * 1_000) + 100


def work(text: str) -> int:
    count = 0

    def step(frame: FrameType, event: str, _: object) -> Any:
        nonlocal count
        count += event == "line"
        return step

    before = sys.gettrace()
    sys.settrace(step)
    try:
        without_quotes(text)
    finally:
        sys.settrace(before)
    return count
