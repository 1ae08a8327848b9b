"""Who is in which campaign, and what is planned for them, as the API reads them."""

from db.entity import Column, Entity, Few, One, identity, kept
from domain.campaigns.enrolling import EnrollmentSource
from domain.campaigns.reasons import GateReason
from domain.campaigns.sequences import MOST_STEPS
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus, StepRunStatus

ENROLLMENTS = Entity(
    "Enrollment",
    table="enrollments",
    kind="enrollment",
    scoped=True,
    columns=(
        identity("enrollment"),
        Column("source", enum=EnrollmentSource),
        Column("status", enum=EnrollmentStatus, filter=True),
        Column("reason", nullable=True, enum=EnrollmentReason),
        Column("enrolled_at", "timestamptz"),
        Column("last_step_at", "timestamptz", nullable=True),
        Column("replied_at", "timestamptz", nullable=True),
        Column("opted_out_at", "timestamptz", nullable=True),
        Column("paused_at", "timestamptz", nullable=True),
        Column("ended_at", "timestamptz", nullable=True),
        Column("campaign_id", "uuid", refers="campaign", filter=True),
        Column("lead_id", "uuid", refers="lead", filter=True),
        *kept(),
    ),
    relations=(
        One("campaign", "Campaign", on="{that}.id = {this}.campaign_id"),
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("enrolled_by", "Member", on="{that}.id = {this}.enrolled_by_id", nullable=True),
        Few("step_runs", "StepRun", on="{that}.enrollment_id = {this}.id", order="{that}.position", most=MOST_STEPS),
    ),
)

STEP_RUNS = Entity(
    "StepRun",
    table="step_runs",
    kind="step_run",
    scoped=True,
    columns=(
        identity("step_run"),
        Column("position", "integer"),
        Column("status", enum=StepRunStatus),
        Column("scheduled_at", "timestamptz", nullable=True),
        Column("expires_at", "timestamptz", nullable=True),
        Column("skip_reason", nullable=True, enum=GateReason),
        Column("ended_at", "timestamptz", nullable=True),
        *kept(),
    ),
    relations=(
        One("step", "CampaignStep", on="{that}.id = {this}.campaign_step_id"),
        One("message", "Message", on="{that}.id = {this}.message_id", nullable=True),
        One("task", "Task", on="{that}.step_run_id = {this}.id", nullable=True),
    ),
)

# Enrolments that were made together: those that whoever made them still sees, in the order the leads were named.
ENROLLED = Entity(
    "Enrolled",
    table="organizations",
    kind="enrolled",
    tenant="id",
    columns=(),
    relations=(
        Few(
            "enrollments",
            "Enrollment",
            on="{that}.id = any ($2::uuid[])",
            order="array_position($2::uuid[], {that}.id)",
            most=100,
        ),
    ),
)
