"""What a text may be made of, wherever it is kept."""

import re
import unicodedata
from collections.abc import Iterable

from domain.refusals import bad_input


def check_characters(text: str, field: str) -> str:
    """The same text; refuses what no database and no carrier can take."""
    if "\x00" in text:
        raise bad_input("The text contains a NUL character: remove it.", field)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_input("The text contains half a character, as a cut emoji leaves: remove it.", field) from None
    return text


def find_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those of the words, or rows of words, that stand in the text whole, however they are spelt there: in capitals, in
    another width, over a line break, or with characters between that nobody sees."""
    plain = _plain(text)
    return tuple(word for word in words if re.search(rf"(?<!\w){re.escape(_plain(word))}(?!\w)", plain))


def _plain(text: str) -> str:
    seen = (character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf")
    return " ".join("".join(seen).casefold().split())
