"""Sophie reads one text. A model may join the rules behind the same function."""

from collections.abc import Sequence

from domain.learning import Finding
from sophie.rules import find_blacklisted, find_emoji, find_length, find_shouting


def review(text: str, blacklist: Sequence[str], *, is_billed: bool = True) -> list[Finding]:
    """What is wrong with an outbound text, the gravest first as the rules have it."""
    return [
        *find_blacklisted(text, blacklist),
        *find_shouting(text),
        *find_emoji(text),
        *(find_length(text) if is_billed else ()),
    ]
