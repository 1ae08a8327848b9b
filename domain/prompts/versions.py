"""How versions of a prompt follow one another: their numbers, what changed, and line by line how."""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain.prompts.sections import Part, SectionName, compile_prompt
from domain.refusals import bad_input
from domain.texts import check_characters

_LONGEST_REASON = 2_000


class VersionChange(StrEnum):
    """What made a version."""

    CREATED = "CREATED"
    EDITED = "EDITED"
    LESSONS_APPLIED = "LESSONS_APPLIED"
    LESSONS_REMOVED = "LESSONS_REMOVED"


class VersionStatus(StrEnum):
    """LIVE and TRIAL are what the prompt points at; RETIRED was live or tried once."""

    DRAFT = "DRAFT"
    TRIAL = "TRIAL"
    LIVE = "LIVE"
    RETIRED = "RETIRED"


class AuthorType(StrEnum):
    USER = "USER"
    SOPHIE = "SOPHIE"
    SYSTEM = "SYSTEM"


class DiffSign(StrEnum):
    SAME = "SAME"
    ADDED = "ADDED"
    REMOVED = "REMOVED"


@dataclass(frozen=True, slots=True)
class DiffLine:
    sign: DiffSign
    text: str


_SIGNS = {"+": DiffSign.ADDED, "-": DiffSign.REMOVED, " ": DiffSign.SAME}
# What a first version is called, and which of the three numbers grows after it: what is edited is mended, what is
# learned is more, and what changes who writes, or why, is another prompt.
FIRST = "1.0.0"
_WEIGHTY = {SectionName.CONTEXT, SectionName.GOAL}


def check_reason(reason: str | None) -> str | None:
    """Why something was done, as it is to be stored."""
    kept = reason and check_characters(reason.strip(), "reason")
    if kept and len(kept) > _LONGEST_REASON:
        raise bad_input(f"A reason has at most {_LONGEST_REASON:,} characters.", "reason")
    return kept or None


def sections_changed(before: Sequence[Part], after: Sequence[Part]) -> list[SectionName]:
    """Those that read otherwise."""
    return [name for name in SectionName if _words(before, name) != _words(after, name)]


def _words(parts: Sequence[Part], name: SectionName) -> list[str]:
    return [part.content for part in parts if part.section is name]


def next_version(before: str, change: VersionChange, changed: Sequence[SectionName]) -> str:
    """'1.2.3' grows to '2.0.0', '1.3.0' or '1.2.4'."""
    major, minor, patch = map(int, before.split("."))
    if change is not VersionChange.EDITED:
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0" if _WEIGHTY & set(changed) else f"{major}.{minor}.{patch + 1}"


def diff(before: str, after: str) -> list[DiffLine]:
    """Two compiled prompts, line by line, whole."""
    lines = difflib.ndiff(before.splitlines(), after.splitlines())
    return [DiffLine(_SIGNS[line[0]], line[2:]) for line in lines if line[0] in _SIGNS]


def diff_parts(before: Sequence[Part], after: Sequence[Part]) -> list[DiffLine]:
    return diff(compile_prompt(before), compile_prompt(after))
