"""What a calendar tells of bookings: whose each is, and what became of it, in whatever order it is told."""

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
from domain.leads import Lifecycle, Temperature, normalize_phone
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
    email, phone = await _addresses(session, notice)
    # In the order of the parameters of `find_leads`.
    who = (notice.lead_id, email, phone, notice.rescheduled_from, notice.external_id)
    if candidates := await _find(session, who):
        await lock_leads(session, candidates, at_hand=False)
    found = await session.row("bookings", "lock_told_booking", notice.external_id)
    if found is None and notice.facts["starts_at"] is None:
        return None
    candidates = await _find(session, who) or await _add_lead(session, notice, who)
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


async def _addresses(session: Session, notice: BookingNotice) -> tuple[str | None, str | None]:
    """As leads have them; what is no address is none."""
    email, phone = notice.facts["attendee_email"], notice.facts["attendee_phone"]
    address = (email or "").strip().lower()
    local, _, domain = address.partition("@")
    is_address = local and domain and "@" not in domain and " " not in address and not address.endswith(_MADE_UP)
    try:
        number = normalize_phone(phone, await session.value("leads", "get_country")) if phone else None
    except Refusal:
        number = None
    return address if is_address else None, number


async def _add_lead(session: Session, notice: BookingNotice, who: tuple[Any, ...]) -> list[UUID]:
    """Nobody without an address; and whoever was quicker, where somebody was."""
    _, email, phone, *_ = who
    if not email and not phone:
        return []
    lead = NewLead(notice.first_name, notice.last_name, phone=phone, email=email, source=SOURCE)
    if notice.status is BookingStatus.BOOKED:
        lead = replace(lead, lifecycle=Lifecycle.QUALIFIED, temperature=Temperature.HOT)
    try:
        async with session.apart():
            return [await add_lead(session, lead)]
    except Refusal:
        return await _find(session, who)


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
