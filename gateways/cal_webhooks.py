"""What Cal.com posts to us: whether it is genuine, which booking it tells of, and what became of that."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID
from zoneinfo import available_timezones

from domain.bookings import BookingNotice, BookingStatus, is_web_address
from domain.ids import read_id
from domain.refusals import Refusal
from gateways.posted import read_object

LEAD_KEY = "rekindleLead"  # what a booking link carries, and a booking's webhooks bring back

# Rejected is what was requested, and not confirmed. The other events change nothing about a booking that we keep: a
# meeting that has ended has reached its end.
_STATUSES = {
    "BOOKING_REQUESTED": BookingStatus.REQUESTED,
    "BOOKING_CREATED": BookingStatus.BOOKED,
    "BOOKING_RESCHEDULED": BookingStatus.BOOKED,
    "BOOKING_CANCELLED": BookingStatus.CANCELLED,
    "BOOKING_REJECTED": BookingStatus.CANCELLED,
}
_LONGEST, _LONGEST_NOTES, _LONGEST_UID = 320, 2000, 200
_PHONES = ("attendeePhoneNumber", "phone", "smsReminderNumber")


def sign(body: bytes, secret: str) -> str:
    """The X-Cal-Signature-256 of exactly this body."""
    return hmac.new(secret.encode("utf-8", "surrogatepass"), body, hashlib.sha256).hexdigest()


def is_genuine(body: bytes, signature: str, secret: str) -> bool:
    """Whether the holder of the secret posted this body."""
    return hmac.compare_digest(sign(body, secret).encode(), signature.encode())


def read_webhook(body: bytes) -> dict[str, Any]:
    """The JSON of a webhook, without characters that no database can keep; ValueError where it is none of Cal.com's."""
    read = read_object(body)
    if not isinstance(read.get("triggerEvent"), str):
        raise ValueError("This is not what Cal.com sends: leave its payload template as it is.")
    return read


def booking_of(fields: Mapping[str, Any]) -> str | None:
    """The uid of the booking it tells something of that we keep; None for all else, as a test of the address.

    An event with seats is no call with a lead: all who come share one uid.
    """
    payload = _object(fields.get("payload"))
    if fields["triggerEvent"] not in _STATUSES or payload.get("seatsPerTimeSlot"):
        return None
    return _text(payload.get("uid"), _LONGEST_UID)


def read_notice(fields: Mapping[str, Any], received_at: datetime) -> BookingNotice:
    """What a webhook says that tells of a booking. ValueError where it does not say when that is."""
    payload, uid = _object(fields["payload"]), booking_of(fields)
    assert uid, "this tells of no booking"
    status, attendee = _STATUSES[fields["triggerEvent"]], _attendee(payload)
    starts_at = _instant(payload.get("startTime"))
    if starts_at is None and status is not BookingStatus.CANCELLED:
        raise ValueError("A booking without a start.")
    name = _text(attendee.get("name"), _LONGEST)
    before = _text(payload.get("rescheduleUid"), _LONGEST_UID)
    return BookingNotice(
        uid,
        status,
        _instant(fields.get("createdAt")) or received_at,
        {
            "starts_at": starts_at,
            "ends_at": _end(payload, starts_at),
            "time_zone": _time_zone(attendee.get("timeZone")),
            "title": _text(payload.get("title"), _LONGEST),
            "notes": _text(payload.get("additionalNotes"), _LONGEST_NOTES),
            "meeting_url": _meeting_url(payload),
            "page_url": _page_url(payload, uid),
            "attendee_name": name,
            "attendee_email": _text(attendee.get("email"), _LONGEST),
            "attendee_phone": _phone(payload, attendee),
        },
        rescheduled_from=before if before != uid and status is not BookingStatus.CANCELLED else None,
        cancel_reason=_text(payload.get("cancellationReason") or payload.get("rejectionReason"), _LONGEST_NOTES),
        lead_id=_lead_id(payload),
        first_name=_text(attendee.get("firstName"), _LONGEST) or (name and name.partition(" ")[0]),
        last_name=_text(attendee.get("lastName"), _LONGEST) or (name and name.partition(" ")[2].strip()) or None,
    )


def _attendee(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Who booked is the first of those who come; what is missing there may have been answered in the form."""
    attendees = payload.get("attendees")
    first = _object(attendees[0]) if isinstance(attendees, list) and attendees else {}
    answered = next(_answers(payload, "name"), None)
    parts = [part for key in ("firstName", "lastName") if (part := _text(_object(answered).get(key), _LONGEST))]
    usual = {"name": " ".join(parts) or answered, "email": next(_answers(payload, "email"), None)}
    return usual | {key: value for key, value in first.items() if value}


def _answers(payload: Mapping[str, Any], question: str) -> Iterator[Any]:
    """What was answered in the form: as Cal.com writes it today, or plain."""
    for form in ("responses", "userFieldsResponses"):
        answer = _object(payload.get(form)).get(question)
        yield answer.get("value") if isinstance(answer, dict) else answer


def _phone(payload: Mapping[str, Any], attendee: Mapping[str, Any]) -> str | None:
    """The first of the places a number may stand in: beside the name, in the form, or as where to call."""
    places = [attendee.get("phoneNumber"), *(answer for name in _PHONES for answer in _answers(payload, name))]
    places.append(payload.get("smsReminderNumber"))
    for answer in map(_object, _answers(payload, "location")):
        places.append(answer.get("optionValue") if answer.get("value") == "phone" else None)
    return next((text for place in places if (text := _text(place, _LONGEST))), None)


def _meeting_url(payload: Mapping[str, Any]) -> str | None:
    places = (_object(payload.get("metadata")).get("videoCallUrl"), _object(payload.get("videoCallData")).get("url"))
    texts = (_text(place, _LONGEST_NOTES) for place in (*places, payload.get("location")))
    return next((text for text in texts if text and is_web_address(text)), None)


def _page_url(payload: Mapping[str, Any], uid: str) -> str | None:
    """Where who booked, and who hosts, can move and cancel it."""
    site = _text(payload.get("bookerUrl"), _LONGEST)
    return f"{site.rstrip('/')}/booking/{quote(uid, safe='')}" if site and is_web_address(site) else None


def _lead_id(payload: Mapping[str, Any]) -> UUID | None:
    places = [_object(payload.get("metadata")).get(LEAD_KEY), *_answers(payload, LEAD_KEY)]
    for text in (text for place in places if (text := _text(place, _LONGEST))):
        try:
            return read_id("lead", text)
        except Refusal:
            continue
    return None


def _end(payload: Mapping[str, Any], starts_at: datetime | None) -> datetime | None:
    ends_at, length = _instant(payload.get("endTime")), payload.get("length")
    if starts_at and ends_at is None and isinstance(length, int):
        ends_at = starts_at + timedelta(minutes=length)
    return max(starts_at, ends_at or starts_at) if starts_at else None


def _instant(value: Any) -> datetime | None:
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return read and (read.astimezone(UTC) if read.tzinfo else read.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def _time_zone(value: Any) -> str | None:
    return value if isinstance(value, str) and value in available_timezones() else None


def _text(value: Any, longest: int) -> str | None:
    return value.strip()[:longest] or None if isinstance(value, str) else None


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
