"""Territories: what may be in one, and which of them somebody is in by where they are."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from domain.places import check_known_country
from domain.refusals import bad_input
from domain.texts import check_characters

_LONGEST_NAME = 100
_MOST_AREAS, _MOST_MEMBERS = 1_000, 500
_MOST_DIGITS = 7  # of a prefix: a ZIP code has five, and no country more that say where one is
# Those whose postcodes are ZIP codes.
_ZIP_COUNTRIES = frozenset(["US", "PR", "VI", "GU", "AS", "MP"])
_OUTWARD = "[A-Z]{1,2}[0-9][A-Z0-9]?"
_PREFIX = re.compile(rf"{_OUTWARD}|[A-Z]{{1,2}}|[0-9]{{1,{_MOST_DIGITS}}}")
_WHOLE = re.compile(f"({_OUTWARD})[0-9][A-Z]{{2}}")  # the last three are the inward code, wherever spaces are
_PART = re.compile(f"({_OUTWARD})(?: [0-9][A-Z]?)?")
_DIGITS = re.compile("[0-9]{3,10}")


class AreaKind(StrEnum):
    POSTCODE = "POSTCODE"
    COUNTRY = "COUNTRY"


class Area(NamedTuple):
    kind: AreaKind
    code: str


def check_name(text: str | None) -> str:
    if text is None:
        raise bad_input("This cannot be cleared: leave it out to keep it.", "name")
    name = check_characters(text.strip(), "name")
    if not 1 <= len(name) <= _LONGEST_NAME:
        raise bad_input(f"A name has between 1 and {_LONGEST_NAME} characters.", "name")
    return name


def check_prefixes(texts: Iterable[str] | None) -> list[Area]:
    """Each once; refuses what no postcode could begin with, and what would be read in two ways, as M1 4 or M14."""
    codes = _each(texts, "postcodePrefixes")
    for code in codes:
        if not _PREFIX.fullmatch(code):
            words = "is the beginning of no postcode: write SO14 or SO in Britain, elsewhere digits, as 902."
            raise bad_input(f"{code[:20]!r} {words}", "postcodePrefixes")
    return [Area(AreaKind.POSTCODE, code) for code in codes]


def check_countries(texts: Iterable[str] | None) -> list[Area]:
    codes = _each(texts, "countries")
    return [Area(AreaKind.COUNTRY, check_known_country(code, "countries")) for code in codes]


def _each(texts: Iterable[str] | None, field: str) -> list[str]:
    said = {check_characters(text, field).strip() for text in texts or ()}
    codes = sorted({text.upper() if text.isascii() else text for text in said})  # an ß is not SS
    if len(codes) > _MOST_AREAS:
        raise bad_input(f"A territory has at most {_MOST_AREAS:,} of these.", field)
    return codes


def check_member_count(count: int) -> None:
    if count > _MOST_MEMBERS:
        raise bad_input(f"At most {_MOST_MEMBERS} members work a territory.", "memberIds")


def areas_of(postcode: str | None, country: str | None, home: str) -> list[Area]:
    """The areas that somebody is in, the narrowest first: what their postcode begins with, then the country.

    `country` is theirs as far as it is known, `home` the organization's.
    """
    prefixes = _prefixes_of(postcode, country or home, home) if postcode else []
    areas = [Area(AreaKind.POSTCODE, code) for code in prefixes]
    return [*areas, Area(AreaKind.COUNTRY, country)] if country else areas


def _prefixes_of(postcode: str, country: str, home: str) -> list[str]:
    """The longest first. SO1 4AB is in SO1 and not in SO14, and nothing in SO is in S: letters and districts are whole.

    What has digits alone is a ZIP code or one of the organization's country: 10115 in Berlin is not New York.
    """
    spaced = " ".join(re.sub("[^A-Z0-9]", " ", postcode.upper()).split())
    together = spaced.replace(" ", "")
    if found := _WHOLE.fullmatch(together) or _PART.fullmatch(spaced) or _PART.fullmatch(together):
        return _wider(found[1])
    if _DIGITS.fullmatch(together) and (country == home or country in _ZIP_COUNTRIES):
        return [together[:end] for end in range(min(len(together), _MOST_DIGITS), 0, -1)]
    return []


def _wider(outward: str) -> list[str]:
    """EC1A is in EC1, and both are in EC."""
    area = re.sub("[0-9].*", "", outward)
    return list(dict.fromkeys([outward, area + re.sub("[A-Z]", "", outward), area]))
