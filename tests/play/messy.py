"""A messy list of leads, as people keep them, and the truth about every row of it."""

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import Enum, auto
from pathlib import Path
from typing import Any

from domain.imports.fields import Field
from tests.play.workbooks import Cell, write_workbook

REGION = "GB"
# In German, with one phone too many, a column nobody knows and one that is empty.
HEADER = [
    "Vorname", "Nachname", "Handy-Nr.", "Telefon geschäftlich", "E-Mail-Adresse", "Firma", "PLZ", "Ort",
    "Anfrage vom", "Bemerkung", "Schlagworte", "Dachfläche", "",
]  # fmt: skip
REQUIRED = frozenset({Field.FIRST_NAME})

_FIRST = ["Ann", "Zoë", "Jürgen", "Søren", "Mary-Jane", "José", "Weiß", "O", "Łukasz", "Max"]
_LAST = ["Smith", "Müller", "O'Brien", "van der Berg", "Nuñez", "Šimić", "Null", "Na", "Öztürk", "Black"]
_TOWNS = [("SW1A 1AA", "London"), ("01067", "Dresden"), ("M1 1AE", "Manchester"), ("8001", "Zürich")]
_NO_PHONES = ["n/a", "-", "keine", "0", ""]
_BAD_PHONES = ["12345", "ring the office", "07700 90", "4.47701E+11", "+44 7700 900123 900124 900125"]
_BAD_EMAILS = ["ann(at)example.com", "ann@", "@example.com", "ann@example", "a b@c.d"]


class Fate(Enum):
    """What should become of a row."""

    FINE = auto()
    AGAIN = auto()  # somebody who was there before, with the number spelt otherwise
    BAD_PHONE = auto()  # and an e-mail, so that the person can be reached
    BAD_EMAIL = auto()  # and a phone
    UNREACHABLE = auto()
    NAMELESS = auto()
    SHIFTED = auto()  # a cell too many


_WEIGHTS = {
    Fate.FINE: 80, Fate.AGAIN: 8, Fate.BAD_PHONE: 4, Fate.BAD_EMAIL: 3, Fate.UNREACHABLE: 2, Fate.NAMELESS: 2,
    Fate.SHIFTED: 1,
}  # fmt: skip
_LEADS = (Fate.FINE, Fate.AGAIN, Fate.BAD_PHONE, Fate.BAD_EMAIL)


@dataclass(frozen=True, slots=True)
class Truth:
    """The row's number in the file, what should become of it, and, where it is a lead, its facts."""

    row: int
    fate: Fate
    facts: dict[str, object] = field(default_factory=dict)


class Messy:
    """`rows` makes them anew each time, the same ones for the same seed, and fills `truths` meanwhile.

    Two lists that begin at different numbers have people in common only as far as their numbers go over one another.
    """

    def __init__(
        self, count: int, *, seed: int = 1, first: int = 0, for_excel: bool = False, encoding: str = "utf-8"
    ) -> None:
        self.truths: list[Truth] = []
        self._count = count
        self._seed = seed
        self._first_number = first
        self._for_excel = for_excel
        self._first = [name for name in _FIRST if _can_be_spelt(name, encoding)]
        self._last = [name for name in _LAST if _can_be_spelt(name, encoding)]

    def rows(self) -> Iterator[list[Cell]]:
        """With a title above the header, and blank rows here and there."""
        chance = random.Random(self._seed)
        self.truths.clear()
        yield ["Kundenliste, Stand heute"]
        yield []
        yield list(HEADER)
        number, phones = 3, [7_100_000_000 + 2_500 * self._first_number]
        for _ in range(self._count):
            if chance.random() < 0.01:
                number += 1
                yield []
            number += 1
            fate = chance.choices(list(_WEIGHTS), list(_WEIGHTS.values()))[0]
            if fate in (Fate.FINE, Fate.BAD_EMAIL):
                phones.append(phones[-1] + chance.randrange(1, 5000))
            phone = chance.choice(phones) if fate is Fate.AGAIN else phones[-1]
            facts = self._facts(chance, number, fate, phone)
            self.truths.append(Truth(number, fate, facts if fate in _LEADS else {}))
            yield self._row(chance, number, fate, facts)

    def _facts(self, chance: random.Random, number: int, fate: Fate, phone: int) -> dict[str, Any]:
        postcode, town = chance.choice(_TOWNS)
        return {
            "first_name": chance.choice(self._first),
            "last_name": chance.choice(self._last),
            "phone": None if fate in (Fate.BAD_PHONE, Fate.UNREACHABLE) else f"+44{phone}",
            "email": None
            if fate in (Fate.BAD_EMAIL, Fate.UNREACHABLE)
            else f"lead{self._first_number + number}@example.com",
            "company": f"Firma {number % 500}",
            "postcode": postcode,
            "city": town,
            "inquiry_date": date(2023, 1, 1) + timedelta(days=chance.randrange(700)),
            "notes": 'Ruft zurück;\nist "sehr" interessiert, sagt er' if number % 3 else None,
            "tags": ["solar", "heiß"] if number % 2 else [],
            "custom": {"telefon_geschaeftlich": "020 7946 0000", "dachflaeche": "12.5"},
        }

    def _row(self, chance: random.Random, number: int, fate: Fate, facts: dict[str, Any]) -> list[Cell]:
        asked = facts["inquiry_date"]
        row: list[Cell] = [
            "" if fate is Fate.NAMELESS else f"  {facts['first_name']} " if number % 7 == 0 else facts["first_name"],
            facts["last_name"],
            self._phone(chance, fate, facts["phone"]),
            "020 7946 0000",
            _email(chance, fate, facts["email"]),
            facts["company"],
            facts["postcode"],
            facts["city"],
            asked if self._for_excel else f"{asked.day}/{asked.month}/{asked.year}",
            facts["notes"] or "-",
            "solar; heiß;Solar" if facts["tags"] else "",
            12.5 if self._for_excel else "12.5",
            "",
        ]
        return [*row[:5], "Firma", *row[5:], "zu viel"] if fate is Fate.SHIFTED else row

    def _phone(self, chance: random.Random, fate: Fate, phone: str | None) -> Cell:
        if not phone:
            return chance.choice(_BAD_PHONES if fate is Fate.BAD_PHONE else _NO_PHONES)
        code, rest = phone[1:3], phone[3:]
        if self._for_excel and chance.random() < 0.3:
            return float(code + rest)
        spelt = [phone, f"0{rest}", f"0{rest[:4]} {rest[4:]}", f"00{code}{rest}", f"+{code} (0){rest[:4]}-{rest[4:]}"]
        return chance.choice([*spelt, f"tel:{phone}", f"{code}{rest}.0", f"0{rest} / 020 7946 0000", f"'0{rest}"])


def _email(chance: random.Random, fate: Fate, email: str | None) -> str:
    if email:
        return chance.choice([email, f" {email.upper()}", f"mailto:{email}", f"Somebody <{email}>"])
    return chance.choice(_BAD_EMAILS) if fate is Fate.BAD_EMAIL else "k.A."


def _can_be_spelt(name: str, encoding: str) -> bool:
    try:
        name.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def write_text(messy: Messy, path: Path, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    with path.open("w", encoding=encoding, newline="") as opened:
        csv.writer(opened, delimiter=delimiter).writerows(messy.rows())
    return path


def write_sheet(messy: Messy, path: Path) -> Path:
    """The second sheet of a workbook, because the first one is empty."""
    return write_workbook(path, {"Deckblatt": [], "Leads": messy.rows()})
