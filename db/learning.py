"""Insights and their evidence, as the API reads them."""

from db.entity import Column, Entity, Many, One, identity, kept
from domain.learning import InsightCategory, InsightSeverity, InsightStatus, InsightType

# The booking rate of the version it first went into, less that of the version before it.
_RATE = (
    "(select round(o.bookings_count::numeric / nullif(o.conversations_count, 0), 2) from prompt_outcomes o"
    " where o.organization_id = $1 and o.id = %s)"
)
_IMPACT = (
    f"(select {_RATE % 'v.id'} - {_RATE % 'v.previous_id'} from prompt_versions v"
    " where v.organization_id = $1 and v.id = {t}.applied_version_id)"
)

INSIGHTS = Entity(
    "Insight",
    table="insights",
    kind="insight",
    scoped=True,
    has_leadless=True,
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
        Column("suggested_text", nullable=True),
        Column("evidence_count", "integer"),
        Column("affected_leads_count", "integer"),
        Column("message_id", "uuid", nullable=True, refers="message", filter=True),
        Column("conversation_id", "uuid", nullable=True, refers="conversation", filter=True),
        Column("reviewed_at", "timestamptz", nullable=True),
        Column("feedback", nullable=True),
        Column("lesson_id", "uuid", nullable=True, refers="lesson", filter=True),
        Column("applied_at", "timestamptz", nullable=True),
        Column("impact_score", "numeric", nullable=True, sql=_IMPACT),
        *kept(),
    ),
    relations=(
        One("message", "Message", on="{that}.id = {this}.message_id", nullable=True),
        One("conversation", "Conversation", on="{that}.id = {this}.conversation_id", nullable=True),
        One("lesson", "Lesson", on="{that}.id = {this}.lesson_id", nullable=True),
        One("applied_version", "PromptVersion", on="{that}.id = {this}.applied_version_id", nullable=True),
        One("lead", "Lead", on="{that}.id = {this}.lead_id", nullable=True),
        One("campaign", "Campaign", on="{that}.id = {this}.campaign_id", nullable=True),
        One("dataset", "Dataset", on="{that}.id = {this}.dataset_id", nullable=True),
        Many("evidence", "InsightEvidence", on="{that}.insight_id = {this}.id"),
        One("reviewer", "Member", on="{that}.id = {this}.reviewer_id", nullable=True),
    ),
)

INSIGHT_EVIDENCE = Entity(
    "InsightEvidence",
    table="insight_evidence",
    kind="insight_evidence",
    scoped=True,
    columns=(identity("insight_evidence"), *kept()),
    relations=(
        One("message", "Message", on="{that}.id = {this}.message_id"),
        One("conversation", "Conversation", on="{that}.id = {this}.conversation_id"),
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
    ),
)
