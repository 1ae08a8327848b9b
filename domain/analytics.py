"""What the live feed tells of, and the signals beside it that are never stored."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class EventKind(StrEnum):
    MESSAGE_RECEIVED = "MESSAGE_RECEIVED"
    MESSAGE_SENT = "MESSAGE_SENT"
    MESSAGE_STATUS_CHANGED = "MESSAGE_STATUS_CHANGED"
    CONVERSATION_READ = "CONVERSATION_READ"
    CONVERSATION_ASSIGNED = "CONVERSATION_ASSIGNED"
    CONVERSATION_CHANGED = "CONVERSATION_CHANGED"
    LEAD_CHANGED = "LEAD_CHANGED"
    LEAD_WITHDRAWN = "LEAD_WITHDRAWN"
    LEAD_TURNED_HOT = "LEAD_TURNED_HOT"
    INSIGHT_RAISED = "INSIGHT_RAISED"
    INSIGHT_REVIEWED = "INSIGHT_REVIEWED"
    DATASET_CHANGED = "DATASET_CHANGED"
    CREDENTIAL_EXPIRED = "CREDENTIAL_EXPIRED"
    BOOKING_CHANGED = "BOOKING_CHANGED"
    CAMPAIGN_CHANGED = "CAMPAIGN_CHANGED"
    ENROLLMENT_CHANGED = "ENROLLMENT_CHANGED"
    TASK_CHANGED = "TASK_CHANGED"
    PROMPT_DEPLOYED = "PROMPT_DEPLOYED"
    DRAFT_CHANGED = "DRAFT_CHANGED"
    REPLAY_CHANGED = "REPLAY_CHANGED"
    IMPORT_CHANGED = "IMPORT_CHANGED"
    BULK_OPERATION_CHANGED = "BULK_OPERATION_CHANGED"
    EXPORT_CHANGED = "EXPORT_CHANGED"


class SignalKind(StrEnum):
    MEMBER_TYPING = "MEMBER_TYPING"
    MEMBER_PRESENCE = "MEMBER_PRESENCE"


@dataclass(frozen=True, slots=True)
class Signal:
    """Something of the moment. `subject_id` is what it shows: a conversation for typing, the member for presence."""

    kind: SignalKind
    organization_id: UUID
    subject_id: UUID
    member_id: UUID
    is_on: bool
    at: datetime
