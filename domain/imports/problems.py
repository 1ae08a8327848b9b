"""What can be wrong with a row, in closed codes and in sentences."""

import re
from enum import StrEnum
from typing import NamedTuple


class ProblemCode(StrEnum):
    MISSING = "MISSING"
    UNREACHABLE = "UNREACHABLE"
    BAD_PHONE = "BAD_PHONE"
    BAD_EMAIL = "BAD_EMAIL"
    BAD_LINKEDIN_URL = "BAD_LINKEDIN_URL"
    BAD_DATE = "BAD_DATE"
    TOO_LONG = "TOO_LONG"
    MISALIGNED = "MISALIGNED"
    ADDRESS_OF_ANOTHER = "ADDRESS_OF_ANOTHER"


_SENTENCES = {
    ProblemCode.MISSING: "{field} is required and missing.",
    ProblemCode.UNREACHABLE: "The row has no phone number, e-mail or LinkedIn address that can be used.",
    ProblemCode.BAD_PHONE: "{value!r} is not a phone number: write it like +447700900123.",
    ProblemCode.BAD_EMAIL: "{value!r} is not an e-mail address: write it like ann@example.com.",
    ProblemCode.BAD_LINKEDIN_URL: "{value!r} is not a LinkedIn address: write it like https://www.linkedin.com/in/ann.",
    ProblemCode.BAD_DATE: "{value!r} is not a date: write it like 2024-03-31.",
    ProblemCode.TOO_LONG: "{field} is longer than can be kept: shorten it.",
    ProblemCode.MISALIGNED: "The row has more cells than the header: put quotes around cells that hold the delimiter.",
    ProblemCode.ADDRESS_OF_ANOTHER: "{value!r} is the address of another lead, and was left to them.",
}
_SHORTENED = re.compile(r"\d[.,]?\d*E\+?\d+", re.I)
_SHORTENED_SENTENCE = (
    "{value!r} is a phone number whose last digits Excel has dropped: format the column as text before saving it."
)
_LONGEST_VALUE = 80


class Problem(NamedTuple):
    """`field` is a Field or the name of a custom field, `value` the beginning of what the file has there."""

    code: ProblemCode
    field: str = ""
    value: str = ""

    @property
    def sentence(self) -> str:
        is_shortened = self.code is ProblemCode.BAD_PHONE and _SHORTENED.fullmatch(self.value)
        pattern = _SHORTENED_SENTENCE if is_shortened else _SENTENCES[self.code]
        return pattern.format(field=self.field.replace("_", " ").capitalize(), value=self.value)


def report(troubles: list[Problem], code: ProblemCode, field: str, value: str = "") -> None:
    troubles.append(Problem(code, field, value[:_LONGEST_VALUE]))
