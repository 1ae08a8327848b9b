"""A cell with words → the words, tidied; None for what says nothing. What is wrong is reported, not raised."""

import re
from collections.abc import Callable, Iterable
from datetime import date
from functools import lru_cache

from domain.imports.dates import DateOrder, read_date
from domain.imports.fields import LONGEST_CUSTOM, MOST_TAGS, Field, longest
from domain.imports.problems import Problem, ProblemCode, report

Troubles = list[Problem]
Take = Callable[[str, Troubles], str | None]

# What people write where they know nothing. Where names stand, only what is no name: there are a Mr Null and a Ms Na.
_NO_NAME_SAID = "n/a, #n/a, k.a., unknown, unbekannt, (none), (null), (blank), -, --, ---, ., ?, _, /"
_NOTHING_SAID = """
    na, na., n.a., n. a., k. a., ka, none, null, nil, nan, keine, keine angabe, nicht bekannt, not provided, not given,
    not available, no email, no phone, tbc, tbd, #value!, #ref!, #name?, #div/0!, #null!, #num!, x
"""
_NO_NAME = frozenset(word.strip() for word in _NO_NAME_SAID.split(","))
_NOTHING = _NO_NAME | {word.strip() for word in _NOTHING_SAID.split(",")}
_NAMES = (Field.FIRST_NAME, Field.LAST_NAME, Field.FULL_NAME)
_LONGEST_NOTHING = 16
_LONGEST_CACHED = 200

# Marks that nobody sees: zero width, direction, soft hyphen, byte order. Controls become blanks.
_UNSEEN = dict.fromkeys([0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), 0x2060, 0xFEFF])
_CLEANED = _UNSEEN | {number: " " for number in (*range(32), *range(127, 160))}
_TAG_ENDS = re.compile(r"[,;|\n\r]")


def tidy(text: str) -> str:
    """Without blanks around it, without double ones within, without what nobody sees."""
    text = text.strip()
    if text.isprintable() and "  " not in text:
        return text
    return " ".join(text.translate(_CLEANED).split())


def says_nothing(text: str) -> bool:
    """Of a tidy text that is no name."""
    return not text or (len(text) <= _LONGEST_NOTHING and text.lower() in _NOTHING)


def nothing_said(field: Field | None) -> frozenset[str]:
    """What says nothing in a column of this field, or of none that we know, in small letters."""
    return _NO_NAME if field is None or field in _NAMES else _NOTHING


def take_words(field: Field) -> Take:
    return _taking(field.value, longest(field), nothing_said(field))


def take_custom(slug: str) -> Take:
    return _taking(slug, LONGEST_CUSTOM, nothing_said(None))


def _taking(name: str, most: int, nothing: frozenset[str]) -> Take:
    def take(text: str, troubles: Troubles) -> str | None:
        text = tidy(text)
        if not text or (len(text) <= _LONGEST_NOTHING and text.lower() in nothing):
            return None
        if len(text) > most:
            report(troubles, ProblemCode.TOO_LONG, name, text)
            return None
        return text

    return take


def take_notes(text: str, troubles: Troubles) -> str | None:
    """Line breaks stay."""
    text = text.strip()
    if not text.isprintable() or "  " in text:
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        text = "\n".join(map(tidy, lines)).strip("\n")
    if says_nothing(text):
        return None
    if len(text) > longest(Field.NOTES):
        report(troubles, ProblemCode.TOO_LONG, Field.NOTES, text)
        return None
    return text


def take_date(order: DateOrder) -> Callable[[str, Troubles], date | None]:
    def take(text: str, troubles: Troubles) -> date | None:
        text = text.strip()
        found = read_date(text, order) if text else None
        if text and not found and not says_nothing(tidy(text)):
            report(troubles, ProblemCode.BAD_DATE, Field.INQUIRY_DATE, text)
        return found

    return take


def take_tags(texts: Iterable[str], troubles: Troubles) -> list[str]:
    """Split at commas, semicolons, bars and line breaks; each once, whatever its case, as it is first written."""
    tags: dict[str, str] = {}
    for text in texts:
        for tag in _often(text) if len(text) <= _LONGEST_CACHED else _tags(text):
            if len(tag) > longest(Field.TAGS):
                report(troubles, ProblemCode.TOO_LONG, Field.TAGS, tag)
            else:
                tags.setdefault(tag.casefold(), tag)
    if len(tags) > MOST_TAGS:
        report(troubles, ProblemCode.TOO_LONG, Field.TAGS, ", ".join(tags.values()))
    return list(tags.values())[:MOST_TAGS]


def _tags(text: str) -> tuple[str, ...]:
    return tuple(tag for part in _TAG_ENDS.split(text) if not says_nothing(tag := tidy(part)))


_often = lru_cache(4096)(_tags)  # most rows of a file have the same few
