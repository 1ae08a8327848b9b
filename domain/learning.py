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
    """One thing noticed in one text. `rule` names what noticed it, the same each time; `suggested_text` is the text
    without what was noticed, where that can be written without a model."""

    rule: str
    severity: InsightSeverity
    category: InsightCategory
    title: str
    description: str
    suggestion: str
    suggested_text: str | None = None


class FeedbackStatus(StrEnum):
    """What became of what was noticed in a message, by the insight about it."""

    PENDING = "PENDING"
    APPROVED = "APPROVED"
    DISMISSED = "DISMISSED"
    IMPROVED = "IMPROVED"


# The insight's status is the master. What was taken back is open again.
FEEDBACK = {
    InsightStatus.PENDING: FeedbackStatus.PENDING,
    InsightStatus.VIEWED: FeedbackStatus.PENDING,
    InsightStatus.ROLLED_BACK: FeedbackStatus.PENDING,
    InsightStatus.APPROVED_AND_LEARNED: FeedbackStatus.APPROVED,
    InsightStatus.DISMISSED: FeedbackStatus.DISMISSED,
    InsightStatus.TAUGHT_SOPHIE: FeedbackStatus.IMPROVED,
}


# What nobody has decided about yet.
OPEN_INSIGHTS = (InsightStatus.PENDING, InsightStatus.VIEWED)
