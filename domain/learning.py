"""What Sophie raises, and how it is judged."""

from dataclasses import dataclass
from enum import StrEnum


class InsightType(StrEnum):
    MESSAGE = "MESSAGE"
    CONVERSATION = "CONVERSATION"
    CAMPAIGN = "CAMPAIGN"
    PATTERN = "PATTERN"


class InsightSeverity(StrEnum):
    INFO = "INFO"
    SUGGESTION = "SUGGESTION"
    WARNING = "WARNING"
    CRITICAL = "CRITICAL"


class InsightCategory(StrEnum):
    TONE = "TONE"
    GRAMMAR = "GRAMMAR"
    OBJECTION = "OBJECTION"
    TIMING = "TIMING"
    SUCCESS_PATTERN = "SUCCESS_PATTERN"


class InsightStatus(StrEnum):
    PENDING = "PENDING"
    VIEWED = "VIEWED"
    APPROVED_AND_LEARNED = "APPROVED_AND_LEARNED"
    DISMISSED = "DISMISSED"
    TAUGHT_SOPHIE = "TAUGHT_SOPHIE"
    ROLLED_BACK = "ROLLED_BACK"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing noticed in one text. `rule` names what noticed it, the same each time."""

    rule: str
    severity: InsightSeverity
    category: InsightCategory
    title: str
    description: str
    suggestion: str


# What nobody has decided about yet.
OPEN_INSIGHTS = (InsightStatus.PENDING, InsightStatus.VIEWED)
