"""Hand-written SQL lives in `db/sql/<domain>.sql`, one statement under each `-- name:`."""

import re
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "sql"


@cache
def statements(domain: str) -> dict[str, str]:
    """Every statement of a domain by its name."""
    text = (_FOLDER / f"{domain}.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- name: (\w+)\n", text, flags=re.MULTILINE)[1:]
    return {name: body.strip() for name, body in zip(parts[::2], parts[1::2], strict=True)}


def statement(domain: str, name: str) -> str:
    return statements(domain)[name]
