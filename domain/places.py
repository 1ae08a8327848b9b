"""What countries and time zones are called."""

import re
from functools import cache
from importlib import resources
from zoneinfo import available_timezones

from domain.refusals import bad_input


def check_country(text: str, field: str = "country") -> str:
    if not re.fullmatch("[A-Z]{2}", text):
        raise bad_input("A country is two capital letters (ISO 3166), like GB.", field)
    return text


def check_known_country(text: str, field: str = "country") -> str:
    """As `check_country`; refuses two letters that no country has, as UK."""
    if check_country(text, field) not in _countries():
        raise bad_input(f"There is no country {text}: take a code of ISO 3166, like GB.", field)
    return text


@cache
def _countries() -> frozenset[str]:
    """As tzdata lists them."""
    table = resources.files("tzdata").joinpath("zoneinfo", "iso3166.tab").read_text("utf-8")
    return frozenset(line[:2] for line in table.splitlines() if not line.startswith("#"))


def check_time_zone(text: str, field: str = "timeZone") -> str:
    if text not in available_timezones():
        raise bad_input("This is no time zone: take a name of the IANA database, like Europe/London.", field)
    return text
