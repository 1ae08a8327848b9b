"""Plain rules: what anyone would notice in a text without a model."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from domain.conversations import count_segments
from domain.learning import Finding, InsightCategory, InsightSeverity
from domain.texts import find_words

MOST_SEGMENTS = 2
_FIRST = "\u2300"  # signs before it, like © and °, are no emoji
_SHORTEST_SHOUT = 4  # letters; shorter words in capitals are abbreviations
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")


def find_emoji(text: str) -> Iterator[Finding]:
    found = sorted({character for character in text if character >= _FIRST and unicodedata.category(character) == "So"})
    if found:
        yield Finding(
            "emoji",
            InsightSeverity.SUGGESTION,
            InsightCategory.TONE,
            "Emoji in a business text",
            f"The text contains {' '.join(found)}. Emoji look automated, and make the text cost more segments.",
            "Say it in words.",
        )


def find_shouting(text: str) -> Iterator[Finding]:
    words = [word for word in _WORD.findall(text) if len(word) >= _SHORTEST_SHOUT]
    loud = [word for word in words if word.isupper()]
    if len(loud) >= 2 or (loud and len(loud) == len(words)) or "!!" in text:
        shown = ", ".join(loud[:5]) or "the exclamation marks"
        yield Finding(
            "shouting",
            InsightSeverity.WARNING,
            InsightCategory.TONE,
            "The text shouts",
            f"Capitals and rows of exclamation marks read as shouting: {shown}.",
            "Write in sentences, with one full stop each.",
        )


def find_blacklisted(text: str, blacklist: Sequence[str]) -> Iterator[Finding]:
    for word in find_words(text, blacklist):
        yield Finding(
            f"blacklist:{word.lower()}",
            InsightSeverity.CRITICAL,
            InsightCategory.OBJECTION,
            f"Blacklisted: {word}",
            f"Your organization does not want “{word}” in any text.",
            f"Say it without “{word}”.",
        )


def find_length(text: str) -> Iterator[Finding]:
    segments = count_segments(text)
    if segments > MOST_SEGMENTS:
        yield Finding(
            "length",
            InsightSeverity.SUGGESTION,
            InsightCategory.TIMING,
            f"{segments} segments long",
            f"The text has {len(text)} characters and is billed as {segments} texts; few people read that much.",
            f"Keep it within {MOST_SEGMENTS} segments, and ask one question.",
        )
