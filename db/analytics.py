"""The events of the live feed, one entity per kind, because each tells of other things; and the signals beside it."""

import re

from db.entity import Column, Entity, One
from domain.analytics import EventKind, SignalKind
from domain.people import Permission

_ENVELOPE = (Column("id", "uuid", refers="event"), Column("cursor", sql="{t}.seq::text"), Column("at", "timestamptz"))
_MESSAGE = One("message", "Message", on="{that}.id = {this}.message_id")
_CONVERSATION = One("conversation", "Conversation", on="{that}.id = {this}.conversation_id")
_LEAD = One("lead", "Lead", on="{that}.id = {this}.lead_id")
_DATASET = One("dataset", "Dataset", on="{that}.id = {this}.dataset_id")
_INSIGHT = One("insight", "Insight", on="{that}.id = {this}.insight_id")
_IMPORT = One("import", "Import", on="{that}.id = {this}.subject_id")
_BULK_OPERATION = One("bulk_operation", "BulkOperation", on="{that}.id = {this}.subject_id")
_EXPORT = One("export", "Export", on="{that}.id = {this}.subject_id")
_CAMPAIGN = One("campaign", "Campaign", on="{that}.id = {this}.subject_id")
_ENROLLMENT = One("enrollment", "Enrollment", on="{that}.id = {this}.enrollment_id")
_TASK = One("task", "Task", on="{that}.id = {this}.subject_id")
_PROMPT = One("prompt", "Prompt", on="{that}.id = {this}.subject_id")
_DRAFT = One("draft", "Draft", on="{that}.id = {this}.subject_id")
_REPLAY = One("replay", "Replay", on="{that}.id = {this}.subject_id")
_CREDENTIAL = One("credential", "Credential", on="{that}.id = {this}.subject_id")
_BOOKING = One("booking", "Booking", on="{that}.id = {this}.booking_id")


def _event(type_name: str, subject: One, *others: One, permission: Permission = Permission.INBOX_READ) -> Entity:
    """The first subject is the one the event tells of; its version is read with it.

    Who lacks the permission never hears the event, so it is the one that its subjects need.
    """
    table, key = f"{subject.name}s", re.sub(r".*{this}", "{t}", subject.on)
    version = f"(select s.version from {table} s where s.organization_id = $1 and s.id = {key})"
    columns = (*_ENVELOPE, Column("version", "integer", nullable=True, sql=version))
    relations = (subject, *others)
    return Entity(type_name, table="events", kind="event", columns=columns, relations=relations, permission=permission)


# Nothing of a lead that is out of sight can be read, not even its version.
_WITHDRAWN = Entity(
    "LeadWithdrawn",
    table="events",
    kind="event",
    columns=(
        *_ENVELOPE,
        Column("version", "integer", nullable=True, sql="null::integer"),
        Column("lead_id", "uuid", sql="{t}.lead_id", refers="lead"),
    ),
)

# The one place to add a kind of event; the schema's union is made of these.
EVENTS: dict[EventKind, Entity] = {
    EventKind.MESSAGE_RECEIVED: _event("MessageReceived", _MESSAGE, _CONVERSATION),
    EventKind.MESSAGE_SENT: _event("MessageSent", _MESSAGE, _CONVERSATION),
    EventKind.MESSAGE_STATUS_CHANGED: _event("MessageStatusChanged", _MESSAGE, _CONVERSATION),
    EventKind.CONVERSATION_READ: _event("ConversationRead", _CONVERSATION),
    EventKind.CONVERSATION_ASSIGNED: _event("ConversationAssigned", _CONVERSATION),
    EventKind.CONVERSATION_CHANGED: _event("ConversationChanged", _CONVERSATION),
    EventKind.LEAD_CHANGED: _event("LeadChanged", _LEAD),
    EventKind.LEAD_WITHDRAWN: _WITHDRAWN,
    EventKind.LEAD_TURNED_HOT: _event("LeadTurnedHot", _LEAD),
    EventKind.INSIGHT_RAISED: _event("InsightRaised", _INSIGHT),
    EventKind.INSIGHT_REVIEWED: _event("InsightReviewed", _INSIGHT),
    EventKind.DATASET_CHANGED: _event("DatasetChanged", _DATASET),
    EventKind.IMPORT_CHANGED: _event("ImportChanged", _IMPORT, permission=Permission.LEADS_IMPORT),
    EventKind.BULK_OPERATION_CHANGED: _event("BulkOperationChanged", _BULK_OPERATION),
    EventKind.EXPORT_CHANGED: _event("ExportChanged", _EXPORT),
    EventKind.CAMPAIGN_CHANGED: _event("CampaignChanged", _CAMPAIGN),
    EventKind.ENROLLMENT_CHANGED: _event("EnrollmentChanged", _ENROLLMENT),
    EventKind.TASK_CHANGED: _event("TaskChanged", _TASK),
    EventKind.PROMPT_DEPLOYED: _event("PromptDeployed", _PROMPT),
    EventKind.DRAFT_CHANGED: _event("DraftChanged", _DRAFT),
    EventKind.REPLAY_CHANGED: _event("ReplayChanged", _REPLAY),
    EventKind.CREDENTIAL_EXPIRED: _event("CredentialExpired", _CREDENTIAL, permission=Permission.CREDENTIALS_WRITE),
    EventKind.BOOKING_CHANGED: _event("BookingChanged", _BOOKING),
}

# What `messageAdded` streams: the same rows under one type, whoever wrote.
MESSAGE_ADDED = _event("MessageAdded", _MESSAGE, _CONVERSATION)

# Signals are rows of nothing: what they show is there already, and what was signalled is bound to the statement, as
# `write_signal` says.
_SIGNALLED = (Column("at", "timestamptz", sql="$6::timestamptz"),)
_BY = One("member", "Member", on="{that}.id = $4")
SIGNALS: dict[str, Entity] = {
    SignalKind.MEMBER_TYPING: Entity(
        "MemberTyping",
        table="conversations",
        kind="signal",
        scoped=True,
        columns=(Column("is_typing", "boolean", sql="$5::boolean"), *_SIGNALLED),
        relations=(One("conversation", "Conversation", on="{that}.id = {this}.id"), _BY),
    ),
    SignalKind.MEMBER_PRESENCE: Entity(
        "MemberPresence",
        table="memberships",
        kind="signal",
        columns=(Column("is_present", "boolean", sql="$5::boolean"), *_SIGNALLED),
        relations=(_BY,),
    ),
}
