"""Files of people for the import: one whose rows PostgreSQL itself could take, and what it is told of its columns."""

import csv
import random
from collections.abc import Iterator
from pathlib import Path

# Header → column. All of it goes into the columns of a lead as it stands, so that COPY can bring in the very same file.
COLUMNS = {
    "Vorname": "first_name",
    "Nachname": "last_name",
    "Firma": "company",
    "Position": "title",
    "Handy": "phone",
    "E-Mail": "email",
    "PLZ": "postcode",
    "Wohnort": "location",
    "Land": "country",
    "Anfragedatum": "inquiry_date",
}
TARGETS = {header: column.upper() for header, column in COLUMNS.items()}
_FIRST = ["Ann", "Zoë", "Jürgen", "Søren", "Mary-Jane", "José", "Max", "Łukasz"]
_LAST = ["Smith", "Müller", "O'Brien", "van der Berg", "Nuñez", "Šimić", "Öztürk", "Black"]
_TOWNS = [("SW1A 1AA", "London"), ("M1 1AE", "Great Ancoats Street 5\nManchester"), ("EH1 1YZ", "Edinburgh")]


def write_people(path: Path, count: int, seed: int = 1) -> Path:
    """Everybody is fit, and nobody is there twice; as CSV in UTF-8, with quoted line breaks."""
    with path.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.writer(opened)
        writer.writerow(COLUMNS)
        writer.writerows(_people(count, seed))
    return path


def _people(count: int, seed: int) -> Iterator[list[str]]:
    chance = random.Random(seed)
    numbers = chance.sample(range(7_400_000_000, 7_500_000_000), count)
    for number in numbers:
        first, last, (postcode, town) = chance.choice(_FIRST), chance.choice(_LAST), chance.choice(_TOWNS)
        day = f"{chance.randrange(2019, 2025)}-{chance.randrange(1, 13):02}-{chance.randrange(1, 29):02}"
        yield [
            *(first, last, f"Company {number % 5000}", "Owner" if number % 3 else ""),
            *(f"+44{number}", f"person.{number}@example.com", postcode, town, "GB", day),
        ]
