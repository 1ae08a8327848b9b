"""In which time zones somebody may be, and in which country."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from phonenumbers import (
    NumberParseException,
    PhoneNumber,
    parse,
    region_code_for_country_code,
    region_code_for_number,
)
from phonenumbers.timezone import time_zones_for_number

_NOWHERE = ("001", "ZZ")  # what numbers have that belong to no country


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Where a lead may be. Of several zones none is preferred: it is any of them. `subdivision` is ISO 3166-2's."""

    zones: tuple[str, ...]
    country: str
    subdivision: str | None = None


def whereabouts(
    time_zone: str | None,
    phone: str | None,
    country: str | None,
    *,
    organization_time_zone: str,
    organization_country: str,
    subdivision: str | None = None,
) -> Whereabouts:
    """Of a lead's facts the first that tells: the zone given, the phone's prefix, the country; else the organization's.

    `phone` is E.164. A number that could be used in several zones, as most mobile numbers of large countries, has all.
    """
    told = _told_by(phone)
    own_country = country or told.country
    zones = _known([time_zone or ""]) or told.zones or _of_country(own_country) or (organization_time_zone,)
    return Whereabouts(zones, own_country or organization_country, subdivision)


def country_of_phone(phone: str | None) -> str | None:
    """The ISO country a number belongs to; None where it belongs to none, or is none."""
    return _told_by(phone).country


class _Told(NamedTuple):
    country: str | None
    zones: tuple[str, ...]


@lru_cache(maxsize=4096)
def _told_by(phone: str | None) -> _Told:
    """Of one lead it is asked for each step several times over, and dear."""
    number = _parse(phone)
    return _Told(_country_of(number), _known(time_zones_for_number(number)) if number else ())


def _parse(phone: str | None) -> PhoneNumber | None:
    try:
        return parse(phone, None) if phone else None
    except NumberParseException:
        return None


def _country_of(number: PhoneNumber | None) -> str | None:
    if number is None:
        return None
    region = region_code_for_number(number) or region_code_for_country_code(number.country_code or 0)
    return None if region in _NOWHERE else region


def _of_country(country: str | None) -> tuple[str, ...]:
    return _known(_zones_by_country().get(country or "", ()))


def _known(zones: Iterable[str]) -> tuple[str, ...]:
    return tuple(zone for zone in zones if _is_known(zone))


@cache
def _is_known(zone: str) -> bool:
    """Not every machine has every zone of the newest list; a zone called Etc/Unknown no machine has."""
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@cache
def _zones_by_country() -> dict[str, list[str]]:
    """As the time zone database has them, which tzdata carries."""
    found = defaultdict(list)
    table = resources.files("tzdata").joinpath("zoneinfo", "zone.tab").read_text("utf-8")
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, zone, *_ = line.split("\t")
            found[country].append(zone)
    return dict(found)
