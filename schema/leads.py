"""Leads."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from db.bookings import BOOKINGS
from db.conversations import CONVERSATIONS
from db.datasets import DATASETS
from db.enrollments import ENROLLMENTS
from db.leads import CONSENTS, LEAD_MERGES, LEAD_NOTES, LEADS
from db.tasks import TASKS
from domain.compliance import ConsentKind, ConsentSource
from domain.conversations import Channel, PhoneProblem
from domain.leads import ContactStatus, Lifecycle, Sentiment, Temperature
from domain.mail import EmailProblem
from schema.messageability import Messageability
from schema.node import Kept
from schema.paging import Connection, connection
from schema.people import Member
from schema.pipeline import PipelineStage, ScoreReason
from schema.scalars import JSON, EmailAddress, PhoneNumber

if TYPE_CHECKING:
    from schema.bookings import Booking
    from schema.conversations import Conversation, Message
    from schema.customers import Customer
    from schema.datasets import Dataset
    from schema.enrollments import Enrollment
    from schema.tasks import Task


@strawberry.type(description="A person the organization wants to win back.")
class Lead(Kept):
    name: str = strawberry.field(description="First and last name, else the company, phone or e-mail address.")
    first_name: str | None = strawberry.field(description="First name.")
    last_name: str | None = strawberry.field(description="Last name.")
    company: str | None = strawberry.field(description="Company.")
    title: str | None = strawberry.field(description="What they are there.")
    industry: str | None = strawberry.field(description="What their company works in.")
    location: str | None = strawberry.field(description="Where they are.")
    postcode: str | None = strawberry.field(description="Postcode.")
    country: str | None = strawberry.field(description="ISO 3166 code, where it was given.")
    time_zone: str | None = strawberry.field(description="IANA name, where it was given.")
    phone: PhoneNumber | None = strawberry.field(description="Phone number; one lead has it.")
    raw_phone: str | None = strawberry.field(description="The phone number as it was written.")
    phone_problem: PhoneProblem | None = strawberry.field(
        description="Why the carrier takes no texts for this number; null once it is another, or they write from it."
    )
    email: EmailAddress | None = strawberry.field(description="E-mail address; one lead has it.")
    email_problem: EmailProblem | None = strawberry.field(
        description="Why no e-mail is sent to this address; null once it is another, or they write from it."
    )
    linkedin_url: str | None = strawberry.field(description="LinkedIn address.")
    opted_out_of: list[Channel] = strawberry.field(
        description="Channels that they asked not to be written to on, or that nobody may: nothing is sent there."
    )
    messageability: list[Messageability] = strawberry.field(
        description="Whether something can be sent to them by hand, on each channel that one writes on, and why not."
    )
    contact_status: ContactStatus = strawberry.field(description="Where they stand, in one word.")
    lifecycle: Lifecycle = strawberry.field(description="How far they have come.")
    temperature: Temperature = strawberry.field(description="How interested they are.")
    sentiment: Sentiment = strawberry.field(description="How they sound.")
    tags: list[str] = strawberry.field(description="Free labels.")
    source: str = strawberry.field(description="Where they came from.")
    source_details: JSON = strawberry.field(description="More about that: an object.")
    utm_source: str | None = strawberry.field(description="The site they came from.")
    utm_medium: str | None = strawberry.field(description="The sort of link they followed.")
    utm_campaign: str | None = strawberry.field(description="The campaign it belonged to.")
    utm_term: str | None = strawberry.field(description="What they searched for.")
    utm_content: str | None = strawberry.field(description="Which of several links it was.")
    inquiry_date: date | None = strawberry.field(description="When they first asked.")
    install_date: date | None = strawberry.field(description="When they are served.")
    custom_fields: JSON = strawberry.field(description="What else the organization keeps: an object.")
    enrichment: JSON = strawberry.field(description="What was found out elsewhere: an object.")
    score: int = strawberry.field(description="The points of the reasons they meet, together.")
    score_reasons: list[ScoreReason] = strawberry.field(description="Those reasons.")
    ai_score: float | None = strawberry.field(description="What a model makes of them, from 0 to 1.")
    pipeline_stage: PipelineStage = strawberry.field(description="Where they stand.")
    moved_at: datetime = strawberry.field(description="Since when.")
    last_contacted_at: datetime | None = strawberry.field(description="When something was last sent to them.")
    reply_received_at: datetime | None = strawberry.field(description="When they last wrote to us.")
    latest_reply: Annotated["Message", strawberry.lazy("schema.conversations")] | None = strawberry.field(
        description="What they wrote then."
    )
    message_count: int = strawberry.field(description="Messages to and from them, on every channel.")
    manual_mode_at: datetime | None = strawberry.field(
        description="Since when people answer and no machine writes; null while it may."
    )
    converted_at: datetime | None = strawberry.field(description="When they became a customer; null before.")
    call_booked: bool = strawberry.field(description="Whether a call stands that they have booked, to come or held.")
    booking_link: str | None = strawberry.field(
        description="Where they book a call: the organization's link, which tells us who it was given to."
    )
    is_archived: bool = strawberry.field(description="Whether they were put away.")
    archived_at: datetime | None = strawberry.field(description="When they were put away; null while they are at hand.")
    erased_at: datetime | None = strawberry.field(description="When their data was erased; null while it is there.")
    owner: Member | None = strawberry.field(description="Whose lead it is.")
    assignee: Member | None = strawberry.field(
        description="Who works it, on every channel; null while nobody is charged with it."
    )
    duplicate_of: Annotated["Lead", strawberry.lazy("schema.leads")] | None = strawberry.field(
        description="Whom they repeat: somebody with the same address, who stands for both."
    )
    duplicates: Connection[Annotated["Lead", strawberry.lazy("schema.leads")]] = connection(
        LEADS, "Who repeats them, with the same address."
    )
    merges: Connection[Annotated["LeadMerge", strawberry.lazy("schema.leads")]] = connection(
        LEAD_MERGES, "Whom they absorbed."
    )
    customer: Annotated["Customer", strawberry.lazy("schema.customers")] | None = strawberry.field(
        description="The customer they became."
    )
    next_booking: Annotated["Booking", strawberry.lazy("schema.bookings")] | None = strawberry.field(
        description="Their next call, or the one they are in."
    )
    bookings: Connection[Annotated["Booking", strawberry.lazy("schema.bookings")]] = connection(
        BOOKINGS, "Every call they have booked, the latest first unless ordered otherwise."
    )
    conversations: Connection[Annotated["Conversation", strawberry.lazy("schema.conversations")]] = connection(
        CONVERSATIONS, "What was said, by channel."
    )
    notes: Connection[Annotated["LeadNote", strawberry.lazy("schema.leads")]] = connection(
        LEAD_NOTES, "What was noted, newest first unless ordered otherwise."
    )
    consents: Connection[Annotated["Consent", strawberry.lazy("schema.leads")]] = connection(
        CONSENTS, "What they said about being written to, newest first unless ordered otherwise."
    )
    enrollments: Connection[Annotated["Enrollment", strawberry.lazy("schema.enrollments")]] = connection(
        ENROLLMENTS, "The campaigns they are in or were in, newest first unless ordered otherwise."
    )
    tasks: Connection[Annotated["Task", strawberry.lazy("schema.tasks")]] = connection(
        TASKS, "What people are to do for them, the latest due first unless ordered otherwise."
    )
    datasets: Connection[Annotated["Dataset", strawberry.lazy("schema.datasets")]] = connection(
        DATASETS, "The batches they are in, newest first unless ordered otherwise."
    )


@strawberry.type(description="Something that was noted about a lead.")
class LeadNote(Kept):
    body: str = strawberry.field(description="The text.")
    lead: Lead = strawberry.field(description="About whom.")
    author: Member | None = strawberry.field(description="Who wrote it; null for programs and imports.")


@strawberry.type(
    description="Evidence of what somebody has said about being written to. It is added to, never changed."
)
class Consent(Kept):
    channel: Channel = strawberry.field(description="Where.")
    kind: ConsentKind = strawberry.field(description="Whether they may be written to there.")
    source: ConsentSource = strawberry.field(description="How it became known.")
    words: str | None = strawberry.field(
        description="The keyword, the rule that found a plea, the carrier's code or a colleague's reason."
    )
    lead: Lead = strawberry.field(description="Who.")
    message: Annotated["Message", strawberry.lazy("schema.conversations")] | None = strawberry.field(
        description="The text that said so, or that the carrier refused."
    )
    recorded_by: Member | None = strawberry.field(
        description="The colleague who was told; null for texts and programs."
    )


@strawberry.type(description="Leads that something was done to together.")
class ChangedLeads:
    leads: list[Lead] = strawberry.field(
        description="Those that were named, in that order, as they are now; without those that went out of your sight."
    )


@strawberry.type(description="What went with a person's data. The row of the lead stays, with nothing personal in it.")
class ErasedLead:
    lead_id: strawberry.ID = strawberry.field(description="Whose data it was.")
    messages: int = strawberry.field(description="Messages whose words and addresses went.")
    insights: int = strawberry.field(description="Insights whose words went.")
    bookings: int = strawberry.field(description="Booked calls whose words, links and addresses went.")
    notes: int = strawberry.field(description="Notes that went.")
    webhooks: int = strawberry.field(description="What carrier and calendar had sent, as it came.")
    records: int = strawberry.field(description="Records of the audit trail whose values were blotted out.")
    suppressed: int = strawberry.field(
        description="Addresses, by channel, that nothing is sent to any more; kept as hashes."
    )


@strawberry.type(description="Two leads who turned out to be one person. It can be undone.")
class LeadMerge(Kept):
    lead: Lead = strawberry.field(description="Who was kept.")
    absorbed_id: strawberry.ID = strawberry.field(description="Whose id leads to them since.")
    merged_by: Member | None = strawberry.field(description="Who merged them; null for programs and imports.")
    undone_at: datetime | None = strawberry.field(
        description="When they were taken apart again; null while they are one."
    )
