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


def field_of(name: str) -> str:
    """A fact as the API spells it."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def find_words(text: str, words: Iterable[str]) -> tuple[str, ...]:
    """Those of the words, or rows of words, that stand in the text whole, however they are spelt there: in capitals, in
    another width, over a line break, or with characters between that nobody sees."""
    plain = fold(text)
    return tuple(word for word in words if stands_in(fold(word), plain))


def stands_in(words: str, text: str) -> bool:
    """Whether words stand in a text whole; both are folded."""
    return words in text and bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def fold(text: str) -> str:
    """As two texts are compared: without capitals, widths, breaks, or characters that nobody sees."""
    if text.isascii():
        return " ".join(text.casefold().split())
    seen = (character for character in unicodedata.normalize("NFKC", text) if unicodedata.category(character) != "Cf")
    return " ".join("".join(seen).casefold().split())
