"""The events of the live feed."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from domain.analytics import EventKind
from schema.bookings import Booking
from schema.bulk import BulkOperation
from schema.campaigns import Campaign
from schema.conversations import Conversation, Message
from schema.credentials import Credential
from schema.datasets import Dataset
from schema.drafts import Draft
from schema.enrollments import Enrollment
from schema.exporting import Export
from schema.imports import Import
from schema.leads import Lead
from schema.learning import Insight
from schema.people import Member
from schema.prompts import Prompt
from schema.replays import Replay
from schema.scalars import Cursor
from schema.tasks import Task


@strawberry.interface(description="Something that happened. Events come in order, and none is left out.")
class Event:
    id: strawberry.ID = strawberry.field(description="Names the event: the same one never comes twice on a stream.")
    cursor: Cursor = strawberry.field(description="Its place in the feed: hand the last one back as `after` to resume.")
    at: datetime = strawberry.field(description="When it happened.")
    version: int | None = strawberry.field(
        description="The version of what it tells of, as read with this event: who has a higher one has the newer. "
        "Null where it is out of your sight."
    )


@strawberry.type(description="A lead has written.")
class MessageReceived(Event):
    message: Message = strawberry.field(description="What they wrote.")
    conversation: Conversation = strawberry.field(description="Where.")


@strawberry.type(description="A message was handed in to be sent; `MessageStatusChanged` follows its way.")
class MessageSent(Event):
    message: Message = strawberry.field(description="What was written.")
    conversation: Conversation = strawberry.field(description="Where.")


@strawberry.type(description="A message has come further, or failed.")
class MessageStatusChanged(Event):
    message: Message = strawberry.field(description="Which.")
    conversation: Conversation = strawberry.field(description="Where.")


@strawberry.type(description="Somebody has looked at a conversation.")
class ConversationRead(Event):
    conversation: Conversation = strawberry.field(description="Which.")


@strawberry.type(description="A conversation has another assignee, or none.")
class ConversationAssigned(Event):
    conversation: Conversation = strawberry.field(description="Which.")


@strawberry.type(description="A conversation was begun, opened again, or archived.")
class ConversationChanged(Event):
    conversation: Conversation = strawberry.field(description="Which.")


@strawberry.type(description="A lead was added or changed.")
class LeadChanged(Event):
    lead: Lead = strawberry.field(description="Who.")


@strawberry.type(
    description="A lead has gone out of your sight, or out of what this stream shows: drop it, and its conversations."
)
class LeadWithdrawn(Event):
    lead_id: strawberry.ID = strawberry.field(description="Which; it can no longer be read.")


@strawberry.type(
    description="A lead in whose conversation a campaign wrote last has turned hot, and its policy wants people to be "
    "told (`notifiesOfHotLeads`). Where it says so, the lead is somebody's by now (`hotLeadAssignment`)."
)
class LeadTurnedHot(Event):
    lead: Lead = strawberry.field(description="Who.")


@strawberry.type(description="Sophie has noticed something.")
class InsightRaised(Event):
    insight: Insight = strawberry.field(description="What.")


@strawberry.type(description="Somebody has looked at an insight, or decided about it.")
class InsightReviewed(Event):
    insight: Insight = strawberry.field(description="Which, as it stands now.")


@strawberry.type(
    description="A dataset was made, changed, started, archived or restored, or leads were put into it or taken out, "
    "which is told once, however many. What changes about a lead in it is told by `LeadChanged`."
)
class DatasetChanged(Event):
    dataset: Dataset = strawberry.field(description="Which, with its counters as they stand now.")


@strawberry.type(
    description="A social connection has ended: its time is up, or its network refuses to go on. It is switched off "
    "until it is stored anew. Needs CREDENTIALS_WRITE: nobody else is told."
)
class CredentialExpired(Event):
    credential: Credential = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="A call was booked, moved or called off.")
class BookingChanged(Event):
    booking: Booking = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="An import has come further, or to its end. Needs LEADS_IMPORT: nobody else is told.")
class ImportChanged(Event):
    import_: Import = strawberry.field(name="import", description="Which, as it stands now.")


@strawberry.type(
    description="A bulk operation has come further, or to its end. Told to whoever began it, and to those who see all "
    "that they saw."
)
class BulkOperationChanged(Event):
    bulk_operation: BulkOperation = strawberry.field(description="Which, as it stands now.")


@strawberry.type(
    description="An export has come further, or to its end. Told to whoever began it, and to those who see all that "
    "they saw."
)
class ExportChanged(Event):
    export: Export = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="A campaign was drafted, changed, activated, paused, resumed, completed or put away.")
class CampaignChanged(Event):
    campaign: Campaign = strawberry.field(description="Which, as it stands now.")


@strawberry.type(
    description="A lead was enrolled in a campaign, or their enrolment changed: it rests, goes on or is over, or a "
    "step of it is not sent for a reason."
)
class EnrollmentChanged(Event):
    enrollment: Enrollment = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="A lead is to be called, or that was done, called off or opened again.")
class TaskChanged(Event):
    task: Task = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="Another version of a prompt writes: it was deployed, tried, or taken back.")
class PromptDeployed(Event):
    prompt: Prompt = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="An answer of Sophie's is planned, proposed, sent, withheld or decided about.")
class DraftChanged(Event):
    draft: Draft = strawberry.field(description="Which, as it stands now.")


@strawberry.type(
    description="A replay has come further, or to its end. Told to whoever began it, and to those who see all that "
    "they saw."
)
class ReplayChanged(Event):
    replay: Replay = strawberry.field(description="Which, as it stands now.")


@strawberry.type(description="A message has come into a conversation, from either side.")
class MessageAdded(Event):
    message: Message = strawberry.field(description="Which.")
    conversation: Conversation = strawberry.field(description="Where.")


@strawberry.type(description="A colleague writes in a conversation, or has stopped. Let it fade after five seconds.")
class MemberTyping:
    conversation: Conversation = strawberry.field(description="Where.")
    member: Member = strawberry.field(description="Who.")
    is_typing: bool = strawberry.field(description="Whether they write now.")
    at: datetime = strawberry.field(description="When that was so.")


@strawberry.type(description="A colleague has come, or has gone; whoever is there already is told first.")
class MemberPresence:
    member: Member = strawberry.field(description="Who.")
    is_present: bool = strawberry.field(description="Whether they have an inbox open.")
    at: datetime = strawberry.field(description="When that was so.")


InboxSignal: TypeAlias = Annotated[
    MemberTyping | MemberPresence,
    strawberry.union("InboxSignal", description="Something of the moment. It is never stored, and cannot be resumed."),
]
InboxEvent: TypeAlias = Annotated[
    MessageReceived
    | MessageSent
    | MessageStatusChanged
    | ConversationRead
    | ConversationAssigned
    | ConversationChanged
    | LeadChanged
    | LeadWithdrawn
    | LeadTurnedHot
    | InsightRaised
    | InsightReviewed
    | DatasetChanged
    | CredentialExpired
    | ImportChanged
    | BulkOperationChanged
    | ExportChanged
    | BookingChanged
    | CampaignChanged
    | EnrollmentChanged
    | TaskChanged
    | PromptDeployed
    | DraftChanged
    | ReplayChanged,
    strawberry.union("InboxEvent", description="Anything an open inbox wants to hear of."),
]


@strawberry.input(description="Which events of the inbox are wanted; all that is given must hold.")
class InboxEventFilter:
    kinds: list[EventKind] | None = strawberry.field(
        default=strawberry.UNSET, description="Only these kinds; one that you may not hear of is refused."
    )
    conversation_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Only of this conversation."
    )
    assignee_id: strawberry.ID | None = strawberry.field(
        default=strawberry.UNSET, description="Only of what this member worked when it happened."
    )
    assigned_to_me: bool | None = strawberry.field(
        default=strawberry.UNSET, description="True: only of what you worked when it happened; for people, not keys."
    )
