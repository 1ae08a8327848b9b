"""What somebody types into a search box."""

from domain.refusals import bad_input
from domain.texts import check_characters

LONGEST = 200  # characters


def read_search(text: str | None) -> str | None:
    """What is looked for; None where there is nothing to look for, as in an empty box. None of it is an operator."""
    if text is None:
        return None
    if len(text) > LONGEST:
        raise bad_input(f"A search may have {LONGEST} characters; this has {len(text)}.", "search")
    check_characters(text, "search")
    return text if any(letter.isalnum() for letter in text) else None
