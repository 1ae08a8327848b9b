"""Insights, as the API reads them."""

from db.entity import Column, Entity, One, identity, kept
from domain.learning import InsightCategory, InsightSeverity, InsightStatus, InsightType

INSIGHTS = Entity(
    "Insight",
    table="insights",
    kind="insight",
    scoped=True,
    columns=(
        identity("insight"),
        Column("type", enum=InsightType),
        Column("severity", enum=InsightSeverity, filter=True),
        Column("category", enum=InsightCategory),
        Column("status", enum=InsightStatus, filter=True),
        Column("title"),
        Column("description"),
        Column("suggestion", nullable=True),
        Column("original_text", nullable=True),
        Column("message_id", "uuid", nullable=True, refers="message", filter=True),
        Column("conversation_id", "uuid", nullable=True, refers="conversation", filter=True),
        Column("reviewed_at", "timestamptz", nullable=True),
        Column("feedback", nullable=True),
        *kept(),
    ),
    relations=(
        One("message", "Message", on="{that}.id = {this}.message_id", nullable=True),
        One("conversation", "Conversation", on="{that}.id = {this}.conversation_id", nullable=True),
        One("reviewer", "Member", on="{that}.id = {this}.reviewer_id", nullable=True),
    ),
)
