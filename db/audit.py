"""The audit trail, as the API reads it."""

from db.entity import ANY_KIND, Column, Entity, One
from domain.people import AuditVerb, Permission

AUDIT_LOGS = Entity(
    "AuditLog",
    table="audit_logs",
    kind="audit_log",
    permission=Permission.AUDIT_READ,
    columns=(
        Column("id", "uuid", refers="audit_log"),
        Column("at", "timestamptz", filter=True, order=True),
        Column("verb", enum=AuditVerb, filter=True),
        Column("subject", filter=True),
        Column("subject_id", "uuid", refers=ANY_KIND, shown="{t}.subject || '_' || {t}.subject_id", filter=True),
        Column("before", "jsonb", nullable=True),
        Column("after", "jsonb", nullable=True),
        Column("request_id", nullable=True, filter=True, unique=True),
        Column("member_id", "uuid", nullable=True, refers="member", filter=True),
        Column("api_key_id", "uuid", nullable=True, refers="api_key", filter=True),
        Column("customer_id", "uuid", nullable=True, refers="customer", filter=True),
    ),
    relations=(
        One("member", "Member", on="{that}.id = {this}.member_id", nullable=True),
        One("customer", "Customer", on="{that}.id = {this}.customer_id", nullable=True),
    ),
    default_order=(("at", "DESC"),),
)
