"""A row → a person who could become a lead, or what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from domain.imports.addresses import take_email, take_linkedin, take_phone
from domain.imports.cells import Troubles, take_custom, take_date, take_notes, take_tags, take_words
from domain.imports.dates import DateOrder
from domain.imports.fields import Field, Target, longest
from domain.imports.names import split_name
from domain.imports.problems import Problem, ProblemCode, report
from domain.phones import Phones
from domain.spreadsheets import unguard


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
_EMAIL, _LINKEDIN = _SLOTS[Field.EMAIL], _SLOTS[Field.LINKEDIN_URL]
_RAW, _NOTES, _TAGS, _CUSTOM = (Candidate._fields.index(name) for name in ("phone_raw", "notes", "tags", "custom"))
_NONE = [None] * (len(Candidate._fields) - 2)
_LONGEST_RAW = 255


class Reader:
    """Reads rows of one file. The mapping becomes a list of steps once, because there are many rows."""

    def __init__(
        self, targets: Sequence[Target], policy: Policy, orders: Mapping[int, DateOrder] | None = None
    ) -> None:
        """`orders` are those of date columns, by their place; without one a day comes first."""
        self._width = len(targets)
        self._required = sorted(policy.required)
        self._phone = _places(targets, Field.PHONE)
        self._full = _places(targets, Field.FULL_NAME)
        self._tags, self._notes = _places(targets, Field.TAGS), _places(targets, Field.NOTES)
        self._customs = [(place, t.custom, take_custom(t.custom)) for place, t in enumerate(targets) if t.custom]
        phones = Phones(policy.region)
        self._steps = [
            (place, _SLOTS[t.field], _taking(t.field, phones, (orders or {}).get(place, DateOrder.DAY_FIRST)))
            for place, t in enumerate(targets)
            if t.field and t.field not in (Field.FULL_NAME, Field.TAGS, Field.NOTES)
        ]

    def read(self, row: int, cells: Sequence[str]) -> Candidate | Unfit:
        """What is wrong with a field that is not required leaves the field out; anything else makes the row unfit."""
        if len(cells) != self._width:
            if any(cell.strip() for cell in cells[self._width :]):
                return Unfit(row, [Problem(ProblemCode.MISALIGNED)])
            cells = [*cells, *[""] * (self._width - len(cells))]
        troubles: Troubles = []
        facts: list[Any] = [row, *_NONE, troubles]
        for place, slot, take in self._steps:
            if cell := cells[place]:
                facts[slot] = take(cell if cell[0] != "'" else unguard(cell), troubles)
        self._take_others(facts, cells, troubles)
        if self._is_unfit(facts, troubles):
            return Unfit(row, troubles)
        return Candidate._make(facts)

    def _take_others(self, facts: list[Any], cells: Sequence[str], troubles: Troubles) -> None:
        for place in self._phone:
            facts[_RAW] = cells[place].strip()[:_LONGEST_RAW] or None
        for place in self._full:
            _fill_names(facts, cells[place], troubles)
        facts[_TAGS] = take_tags([cells[place] for place in self._tags], troubles) if self._tags else []
        for place in self._notes:
            if cell := cells[place]:
                _add_note(facts, take_notes(unguard(cell), troubles), troubles)
        facts[_CUSTOM] = custom = {}
        for place, slug, take in self._customs:
            if (cell := cells[place]) and (value := take(unguard(cell), troubles)):
                custom[slug] = value

    def _is_unfit(self, facts: list[Any], troubles: Troubles) -> bool:
        """Reports what is missing, but for what is there and was reported as bad already."""
        missing = [wanted for wanted in self._required if not _is_there(wanted, facts)] if self._required else ()
        if missing:
            reported = {trouble.field for trouble in troubles}
            for wanted in missing:
                if wanted not in reported:
                    report(troubles, ProblemCode.MISSING, wanted)
        if facts[_PHONE] or facts[_EMAIL] or facts[_LINKEDIN]:
            return bool(missing)
        report(troubles, ProblemCode.UNREACHABLE, "")
        return True


def _add_note(facts: list[Any], note: str | None, troubles: Troubles) -> None:
    together = "\n".join(filter(None, (facts[_NOTES], note)))
    if len(together) > longest(Field.NOTES):
        report(troubles, ProblemCode.TOO_LONG, Field.NOTES, note or "")
    else:
        facts[_NOTES] = together or None


def _places(targets: Sequence[Target], wanted: Field) -> list[int]:
    return [place for place, target in enumerate(targets) if target.field is wanted]


def _taking(wanted: Field, phones: Phones, order: DateOrder) -> Callable[[str, Troubles], object]:
    match wanted:
        case Field.PHONE:
            return take_phone(phones)
        case Field.EMAIL:
            return take_email
        case Field.LINKEDIN_URL:
            return take_linkedin
        case Field.INQUIRY_DATE:
            return take_date(order)
    return take_words(wanted)


_take_full = take_words(Field.FULL_NAME)


def _fill_names(facts: list[Any], cell: str, troubles: Troubles) -> None:
    """Names that have columns of their own stay."""
    if facts[_FIRST] and facts[_LAST]:
        return
    full = _take_full(cell, troubles)
    if not full:
        return
    for slot, name, wanted in zip((_FIRST, _LAST), split_name(full), (Field.FIRST_NAME, Field.LAST_NAME), strict=True):
        if name and len(name) > longest(wanted):
            report(troubles, ProblemCode.TOO_LONG, wanted, name)
        else:
            facts[slot] = facts[slot] or name


def _is_there(wanted: Field, facts: list[Any]) -> bool:
    if wanted is Field.FULL_NAME:
        return bool(facts[_FIRST] or facts[_LAST])
    return bool(facts[_SLOTS[wanted]])
