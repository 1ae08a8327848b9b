"""What a text may be made of, wherever it is kept."""

from domain.refusals import bad_input


def check_characters(text: str, field: str) -> str:
    """The same text; refuses what no database and no carrier can take."""
    if "\x00" in text:
        raise bad_input("The text contains a NUL character: remove it.", field)
    try:
        text.encode()
    except UnicodeEncodeError:
        raise bad_input("The text contains half a character, as a cut emoji leaves: remove it.", field) from None
    return text
