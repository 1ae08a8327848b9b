"""Campaigns, their steps and the policies they keep to, as the API reads them."""

from db.entity import Column, Entity, Few, Many, One, identity, kept
from domain.campaigns.drafts import CampaignKind, HotLeadAssignment, StepChannel
from domain.campaigns.sequences import MOST_STEPS
from domain.campaigns.states import CampaignStatus
from domain.campaigns.timing import DelayType, StepAnchor

CAMPAIGN_POLICIES = Entity(
    "CampaignPolicy",
    table="campaign_policies",
    kind="campaign_policy",
    hidden="{t}.archived_at is null",
    columns=(
        identity("campaign_policy"),
        Column("name"),
        Column("description", nullable=True),
        Column("sending_enabled", "boolean"),
        Column("sending_days", "text[]"),
        Column("sending_start", "time without time zone", nullable=True),
        Column("sending_end", "time without time zone", nullable=True),
        Column("sending_time_zone", nullable=True),
        Column("keeps_holidays", "boolean"),
        Column("messages_per_minute", "integer"),
        Column("messages_per_hour", "integer"),
        Column("messages_per_day", "integer"),
        Column("messages_per_person", "integer", nullable=True),
        Column("person_days", "integer"),
        Column("allow_international", "boolean"),
        Column("sender", nullable=True),
        Column("cal_booking_link", nullable=True),
        Column("ai_response_enabled", "boolean"),
        Column("ai_response_delay_seconds", "integer"),
        Column("ai_response_delay_random", "boolean"),
        Column("ai_grouping_seconds", "integer"),
        Column("responds_at_any_hour", "boolean"),
        Column("is_schedule_strict", "boolean"),
        Column("silence_timeout_days", "integer", nullable=True),
        Column("silence_nudge_days", "integer", nullable=True),
        Column("silence_nudge_body", nullable=True),
        Column("notifies_of_hot_leads", "boolean"),
        Column("hot_lead_assignment", enum=HotLeadAssignment),
        Column("updates_status", "boolean"),
        *kept(),
    ),
)


def _count(of: str, what: str = "count(*)") -> str:
    """Over the rows that whoever asks sees: an index holds all that is asked of them."""
    return f"(select coalesce({what}, 0)::integer from {of})"


_ENROLLED = "enrollments e where e.organization_id = $1 and e.campaign_id = {t}.id"
_POSITIVE = (
    "exists (select from leads l where l.organization_id = $1 and l.id = e.lead_id and l.sentiment = 'POSITIVE')"
)
_SENT = (
    "messages m where m.organization_id = $1 and m.campaign_id = {t}.id"
    " and m.status in ('SENT', 'DELIVERED', 'READ', 'UNDELIVERED')"
)

# What came of a campaign, as it stands now (S3.10, S1.6).
_RESULTS = (
    Column("enrolled_count", "integer", sql=_count(_ENROLLED)),
    Column("active_count", "integer", sql=_count(f"{_ENROLLED} and e.status = 'ACTIVE'")),
    Column("replied_count", "integer", sql=_count(f"{_ENROLLED} and e.replied_at is not null")),
    Column("opted_out_count", "integer", sql=_count(f"{_ENROLLED} and e.opted_out_at is not null")),
    Column("booked_count", "integer", sql=_count(f"{_ENROLLED} and e.reason = 'BOOKED'")),
    Column("positive_count", "integer", sql=_count(f"{_ENROLLED} and e.replied_at is not null and {_POSITIVE}")),
    Column("sent_count", "integer", sql=_count(_SENT)),
    Column("delivered_count", "integer", sql=_count(f"{_SENT} and m.status in ('DELIVERED', 'READ')")),
    Column("segments_count", "integer", sql=_count(_SENT, "sum(m.segments)")),
)

CAMPAIGNS = Entity(
    "Campaign",
    table="campaigns",
    kind="campaign",
    hidden="{t}.message_template_id is null",  # they are found by their templates, and by what they send
    columns=(
        identity("campaign"),
        Column("kind", enum=CampaignKind, filter=True),
        Column("name"),
        Column("description", nullable=True),
        Column("status", enum=CampaignStatus, filter=True),
        Column("tag", nullable=True, filter=True, unique=True),
        Column("is_predefined", "boolean"),
        Column("dataset_id", "uuid", nullable=True, refers="dataset", filter=True),
        Column("starts_at", "timestamptz", nullable=True),
        Column("activated_at", "timestamptz", nullable=True),
        Column("paused_at", "timestamptz", nullable=True),
        Column("completed_at", "timestamptz", nullable=True),
        Column("archived_at", "timestamptz", nullable=True),
        *_RESULTS,
        *kept(),
    ),
    relations=(
        One("dataset", "Dataset", on="{that}.id = {this}.dataset_id", nullable=True),
        One("policy", "CampaignPolicy", on="{that}.id = {this}.campaign_policy_id", nullable=True),
        One("message_template", "MessageTemplate", on="{that}.id = {this}.message_template_id", nullable=True),
        One("creator", "Member", on="{that}.id = {this}.creator_id", nullable=True),
        Few("steps", "CampaignStep", on="{that}.campaign_id = {this}.id", order="{that}.position", most=MOST_STEPS),
        Many("enrollments", "Enrollment", on="{that}.campaign_id = {this}.id", is_vast=True),
    ),
)

CAMPAIGN_STEPS = Entity(
    "CampaignStep",
    table="campaign_steps",
    kind="campaign_step",
    columns=(
        Column("id", "uuid", refers="campaign_step"),
        Column("position", "integer"),
        Column("channel", enum=StepChannel),
        Column("subject", nullable=True),
        Column("body"),
        Column("anchor", enum=StepAnchor),
        Column("day_number", "integer", nullable=True),
        Column("delay_days", "integer"),
        Column("delay_hours", "integer"),
        Column("delay_type", enum=DelayType),
        Column("delay_respect_sending_hours", "boolean"),
        Column("jitter_seconds", "integer"),
        Column("expires_after_hours", "integer", nullable=True),
        Column("only_without_reply", "boolean"),
    ),
    default_order=(("position", "ASC"),),
)

# Campaigns that were added together, in their order.
ADDED_CAMPAIGNS = Entity(
    "AddedCampaigns",
    table="organizations",
    kind="added_campaigns",
    tenant="id",
    columns=(),
    relations=(
        Few(
            "campaigns",
            "Campaign",
            on="{that}.id = any ($2::uuid[])",
            order="array_position($2::uuid[], {that}.id)",
            most=100,
        ),
    ),
)
