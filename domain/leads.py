"""What is known about a lead, and what a phone number is."""

import re
from enum import StrEnum

import phonenumbers

from domain.refusals import bad_input


class Lifecycle(StrEnum):
    NEW = "NEW"
    CONTACTED = "CONTACTED"
    ENGAGED = "ENGAGED"
    QUALIFIED = "QUALIFIED"
    CONVERTED = "CONVERTED"
    LOST = "LOST"


class Temperature(StrEnum):
    UNKNOWN = "UNKNOWN"
    COLD = "COLD"
    WARM = "WARM"
    HOT = "HOT"


class Sentiment(StrEnum):
    UNKNOWN = "UNKNOWN"
    POSITIVE = "POSITIVE"
    NEUTRAL = "NEUTRAL"
    NEGATIVE = "NEGATIVE"
    UNCLEAR = "UNCLEAR"


class ContactStatus(StrEnum):
    """Where a lead stands, in one word; the first that holds, in this order."""

    ARCHIVED = "ARCHIVED"
    REMOVED = "REMOVED"
    CONVERTED = "CONVERTED"
    CALL_BOOKED = "CALL_BOOKED"
    HOT = "HOT"
    WARM = "WARM"
    COLD = "COLD"
    CONTACTED_3 = "CONTACTED_3"
    CONTACTED_2 = "CONTACTED_2"
    CONTACTED_1 = "CONTACTED_1"
    READY = "READY"


_E164 = re.compile(r"\+[1-9][0-9]{4,14}")


def normalize_phone(text: str, region: str | None = None, field: str | None = None) -> str:
    """Any usual spelling → E.164. `region` is the ISO country that numbers without a + belong to."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise bad_input(f"{text!r} is not a phone number. Write it like +447700900123.", field) from None
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    # What can be dialled within a town alone is "possible" too, but nobody elsewhere reaches it.
    is_whole = phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE
    if not is_whole or not _E164.fullmatch(written):
        raise bad_input(f"{text!r} has too few or too many digits for a phone number.", field)
    return written
