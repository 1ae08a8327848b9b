"""Phone numbers by the thousand: usual spellings are read by one expression, all others as `normalize_phone` does."""

import re
from collections.abc import Callable
from functools import cache

from phonenumbers import (
    COUNTRY_CODE_TO_REGION_CODE,
    NumberParseException,
    PhoneMetadata,
    PhoneNumberDesc,
    PhoneNumberType,
    is_valid_number,
    number_type,
    parse,
    region_code_for_country_code,
)

from domain.leads import normalize_phone
from domain.refusals import Refusal

# Only what phonenumbers itself passes over between digits, and nothing that can begin an extension or a second number.
_PUNCTUATION = {ord(character): None for character in " \u00a0-‐‑‒–—()[]./"}
_LONGEST = 40  # of a text that is looked at here
_NEVER = "(?!)"
_MOST_DIGITS = 15  # with the calling code

Match = Callable[[str], "re.Match[str] | None"]


class Phones:
    """Reads as `normalize_phone` does for one region, and several times as fast where a number is spelt as most are.

    Nothing is guessed: the expressions are made of the same metadata, and take only what has one reading by its rules.
    A test compares the two for every country.
    """

    def __init__(self, region: str | None = None) -> None:
        self._region = region
        self._match, self._plus_code = _of_region(region)

    def normalize(self, text: str) -> str:
        """E.164; raises what `normalize_phone` raises."""
        return self.find_usual(text) or normalize_phone(text, self._region)

    def find(self, text: str) -> str | None:
        """As `normalize`, but for lists, which have many mistakes: what looks like no number of its country is none."""
        if usual := self.find_usual(text):
            return usual
        try:
            found = normalize_phone(text, self._region)
        except Refusal:
            return None
        if text.isdecimal() and found == f"{self._plus_code}{text}" and _has_lost_its_plus(text, found):
            return f"+{text}"
        return found if _looks_right(found) else None

    def find_usual(self, text: str) -> str | None:
        """None where the text has to go the long way, which says nothing about whether it is a number."""
        if len(text) > _LONGEST:
            return None
        digits = text if text.isdecimal() else text.translate(_PUNCTUATION)
        if found := self._match(digits):
            return self._plus_code + found["number"]
        return _read_abroad(digits) if digits[:1] == "+" else None


def _read_abroad(digits: str) -> str | None:
    """What begins with + and a calling code, whichever it is."""
    for end in (2, 3, 4):
        code = digits[1:end]
        if code.isascii() and code.isdecimal() and int(code) in COUNTRY_CODE_TO_REGION_CODE:
            return digits if _of_code(int(code))(digits) else None
    return None


@cache
def _of_code(code: int) -> Match:
    """Matches + and the code with a number after it that no rule changes."""
    main = PhoneMetadata.metadata_for_region(region_code_for_country_code(code), None)
    return _compiled(rf"\+{code}", [main]) if main else _compiled(_NEVER, [])


@cache
def _of_region(region: str | None) -> tuple[Match, str]:
    """Matches a number of the region however it begins, and says what belongs before its significant part."""
    own = PhoneMetadata.metadata_for_region(region.upper(), None) if region else None
    code = own and own.country_code
    main = PhoneMetadata.metadata_for_region(region_code_for_country_code(code), None) if code else None
    if not own or not main:
        return _compiled(_NEVER, []), ""
    abroad, trunk = own.international_prefix or _NEVER, _trunk(own)
    optional = f"(?:{trunk})?" if trunk and own is main else ""
    ways = [
        rf"\+{code}{optional}",
        rf"(?!(?:{abroad})|{code})",
        # What could be a whole number as it stands is not taken for one that begins with the calling code.
        rf"(?!(?:{abroad})|(?:{_described(own).national_number_pattern})$){code}{optional}",
    ]
    if trunk:
        ways.append(rf"(?!(?:{abroad})|{code}){trunk}")
    if abroad.isdecimal():
        ways.append(rf"{abroad}{code}{optional}")
    return _compiled("|".join(ways), [own] if own is main else [own, main]), f"+{code}"


def _trunk(metadata: PhoneMetadata) -> str | None:
    """What is dialled before a number within the country, where it is always just left out; None where it is not so."""
    trunk, rule = metadata.national_prefix, metadata.national_prefix_for_parsing or ""
    if not trunk or not trunk.isdecimal():
        return None
    if rule == trunk or rule.startswith(f"{trunk}|"):
        return trunk
    if rule.endswith(f"|{trunk}"):
        return f"(?!{rule.removesuffix(f'|{trunk}')}){trunk}"
    return None


def _compiled(before: str, metadata: list[PhoneMetadata]) -> Match:
    return re.compile(rf"(?:{before})(?P<number>{''.join(map(_significant, metadata))}\d+)", re.A).fullmatch


def _significant(metadata: PhoneMetadata) -> str:
    """Looks ahead at a number as its country has them, with nothing before it that a rule would take away."""
    longest = _MOST_DIGITS - len(str(metadata.country_code))
    described = _described(metadata)
    lengths = "|".join(rf"\d{{{length}}}" for length in described.possible_length if length <= longest)
    rule = metadata.national_prefix_for_parsing
    not_before = f"(?!{rule})" if rule else ""
    return rf"{not_before}(?=(?:{lengths})$)(?=(?:{described.national_number_pattern})$)"


def _has_lost_its_plus(text: str, found: str) -> bool:
    """Of digits that begin with the calling code: whether they are rather a number with it than one within the country.

    Whoever writes a number within the country begins it with the trunk prefix, so a mobile number is taken for one.
    """
    try:
        kind = number_type(parse(f"+{text}", None))
    except NumberParseException:
        return False
    if kind == PhoneNumberType.MOBILE:
        return True
    return kind != PhoneNumberType.UNKNOWN and not is_valid_number(parse(found, None))


def _looks_right(number: str) -> bool:
    """Whether a country of its calling code has numbers like it: its pattern, not the list of ranges in use."""
    code = parse(number, None).country_code or 0
    countries = COUNTRY_CODE_TO_REGION_CODE.get(code, ())
    known = (PhoneMetadata.metadata_for_region_or_calling_code(code, country) for country in countries)
    significant = number[1 + len(str(code)) :]
    return any(re.fullmatch(_described(one).national_number_pattern or _NEVER, significant) for one in known if one)


def _described(metadata: PhoneMetadata) -> PhoneNumberDesc:
    assert metadata.general_desc, "every country has one"
    return metadata.general_desc
