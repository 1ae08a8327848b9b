"""Leads, as the API reads them."""

from db.entity import Column, Entity, Many, One, Search, identity, kept
from domain.leads import Lifecycle, Sentiment, Temperature

LEADS = Entity(
    "Lead",
    table="leads",
    kind="lead",
    scoped=True,
    columns=(
        identity("lead"),
        Column("name", order=True),
        Column("first_name", nullable=True),
        Column("last_name", nullable=True),
        Column("company", nullable=True),
        Column("phone", nullable=True, filter=True, unique=True),
        Column("email", nullable=True, filter=True, unique=True),
        Column("linkedin_url", nullable=True),
        Column("lifecycle", enum=Lifecycle, filter=True),
        Column("temperature", enum=Temperature, filter=True),
        Column("sentiment", enum=Sentiment),
        Column("tags", "text[]"),
        Column("source"),
        Column("owner_id", "uuid", nullable=True, refers="member", filter=True),
        Column("assignee_id", "uuid", nullable=True, refers="member", filter=True),
        Column("converted_at", "timestamptz", nullable=True),
        Column("archived_at", "timestamptz", nullable=True),
        Column("erased_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("owner", "Member", on="{that}.id = {this}.owner_id", nullable=True),
        One("assignee", "Member", on="{that}.id = {this}.assignee_id", nullable=True),
        One("customer", "Customer", on="{that}.lead_id = {this}.id", nullable=True),
        Many("conversations", "Conversation", on="{that}.lead_id = {this}.id"),
    ),
    search=Search(
        find="find_leads",
        match="match_lead(asked.q, $1, {t}.id)",
        keys=(
            (Column("hit_tier", "smallint"), "ASC"),
            (Column("hit_at", "timestamptz"), "DESC"),
            (Column("hit_id", "uuid"), "DESC"),
        ),
    ),
)
