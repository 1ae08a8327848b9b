"""Replays of versions of prompts, as the API reads them."""

from db.entity import Column, Entity, Many, One, identity, kept
from domain.answering import Intent
from domain.leads import Sentiment
from domain.replays import ReplayOutcome, ReplayStatus

REPLAYS = Entity(
    "Replay",
    table="replays",
    kind="replay",
    columns=(
        identity("replay"),
        Column("status", enum=ReplayStatus, filter=True),
        Column("threads", "integer"),
        Column("total_count", "integer"),
        Column("done_count", "integer"),
        Column("breaches_count", "integer"),
        Column("problem", nullable=True),
        Column("completed_at", "timestamptz", nullable=True),
        Column("prompt_version_id", "uuid", refers="prompt_version", filter=True),
        *kept(),
    ),
    relations=(
        One("prompt_version", "PromptVersion", on="{that}.id = {this}.prompt_version_id"),
        One("dataset", "Dataset", on="{that}.id = {this}.dataset_id", nullable=True),
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Many("rows", "ReplayRow", on="{that}.replay_id = {this}.id"),
    ),
)

REPLAY_ROWS = Entity(
    "ReplayRow",
    table="replay_rows",
    kind="replay_row",
    scoped=True,
    columns=(
        identity("replay_row"),
        Column("position", "integer", order=True),
        Column("is_of_lesson", "boolean", filter=True),
        Column("outcome", enum=ReplayOutcome, filter=True),
        Column("problem", nullable=True),
        Column("body", nullable=True),
        Column("breaches", "text[]"),
        Column("intent", nullable=True, enum=Intent),
        Column("sentiment", nullable=True, enum=Sentiment),
        Column("wants_human", "boolean", nullable=True),
        Column("model", nullable=True),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("conversation", "Conversation", on="{that}.id = {this}.conversation_id"),
        One("inbound_message", "Message", on="{that}.id = {this}.inbound_message_id"),
        One("message", "Message", on="{that}.id = {this}.message_id", nullable=True),
    ),
    default_order=(("position", "ASC"),),
)
