"""What a text asks for: keywords exactly, pleas in anybody's words, and no false alarm among the innocent."""

import time
from collections.abc import Iterator

import pytest

from domain.compliance import ConsentSource, Verdict, judge
from tests.domain.stop_corpus import INNOCENT, KEYWORDS, PLEAS, YES


@pytest.mark.parametrize("verdict", KEYWORDS)
def test_a_keyword_is_known_however_it_is_written(verdict: str) -> None:
    for is_opted_out in (False, True):
        judged = {text: judge(text, is_opted_out=is_opted_out) for text in KEYWORDS[verdict]}
        assert {text: one for text, one in judged.items() if one.verdict != verdict} == {}
        assert {one.source for one in judged.values()} == {ConsentSource.KEYWORD}


@pytest.mark.parametrize("text", YES)
def test_yes_is_a_keyword_of_those_who_opted_out(text: str) -> None:
    assert judge(text, is_opted_out=True).verdict is Verdict.START
    assert judge(text, is_opted_out=False).verdict is Verdict.NOTHING


def test_pleas_are_found_and_the_innocent_are_left_in_peace() -> None:
    found = [text for text in PLEAS if judge(text, is_opted_out=False).verdict is Verdict.STOP]
    alarms = {
        text: one.rule for text in INNOCENT if (one := judge(text, is_opted_out=False)).verdict is not Verdict.NOTHING
    }
    precision, recall = len(found) / (len(found) + len(alarms)), len(found) / len(PLEAS)
    print(f"{len(PLEAS)} pleas, {len(INNOCENT)} innocent texts: precision {precision:.3f}, recall {recall:.3f}")  # noqa: T201
    assert sorted(set(PLEAS) - set(found)) == []
    assert alarms == {}


def test_the_corpus_is_large_and_says_nothing_twice() -> None:
    every = [*PLEAS, *INNOCENT, *(text for texts in KEYWORDS.values() for text in texts)]
    assert len(every) >= 150 and len(every) == len(set(every))


def test_what_matched_is_told() -> None:
    assert judge("opt-out", is_opted_out=False).rule == "OPTOUT"
    plea = judge("Please don't text me again", is_opted_out=False)
    assert (plea.rule, plea.source) == ("don't text", ConsentSource.FREE_TEXT)


def hostile() -> Iterator[str]:
    for piece in (
        "stop ",
        "dont want ",
        "a",
        "stop texting ",
        "no ",
        "-",
        "\u200b",
        "you dont ",
        "unsub",
        "reply stop to ",
    ):
        yield piece * (100_000 // len(piece))


def test_no_text_takes_long() -> None:
    """A text of any length is read in a moment; carriers pass on 1,600 characters."""
    for text in hostile():
        begun = time.process_time()
        judge(text[:20_000], is_opted_out=True)
        assert time.process_time() - begun < 2
