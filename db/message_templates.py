"""Templates of messages, as the API reads them."""

from db.entity import Column, Entity, One, identity, kept
from domain.campaigns.message_templates import TemplateChannel
from domain.conversations import Encoding

MESSAGE_TEMPLATES = Entity(
    "MessageTemplate",
    table="message_templates",
    kind="message_template",
    hidden="{t}.archived_at is null",
    columns=(
        identity("message_template"),
        Column("name"),
        Column("channel", enum=TemplateChannel, filter=True),
        Column("subject", nullable=True),
        Column("body"),
        Column("category", nullable=True, filter=True),
        Column("tag", nullable=True, filter=True, unique=True),
        Column("fields", "text[]"),
        Column("sample"),
        Column("encoding", enum=Encoding),
        Column("segments", "integer"),
        Column("usage_count", "integer"),
        Column("last_used_at", "timestamptz", nullable=True),
        Column("archived_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        One("campaign", "Campaign", on="{that}.message_template_id = {this}.id", nullable=True),
    ),
)
