"""Texts folded so far that a word is found however it is disguised: other alphabets, digits for letters, gaps."""

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

_APOSTROPHES = re.compile("['’‘‛`´ʼʹ′＇ʻ]")
# Letters of other alphabets that look like Latin ones: small ones, great ones that look otherwise, and small capitals.
_PAIRS = (
    "аa вb гr еe зe іi кk мm нh оo пn рp сc тt уy хx ѕs јj ԁd һh ԛq ԝw ьb єe "
    "αa βb γy εe ηn ιi κk μu νv οo ρp τt υu χx ωw ΗH ΜM ΝN ΥY ΒB ΡP ΖZ ոn սu օo հh յj "
    "ɡg ɑa ıi øo łl đd ᴀa ʙb ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz"
)
_LOOKALIKES = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_BOXED = {
    first + place: chr(ord("a") + place)
    for first in (0x1F150, 0x1F170, 0x1F1E6)  # letters in black circles, in black squares, and of flags
    for place in range(26)
}
_DIGITS = str.maketrans("0134578@$|!", "oleastbasll")
_ALIKE = str.maketrans("i", "l")  # one cannot be told from the other in capitals
_LENGTHENED = re.compile(r"(.)\1{2,}")
# Where a clause ends, so that "a risk, free of charge" is not "risk-free"; a letter alone ends none.
_ENDS = re.compile(r"(?<=\w\w)[)\"”]*[.,;:!?…]+(?=\s|$)|(?<!\b\w)\n+")
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]{1,2}|[^\W_]+(?:[@$!|](?=\w)[^\W_]*)*|[@$](?=[^\W\d_])[^\W_]*")


def seen(text: str) -> str:
    """As it looks: in usual widths, and without what cannot be seen. Case, accents and digits stay."""
    return "".join(
        letter for letter in unicodedata.normalize("NFKC", text) if unicodedata.category(letter) not in ("Cf", "Me")
    ).replace("\ufe0f", "")


@lru_cache(maxsize=64)
def folded(text: str) -> str:
    """In small Latin letters wherever they look like it, without accents; digits and punctuation stay."""
    plain = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", unicodedata.normalize("NFKC", text)).translate(_BOXED))
    kept = (letter for letter in plain if unicodedata.category(letter) not in ("Mn", "Me", "Cf"))
    return "".join(kept).translate(_LOOKALIKES).casefold().translate(_LOOKALIKES)


def words_of(text: str) -> list[str]:
    """Its words in one spelling each: with letters for digits, where a word has both."""
    return [_spelt(word) for word in _WORD.findall(folded(text))]


def clauses_of(text: str) -> list[list[str]]:
    return [words for clause in _ENDS.split(folded(text)) if (words := words_of(clause))]


def letters_of(text: str) -> str:
    """All its words in a row, so that gaps within and between them are no matter."""
    return "".join(words_of(text))


def find_phrases(text: str, phrases: Sequence[str]) -> tuple[str, ...]:
    """Those that stand in a clause of the text from the beginning of a word to the end of one, whatever gaps there are.

    "g u a r a n t e e", "guar-antee" and "gυаrаntее" are "guarantee"; "guarantor" and "reacted nowhere" are nothing.
    """
    rows = [_Row(words) for words in clauses_of(text)]
    return tuple(
        phrase for phrase in phrases if (letters := letters_of(phrase)) and any(letters in row for row in rows)
    )


class _Row:
    """The letters of a clause, and where its words begin and end."""

    def __init__(self, words: Sequence[str]) -> None:
        self._letters = "".join(words)
        self._edges = {0, *accumulate(map(len, words))}

    def __contains__(self, letters: str) -> bool:
        start = self._letters.find(letters)
        while start >= 0:
            if start in self._edges and start + len(letters) in self._edges:
                return True
            start = self._letters.find(letters, start + 1)
        return False


def _spelt(word: str) -> str:
    calm = _LENGTHENED.sub(r"\1", word) if not word.isdecimal() else word
    if any(letter.isalpha() for letter in calm):
        calm = calm.translate(_DIGITS)
    return calm.translate(_ALIKE)
