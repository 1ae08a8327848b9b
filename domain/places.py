"""What countries and time zones are called."""

import re
from zoneinfo import available_timezones

from domain.refusals import bad_input


def check_country(text: str, field: str = "country") -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise bad_input("A country is two capital letters (ISO 3166), like GB.", field)
    return text


def check_time_zone(text: str, field: str = "timeZone") -> str:
    if text not in available_timezones():
        raise bad_input("This is no time zone: take a name of the IANA database, like Europe/London.", field)
    return text
