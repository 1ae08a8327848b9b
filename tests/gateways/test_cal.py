"""Cal.com's webhooks as they come: signatures, every place a fact may stand in, and what is none of theirs (S1.7)."""

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.bookings import FACTS, BookingStatus
from domain.ids import new_id
from gateways.cal_webhooks import booking_of, is_genuine, read_notice, read_webhook, sign
from tests.play.calendar import SITE, Invitee, booking, told

NOW = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANN = Invitee("Ann van Lee", "Ann@Example.com", "+447700900123")


def read(event: str = "BOOKING_CREATED", at: datetime | None = NOW, **payload: Any) -> Any:
    body = told(event, booking(ANN, "uid", NOW) | payload, at)
    return read_notice(read_webhook(body), NOW)


def test_a_signature_is_the_hex_hmac_of_the_raw_body() -> None:
    body, secret = b'{"a": 1}', "s\u00e9cret"
    assert sign(body, secret) == hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    assert is_genuine(body, sign(body, secret), secret)
    for other in (
        sign(body, "another"),
        sign(b'{"a":1}', secret),
        "",
        "no-secret-provided",
        "é",
        sign(body, secret)[:-1],
    ):
        assert not is_genuine(body, other, secret), other


def test_what_a_booking_says() -> None:
    found = read(metadata={"videoCallUrl": "https://meet.example.com/x"})
    assert (found.external_id, found.status, found.told_at) == ("uid", BookingStatus.BOOKED, NOW)
    assert set(found.facts) == set(FACTS)
    assert found.facts == {
        "starts_at": NOW,
        "ends_at": NOW + timedelta(minutes=30),
        "time_zone": "Europe/Paris",
        "title": "30min between Sam and Ann van Lee",
        "notes": "It is about the roof.",
        "meeting_url": "https://meet.example.com/x",
        "page_url": f"{SITE}/booking/uid",
        "attendee_name": "Ann van Lee",
        "attendee_email": "Ann@Example.com",
        "attendee_phone": "+447700900123",
    }
    assert (found.first_name, found.last_name) == ("Ann", "van Lee")
    assert (found.rescheduled_from, found.cancel_reason, found.lead_id) == (None, None, None)


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ("BOOKING_REQUESTED", BookingStatus.REQUESTED),
        ("BOOKING_CREATED", BookingStatus.BOOKED),
        ("BOOKING_RESCHEDULED", BookingStatus.BOOKED),
        ("BOOKING_CANCELLED", BookingStatus.CANCELLED),
        ("BOOKING_REJECTED", BookingStatus.CANCELLED),
    ],
)
def test_events_that_change_a_booking(event: str, status: BookingStatus) -> None:
    assert read(event).status is status


@pytest.mark.parametrize(
    "event",
    ["PING", "MEETING_STARTED", "MEETING_ENDED", "BOOKING_NO_SHOW_UPDATED", "RECORDING_READY", "OOO_CREATED", "?"],
)
def test_events_that_change_none(event: str) -> None:
    assert booking_of(read_webhook(told(event, booking(ANN, "uid", NOW)))) is None


def test_what_tells_of_no_booking_we_keep() -> None:
    """A test of the address has no uid, meetings that end are flat, and who share seats share one uid."""
    without = {key: value for key, value in booking(ANN, "", NOW).items() if key != "uid"}
    flat = json.dumps({"triggerEvent": "MEETING_ENDED", "uid": "uid", "startTime": NOW.isoformat()}).encode()
    bodies = [
        told("BOOKING_CREATED", without),
        told("BOOKING_CREATED", booking(ANN, "", NOW)),
        told("BOOKING_CREATED", booking(ANN, "uid", NOW, seatsPerTimeSlot=10)),
        flat,
        json.dumps({"triggerEvent": "BOOKING_CREATED", "payload": ["uid"]}).encode(),
        json.dumps({"triggerEvent": "BOOKING_CREATED"}).encode(),
    ]
    assert [booking_of(read_webhook(body)) for body in bodies] == [None] * len(bodies)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"BOOKING_CREATED"',
        b"{}",
        b'{"triggerEvent": 1}',
        b'{"triggerEvent": "PING"',
        b'{"triggerEvent": "PING", "x": NaN}',
        b'{"triggerEvent": "PING", "x": 1e999}',
        b'{"triggerEvent": "PING", "x": ' + b"9" * 5000 + b"}",
        b"\xff\xfe\x00",
        b'{"triggerEvent": "PING", "x": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
)
def test_what_is_no_webhook_of_theirs(body: bytes) -> None:
    with pytest.raises(ValueError):
        read_webhook(body)


def test_characters_that_no_database_keeps_are_replaced() -> None:
    body = rb'{"triggerEvent": "PING", "payload": {"a\u0000": ["x\ud83dy", "\u0000"], "n": 1, "b": true, "z": null}}'
    payload = read_webhook(body)["payload"]
    assert payload == {"a\ufffd": ["x?y", "\ufffd"], "n": 1, "b": True, "z": None}


LEAD = new_id()
PLACES: dict[str, tuple[dict[str, Any], str, Any]] = {
    "the end from the length": ({"endTime": None, "length": 45}, "ends_at", NOW + timedelta(minutes=45)),
    "no end at all": ({"endTime": None, "length": None}, "ends_at", NOW),
    "an end before the start": ({"endTime": (NOW - timedelta(days=1)).isoformat()}, "ends_at", NOW),
    "an offset": ({"startTime": "2026-03-01T10:00:00+01:00"}, "starts_at", NOW),
    "a Z": ({"startTime": "2026-03-01T09:00:00.000Z"}, "starts_at", NOW),
    "no zone": ({"startTime": "2026-03-01T09:00:00"}, "starts_at", NOW),
    "a video call": (
        {"videoCallData": {"url": "https://video.example.com/1"}},
        "meeting_url",
        "https://video.example.com/1",
    ),
    "a link for a place": ({"location": "https://zoom.example.com/2"}, "meeting_url", "https://zoom.example.com/2"),
    "a place that is none": ({"location": "integrations:daily"}, "meeting_url", None),
    "a link that runs": ({"metadata": {"videoCallUrl": "javascript:alert(1)"}}, "meeting_url", None),
    "no site": ({"bookerUrl": None}, "page_url", None),
    "a site that runs": ({"bookerUrl": "javascript:alert(1)//"}, "page_url", None),
    "a uid that is a path": ({"uid": "../x?y"}, "page_url", f"{SITE}/booking/..%2Fx%3Fy"),
    "no notes": ({"additionalNotes": "  "}, "notes", None),
    "long notes": ({"additionalNotes": "x" * 9000}, "notes", "x" * 2000),
    "numbers for texts": ({"title": 7}, "title", None),
    "no zone of theirs": ({"attendees": [{"email": "a@b.c", "timeZone": "Mars/Base"}]}, "time_zone", None),
    "a number in the form": (
        {"attendees": [], "responses": {"attendeePhoneNumber": {"label": "phone", "value": "07700 900124"}}},
        "attendee_phone",
        "07700 900124",
    ),
    "a number for reminders": (
        {"attendees": [], "smsReminderNumber": "+447700900125"},
        "attendee_phone",
        "+447700900125",
    ),
    "where to call": (
        {"attendees": [], "responses": {"location": {"value": {"value": "phone", "optionValue": "+447700900126"}}}},
        "attendee_phone",
        "+447700900126",
    ),
    "where to go": (
        {
            "attendees": [],
            "responses": {"location": {"value": {"value": "attendeeInPerson", "optionValue": "12 High St"}}},
        },
        "attendee_phone",
        None,
    ),
    "answers alone": ({"attendees": None}, "attendee_email", "Ann@Example.com"),
    "plain answers": ({"attendees": [], "responses": {"email": "b@example.com"}}, "attendee_email", "b@example.com"),
    "a name in two": (
        {"attendees": [], "responses": {"name": {"value": {"firstName": "Bo", "lastName": "Ek"}}}},
        "attendee_name",
        "Bo Ek",
    ),
    "nobody": ({"attendees": [None], "responses": []}, "attendee_name", None),
}


@pytest.mark.parametrize("place", PLACES)
def test_every_place_a_fact_may_stand_in(place: str) -> None:
    payload, name, wanted = PLACES[place]
    assert read(**payload).facts[name] == wanted


@pytest.mark.parametrize(
    ("payload", "names"),
    [
        ({"metadata": {"rekindleLead": f"lead_{LEAD}"}}, LEAD),
        ({"responses": {"rekindleLead": {"label": "x", "value": f"lead_{LEAD}"}}}, LEAD),
        ({"userFieldsResponses": {"rekindleLead": {"value": f"lead_{LEAD}"}}}, LEAD),
        ({"metadata": {"rekindleLead": "nonsense"}, "responses": {"rekindleLead": f"lead_{LEAD}"}}, LEAD),
        ({"metadata": {"rekindleLead": f"member_{LEAD}"}}, None),
        ({"metadata": {"rekindleLead": {"a": 1}}}, None),
        ({"metadata": {"rekindleLead": "lead_"}}, None),
    ],
)
def test_the_lead_that_a_link_was_given_to(payload: dict[str, Any], names: Any) -> None:
    assert read(**payload).lead_id == names


def test_what_was_moved_and_why_not() -> None:
    assert read("BOOKING_RESCHEDULED", rescheduleUid="before").rescheduled_from == "before"
    assert read("BOOKING_RESCHEDULED", rescheduleUid="uid").rescheduled_from is None, "moved in its place"
    assert read("BOOKING_CANCELLED", rescheduleUid="uid2").rescheduled_from is None, "to be moved by who was invited"
    assert read("BOOKING_CANCELLED", cancellationReason="I am ill.").cancel_reason == "I am ill."
    assert read("BOOKING_REJECTED", rejectionReason="No time.").cancel_reason == "No time."


def test_a_name_in_parts_and_a_name_in_one_word() -> None:
    parts = {"email": "x@example.com", "name": "Maria del Mar Ruiz", "firstName": "Maria del Mar", "lastName": "Ruiz"}
    found = read(attendees=[parts])
    assert (found.first_name, found.last_name) == ("Maria del Mar", "Ruiz")
    single = read(attendees=[{"email": "x@example.com", "name": "Cher", "firstName": "", "lastName": ""}])
    assert (single.first_name, single.last_name) == ("Cher", None)


def test_without_a_start_it_is_no_booking_but_may_be_a_cancellation() -> None:
    for nothing in (None, "", "tomorrow", 5, "9999-12-31T23:59:59-23:00"):
        with pytest.raises(ValueError, match="without a start"):
            read(startTime=nothing)
        found = read("BOOKING_CANCELLED", startTime=nothing)
        assert (found.facts["starts_at"], found.facts["ends_at"]) == (None, None)


def test_when_it_was_told_is_when_it_came_where_nothing_is_said() -> None:
    fields = read_webhook(told("BOOKING_CREATED", booking(ANN, "uid", NOW))) | {"createdAt": "soon"}
    assert read_notice(fields, NOW).told_at == NOW
