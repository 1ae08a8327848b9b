"""Leads, as the API reads them."""

from db.entity import Column, Entity, Link, Linked, Many, One, identity, kept
from domain.leads import Lifecycle, Sentiment, Temperature

# The leads of a dataset in the order of their list, without a look at anybody else's.
IN_DATASETS = Link("dataset_leads", carries=(("created_at", "lead_created_at"), ("id", "lead_id")))
# A call that was held stays booked: what changes by the clock alone, no event could tell of.
_CALL_BOOKED = (
    "exists (select from bookings b where b.organization_id = $1 and b.lead_id = {t}.id and b.status = 'BOOKED')"
)
# The organization's, with what makes Cal.com tell us whose booking it is.
_BOOKING_LINK = """(select o.cal_booking_link || case when strpos(o.cal_booking_link, '?') > 0 then '&' else '?' end
  || 'metadata%5BrekindleLead%5D=lead_' || {t}.id from organizations o where o.id = $1)"""

LEADS = Entity(
    "Lead",
    table="leads",
    kind="lead",
    scoped=True,
    hidden="{t}.merged_into_id is null",
    leads_to="merged_into_id",
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
        Column("call_booked", "boolean", sql=_CALL_BOOKED),
        Column("booking_link", nullable=True, sql=_BOOKING_LINK),
        Column("archived_at", "timestamptz", nullable=True),
        Column("duplicate_of_id", "uuid", nullable=True, refers="lead", filter=True),
        Column("erased_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("owner", "Member", on="{that}.id = {this}.owner_id", nullable=True),
        One("assignee", "Member", on="{that}.id = {this}.assignee_id", nullable=True),
        One("duplicate_of", "Lead", on="{that}.id = {this}.duplicate_of_id", nullable=True),
        Many("duplicates", "Lead", on="{that}.duplicate_of_id = {this}.id"),
        Many("merges", "LeadMerge", on="{that}.lead_id = {this}.id"),
        One("customer", "Customer", on="{that}.lead_id = {this}.id", nullable=True),
        One(
            "next_booking",
            "Booking",
            on="{that}.lead_id = {this}.id and {that}.status = 'BOOKED' and {that}.ends_at > now()",
            nullable=True,
            latest="starts_at, id",
        ),
        Many("bookings", "Booking", on="{that}.lead_id = {this}.id"),
        Many("conversations", "Conversation", on="{that}.lead_id = {this}.id"),
        Many(
            "datasets",
            "Dataset",
            on="{link}.lead_id = {this}.id and {link}.dataset_id = {that}.id",
            link=Link("dataset_leads"),
        ),
    ),
    linked=(Linked("dataset_id", "dataset", IN_DATASETS, on="{link}.lead_id = {this}.id"),),
)

LEAD_MERGES = Entity(
    "LeadMerge",
    table="lead_merges",
    kind="lead_merge",
    scoped=True,
    columns=(
        identity("lead_merge"),
        Column("absorbed_id", "uuid", shown="'lead_' || {t}.absorbed_id"),
        Column("undone_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("merged_by", "Member", on="{that}.id = {this}.merged_by_id", nullable=True),
    ),
)
