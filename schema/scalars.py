"""Scalars: values that are texts on the wire and more than texts in meaning."""

from datetime import UTC, date, datetime, time
from typing import NewType

import strawberry
from strawberry.types.scalar import ScalarDefinition

from domain.leads import normalize_phone

Cursor = NewType("Cursor", str)
PhoneNumber = NewType("PhoneNumber", str)
EmailAddress = NewType("EmailAddress", str)
JSON = NewType("JSON", object)


def _read_instant(text: str) -> datetime:
    instant = datetime.fromisoformat(_text(text))
    try:
        return instant.astimezone(UTC) if instant.tzinfo else instant.replace(tzinfo=UTC)
    except OverflowError:
        raise ValueError("This time lies before or after all that can be counted.") from None


def _read_time(text: object) -> time:
    found = time.fromisoformat(_text(text))
    if found.tzinfo or found.microsecond:
        raise ValueError("A time of day has hours, minutes and seconds, and no zone.")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("Expected a text.")
    return value


SCALARS: dict[object, ScalarDefinition] = {
    Cursor: strawberry.scalar(
        name="Cursor",
        description="A place in a list or in the feed. Opaque: keep it as it is and hand it back.",
        serialize=str,
        parse_value=_text,
    ),
    PhoneNumber: strawberry.scalar(
        name="PhoneNumber",
        description="A phone number in E.164, like +447700900123. Other spellings with a country code are understood.",
        serialize=str,
        parse_value=lambda value: normalize_phone(_text(value)),
    ),
    EmailAddress: strawberry.scalar(
        name="EmailAddress",
        description="An e-mail address, in lower case.",
        serialize=str,
        parse_value=lambda value: _text(value).lower(),
    ),
    JSON: strawberry.scalar(
        name="JSON",
        description="Any JSON value, whose shape is told by what stands beside it.",
        serialize=lambda value: value,
        parse_value=lambda value: value,
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day, like 2026-01-31.",
        serialize=date.isoformat,
        parse_value=lambda value: date.fromisoformat(_text(value)),
    ),
    time: strawberry.scalar(
        name="Time",
        description="A time of day, like 09:30:00.",
        serialize=time.isoformat,
        parse_value=_read_time,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant, RFC 3339 in UTC, like 2026-01-31T09:30:00+00:00.",
        serialize=datetime.isoformat,
        parse_value=_read_instant,
    ),
}
