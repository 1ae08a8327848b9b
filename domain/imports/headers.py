"""Where the header of a table is, whatever language it is in, and what its columns are called."""

from collections.abc import Sequence

from domain.imports.shapes import Shape, shape_of
from domain.imports.words import field_for

LOOKED_AT = 20  # the rows, of those that are not blank, among which the header is looked for
UNNAMED = "Column "
_LONGEST_NAME = 100
_CONTENT = frozenset({Shape.EMAIL, Shape.PHONE, Shape.URL, Shape.LINKEDIN, Shape.DATE})


def find_header(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows is the header; None where the table begins with its first person.

    A title above the table is narrower than the table. A header says what columns are about and holds no content
    itself: no address, no number, no date.
    """
    width = _usual_width(rows)
    for place, row in enumerate(rows):
        cells = [cell for cell in row if cell.strip()]
        is_header = _is_header(cells)
        if len(cells) * 2 < width or (len(cells) * 2 == width and not is_header):
            continue
        return place if is_header else None
    return None


def _usual_width(rows: Sequence[Sequence[str]]) -> int:
    """How many cells the wider half of the rows fill at least."""
    widths = sorted(sum(1 for cell in row if cell.strip()) for row in rows)
    return widths[len(widths) // 2] if widths else 0


def _is_header(cells: Sequence[str]) -> bool:
    shapes = {shape_of(cell.strip()) for cell in cells}
    if shapes & _CONTENT:
        return False
    return Shape.NUMBER not in shapes or any(field_for(cell) for cell in cells)


def name_columns(header: Sequence[str], width: int) -> list[str]:
    """A name for each column, every one another: "Phone", "Phone (2)", and "Column 3" where there is none."""
    taken: set[str] = set()
    names = []
    for number in range(1, width + 1):
        given = " ".join(header[number - 1].split())[:_LONGEST_NAME] if number <= len(header) else ""
        name = given or f"{UNNAMED}{number}"
        count = 1
        while (candidate := name if count == 1 else f"{name} ({count})").casefold() in taken:
            count += 1
        taken.add(candidate.casefold())
        names.append(candidate)
    return names
