"""What of an answer is new: without what it quotes, and without what stands below every e-mail of its writer."""

import re

_QUOTE = ">"
_SIGNATURE = "--"
_ORIGINAL = "original message|forwarded message|ursprüngliche nachricht|message d'origine"
_FORWARDED = re.compile(rf"-{{2,}}\s*(?:{_ORIGINAL})\s*-{{2,}}", re.IGNORECASE)
_RULE = re.compile(r"_{10,}")
# What mail programs write above what they quote: "On … Ann wrote:", "Am … schrieb Ann:", "Le … Ann a écrit :".
_SAID = re.compile(r"(?:on|am|le|el|op)\b.{4,300}(?:wrote|schrieb|a écrit|escribió|schreef)\b.{0,100}:", re.IGNORECASE)
_HEADERS = re.compile(r"\*?(?:from|von|de)\s?:\*?\s.{1,300}", re.IGNORECASE)
_NEXT_HEADERS = re.compile(r"\*?(?:sent|date|to|gesendet|datum|an|envoyé)\s?:\*?\s.{1,300}", re.IGNORECASE)
_MOST_LINES = 3  # of such a line, where it is broken
_LONGEST = 500


def without_quotes(text: str) -> str:
    """The text as it is where nothing would be left."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    kept, place = [], 0
    while place < len(lines) and not _is_end(lines, place):
        introduced = _lines_of_said(lines, place)
        if introduced and not _is_marked(lines, place + introduced):
            break  # a quote without marks goes on to the end
        if not introduced and not lines[place].lstrip().startswith(_QUOTE):
            kept.append(lines[place])
        place += introduced or 1
    return "\n".join(kept).strip() or text.strip()


def _is_marked(lines: list[str], place: int) -> bool:
    """Whether what comes next is marked as somebody else's words, or nothing does."""
    line = next((lines[at] for at in range(place, len(lines)) if lines[at].strip()), _QUOTE)
    return line.lstrip().startswith(_QUOTE)


def _is_end(lines: list[str], place: int) -> bool:
    """Whether a signature begins at this line, or what others have said without any mark."""
    line = lines[place].strip()
    if lines[place].rstrip() == _SIGNATURE or _FORWARDED.fullmatch(line):
        return True
    following = [one.strip() for one in lines[place + 1 : place + 4] if one.strip()]
    if _RULE.fullmatch(line):
        return bool(following and _HEADERS.fullmatch(following[0]))
    return bool(_HEADERS.fullmatch(line) and following and _NEXT_HEADERS.fullmatch(following[0]))


def _lines_of_said(lines: list[str], place: int) -> int:
    """How many lines say here whose words follow."""
    for length in range(1, _MOST_LINES + 1):
        part = " ".join(line.strip() for line in lines[place : place + length])
        if len(part) > _LONGEST:
            return 0
        if _SAID.fullmatch(part):
            return length
    return 0
