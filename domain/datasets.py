"""What a dataset may be called, and what is told about where its leads came from and how they may be written to."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from domain.refusals import bad_input
from domain.texts import check_characters

USUAL_DAYS = 28  # from the start of a dataset until it is archived by itself (S1.22)
MOST_LEADS_AT_ONCE = 500
_MOST_DAYS = 3650
_LONGEST_TEXTS = {"name": 200, "source": 200, "description": 2000}
_MOST_COLUMNS = 200
_REQUIRED = ("name", "duplicate_policy")


class DuplicatePolicy(StrEnum):
    """What happens to somebody who comes with a dataset and is there already."""

    FLAG = "FLAG"
    SKIP = "SKIP"
    MERGE = "MERGE"
    KEEP_BOTH = "KEEP_BOTH"


class LawfulBasis(StrEnum):
    """On what ground the leads of a dataset may be written to."""

    CONSENT = "CONSENT"
    LEGITIMATE_INTEREST = "LEGITIMATE_INTEREST"
    SOFT_OPT_IN = "SOFT_OPT_IN"
    CONTRACT = "CONTRACT"


def check_change(changes: Mapping[str, Any]) -> dict[str, Any]:
    """The changes as they are to be stored; refuses what cannot be."""
    return {name: _check(name, value) for name, value in changes.items()}


def _check(name: str, value: Any) -> Any:
    if value is None:
        if name in _REQUIRED:
            raise bad_input("This cannot be cleared: leave it out to keep it.", _field(name))
        return None
    if name in _LONGEST_TEXTS:
        return _check_text(name, value)
    if name == "column_mapping":
        return _check_mapping(value)
    if name == "auto_archive_after_days" and not 1 <= value <= _MOST_DAYS:
        raise bad_input(f"Between 1 and {_MOST_DAYS} days, or null for never.", _field(name))
    return value


def _check_text(name: str, text: str) -> str:
    kept, longest = check_characters(text.strip(), name), _LONGEST_TEXTS[name]
    if not 1 <= len(kept) <= longest:
        raise bad_input(f"This needs between 1 and {longest} characters.", name)
    return kept


def _check_mapping(mapping: Any) -> dict[str, str]:
    """The heading of a column → the field it fills."""
    if not isinstance(mapping, dict) or len(mapping) > _MOST_COLUMNS:
        raise bad_input(f"A mapping is an object with at most {_MOST_COLUMNS} columns.", "columnMapping")
    for text in (*mapping, *mapping.values()):
        if not isinstance(text, str) or len(text) > _LONGEST_TEXTS["name"]:
            raise bad_input('A mapping leads from headings to fields, like {"Phone": "phone"}.', "columnMapping")
        check_characters(text, "columnMapping")
    return mapping


def _field(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
