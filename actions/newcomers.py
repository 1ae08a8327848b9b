"""People of a file who become leads: made ready beforehand, and added by one statement in their final state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import orjson

from actions.finding import MANY
from db.session import Row, Session
from domain.ids import new_id, new_ids
from domain.importing import RowOutcome
from domain.imports.people import Candidate
from domain.imports.problems import Problem

_LONGEST_PLACE = 255


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who could be added; with whom they repeat, where they do, and what was wrong with their row."""

    person: Candidate
    problems: Sequence[Problem]
    repeats: UUID | None = None


@dataclass(frozen=True, slots=True)
class Newcomers:
    """People by their rows, in the order of the file; and with the lead each would be, as the statement reads them."""

    people: Mapping[int, Candidate]
    facts: Sequence[str]  # pieces of one list

    def after(self, *others: "Newcomers") -> "Newcomers":
        """All of them together."""
        people, facts = dict[int, Candidate](), list[str]()
        for newcomers in (*others, self):
            people |= newcomers.people
            facts += newcomers.facts
        return Newcomers(people, facts)


def prepare(outcome: RowOutcome, newcomers: Sequence[Newcomer]) -> Newcomers:
    """`outcome` is what becomes of the row of whoever is added."""
    count = len(newcomers)
    ids = zip(newcomers, new_ids(count), new_ids(count), strict=True)
    facts = as_json([_facts(one, id, outcome, row_id) for one, id, row_id in ids])
    return Newcomers({one.person.row: one.person for one in newcomers}, [facts[1:-1]] if newcomers else [])


async def add_newcomers(session: Session, job: Row, newcomers: Newcomers) -> set[int]:
    """The rows of those who were added, which are accounted for; the others have an address that is taken."""
    if not newcomers.people:
        return set()
    is_later = (job["total_rows"] or 0) > MANY
    given = (f"[{','.join(newcomers.facts)}]", job["dataset_id"], job["creator_id"], job["id"], is_later)
    return {row["row_number"] for row in await session.rows("imports", "add_people", *given)}


def _facts(one: Newcomer, id: UUID, outcome: RowOutcome, row_id: UUID) -> dict[str, Any]:
    return facts_of(one.person, id) | {
        "duplicate_of_id": one.repeats,
        "row_number": one.person.row,
        "row_id": row_id,
        "outcome": outcome,
        "problems": told(one.problems),
        "note": one.person.notes,
        "note_id": new_id() if one.person.notes else None,
    }


def facts_of(one: Candidate, id: UUID) -> dict[str, Any]:
    """As the statements read them."""
    return {
        "id": id,
        "first_name": one.first_name,
        "last_name": one.last_name,
        "company": one.company,
        "title": one.title,
        "industry": one.industry,
        "location": one.location or _place(one),
        "postcode": one.postcode,
        "country": one.country if _is_code(one.country) else None,
        "phone": one.phone,
        "raw_phone": one.phone_raw,
        "email": one.email,
        "linkedin_url": one.linkedin_url,
        "source": one.source or "IMPORT",
        "inquiry_date": one.inquiry_date,
        "tags": one.tags,
        "custom_fields": one.custom,
    }


def _place(one: Candidate) -> str | None:
    """Where they are, in words; a country that is no code is one of them."""
    country = None if _is_code(one.country) else one.country
    return ", ".join(part for part in (one.address, one.city, country) if part)[:_LONGEST_PLACE] or None


def _is_code(country: str | None) -> bool:
    return country is not None and len(country) == 2 and country.isascii() and country.isupper()


def told(problems: Sequence[Problem]) -> list[dict[str, Any]] | None:
    """As they are kept."""
    return [{"code": p.code, "field": p.field, "value": p.value} for p in problems] or None


def as_json(value: object) -> str:
    return orjson.dumps(value, default=str).decode()
