"""A row → a person who could become a lead, or what is wrong with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.imports.cells import Troubles
from domain.imports.columns import Cells, column_of, custom_column, fill_names, take_all_notes, take_all_tags
from domain.imports.dates import DateOrder
from domain.imports.fields import Field, Target
from domain.imports.problems import Problem, ProblemCode, report
from domain.phones import Phones


class Candidate(NamedTuple):
    """A person as a lead would have them, normalised; `problems` says what of the row was left out, and why."""

    row: int
    first_name: str | None
    last_name: str | None
    phone: str | None
    phone_raw: str | None
    email: str | None
    linkedin_url: str | None
    company: str | None
    title: str | None
    industry: str | None
    address: str | None
    postcode: str | None
    city: str | None
    country: str | None
    location: str | None
    source: str | None
    inquiry_date: date | None
    notes: str | None
    tags: list[str]
    custom: dict[str, str]
    problems: list[Problem]


class Unfit(NamedTuple):
    """A row of which nobody can be made."""

    row: int
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class Policy:
    """`region` is the country of numbers that name none; `required` are the fields without which a row is unfit."""

    region: str | None = None
    required: frozenset[Field] = field(default_factory=frozenset)


_SLOTS = {wanted: Candidate._fields.index(wanted.value.lower()) for wanted in Field if wanted is not Field.FULL_NAME}
_FIRST, _LAST, _PHONE = _SLOTS[Field.FIRST_NAME], _SLOTS[Field.LAST_NAME], _SLOTS[Field.PHONE]
_EMAIL, _LINKEDIN, _NOTES = _SLOTS[Field.EMAIL], _SLOTS[Field.LINKEDIN_URL], _SLOTS[Field.NOTES]
_RAW, _TAGS, _CUSTOM = (Candidate._fields.index(name) for name in ("phone_raw", "tags", "custom"))
_LONGEST_RAW = 255
_MISALIGNED = Problem(ProblemCode.MISALIGNED)

Row = tuple[int, Sequence[str]]
Facts = list[Sequence[Any]]  # a column for each field of a candidate


class Reader:
    """Reads rows of one file, some hundreds at a time: a column in one stroke is twice as fast as cell by cell."""

    def __init__(
        self, targets: Sequence[Target], policy: Policy, orders: Mapping[int, DateOrder] | None = None
    ) -> None:
        """`orders` are those of date columns, by their place; without one a day comes first."""
        self._blank = [""] * len(targets)
        self._required = sorted(policy.required)
        self._phone, self._full = _places(targets, Field.PHONE), _places(targets, Field.FULL_NAME)
        self._notes, self._tags = _places(targets, Field.NOTES), _places(targets, Field.TAGS)
        self._customs = [(place, t.custom, custom_column(t.custom)) for place, t in enumerate(targets) if t.custom]
        phones, orders = Phones(policy.region), orders or {}
        self._single = [
            (place, _SLOTS[t.field], column_of(t.field, phones, orders.get(place, DateOrder.DAY_FIRST)))
            for place, t in enumerate(targets)
            if t.field and t.field not in (Field.FULL_NAME, Field.TAGS, Field.NOTES)
        ]

    def read(self, rows: Sequence[Row]) -> list[Candidate | Unfit]:
        """What is wrong with a field that is not required leaves the field out; anything else makes the row unfit."""
        if not rows:
            return []
        misaligned = {place for place, (_, cells) in enumerate(rows) if self._is_misaligned(cells)}
        aligned = [self._blank if place in misaligned else self._align(cells) for place, (_, cells) in enumerate(rows)]
        troubles: list[Troubles] = [[] for _ in rows]
        facts = self._take([number for number, _ in rows], list(zip(*aligned, strict=True)), troubles)
        people: list[Candidate | Unfit] = list(map(Candidate._make, zip(*facts, strict=True)))
        for place in self._find_unfit(facts, troubles):
            people[place] = Unfit(rows[place][0], [_MISALIGNED] if place in misaligned else troubles[place])
        return people

    def _is_misaligned(self, cells: Sequence[str]) -> bool:
        width = len(self._blank)
        return len(cells) > width and any(cell.strip() for cell in cells[width:])

    def _align(self, cells: Sequence[str]) -> Sequence[str]:
        width = len(self._blank)
        return cells if len(cells) == width else [*cells[:width], *self._blank[len(cells) :]]

    def _take(self, numbers: list[int], columns: Sequence[Cells], troubles: list[Troubles]) -> Facts:
        facts: Facts = [[None] * len(numbers)] * len(Candidate._fields)
        facts[0], facts[-1] = numbers, troubles
        for place, slot, take in self._single:
            facts[slot] = take(columns[place], troubles)
        for place in self._phone:
            facts[_RAW] = [cell.strip()[:_LONGEST_RAW] or None for cell in columns[place]]
        for place in self._full:
            facts[_FIRST], facts[_LAST] = fill_names(facts[_FIRST], facts[_LAST], columns[place], troubles)
        facts[_NOTES] = take_all_notes([columns[place] for place in self._notes], troubles)
        facts[_TAGS] = take_all_tags([columns[place] for place in self._tags], troubles)
        facts[_CUSTOM] = self._take_customs(columns, troubles)
        return facts

    def _take_customs(self, columns: Sequence[Cells], troubles: list[Troubles]) -> list[dict[str, str]]:
        slugs = [slug for _, slug, _ in self._customs]
        taken = [take(columns[place], troubles) for place, _, take in self._customs]
        if not taken:
            return [{} for _ in troubles]
        return [
            {slug: value for slug, value in zip(slugs, values, strict=True) if value}
            for values in zip(*taken, strict=True)
        ]

    def _find_unfit(self, facts: Facts, troubles: list[Troubles]) -> set[int]:
        """Reports what is missing, but for what is there and was reported as bad already."""
        unfit = set()
        for wanted in self._required:
            columns = (facts[_FIRST], facts[_LAST]) if wanted is Field.FULL_NAME else (facts[_SLOTS[wanted]],)
            for place in _empty(columns):
                unfit.add(place)
                if all(reported.field != wanted for reported in troubles[place]):
                    report(troubles[place], ProblemCode.MISSING, wanted)
        for place in _empty((facts[_PHONE], facts[_EMAIL], facts[_LINKEDIN])):
            unfit.add(place)
            report(troubles[place], ProblemCode.UNREACHABLE, "")
        return unfit


def _places(targets: Sequence[Target], wanted: Field) -> list[int]:
    return [place for place, target in enumerate(targets) if target.field is wanted]


def _empty(columns: Sequence[Sequence[Any]]) -> list[int]:
    """The rows in which none of the columns has anything."""
    return [place for place, values in enumerate(zip(*columns, strict=True)) if not any(values)]
