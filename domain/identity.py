"""Who is one person: which of two leads is kept when they are merged, and what it takes over from the other."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# What the kept lead takes over where it knows nothing itself, in the order of the statement's parameters. A phone
# number goes with the way it was written.
FACTS = (
    "first_name", "last_name", "company", "title", "industry", "location", "postcode", "country", "time_zone", "phone",
    "raw_phone", "email", "linkedin_url", "utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content",
    "inquiry_date", "install_date", "lifecycle", "temperature", "sentiment", "ai_score", "source_details",
    "custom_fields", "enrichment",
)  # fmt: skip
_UNKNOWN = {
    "lifecycle": "NEW", "temperature": "UNKNOWN", "sentiment": "UNKNOWN", "source_details": "{}", "custom_fields": "{}",
    "enrichment": "{}",
}  # fmt: skip
Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Gift:
    """What a merge changes about the kept lead: as it was, and as it becomes."""

    had: dict[str, Any]
    got: dict[str, Any]


def in_order(one: Row, other: Row) -> tuple[Row, Row]:
    """Who is kept, and who is absorbed: the canonical one of two who repeat each other, else the older."""
    if one["duplicate_of_id"] == other["id"]:
        return other, one
    if other["duplicate_of_id"] == one["id"]:
        return one, other
    older, younger = sorted((one, other), key=lambda row: (row["created_at"], row["id"]))
    return older, younger


def give(kept: Row, absorbed: Row) -> Gift:
    """Fills what is empty; tags come together."""
    taken = [name for name in FACTS if _is_unknown(name, kept[name]) and not _is_unknown(name, absorbed[name])]
    if "raw_phone" in taken and "phone" not in taken:
        taken.remove("raw_phone")
    new_tags = [tag for tag in absorbed["tags"] if tag not in kept["tags"]]
    had, got = {name: kept[name] for name in taken}, {name: absorbed[name] for name in taken}
    if new_tags:
        had["tags"], got["tags"] = list(kept["tags"]), [*kept["tags"], *new_tags]
    return Gift(had, got)


def take_back(now: Row, gift: Gift) -> dict[str, Any]:
    """The kept lead without what it was given, except where somebody has changed that since."""
    whole = {name: now[name] for name in (*FACTS, "tags")}
    for name, given in gift.got.items():
        if name == "tags":
            whole["tags"] = [tag for tag in now["tags"] if tag in gift.had["tags"] or tag not in given]
        elif now[name] == given or str(now[name]) == given:  # days and shares come back from JSON as texts
            whole[name] = gift.had[name]
    return whole


def _is_unknown(name: str, value: Any) -> bool:
    return value is None or value == _UNKNOWN.get(name)
