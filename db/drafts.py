"""Drafts of Sophie's, and what models were asked, as the API reads them."""

from db.entity import Column, Entity, One, identity, kept
from domain.answering import Intent
from domain.drafts import DraftReason, DraftStatus, ModelOutcome, ModelPurpose
from domain.leads import Sentiment, Temperature
from domain.people import Permission

DRAFTS = Entity(
    "Draft",
    table="drafts",
    kind="draft",
    scoped=True,
    columns=(
        identity("draft"),
        Column("status", enum=DraftStatus, filter=True),
        Column("reason", nullable=True, enum=DraftReason),
        Column("problem", nullable=True),
        Column("is_proposal", "boolean"),
        Column(
            "due_at",
            "timestamptz",
            nullable=True,
            sql="(case when {t}.status in ('WAITING', 'WRITING') then {t}.next_attempt_at end)",
        ),
        Column("body", nullable=True),
        Column("original_body", nullable=True),
        Column("intent", nullable=True, enum=Intent),
        Column("sentiment", nullable=True, enum=Sentiment),
        Column("temperature", nullable=True, enum=Temperature),
        Column("wants_human", "boolean", nullable=True),
        Column("wants_booking", "boolean", nullable=True),
        Column("model", nullable=True),
        Column("reviewed_at", "timestamptz", nullable=True),
        Column("conversation_id", "uuid", refers="conversation", filter=True),
        *kept(),
    ),
    relations=(
        One("conversation", "Conversation", on="{that}.id = {this}.conversation_id"),
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("inbound_message", "Message", on="{that}.id = {this}.inbound_message_id", nullable=True),
        One("message", "Message", on="{that}.id = {this}.message_id", nullable=True),
        One("prompt_version", "PromptVersion", on="{that}.id = {this}.prompt_version_id", nullable=True),
        One("asker", "Member", on="{that}.id = {this}.asker_id", nullable=True),
        One("reviewer", "Member", on="{that}.id = {this}.reviewer_id", nullable=True),
    ),
)

MODEL_USES = Entity(
    "ModelUse",
    table="model_uses",
    kind="model_use",
    permission=Permission.PROMPTS_WRITE,
    columns=(
        identity("model_use"),
        Column("purpose", enum=ModelPurpose),
        Column("outcome", enum=ModelOutcome),
        Column("model"),
        Column("input_tokens", "integer"),
        Column("output_tokens", "integer"),
        Column("cost", "integer"),
        Column("took_ms", "integer"),
        Column("created_at", "timestamptz", filter=True, order=True),
    ),
)
