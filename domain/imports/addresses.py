"""A cell with an address → the address as a lead has it: phone, e-mail, LinkedIn."""

import re

from domain.imports.cells import Take, Troubles, says_nothing, tidy
from domain.imports.fields import Field, longest
from domain.imports.problems import ProblemCode, report
from domain.phones import Phones

# Of a phone number: what a float, a power or several numbers in one cell have, and a plain number has not.
_ODD = re.compile(r"[.,;|/\nE]")
_FLOAT = re.compile(r"(\+?\d{6,})[.,]0+")
_POWER = re.compile(r"(\d)(?:[.,](\d+))?E\+?(\d{1,2})", re.I)
_BETWEEN_PHONES = re.compile(r"[,;|/\n\r]|\s(?:or|oder|and|und|ou|y|&)\s", re.I)
_NO_DIGITS = "0 .,-+()"  # of those that say anything
_SHORTEST = 5  # digits of a number

_EMAIL = re.compile(
    r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
_MOST_IN_ALL, _MOST_BEFORE_AT = longest(Field.EMAIL), 64
_IN_BRACKETS = re.compile(r"<([^<>]+)>")
_BETWEEN_EMAILS = re.compile(r"[,;|\s]+")
_LINKEDIN = re.compile(
    r"(?:https?://)?(?:[a-z]{1,3}\.)?linkedin\.com/([^?#\s]+)(?:[?#]\S*)?|/?((?:in|company)/[^?#\s/]+)/?", re.I
)


def take_phone(phones: Phones) -> Take:
    def take(text: str, troubles: Troubles) -> str | None:
        text = text.strip(" '\t\n\r\u00a0").removeprefix("tel:")
        if not text.strip(_NO_DIGITS):
            return None
        is_plain = text.isdecimal() or not _ODD.search(text)
        if is_plain and (usual := phones.find_usual(text)):
            return usual
        if says_nothing(tidy(text)):
            return None
        found = next(filter(None, map(phones.find, _readings(text))), None)
        if not found:
            report(troubles, ProblemCode.BAD_PHONE, Field.PHONE, text)
        return found

    return take


def _readings(text: str) -> list[str]:
    """What could be meant, the likeliest first: several numbers in a cell, floats and powers that lost no digit."""
    if found := _FLOAT.fullmatch(text):
        return [found[1]]
    if found := _POWER.fullmatch(text):
        digits = found[1] + (found[2] or "")
        return [digits] if len(digits) == int(found[3]) + 1 else []
    parts = [part for part in _BETWEEN_PHONES.split(text) if _count_digits(part) >= _SHORTEST]
    if len(parts) > 1 and parts[1].strip()[0] in "0+(":
        return parts  # 030 123456/030 123457 are two, 033203/123456 is one
    if _count_digits(text) < _SHORTEST:
        return []
    return list(dict.fromkeys([text, _with_plus(text), *parts]))


def _count_digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _with_plus(text: str) -> str:
    """00 for + is understood even where another exit code is dialled."""
    digits = "".join(filter(str.isdecimal, text))
    return f"+{digits[2:]}" if digits.startswith("00") else text


def take_email(text: str, troubles: Troubles) -> str | None:
    """In small letters. An address in another script is refused, a domain in one is written as the network knows it."""
    small = text.strip().lower()
    if _EMAIL.fullmatch(small) and len(small) <= _MOST_IN_ALL and small.find("@") <= _MOST_BEFORE_AT:
        return small
    if not small:
        return None
    found = _first_email(tidy(small))
    if not found and not says_nothing(tidy(small)):
        report(troubles, ProblemCode.BAD_EMAIL, Field.EMAIL, text.strip())
    return found


def _first_email(text: str) -> str | None:
    for part in (*_IN_BRACKETS.findall(text), *_BETWEEN_EMAILS.split(text)):
        address = _in_ascii(part.strip("'\"<>()[].:").removeprefix("mailto:"))
        if _EMAIL.fullmatch(address) and len(address) <= _MOST_IN_ALL and address.find("@") <= _MOST_BEFORE_AT:
            return address
    return None


def _in_ascii(address: str) -> str:
    before, at, domain = address.rpartition("@")
    if domain.isascii():
        return address
    try:
        return f"{before}{at}{domain.encode('idna').decode()}"
    except UnicodeError:
        return address


def take_linkedin(text: str, troubles: Troubles) -> str | None:
    """One spelling for a profile, so that it is known again; without what tracks whoever follows it."""
    text = tidy(text)
    if says_nothing(text):
        return None
    found = _LINKEDIN.fullmatch(text)
    if not found or len(text) > longest(Field.LINKEDIN_URL):
        report(troubles, ProblemCode.BAD_LINKEDIN_URL, Field.LINKEDIN_URL, text)
        return None
    return f"https://www.linkedin.com/{(found[1] or found[2]).strip('/').lower()}"
