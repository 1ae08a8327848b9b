"""What is known about a customer, and what of it may be changed by whom."""

import json
from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from domain.leads import normalize_phone
from domain.refusals import bad_input
from domain.texts import check_characters

PORTAL_AUDIENCE = "portal"  # of their tokens
_LONGEST_TEXT = 200
_LONGEST_NOTES = 10_000
_LARGEST_FIELDS = 16 * 1024  # bytes of custom fields, or of an invitation's metadata, as JSON
_REQUIRED = ("is_active", "is_email_verified", "membership_status", "custom_fields")


class MembershipStatus(StrEnum):
    ACTIVE = "ACTIVE"
    PAUSED = "PAUSED"
    CANCELLED = "CANCELLED"
    EXPIRED = "EXPIRED"


# What customers change about themselves; the rest is the organization's to say (S2.5).
OWN_FACTS = (
    "first_name", "last_name", "phone", "date_of_birth", "gender", "emergency_contact_name", "emergency_contact_phone",
)  # fmt: skip
FACTS = (
    *OWN_FACTS, "email", "is_email_verified", "is_active", "membership_status", "membership_starts_on",
    "membership_ends_on", "custom_fields", "notes",
)  # fmt: skip


def check_facts(facts: Mapping[str, Any], region: str | None = None) -> dict[str, Any]:
    """The facts as they are to be stored; `region` is where numbers without a country code belong."""
    return {name: _check(name, value, region) for name, value in facts.items()}


def _check(name: str, value: Any, region: str | None) -> Any:
    if value is None:
        if name in _REQUIRED:
            raise bad_input("This cannot be cleared: leave it out to keep it.", _field(name))
        return None
    if isinstance(value, str) and not isinstance(value, StrEnum):
        return _check_text(name, value, region)
    if name == "custom_fields":
        return write_json(value, "customFields")
    if name == "date_of_birth" and not date(1900, 1, 1) <= value <= date.today():
        raise bad_input("Nobody was born then: write the date like 1984-11-30.", "dateOfBirth")
    return value


def _check_text(name: str, value: str, region: str | None) -> str:
    words, longest = check_characters(value.strip(), _field(name)), _LONGEST_NOTES if name == "notes" else _LONGEST_TEXT
    if not 1 <= len(words) <= longest:
        raise bad_input(f"This needs between 1 and {longest} characters; null clears it.", _field(name))
    if name == "email":
        return words.lower()
    return normalize_phone(words, region, _field(name)) if name.endswith("phone") else words


def write_json(value: object, field: str, largest: int = _LARGEST_FIELDS) -> str:
    """An object as it is kept; refuses what is none, and what is too large or no JSON to a database."""
    if not isinstance(value, dict):
        raise bad_input("This is a JSON object, like {}.", field)
    try:
        written = check_characters(json.dumps(value, allow_nan=False, ensure_ascii=False), field)
    except (ValueError, RecursionError):
        raise bad_input("This has a number that is too large, or goes too deep.", field) from None
    if "\\u0000" in written or len(written.encode()) > largest:
        raise bad_input(f"This may have {largest} bytes as JSON, and no NUL characters.", field)
    return written


def _field(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
