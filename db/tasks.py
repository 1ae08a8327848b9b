"""Tasks, as the API reads them."""

from db.entity import Column, Entity, One, identity, kept
from domain.campaigns.reasons import GateReason
from domain.tasks import TaskKind, TaskOutcome, TaskStatus

# Whoever works the lead, else whoever owns it.
_PERSON = "(case when {t}.assignee_id is null then {t}.owner_id else {t}.assignee_id end)"

TASKS = Entity(
    "Task",
    table="tasks",
    kind="task",
    scoped=True,
    columns=(
        identity("task"),
        Column("kind", enum=TaskKind),
        Column("status", enum=TaskStatus, filter=True),
        Column("title"),
        Column("body"),
        Column("due_at", "timestamptz", filter=True, order=True),
        Column("outcome", nullable=True, enum=TaskOutcome),
        Column("note", nullable=True),
        Column("done_at", "timestamptz", nullable=True),
        Column("cancelled_at", "timestamptz", nullable=True),
        Column("cancel_reason", nullable=True, enum=GateReason),
        Column("lead_id", "uuid", refers="lead", filter=True),
        Column("campaign_id", "uuid", refers="campaign", filter=True),
        Column("assignee_id", "uuid", nullable=True, sql=_PERSON, refers="member", filter=True),
        *kept(),
    ),
    relations=(
        One("lead", "Lead", on="{that}.id = {this}.lead_id"),
        One("campaign", "Campaign", on="{that}.id = {this}.campaign_id"),
        One("assignee", "Member", on=f"{{that}}.id = {_PERSON.format(t='{this}')}", nullable=True),
        One("done_by", "Member", on="{that}.id = {this}.done_by_id", nullable=True),
    ),
    default_order=(("due_at", "DESC"),),
)
