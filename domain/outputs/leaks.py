"""Whether a text says what its writer was told in confidence, as it stands or in a code that anybody can undo."""

import base64
import binascii
import codecs
import contextlib
import re
from collections.abc import Iterator, Sequence

from domain.outputs.folding import folded, letters_of, seen, words_of

_LONGEST_RUN = 8  # words of a prompt in a row that anybody may say by chance
_SHORTEST = 24  # letters of such a run; eight short words say nothing
_CODED = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}|(?:[0-9a-fA-F]{2}[\s:]?){16,}|(?:[01]{8}\s?){6,}")
_LINK = re.compile(r"https?://\S+")
# Only who speaks of how they were told to speak says this to a customer.
_OF_ITSELF = re.compile(
    r"\b(?:system|initial|hidden|secret|original|developer) (?:prompt|instructions?|message)\b"
    r"|\bmy (?:full |own |exact )?(?:prompt|instructions?|guidelines|programming|rules) (?:is|are|says?|reads?)\b"
    r"|\bi (?:was|am|have been) (?:instructed|told|programmed|configured|prompted) (?:to|that|not)\b"
    r"|\bas an? (?:ai|artificial|large) (?:language )?(?:model|assistant|intelligence)\b|\blanguage model\b"
    r"|\b(?:jailbr\w+|developer mode|dan mode|ignor\w+ (?:all |my |the )*(?:previous |prior )?instructions)\b"
)


def find_leaks(text: str, confidential: str, knowledge: str, marks: Sequence[str]) -> Iterator[str]:
    """Runs of confidential words, marks that stand nowhere else, and talk of instructions.

    What stands in `knowledge` too is there to be said.
    """
    runs = _runs_of(confidential) - _runs_of(knowledge)
    for said in _readings(text):
        letters = letters_of(said)
        if any(mark and letters_of(mark) in letters for mark in marks):
            yield "a mark of the instructions"
        if run := next((run for run in runs if run in letters), None):
            yield f"{_LONGEST_RUN} words of the instructions in a row ({run[:12]}…)"
    if match := _OF_ITSELF.search(" ".join(folded(text).split())):
        yield match[0]


def find_coded(text: str) -> Iterator[str]:
    """What nobody reads: long rows of letters and digits, outside links."""
    for match in _CODED.finditer(_LINK.sub(" ", seen(text))):
        row = match[0].strip()
        if any(letter.isdigit() for letter in row) or (row.lower() != row and row.upper() != row and "-" not in row):
            yield row[:20]


def _runs_of(text: str) -> set[str]:
    words = words_of(text)
    runs = ("".join(words[start : start + _LONGEST_RUN]) for start in range(len(words) - _LONGEST_RUN + 1))
    return {run for run in runs if len(run) >= _SHORTEST}


def _readings(text: str) -> Iterator[str]:
    """The text as it stands, backwards, in ROT13, and what is written in it in base64 or hex."""
    yield text
    yield text[::-1]
    yield " ".join(reversed(text.split()))
    yield codecs.encode(text, "rot13")
    for match in _CODED.finditer(seen(text)):
        yield from _decoded(re.sub(r"[\s:]", "", match[0]))


def _decoded(row: str) -> Iterator[str]:
    plain = row.translate(str.maketrans("-_", "+/")).rstrip("=")
    with contextlib.suppress(binascii.Error, UnicodeDecodeError):
        yield base64.b64decode(plain + "=" * (-len(plain) % 4)).decode()
    with contextlib.suppress(ValueError):
        yield bytes.fromhex(row).decode()
