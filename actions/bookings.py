"""Calls that colleagues and programs book for leads, move and cancel."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from actions.enrollments import end_enrollments
from actions.exposures import note_booking
from actions.hot_leads import lead_turned_hot
from actions.locking import lock_lead
from actions.scoring import lead_changed
from db.session import Row, Session
from domain.analytics import EventKind
from domain.bookings import (
    STANDING,
    STATE,
    BookingProvider,
    BookingStatus,
    check_meeting_url,
    check_time_zone,
    check_times,
    check_words,
)
from domain.campaigns.states import EnrollmentReason, EnrollmentStatus, Standing
from domain.ids import new_id
from domain.people import Permission
from domain.refusals import Refusal, RefusalCode, not_found
from domain.versions import check_version


@dataclass(frozen=True, slots=True)
class Call:
    """A call to be; half an hour long unless told otherwise."""

    starts_at: datetime
    ends_at: datetime | None = None
    title: str | None = None
    notes: str | None = None
    meeting_url: str | None = None
    time_zone: str | None = None


async def book_call(session: Session, lead_id: UUID, call: Call) -> UUID:
    """Books a call with a lead, who is qualified and hot by that. The same call again is the one that stands."""
    session.actor.require(Permission.BOOKINGS_WRITE)
    starts_at, ends_at = check_times(call.starts_at, call.ends_at, datetime.now(UTC))
    facts = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "title": check_words(call.title, "title"),
        "notes": check_words(call.notes, "notes"),
        "meeting_url": check_meeting_url(call.meeting_url),
        "time_zone": check_time_zone(call.time_zone),
    }
    lead = await lock_lead(session, lead_id)
    found: UUID | None = await session.value("bookings", "find_same_booking", lead["id"], starts_at, ends_at)
    return found or await _book(session, lead["id"], facts)


async def reschedule_booking(
    session: Session, booking_id: UUID, starts_at: datetime, ends_at: datetime | None, expected_version: int | None
) -> UUID:
    """Books another call in the place of one that stands, as long as that unless told otherwise; answers it."""
    found = await _lock(session, booking_id, expected_version)
    if found["status"] not in STANDING:
        raise Refusal(RefusalCode.CONFLICT, f"This booking is {found['status']} already: book another.", "bookingId")
    times = check_times(starts_at, ends_at, datetime.now(UTC), usual=found["ends_at"] - found["starts_at"])
    await session.rows("bookings", "mark_rescheduled", BookingProvider.MANUAL, found["external_id"])
    tell(session, found["lead_id"], booking_id)
    kept = {name: found[name] for name in ("title", "notes", "meeting_url", "time_zone")}
    moved = {"starts_at": times[0], "ends_at": times[1], "rescheduled_from": found["external_id"]}
    return await _book(session, found["lead_id"], kept | moved)


async def cancel_booking(session: Session, booking_id: UUID, reason: str | None, expected_version: int | None) -> UUID:
    """Calls it off. What the lead has become by it stays. Cancelling it again changes nothing."""
    found = await _lock(session, booking_id, expected_version, at_hand=False)
    words = check_words(reason, "reason")
    if found["status"] == BookingStatus.RESCHEDULED:
        raise Refusal(RefusalCode.CONFLICT, "This booking was moved: cancel the one in its place.", "bookingId")
    if found["status"] != BookingStatus.CANCELLED:
        await session.execute("bookings", "cancel_booking", booking_id, words)
        tell(session, found["lead_id"], booking_id)
    return booking_id


async def qualify(session: Session, lead_id: UUID) -> None:
    """Whoever books a call is qualified, unless they are a customer already, and hot; no campaign writes to them."""
    await end_enrollments(session, [lead_id], Standing(EnrollmentStatus.QUALIFIED, EnrollmentReason.BOOKED))
    await note_booking(session, lead_id, datetime.now(UTC))
    moved = await session.row("bookings", "qualify_lead", lead_id)
    if moved:
        await lead_changed(session, lead_id)
    if moved and moved["has_turned_hot"]:
        await lead_turned_hot(session, lead_id)


def tell(session: Session, lead_id: UUID, booking_id: UUID) -> None:
    session.announce(EventKind.BOOKING_CHANGED, lead_id=lead_id, booking_id=booking_id)


async def _book(session: Session, lead_id: UUID, facts: dict[str, Any]) -> UUID:
    booking_id = new_id()
    state = dict.fromkeys(STATE) | facts | {"status": BookingStatus.BOOKED, "booked_at": datetime.now(UTC)}
    named = (BookingProvider.MANUAL, str(booking_id), session.actor.member_id)
    await session.execute("bookings", "add_booking", booking_id, lead_id, *named, *state.values())
    await qualify(session, lead_id)
    tell(session, lead_id, booking_id)
    return booking_id


async def _lock(session: Session, booking_id: UUID, expected_version: int | None, *, at_hand: bool = True) -> Row:
    """The lead first, as everybody does, then the booking; refuses what is Cal.com's to change, and a stale reading."""
    session.actor.require(Permission.BOOKINGS_WRITE)
    lead_id = await session.value("bookings", "get_lead_of_booking", booking_id)
    if lead_id:
        await lock_lead(session, lead_id, at_hand=at_hand, field="bookingId")
    found = await session.row("bookings", "lock_booking", booking_id)
    if found is None:
        raise not_found("booking", "bookingId")
    if found["provider"] == BookingProvider.CAL:
        page = f": {found['page_url']}" if found["page_url"] else "."
        words = f"This call was booked on Cal.com, which would not know. Change it there{page}"
        raise Refusal(RefusalCode.CONFLICT, words, "bookingId")
    check_version(expected_version, found["version"], "booking")
    return found
