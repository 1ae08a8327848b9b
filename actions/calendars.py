"""What a calendar tells of bookings: whose each is, and what became of it, in whatever order it is told."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from actions.bookings import qualify, tell
from actions.leads import NewLead, add_lead
from actions.locking import lock_lead, lock_leads
from db.session import Row, Session
from domain.bookings import (
    STATE,
    BookingNotice,
    BookingProvider,
    BookingStatus,
    amend,
    without_person,
)
from domain.ids import new_id
from domain.lead_facts import check_facts
from domain.leads import Lifecycle, Temperature
from domain.refusals import Refusal

SOURCE = "CAL"
# Cal.com makes up an e-mail address for whoever gives a number alone.
_MADE_UP = "@sms.cal.com"


@dataclass(frozen=True, slots=True)
class Recorded:
    """Whose booking it is. Of somebody who was erased nothing personal is kept, and the notice itself is not either."""

    lead_id: UUID
    is_erased: bool


async def record_notice(session: Session, notice: BookingNotice) -> Recorded | None:
    """Makes or amends the booking that Cal.com tells of. None where nobody knows yet when it is or whose.

    The lead is who the notice names, else whose booking it was already, else who has the address, else somebody new.
    """
    attendee = await _attendee(session, notice)
    # In the order of the parameters of `find_leads`.
    who = (notice.lead_id, attendee["email"], attendee["phone"], notice.rescheduled_from, notice.external_id)
    if candidates := await _find(session, who):
        await lock_leads(session, candidates, at_hand=False)
    found = await session.row("bookings", "lock_told_booking", notice.external_id)
    if found is None and notice.facts["starts_at"] is None:
        return None
    if not await _find(session, who):
        await _add_lead(session, attendee, notice.status)
    candidates = await _find(session, who)
    if not candidates:
        return None
    lead = await lock_lead(session, candidates[0], at_hand=False)
    lead_id, is_erased = lead["id"], bool(lead["erased_at"])
    await _keep(session, notice, found, lead_id, is_erased=is_erased)
    for row in await session.rows("bookings", "unite", notice.external_id, lead_id):
        tell(session, lead_id, row["id"])
    if notice.status is BookingStatus.BOOKED and not is_erased and not (found and found["booked_at"]):
        await qualify(session, lead_id)
    return Recorded(lead_id, is_erased)


async def _find(session: Session, who: tuple[Any, ...]) -> list[UUID]:
    """All whose booking it may be, the likeliest first."""
    return [row["id"] for row in await session.rows("bookings", "find_leads", *who)]


async def _attendee(session: Session, notice: BookingNotice) -> dict[str, str | None]:
    """Who booked, as leads have it; what no lead may have is left out."""
    country = await session.value("leads", "get_country")
    given = {"first_name": notice.first_name, "last_name": notice.last_name}
    given |= {name: notice.facts[f"attendee_{name}"] for name in ("email", "phone")}
    known = {name: _checked(name, value, country) for name, value in given.items()}
    return known | {"email": None} if (known["email"] or "").endswith(_MADE_UP) else known


def _checked(name: str, value: str | None, country: str) -> str | None:
    try:
        found: str | None = check_facts({name: value}, {}, country)[name]
    except Refusal:
        return None
    return found


async def _add_lead(session: Session, attendee: Mapping[str, Any], status: BookingStatus) -> None:
    """Nobody without an address; nor where somebody was quicker, who is there now."""
    if not attendee["email"] and not attendee["phone"]:
        return
    lead = NewLead(**attendee, source=SOURCE)
    if status is BookingStatus.BOOKED:
        lead = replace(lead, lifecycle=Lifecycle.QUALIFIED, temperature=Temperature.HOT)
    with suppress(Refusal):
        async with session.apart():
            await add_lead(session, lead)


async def _keep(session: Session, notice: BookingNotice, found: Row | None, lead_id: UUID, *, is_erased: bool) -> None:
    was = {name: found[name] for name in STATE} if found else None
    state = amend(was, notice)
    if was is None and await session.value("bookings", "is_rescheduled", notice.external_id):
        state["status"] = BookingStatus.RESCHEDULED
    if is_erased:
        state = without_person(state)
    booking_id = found["id"] if found else new_id()
    if was is None:
        named = (BookingProvider.CAL, notice.external_id, None)
        await session.execute("bookings", "add_booking", booking_id, lead_id, *named, *state.values())
    elif was != state:
        await session.execute("bookings", "change_booking", booking_id, *state.values())
    if was != state:
        tell(session, lead_id, booking_id)
    if notice.rescheduled_from:
        before = (BookingProvider.CAL, notice.rescheduled_from)
        for row in await session.rows("bookings", "mark_rescheduled", *before):
            tell(session, row["lead_id"], row["id"])
