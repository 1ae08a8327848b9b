"""What a value looks like, whatever its column is called."""

import re
from collections import Counter
from collections.abc import Iterable
from enum import Enum, auto


class Shape(Enum):
    EMPTY = auto()
    EMAIL = auto()
    LINKEDIN = auto()
    URL = auto()
    DATE = auto()
    POSTCODE = auto()  # only what is nothing else: five digits are a NUMBER
    PHONE = auto()
    NUMBER = auto()
    WORDS = auto()


_LONGEST = 300
_EMAIL = re.compile(r"(?:mailto:)?[^\s@,;]+@[^\s@,;]+\.[^\s@,;.]+", re.I)
_LINKEDIN = re.compile(r"(?:https?://)?(?:[a-z]{1,3}\.)?linkedin\.com/\S+", re.I)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.I)
_DATE = re.compile(
    r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.] ?\d{1,2}[-/.] ?(?:\d{4}|\d{2}))(?:[T ,]+\d{1,2}:\d{2}.*)?"
    r"|\d{1,2}\.?[ -][^\W\d]{3,9}\.?,?[ -]\d{2,4}|[^\W\d]{3,9}\.? \d{1,2},? \d{4}"
)
_POSTCODE = re.compile(r"[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}|\d{4} ?[A-Z]{2}|[A-Z]\d[A-Z] ?\d[A-Z]\d|\d{5}-\d{4}", re.I)
_PHONE = re.compile(
    r"(?:tel:)?'?\(?(?:\+|00?)[\d ()./\u00a0–-]{6,24}(?: ?(?:x|ext\.?) ?\d{1,6})?|\(\d{3}\) ?\d{3}-?\d{4}", re.I
)
_LONG_NUMBER = re.compile(r"\d{9,15}(?:\.0+)?|\d(?:\.\d+)?E\+?1[0-4]|\d{3}[-. ]\d{3}[-. ]\d{4}", re.I)
_NUMBER = re.compile(r"[+-]?[\d.,]*\d[\d.,]*%?")


def shape_of(text: str) -> Shape:
    """Of a text without blanks around it. A long number without a sign can only be a phone number here."""
    if not text:
        return Shape.EMPTY
    if len(text) > _LONGEST:
        return Shape.WORDS
    for shape, pattern in _PATTERNS:
        if pattern.fullmatch(text):
            return shape
    return Shape.WORDS


_PATTERNS = (
    (Shape.EMAIL, _EMAIL),
    (Shape.LINKEDIN, _LINKEDIN),
    (Shape.URL, _URL),
    (Shape.DATE, _DATE),
    (Shape.PHONE, _PHONE),
    (Shape.PHONE, _LONG_NUMBER),
    (Shape.NUMBER, _NUMBER),
    (Shape.POSTCODE, _POSTCODE),
)


def shares(values: Iterable[str]) -> dict[Shape, float]:
    """How large a share of the values that are not empty has each shape."""
    counted = Counter(shape_of(value.strip()) for value in values)
    counted.pop(Shape.EMPTY, None)
    return {shape: count / counted.total() for shape, count in counted.items()}
