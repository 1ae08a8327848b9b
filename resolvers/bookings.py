"""Booked calls: reading them, and booking, moving and cancelling those that were not booked on Cal.com."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from actions.bookings import Call, book_call, cancel_booking, reschedule_booking
from db.bookings import BOOKINGS
from db.session import Session
from domain.ids import read_id
from resolvers.answers import What, fact, given, making, many, one
from schema.bookings import Booking
from schema.paging import Connection
from schema.refusals import Refused


@strawberry.type
class BookingsQuery:
    bookings: Connection[Booking] = many(
        BOOKINGS, "Every booked call, the latest first unless ordered otherwise. Needs INBOX_READ."
    )
    booking: Booking | None = one(BOOKINGS, "One booked call; null when there is none with this id. Needs INBOX_READ.")


_VERSION = "The version you read: if it has changed since, nothing is done."


@strawberry.input(description="A call to book with a lead.")
class BookCallInput:
    lead_id: strawberry.ID = strawberry.field(description="With whom.")
    starts_at: datetime = strawberry.field(description="When it begins: in time to come, at most two years ahead.")
    ends_at: datetime | None = fact("When it ends; half an hour later unless told otherwise.")
    title: str | None = fact("What it is called, in at most 200 characters.")
    notes: str | None = fact("What there is to know, in at most 2,000 characters.")
    meeting_url: str | None = fact("Where it takes place.")
    time_zone: str | None = fact("The lead's own, as an IANA name.")


@strawberry.input(description="Another time for a call.")
class RescheduleBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="Which.")
    starts_at: datetime = strawberry.field(description="When it begins: in time to come, at most two years ahead.")
    ends_at: datetime | None = fact("When it ends; it takes as long as before unless told otherwise.")
    expected_version: int | None = fact(_VERSION)


@strawberry.input(description="A call that will not be.")
class CancelBookingInput:
    booking_id: strawberry.ID = strawberry.field(description="Which.")
    reason: str | None = fact("Why, in at most 500 characters.")
    expected_version: int | None = fact(_VERSION)


BookingResult = Annotated[
    Booking | Refused, strawberry.union("BookingResult", description="The booked call, or why nothing was changed.")
]


@strawberry.type
class BookingsMutation:
    @strawberry.mutation(
        description="Books a call with a lead, who is QUALIFIED and HOT by that; the same call again answers the one "
        "there is. Needs INBOX_READ and BOOKINGS_WRITE."
    )
    def book_call(self, input: Annotated[BookCallInput, What]) -> BookingResult:
        facts = {name: given(value) for name, value in vars(input).items() if name != "lead_id"}

        def run(session: Session) -> Any:
            return book_call(session, read_id("lead", input.lead_id, "leadId"), Call(**facts))

        return making(BOOKINGS, run)

    @strawberry.mutation(
        description="Moves a call: answers the booking that takes its place. What was booked on Cal.com is moved "
        "there. Needs INBOX_READ and BOOKINGS_WRITE."
    )
    def reschedule_booking(self, input: Annotated[RescheduleBookingInput, What]) -> BookingResult:
        when = (input.starts_at, given(input.ends_at), given(input.expected_version))
        return making(BOOKINGS, lambda session: reschedule_booking(session, _booking(input), *when))

    @strawberry.mutation(
        description="Calls a call off; what the lead has become by it stays. What was booked on Cal.com is cancelled "
        "there. Needs INBOX_READ and BOOKINGS_WRITE."
    )
    def cancel_booking(self, input: Annotated[CancelBookingInput, What]) -> BookingResult:
        why = (given(input.reason), given(input.expected_version))
        return making(BOOKINGS, lambda session: cancel_booking(session, _booking(input), *why))


def _booking(input: RescheduleBookingInput | CancelBookingInput) -> UUID:
    return read_id("booking", input.booking_id, "bookingId")
