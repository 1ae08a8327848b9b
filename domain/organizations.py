"""What an organization may be called, and how it may look."""

import re
from collections.abc import Mapping
from typing import Any

from domain.leads import normalize_phone
from domain.mail import find_address
from domain.places import check_country, check_time_zone
from domain.refusals import bad_input
from domain.texts import check_characters

_LONGEST_TEXT = 200
_MOST_WORDS = 200
_MOST_TURNS = 100
_REQUIRED = (
    "name",
    "country",
    "time_zone",
    "industry",
    "primary_color",
    "agent_scope",
    "blacklisted_words",
    "ai_mode",
    "ai_most_turns",
)
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")


def check_change(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are to be stored; refuses what cannot be."""
    return {name: _check(name, value) for name, value in changes.items()}


def _check(name: str, value: Any) -> Any:
    if value is None:
        if name in _REQUIRED:
            raise bad_input("This cannot be cleared: leave it out to keep it.", _field(name))
        return None
    if name == "blacklisted_words":
        return _check_words(value)
    if name == "ai_most_turns" and not 1 <= value <= _MOST_TURNS:
        raise bad_input(f"Between 1 and {_MOST_TURNS}.", "aiMostTurns")
    if name in ("ai_mode", "ai_most_turns"):
        return value
    text = check_characters(value.strip(), _field(name))
    if not 1 <= len(text) <= _LONGEST_TEXT:
        raise bad_input(f"This needs between 1 and {_LONGEST_TEXT} characters.", _field(name))
    return _FORMS.get(name, str)(text)


def _check_words(words: list[str]) -> list[str]:
    if len(words) > _MOST_WORDS:
        raise bad_input(f"At most {_MOST_WORDS} words can be blacklisted.", "blacklistedWords")
    kept = {check_characters(word.strip().lower(), "blacklistedWords") for word in words}
    return sorted(word[:_LONGEST_TEXT] for word in kept if word)


def _color(text: str) -> str:
    if not re.fullmatch("#[0-9a-fA-F]{6}", text):
        raise bad_input("A colour is written like #8cc63f.", "primaryColor")
    return text.lower()


def _phone(text: str) -> str:
    return normalize_phone(text, field="phone")


def _web_address(field: str) -> Any:
    def check(text: str) -> str:
        if not _ADDRESS.fullmatch(text):
            raise bad_input("An address begins with https:// or http://.", field)
        return text

    return check


def _booking_link(text: str) -> str:
    """Something is appended to it, so it must end before a fragment would begin."""
    if not _ADDRESS.fullmatch(text) or "#" in text:
        raise bad_input(
            "A booking link begins with https:// and has no #, like https://cal.com/ann/call.", "calBookingLink"
        )
    return text


def _mail_address(text: str) -> str:
    address = find_address(text)
    if address is None:
        raise bad_input("This is not an e-mail address: write it like sales@example.com.", "mailAddress")
    return address.lower()


_FORMS: dict[str, Any] = {
    "country": check_country,
    "time_zone": check_time_zone,
    "primary_color": _color,
    "phone": _phone,
    "website": _web_address("website"),
    "logo_url": _web_address("logoUrl"),
    "cal_booking_link": _booking_link,
    "mail_address": _mail_address,
    "avatar_url": _web_address("avatarUrl"),
}


def _field(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
