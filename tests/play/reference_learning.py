"""What the second read engine knows of lessons and prompts."""

from collections.abc import Callable, Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from domain.learning import FEEDBACK, InsightSeverity

Row = dict[str, Any]
Find = Callable[[str, str, object], list[Row]]

ONE_LEARNED = {
    "InsightEvidence": {
        "message": ("Message", "message_id"),
        "conversation": ("Conversation", "conversation_id"),
        "lead": ("Lead", "lead_id"),
    },
    "Territory": {},
    "Lesson": {"sourceMessage": ("Message", "source_message_id"), "creator": ("Member", "creator_id")},
    "LessonConflict": {"other": ("Lesson", "other_lesson_id")},
    "PromptTemplate": {"creator": ("Member", "creator_id")},
    "Prompt": {
        "dataset": ("Dataset", "dataset_id"),
        "template": ("PromptTemplate", "prompt_template_id"),
        "copiedFrom": ("Prompt", "copied_from_id"),
        "liveVersion": ("PromptVersion", "live_version_id"),
        "trialVersion": ("PromptVersion", "trial_version_id"),
        "deployer": ("Member", "deployer_id"),
        "creator": ("Member", "creator_id"),
    },
    "PromptVersion": {
        "prompt": ("Prompt", "prompt_id"),
        "previous": ("PromptVersion", "previous_id"),
        "creator": ("Member", "creator_id"),
    },
    "PromptSection": {"lesson": ("Lesson", "lesson_id")},
    "PromptDeployment": {
        "version": ("PromptVersion", "prompt_version_id"),
        "previousVersion": ("PromptVersion", "previous_version_id"),
        "member": ("Member", "member_id"),
    },
    "PromptOutcome": {},
    "Replay": {
        "promptVersion": ("PromptVersion", "prompt_version_id"),
        "dataset": ("Dataset", "dataset_id"),
        "creator": ("Member", "creator_id"),
    },
    "ReplayRow": {
        "lead": ("Lead", "lead_id"),
        "conversation": ("Conversation", "conversation_id"),
        "inboundMessage": ("Message", "inbound_message_id"),
        "message": ("Message", "message_id"),
    },
}
LATEST_LEARNED: dict[tuple[str, str], tuple[str, str, Row]] = {
    ("Prompt", "newestVersion"): ("PromptVersion", "prompt_id", {})
}
MANY_LEARNED = {
    "Lesson": {"insights": ("Insight", "lesson_id")},
    "PromptVersion": {"replays": ("Replay", "prompt_version_id")},
    "Replay": {"rows": ("ReplayRow", "replay_id")},
    "Prompt": {"versions": ("PromptVersion", "prompt_id"), "deployments": ("PromptDeployment", "prompt_id")},
}
FEW_LEARNED = {
    ("Lesson", "conflicts"): ("LessonConflict", "lesson_id"),
    ("PromptVersion", "sections"): ("PromptSection", "prompt_version_id"),
}
# Rows that nobody asks for by an id, and what they are in the order of.
PARTS = {"LessonConflict": "lesson_conflicts", "PromptSection": "prompt_sections", "PromptOutcome": "prompt_outcomes"}
KEYS_LEARNED = {"LessonConflict": "other_lesson_id", "PromptSection": "position", "PromptOutcome": "id"}
KEYS_LEARNED["ReplayRow"] = "position"


def _rate(outcomes: Iterable[Row], digits: str) -> Decimal | None:
    booked = of = 0
    for one in outcomes:
        booked, of = booked + one["bookings_count"], of + one["conversations_count"]
    return (Decimal(booked) / of).quantize(Decimal(digits), ROUND_HALF_UP) if of else None


def _gain(find: Find, version: Row, digits: str) -> Decimal | None:
    own, before = (_rate(find("PromptOutcome", "id", version[key]), digits) for key in ("id", "previous_id"))
    return None if own is None or before is None else own - before


def _status(find: Find, version: Row) -> str:
    [prompt] = find("Prompt", "id", version["prompt_id"])
    if version["id"] in (prompt["live_version_id"], prompt["trial_version_id"]):
        return "LIVE" if version["id"] == prompt["live_version_id"] else "TRIAL"
    return "RETIRED" if find("PromptDeployment", "prompt_version_id", version["id"]) else "DRAFT"


def _outcomes_with(find: Find, lesson: Row) -> list[Row]:
    parts = find("PromptSection", "lesson_id", lesson["id"])
    return [one for part in parts for one in find("PromptOutcome", "id", part["prompt_version_id"])]


def _outcomes_from(find: Find, template: Row) -> list[Row]:
    prompts = find("Prompt", "prompt_template_id", template["id"])
    versions = [version for prompt in prompts for version in find("PromptVersion", "prompt_id", prompt["id"])]
    return [one for version in versions for one in find("PromptOutcome", "id", version["id"])]


def _impact(find: Find, insight: Row) -> Decimal | None:
    versions = find("PromptVersion", "id", insight["applied_version_id"])
    return _gain(find, versions[0], "0.01") if versions else None


def _sentiment(find: Find, version: Row) -> Decimal | None:
    found = [one for one in find("PromptOutcome", "id", version["id"]) if one["sentiment_count"]]
    return found[0]["sentiment_sum"] / found[0]["sentiment_count"] if found else None


def _count(name: str) -> Callable[[Find, Row], int]:
    return lambda find, version: sum(one[name] for one in find("PromptOutcome", "id", version["id"]))


_COUNTS = ("conversations", "texts", "replies", "positive", "bookings", "opt_outs", "breaches")
LEARNED: dict[tuple[str, str], Callable[[Find, Row], Any]] = {
    **{
        ("PromptVersion", f"{'optOuts' if name == 'opt_outs' else name}Count"): _count(f"{name}_count")
        for name in _COUNTS
    },
    ("PromptVersion", "status"): _status,
    ("PromptVersion", "lessonsCount"): lambda find, row: len(
        [part for part in find("PromptSection", "prompt_version_id", row["id"]) if part["lesson_id"]]
    ),
    ("PromptVersion", "bookingRate"): lambda find, row: _rate(find("PromptOutcome", "id", row["id"]), "0.0001"),
    ("PromptVersion", "averageSentiment"): _sentiment,
    ("PromptVersion", "performanceVsPrevious"): lambda find, row: _gain(find, row, "0.0001"),
    ("Prompt", "isLive"): lambda _, row: row["live_version_id"] is not None,
    ("PromptTemplate", "successRate"): lambda find, row: _rate(_outcomes_from(find, row), "0.01"),
    ("Lesson", "timesApplied"): lambda find, row: sum(one["texts_count"] for one in _outcomes_with(find, row)),
    ("Lesson", "exposureCount"): lambda find, row: sum(one["conversations_count"] for one in _outcomes_with(find, row)),
    ("Lesson", "successRate"): lambda find, row: _rate(_outcomes_with(find, row), "0.01"),
    ("Insight", "impactScore"): _impact,
}


def _noticed(all: Any, message: dict[str, Any]) -> dict[str, Any] | None:
    """The gravest of what was noticed in it, and of several the newest."""
    found = all.find("Insight", "message_id", message["id"])
    return max(found, key=lambda one: [*InsightSeverity].index(one["severity"]), default=None)


def feedback(all: Any, message: dict[str, Any]) -> str | None:
    found = _noticed(all, message)
    return str(found["feedback"] or found["description"]) if found else None


def feedback_status(all: Any, message: dict[str, Any]) -> str | None:
    found = _noticed(all, message)
    return FEEDBACK[found["status"]] if found else None
