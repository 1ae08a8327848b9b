"""Conversations and messages, as the API reads them."""

from db.entity import Column, Entity, Many, One, Search, identity, kept
from domain.conversations import (
    Channel,
    ConversationStatus,
    MessageDirection,
    MessageKind,
    MessagePurpose,
    MessageStatus,
)

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
        Many("insights", "Insight", on="{that}.conversation_id = {this}.id"),
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
        Many("insights", "Insight", on="{that}.message_id = {this}.id"),
    ),
    search=Search(find="find_messages", match="match_message(asked.q, $1, {t}.lead_id, {t}.id)"),
)
