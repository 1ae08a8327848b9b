"""What may be said about a lead: each fact as it is kept, or a refusal that names its field."""

import json
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from domain.customers import write_json
from domain.imports.names import split_name
from domain.leads import Sentiment, Temperature, normalize_phone
from domain.places import check_country, check_time_zone
from domain.refusals import bad_input
from domain.texts import check_characters

# In the order of the statements' parameters.
FACTS = (
    "first_name", "last_name", "company", "title", "industry", "location", "postcode", "country", "time_zone", "phone",
    "raw_phone", "email", "linkedin_url", "source", "utm_source", "utm_medium", "utm_campaign", "utm_term",
    "utm_content", "inquiry_date", "install_date", "temperature", "sentiment", "ai_score", "source_details",
    "custom_fields", "enrichment",
)  # fmt: skip
OBJECTS = ("source_details", "custom_fields", "enrichment")
USUAL: dict[str, Any] = dict.fromkeys(FACTS) | {
    "source": "MANUAL",
    "temperature": Temperature.UNKNOWN,
    "sentiment": Sentiment.UNKNOWN,
    **dict.fromkeys(OBJECTS, "{}"),
}
_REQUIRED = ("source", "temperature", "sentiment")
_LONGEST = {"first_name": 100, "last_name": 100, "postcode": 20, "phone": 50, "source": 100, "linkedin_url": 300}
_LONGEST_TEXT, _LONGEST_TAG, _LONGEST_NOTE = 255, 100, 10_000
_LARGEST_OBJECT = 64 * 1024  # bytes as JSON
_MOST_TAGS = 50
_ADDRESS = re.compile(r"https?://[^\s/]+\S*")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


def check_facts(given: Mapping[str, Any], known: Mapping[str, Any], region: str) -> dict[str, Any]:
    """What is given, as it is kept beside what is known. A number without a country code belongs to the lead's country,
    or else to `region`; how it was written is kept as well."""
    facts = {name: _check(name, value) for name, value in _named(given).items()}
    for name in facts.keys() & set(OBJECTS):
        facts[name] = _merged(known.get(name) or "{}", facts[name], _field(name))
    if "phone" in facts:
        written = facts["raw_phone"] = facts["phone"]
        country = facts.get("country", known.get("country")) or region
        facts["phone"] = normalize_phone(written, country, "phone") if written else None
    return facts


def _named(given: Mapping[str, Any]) -> dict[str, Any]:
    """With first and last name in the place of a full one."""
    facts = dict(given)
    if "full_name" not in facts:
        return facts
    if facts.keys() & {"first_name", "last_name"}:
        raise bad_input("Give the full name, or first and last name, not both.", "fullName")
    first, last = split_name(facts.pop("full_name") or "")
    return facts | {"first_name": first, "last_name": last}


def _check(name: str, value: Any) -> Any:
    if value is None:
        if name in _REQUIRED:
            raise bad_input("This cannot be cleared: leave it out to keep it.", _field(name))
        return None
    if name == "ai_score":
        return _check_share(value)
    if type(value) is not str:
        return value
    longest = _LONGEST.get(name, _LONGEST_TEXT)
    text = check_characters(value.strip(), _field(name))
    if not 1 <= len(text) <= longest:
        raise bad_input(f"This needs between 1 and {longest} characters; null clears it.", _field(name))
    return _FORMS.get(name, str)(text)


def _check_share(value: float) -> Decimal:
    if not 0 <= value <= 1:
        raise bad_input("A score of a model lies between 0 and 1.", "aiScore")
    return Decimal(str(value)).quantize(Decimal("0.0001"))


def _check_email(text: str) -> str:
    if not _EMAIL.fullmatch(text):
        raise bad_input("This is not an e-mail address: write it like ann@example.com.", "email")
    return text.lower()


def _check_web_address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise bad_input("An address begins with https:// or http://.", "linkedinUrl")
    return text


_FORMS: dict[str, Any] = {
    "country": check_country,
    "time_zone": check_time_zone,
    "email": _check_email,
    "linkedin_url": _check_web_address,
}


def _merged(known: str, given: Any, field: str) -> str:
    """Keys that are given take the place of those known, and go where they are null; null for all of it clears."""
    if given is None:
        return "{}"
    if not isinstance(given, dict):
        raise bad_input("This is a JSON object, like {}.", field)
    whole = {**json.loads(known), **given}
    return write_json({key: value for key, value in whole.items() if value is not None}, field, _LARGEST_OBJECT)


def check_tags(tags: Iterable[str], field: str = "tags") -> list[str]:
    """Each once, in the order given."""
    kept = list(dict.fromkeys(check_characters(tag.strip(), field) for tag in tags))
    if any(not 1 <= len(tag) <= _LONGEST_TAG for tag in kept):
        raise bad_input(f"A tag has between 1 and {_LONGEST_TAG} characters.", field)
    if len(kept) > _MOST_TAGS:
        raise bad_input(f"A lead has at most {_MOST_TAGS} tags.", field)
    return kept


def check_note(text: str, field: str = "body") -> str:
    words = check_characters(text.strip(), field)
    if not 1 <= len(words) <= _LONGEST_NOTE:
        raise bad_input(f"A note has between 1 and {_LONGEST_NOTE} characters.", field)
    return words


def _field(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
