"""The leads of the demo as they are added: what is authored of them, and what varies with their place in the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from actions.leads import NewLead
from domain.leads import Lifecycle, Temperature

_SOURCES = ("WEBSITE", "REFERRAL", "CSV_IMPORT", "MANUAL")
_TITLES = ("Owner", "Managing Director", "Office Manager")
_WITHOUT_PHONE = 6  # one lead in so many, once the scenes have theirs
_WITH_NOTE = 3
_FIRST_INQUIRY, _DAYS_BETWEEN = date(2023, 2, 6), 17
_STAGES = {Lifecycle.NEW: 0, Lifecycle.QUALIFIED: 2, Lifecycle.CONVERTED: 3}  # of the usual ones; else the second


@dataclass(frozen=True, slots=True)
class Book:
    """`entries` read "First Last" or "First Last, Company"; a company may have an industry. `towns` are names with the
    beginnings of postcodes; `asked` is what they had in mind.
    """

    entries: Sequence[str]
    tags: Sequence[str]
    towns: Sequence[tuple[str, str]]
    industries: dict[str, str]
    asked: Sequence[dict[str, Any]]
    notes: Sequence[str]

    def leads(self, scenes: int, phones: Sequence[str]) -> tuple[NewLead, ...]:
        return tuple(
            self._lead(place, None if place >= scenes and place % _WITHOUT_PHONE == 0 else phones[place])
            for place in range(len(self.entries))
        )

    def _lead(self, place: int, phone: str | None) -> NewLead:
        name, _, company = self.entries[place].partition(", ")
        first, last = name.split(" ", 1)
        dotted = f"{first}.{last}".lower().replace("'", "").replace(" ", "")
        return NewLead(
            first_name=first,
            last_name=last,
            company=company or None,
            phone=phone,
            email=f"{dotted}@example.{'com' if company else 'org'}" if not phone or place % 3 else None,
            linkedin_url=f"https://www.linkedin.com/in/{dotted.replace('.', '-')}" if company else None,
            source=_SOURCES[place % len(_SOURCES)],
            tags=[self.tags[place % len(self.tags)], self.tags[(place * 3 + 1) % len(self.tags)]][: place % 3],
            lifecycle=tuple(Lifecycle)[place * 5 % len(Lifecycle)],
            temperature=tuple(Temperature)[place * 3 % len(Temperature)],
            note=self.notes[place // _WITH_NOTE % len(self.notes)] if place % _WITH_NOTE == 0 else None,
            facts=self._facts(place, company),
        )

    def _facts(self, place: int, company: str) -> dict[str, Any]:
        town, postcode = self.towns[place % len(self.towns)]
        facts = {
            "location": town,
            "postcode": postcode,
            "inquiry_date": _FIRST_INQUIRY + timedelta(days=place * _DAYS_BETWEEN),
            "custom_fields": self.asked[place % len(self.asked)],
        }
        if company:
            facts |= {"title": _TITLES[place % len(_TITLES)], "industry": self.industries.get(company)}
        if _SOURCES[place % len(_SOURCES)] == "WEBSITE":
            facts |= {"utm_source": "google", "utm_medium": "cpc"}
        return facts


def stage_of(lead: NewLead) -> int:
    """Where a lead stands among the usual stages."""
    return _STAGES.get(lead.lifecycle, 1)
