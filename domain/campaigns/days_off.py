"""Public holidays, on which nobody is written to."""

from datetime import date
from functools import lru_cache

from holidays import country_holidays

# Scotland keeps no Easter Monday, so the whole of the kingdom has none: but most who live there have.
_USUAL_SUBDIVISIONS = {"GB": "ENG"}


def is_day_off(day: date, country: str, subdivision: str | None = None) -> bool:
    """Where the subdivision is not known, what the whole country has off. A country nobody knows has none."""
    return day in _of_year(day.year, country, subdivision or _USUAL_SUBDIVISIONS.get(country))


@lru_cache(maxsize=1024)
def _of_year(year: int, country: str, subdivision: str | None) -> frozenset[date]:
    try:
        return frozenset(country_holidays(country, subdiv=subdivision, years=year))
    except NotImplementedError:  # which the library says of countries and of subdivisions it does not know
        return _of_year(year, country, None) if subdivision else frozenset()
