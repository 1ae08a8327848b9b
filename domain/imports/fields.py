"""What a column can be about, and which column is about what."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.refusals import bad_input


class Field(StrEnum):
    """A fact about a lead that a column may give."""

    FIRST_NAME = "FIRST_NAME"
    LAST_NAME = "LAST_NAME"
    FULL_NAME = "FULL_NAME"
    PHONE = "PHONE"
    EMAIL = "EMAIL"
    LINKEDIN_URL = "LINKEDIN_URL"
    COMPANY = "COMPANY"
    TITLE = "TITLE"
    INDUSTRY = "INDUSTRY"
    ADDRESS = "ADDRESS"
    POSTCODE = "POSTCODE"
    CITY = "CITY"
    COUNTRY = "COUNTRY"
    LOCATION = "LOCATION"
    SOURCE = "SOURCE"
    TAGS = "TAGS"
    NOTES = "NOTES"
    INQUIRY_DATE = "INQUIRY_DATE"


# In characters. The address of a lead is at most as long as its standard allows.
LONGEST = {
    Field.FIRST_NAME: 100,
    Field.LAST_NAME: 100,
    Field.FULL_NAME: 200,
    Field.PHONE: 64,
    Field.EMAIL: 254,
    Field.LINKEDIN_URL: 300,
    Field.TAGS: 100,
    Field.NOTES: 10_000,
}
LONGEST_OTHER = 255
LONGEST_CUSTOM = 2_000
MOST_TAGS = 50
MOST_CUSTOM = 100
_SEVERAL = frozenset({Field.TAGS, Field.NOTES})  # may be spread over several columns
_SLUG = re.compile(r"[a-z][a-z0-9_]{0,49}")
_CUSTOM, _IGNORE = "custom:", "IGNORE"


def longest(field: Field) -> int:
    return LONGEST.get(field, LONGEST_OTHER)


@dataclass(frozen=True, slots=True)
class Target:
    """Where the cells of a column go: into a field of the lead, into a custom field, or nowhere."""

    field: Field | None = None
    custom: str | None = None

    @property
    def text(self) -> str:
        """As it is kept and sent: FIRST_NAME, custom:eye_colour, IGNORE."""
        if self.custom:
            return f"{_CUSTOM}{self.custom}"
        return self.field.value if self.field else _IGNORE


IGNORED = Target()


def read_target(text: str) -> Target:
    if text == _IGNORE:
        return IGNORED
    if text.startswith(_CUSTOM):
        slug = text.removeprefix(_CUSTOM)
        if not _SLUG.fullmatch(slug):
            raise bad_input(f"{slug!r} cannot name a custom field: write it like eye_colour.", "columnMapping")
        return Target(custom=slug)
    if text not in Field.__members__:
        raise bad_input(f"{text!r} is nothing a column can be about.", "columnMapping")
    return Target(field=Field(text))


def check_mapping(headers: Sequence[str], mapping: Mapping[str, str]) -> list[Target]:
    """The target of each column, in order; columns that are not named are ignored.

    Refuses headers the file does not have, a field given twice, and a mapping by which nobody could be reached.
    """
    if unknown := [header for header in mapping if header not in headers]:
        raise bad_input(f"The file has no column {unknown[0]!r}.", "columnMapping")
    targets = [read_target(mapping.get(header, _IGNORE)) for header in headers]
    _check_once(targets)
    fields = {target.field for target in targets}
    if not fields & {Field.PHONE, Field.EMAIL, Field.LINKEDIN_URL}:
        raise bad_input("Say which column has the phone number, the e-mail or the LinkedIn address.", "columnMapping")
    if sum(target.custom is not None for target in targets) > MOST_CUSTOM:
        raise bad_input(f"At most {MOST_CUSTOM} columns can become custom fields.", "columnMapping")
    return targets


def _check_once(targets: Sequence[Target]) -> None:
    for target, times in Counter(targets).items():
        if times > 1 and target != IGNORED and target.field not in _SEVERAL:
            raise bad_input(f"{target.text} is given by {times} columns: choose one.", "columnMapping")
