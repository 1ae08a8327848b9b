"""The tone of a text: how it sounds to whoever gets it."""

import re
import unicodedata
from collections.abc import Iterator

from domain.learning import Finding, InsightCategory, InsightSeverity
from domain.texts import find_words
from sophie.reading import Reading, quoted
from sophie.tone_words import ABBREVIATIONS, DEMANDS, GUILT, LOUD, RUDE, SLANG, URGENCY

_FIRST = "\u2300"  # signs before it, like © and °, are no emoji
_JOINERS = "\u200d\ufe0f\u20e3"  # what emoji are put together with
_SKINS = range(0x1F3FB, 0x1F400)
_SHORTEST_SHOUT = 4  # letters; shorter words in capitals are abbreviations
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MARKS = re.compile(r"!(?:\s?[!?])+|\?(?:\s?[!?])+")
_FACE = re.compile(r"(?<![\w/:])(?:[:;=]['\-]?[)(DPp]|<3|[xX]D)(?!\w)|(?<=[\s.!?])(?:x{1,3}|xo(?:xo)*)[.!]?$")


def find_emoji(reading: Reading) -> Iterator[Finding]:
    found = sorted({character for character in reading.text if _is_emoji(character)})
    faces = [face[0] for face in _FACE.finditer(reading.text)]
    if found or faces:
        bare = "".join(one for one in _FACE.sub("", reading.text) if not _is_emoji(one) and one not in _JOINERS)
        yield Finding(
            "emoji",
            InsightSeverity.SUGGESTION,
            InsightCategory.TONE,
            "Emoji in a business text",
            f"The text contains {' '.join([*found, *faces])}. Emoji look automated, and make the text cost more "
            f"segments.",
            "Say it in words.",
            re.sub(r"[ \t]+(?=[.,!?\n]|$)|[ \t]+(?=[ \t])", "", bare).strip() or None,
        )


def _is_emoji(character: str) -> bool:
    is_symbol = character >= _FIRST and unicodedata.category(character) == "So"
    return is_symbol or ord(character) in _SKINS


def find_shouting(reading: Reading) -> Iterator[Finding]:
    words = [word for word in _WORD.findall(reading.text) if len(word) >= _SHORTEST_SHOUT]
    loud = [word for word in words if word.isupper() and word not in ABBREVIATIONS]
    alone = [] if len(loud) >= 2 else LOUD.findall(reading.text)
    if len(loud) >= 2 or (loud and len(loud) == len(words)) or alone or _MARKS.search(reading.text):
        shown = ", ".join((loud or alone)[:5]) or "the rows of marks"
        yield Finding(
            "shouting",
            InsightSeverity.WARNING,
            InsightCategory.TONE,
            "The text shouts",
            f"Capitals and rows of exclamation marks read as shouting: {shown}.",
            "Write in sentences, with one mark at the end of each.",
            _lowered(reading.text, {*loud, *alone}),
        )


def _lowered(text: str, loud: set[str]) -> str:
    """Without the shouting; of a text in capitals throughout, short words are lowered as well."""
    short = sum(word.isupper() for word in _WORD.findall(text)) > 0.6 * len(_WORD.findall(text))

    def lower(match: re.Match[str]) -> str:
        word = match[0]
        is_shouted = word in loud or (short and word.isupper() and word != "I")
        begins = not text[: match.start()].rstrip() or text[: match.start()].rstrip()[-1] in ".!?"
        return (word.capitalize() if begins else word.lower()) if is_shouted else word

    calm = _WORD.sub(lower, text)
    return _MARKS.sub(lambda marks: "?" if "?" in marks[0] else ("!" if not loud else "."), calm)


def find_blacklisted(reading: Reading) -> Iterator[Finding]:
    for word in find_words(reading.text, reading.blacklisted_words):
        yield Finding(
            f"blacklist:{word.lower()}",
            InsightSeverity.CRITICAL,
            InsightCategory.OBJECTION,
            f"Blacklisted: {word}",
            f"Your organization does not want “{word}” in any text.",
            f"Say it without “{word}”.",
        )


def find_pushiness(reading: Reading) -> Iterator[Finding]:
    yield from _find(
        reading,
        DEMANDS,
        "pushiness",
        InsightSeverity.WARNING,
        "The text pushes",
        "It tells the lead what to do, or leaves no way to say no",
        "Offer, and let them choose.",
    )


def find_urgency(reading: Reading) -> Iterator[Finding]:
    yield from _find(
        reading,
        URGENCY,
        "false_urgency",
        InsightSeverity.WARNING,
        "Urgency without a reason",
        "Pressure of time reads as a trick",
        "Say what the date is and why it matters, or leave it out.",
    )


def find_rudeness(reading: Reading) -> Iterator[Finding]:
    yield from _find(
        reading,
        RUDE,
        "rudeness",
        InsightSeverity.CRITICAL,
        "The text is rude",
        "Nobody answers this kindly",
        "Say what you need, as you would face to face.",
    )


def find_guilt(reading: Reading) -> Iterator[Finding]:
    yield from _find(
        reading,
        GUILT,
        "guilt",
        InsightSeverity.WARNING,
        "The text makes the lead feel guilty",
        "It reproaches the lead for not having done something",
        "Begin anew, without mentioning what they did not do.",
    )


def find_slang(reading: Reading) -> Iterator[Finding]:
    yield from _find(
        reading,
        SLANG,
        "slang",
        InsightSeverity.SUGGESTION,
        "Slang in a business text",
        "It sounds careless to whoever does not talk like this",
        "Write the words out.",
    )


def _find(
    reading: Reading, pattern: re.Pattern[str], rule: str, severity: InsightSeverity, title: str, why: str, instead: str
) -> Iterator[Finding]:
    found = [match[0] for match in pattern.finditer(reading.plain)]
    if found:
        yield Finding(rule, severity, InsightCategory.TONE, title, f"{why}: {quoted(found)}.", instead)


TONE = (
    find_blacklisted,
    find_rudeness,
    find_shouting,
    find_pushiness,
    find_urgency,
    find_guilt,
    find_emoji,
    find_slang,
)
