"""Booked calls."""

from datetime import datetime

import strawberry

from domain.bookings import BookingProvider, BookingStatus
from schema.leads import Lead
from schema.node import Kept
from schema.people import Member


@strawberry.type(
    description="A call that a lead has booked. Its time never changes: one that is moved is another booking."
)
class Booking(Kept):
    provider: BookingProvider = strawberry.field(description="Where it was booked.")
    external_id: str = strawberry.field(description="What it is called there; Cal.com's `uid`.")
    status: BookingStatus = strawberry.field(description="How it stands.")
    starts_at: datetime = strawberry.field(description="When it begins.")
    ends_at: datetime = strawberry.field(description="When it ends.")
    time_zone: str | None = strawberry.field(description="The lead's own, as an IANA name, where it is known.")
    title: str | None = strawberry.field(description="What it is called.")
    notes: str | None = strawberry.field(description="What the lead wrote to it, or a colleague.")
    meeting_url: str | None = strawberry.field(description="Where it takes place.")
    page_url: str | None = strawberry.field(description="Its page on Cal.com, where it can be moved and cancelled.")
    attendee_name: str | None = strawberry.field(description="Who booked it, in their own words.")
    attendee_email: str | None = strawberry.field(description="The e-mail address they gave, as they wrote it.")
    attendee_phone: str | None = strawberry.field(description="The phone number they gave, as they wrote it.")
    booked_at: datetime | None = strawberry.field(description="When it was booked or confirmed; null before.")
    cancelled_at: datetime | None = strawberry.field(description="When it was called off.")
    cancel_reason: str | None = strawberry.field(description="Why.")
    lead: Lead = strawberry.field(description="Whose it is.")
    booked_by: Member | None = strawberry.field(description="The colleague who booked it; null for leads and programs.")
    rescheduled_from: "Booking | None" = strawberry.field(description="The booking it has taken the place of.")
    rescheduled_to: "Booking | None" = strawberry.field(description="The booking that has taken its place.")
