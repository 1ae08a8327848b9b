"""Booked calls: their words, and what becomes of a booking by what its provider says of it, in whatever order."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID
from zoneinfo import available_timezones

from domain.refusals import bad_input
from domain.texts import check_characters


class BookingStatus(StrEnum):
    REQUESTED = "REQUESTED"
    BOOKED = "BOOKED"
    CANCELLED = "CANCELLED"
    RESCHEDULED = "RESCHEDULED"


class BookingProvider(StrEnum):
    CAL = "CAL"
    MANUAL = "MANUAL"


# What can still be moved or called off.
STANDING = (BookingStatus.REQUESTED, BookingStatus.BOOKED)
_ORDER = list(BookingStatus)

# What is known about a call. Most of it is personal; the rest says when it is.
FACTS = (
    "starts_at", "ends_at", "time_zone", "title", "notes", "meeting_url", "page_url", "attendee_name",
    "attendee_email", "attendee_phone",
)  # fmt: skip
PERSONAL = (*FACTS[3:], "cancel_reason")
STATE = ("status", *FACTS, "rescheduled_from", "booked_at", "cancelled_at", "cancel_reason", "told_at")

USUAL_LENGTH = timedelta(minutes=30)
_LONGEST_CALL, _FARTHEST = timedelta(hours=24), timedelta(days=730)
_LONGEST_TEXTS = {"title": 200, "notes": 2000, "reason": 500}
_WEB_ADDRESS = re.compile(r"https?://[^\s/]\S{0,1999}")

State: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class BookingNotice:
    """What a provider says became of a booking, and when; `status` is REQUESTED, BOOKED or CANCELLED.

    `rescheduled_from` is the provider's id of the booking this one takes the place of; `lead_id` the lead it names,
    which has yet to be found; `first_name` and `last_name` are the attendee's.
    """

    external_id: str
    status: BookingStatus
    told_at: datetime
    facts: dict[str, Any]
    rescheduled_from: str | None = None
    cancel_reason: str | None = None
    lead_id: UUID | None = None
    first_name: str | None = None
    last_name: str | None = None


def amend(was: State | None, notice: BookingNotice) -> dict[str, Any]:
    """The booking after a notice: the same in the end, in whatever order notices come and however often.

    The status goes forward, never back. Facts are those of the newest notice that makes a booking; a cancellation tells
    only what nobody had told. Of several cancellations the first counts.
    """
    now = {name: was[name] for name in STATE} if was else dict.fromkeys(STATE)
    now["status"] = max(notice.status, now["status"] or notice.status, key=_ORDER.index)
    now["rescheduled_from"] = now["rescheduled_from"] or notice.rescheduled_from
    if notice.status is BookingStatus.CANCELLED:
        if now["cancelled_at"] is None or notice.told_at < now["cancelled_at"]:
            now |= {"cancelled_at": notice.told_at, "cancel_reason": notice.cancel_reason}
        return now if was else now | notice.facts
    if notice.status is BookingStatus.BOOKED:
        now["booked_at"] = min(now["booked_at"] or notice.told_at, notice.told_at)
    return now | notice.facts | {"told_at": notice.told_at} if _is_newer(now, notice) else now


def _is_newer(now: State, notice: BookingNotice) -> bool:
    if now["told_at"] == notice.told_at:  # requested and booked in one instant: booked is the later
        return notice.status is BookingStatus.BOOKED
    return now["told_at"] is None or bool(notice.told_at > now["told_at"])


def without_person(state: State) -> dict[str, Any]:
    """What may be kept of a booking whose attendee's data was erased."""
    return dict(state) | dict.fromkeys(PERSONAL)


def check_times(
    starts_at: datetime, ends_at: datetime | None, now: datetime, usual: timedelta = USUAL_LENGTH
) -> tuple[datetime, datetime]:
    """From when until when, as long as `usual` unless told otherwise; refuses what is over, too far off or too long."""
    if not now < starts_at <= now + _FARTHEST:
        raise bad_input("A call is booked for a time to come, at most two years ahead.", "startsAt")
    ends = ends_at or starts_at + usual
    if not timedelta() < ends - starts_at <= _LONGEST_CALL:
        raise bad_input("A call ends after it has begun, within a day.", "endsAt")
    return starts_at, ends


def check_words(text: str | None, field: str) -> str | None:
    """A title, notes or a reason; an empty one is none."""
    words = check_characters((text or "").strip(), field)
    if len(words) > _LONGEST_TEXTS[field]:
        raise bad_input(f"This may have {_LONGEST_TEXTS[field]} characters.", field)
    return words or None


def check_meeting_url(text: str | None) -> str | None:
    address = check_characters((text or "").strip(), "meetingUrl")
    if address and not is_web_address(address):
        raise bad_input("An address begins with https:// or http://, and has at most 2,000 characters.", "meetingUrl")
    return address or None


def check_time_zone(text: str | None) -> str | None:
    if text and text not in available_timezones():
        raise bad_input("This is no time zone: take a name of the IANA database, like Europe/London.", "timeZone")
    return text or None


def is_web_address(text: str) -> bool:
    """Whether a page may make a link of it: nothing but http and https."""
    return bool(_WEB_ADDRESS.fullmatch(text))
