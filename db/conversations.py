"""Conversations and messages, as the API reads them."""

from db.entity import Column, Entity, Link, Many, One, Search, identity, kept
from domain.conversations import (
    Channel,
    ConversationStatus,
    MessageDirection,
    MessageKind,
    MessagePurpose,
    MessageStatus,
)
from domain.leads import Sentiment
from domain.learning import FEEDBACK, FeedbackStatus, InsightSeverity

# Of the insights that a message is evidence of: the gravest, and of several the newest.
_GRAVITY = f"array_position(array{[str(severity) for severity in InsightSeverity]}, i.severity)"
_NOTICED = (
    "(select {} from insight_evidence e join insights i on i.organization_id = $1 and i.id = e.insight_id"
    " where e.organization_id = $1 and e.message_id = {{t}}.id"
    f" order by {_GRAVITY} desc, i.created_at desc, i.id desc limit 1)"
)
_BECAME = (
    "case i.status " + " ".join(f"when '{status}' then '{became}'" for status, became in FEEDBACK.items()) + " end"
)
_SAID = "case when i.feedback is null then i.description else i.feedback end"

CONVERSATIONS = Entity(
    "Conversation",
    table="conversations",
    kind="conversation",
    scoped=True,
    columns=(
        identity("conversation"),
        Column("channel", enum=Channel),
        Column("status", enum=ConversationStatus, filter=True),
        Column("unread_count", "integer"),
        Column("is_unread", "boolean", sql="({t}.unread_count > 0)", filter=True),
        Column("last_message_at", "timestamptz", nullable=True, filter=True, order=True, lowest="-infinity"),
        Column("lead_id", "uuid", refers="lead", filter=True),
        Column("assignee_id", "uuid", nullable=True, refers="member", filter=True),
        Column("quality_score", "numeric", nullable=True),
        Column("needs_review", "boolean", filter=True),
        Column("summary", nullable=True),
        Column("sentiment", enum=Sentiment),
        *kept(),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("assignee", "Member", on="{that}.id = {this}.assignee_id", nullable=True),
        One(
            "last_message",
            "Message",
            on="{that}.conversation_id = {this}.id",
            nullable=True,
            latest="created_at desc, id desc",
        ),
        Many("messages", "Message", on="{that}.conversation_id = {this}.id"),
        Many(
            "insights",
            "Insight",
            on="{link}.conversation_id = {this}.id and {link}.insight_id = {that}.id",
            link=Link("insight_evidence"),
        ),
    ),
    default_order=(("last_message_at", "DESC"),),
)

MESSAGES = Entity(
    "Message",
    table="messages",
    kind="message",
    scoped=True,
    columns=(
        identity("message"),
        Column("direction", enum=MessageDirection),
        Column("kind", enum=MessageKind),
        Column("purpose", enum=MessagePurpose),
        Column("status", enum=MessageStatus, filter=True),
        Column("subject", nullable=True),
        Column("body"),
        Column("media_urls", "text[]"),
        Column("sender"),
        Column("recipient"),
        Column("segments", "integer"),
        Column("ai_generated", "boolean"),
        Column("quality_score", "numeric", nullable=True),
        Column("feedback", nullable=True, sql=_NOTICED.format(_SAID)),
        Column("feedback_status", nullable=True, enum=FeedbackStatus, sql=_NOTICED.format(_BECAME)),
        Column("retries", "integer"),
        Column("error_code", "integer", nullable=True),
        Column("error_message", nullable=True),
        Column("sent_at", "timestamptz", nullable=True),
        Column("delivered_at", "timestamptz", nullable=True),
        Column("read_at", "timestamptz", nullable=True),
        Column("conversation_id", "uuid", refers="conversation", filter=True),
        Column("lead_id", "uuid", refers="lead", filter=True),
        *kept(),
    ),
    relations=(
        One("conversation", "Conversation", on="{that}.id = {this}.conversation_id"),
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("author", "Member", on="{that}.id = {this}.author_id", nullable=True),
        One("campaign", "Campaign", on="{that}.id = {this}.campaign_id", nullable=True),
        Many(
            "insights",
            "Insight",
            on="{link}.message_id = {this}.id and {link}.insight_id = {that}.id",
            link=Link("insight_evidence"),
        ),
    ),
    search=Search(find="find_messages", match="match_message(asked.q, $1, {t}.lead_id, {t}.id)"),
)
