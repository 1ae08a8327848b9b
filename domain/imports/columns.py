"""A column at a time: what is usual goes through in one stroke, the rest cell by cell, and both come out alike."""

from collections.abc import Callable, Sequence
from typing import Any

from domain.imports.addresses import take_email, take_linkedin, take_phone
from domain.imports.cells import Take, Troubles, nothing_said, take_custom, take_date, take_notes, take_tags, take_words
from domain.imports.dates import DateOrder
from domain.imports.fields import LONGEST_CUSTOM, Field, longest
from domain.imports.names import split_name
from domain.imports.problems import ProblemCode, report
from domain.phones import Phones
from domain.spreadsheets import unguard

Cells = Sequence[str]
# The problems of each row, which grow as its cells are taken.
TakeColumn = Callable[[Cells, Sequence[Troubles]], list[Any]]


def column_of(field: Field, phones: Phones, order: DateOrder) -> TakeColumn:
    """For a field that one column gives."""
    match field:
        case Field.PHONE:
            return _each(take_phone(phones))
        case Field.EMAIL:
            return _each(take_email)
        case Field.LINKEDIN_URL:
            return _each(take_linkedin)
        case Field.INQUIRY_DATE:
            return _each(take_date(order))
    return _words(take_words(field), longest(field), nothing_said(field))


def custom_column(slug: str) -> TakeColumn:
    return _words(take_custom(slug), LONGEST_CUSTOM, nothing_said(None))


def _each(take: Callable[[str, Troubles], Any]) -> TakeColumn:
    def take_each(cells: Cells, troubles: Sequence[Troubles]) -> list[Any]:
        return [
            take(cell if cell[0] != "'" else unguard(cell), reported) if cell else None
            for cell, reported in zip(cells, troubles, strict=True)
        ]

    return take_each


def _words(take: Take, most: int, nothing: frozenset[str]) -> TakeColumn:
    """Where nothing in the column has to be tidied, it is only stripped: looking at all of it at once is cheap."""
    one_by_one = _each(take)

    def take_all(cells: Cells, troubles: Sequence[Troubles]) -> list[Any]:
        texts = [cell.strip() for cell in cells]
        together = "".join(texts)
        if (
            together.isprintable()
            and "  " not in together
            and max(map(len, texts)) <= most
            and nothing.isdisjoint(map(str.lower, texts))
            and ("'" not in together or not any(text[:1] == "'" for text in texts))
        ):
            return [text or None for text in texts]
        return one_by_one(cells, troubles)

    return take_all


def take_all_tags(columns: Sequence[Cells], troubles: Sequence[Troubles]) -> list[list[str]]:
    """Of all the columns with tags together."""
    if not columns:
        return [[] for _ in troubles]
    return [
        take_tags(map(unguard, cells), reported) if any(cells) else []
        for cells, reported in zip(zip(*columns, strict=True), troubles, strict=True)
    ]


def take_all_notes(columns: Sequence[Cells], troubles: Sequence[Troubles]) -> list[str | None]:
    """Those of several columns one under another, as long as they are not too long together."""
    notes: list[str | None] = [None for _ in troubles]
    for cells in columns:
        taken = _each(take_notes)(cells, troubles)
        notes = [
            _joined(above, below, reported) if above and below else above or below
            for above, below, reported in zip(notes, taken, troubles, strict=True)
        ]
    return notes


def _joined(above: str, below: str, troubles: Troubles) -> str:
    together = f"{above}\n{below}"
    if len(together) <= longest(Field.NOTES):
        return together
    report(troubles, ProblemCode.TOO_LONG, Field.NOTES, below)
    return above


Names = Sequence[str | None]


def fill_names(first: Names, last: Names, cells: Cells, troubles: Sequence[Troubles]) -> tuple[Names, Names]:
    """Where a name is missing, from the full one; names with columns of their own stay."""
    full = _words(take_words(Field.FULL_NAME), longest(Field.FULL_NAME), nothing_said(Field.FULL_NAME))(cells, troubles)
    filled = [
        (own_first, own_last) if not name or (own_first and own_last) else _filled(own_first, own_last, name, reported)
        for own_first, own_last, name, reported in zip(first, last, full, troubles, strict=True)
    ]
    return [name for name, _ in filled], [name for _, name in filled]


def _filled(first: str | None, last: str | None, full: str, troubles: Troubles) -> tuple[str | None, str | None]:
    split = split_name(full)
    fitting = []
    for name, field in zip(split, (Field.FIRST_NAME, Field.LAST_NAME), strict=True):
        if name and len(name) > longest(field):
            report(troubles, ProblemCode.TOO_LONG, field, name)
            name = None
        fitting.append(name)
    return first or fitting[0], last or fitting[1]
