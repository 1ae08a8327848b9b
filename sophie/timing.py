"""The time of a text: whether it fits the hour there, and what was said when."""

import re
from collections.abc import Callable, Iterator
from difflib import SequenceMatcher

from domain.conversations import Channel, count_segments
from domain.learning import Finding, InsightCategory, InsightSeverity
from sophie.objection_words import LATER, WAITING
from sophie.reading import Line, Reading, calm, words

MOST_SEGMENTS = 2
_DAY_BEGINS, _DAY_ENDS = 8, 21
_GREETING = re.compile(
    r"^\W*(?:(?:hi|hello|hey|dear|and a very|a very)[ ,]+)?(?:(?-i:[A-Z])\w+[ ,!]+)?(good[ -])?(morning|afternoon|"
    r"evening)\b(?=( all| both| again|[ ,]+(?-i:[A-Z])\w+|[,.!:]))?",
    re.IGNORECASE,
)
_FROM_TO = {"morning": (4, 12), "afternoon": (12, 18), "evening": (16, 24)}
_CALL = r"(?:call|ring|phone|speak|talk|chat|telephone|zoom|conversation)"
_CALLS = words(rf"{_CALL}(?:s|ing)?|on the phone|pop (?:round|over|in)|visit|come (?:round|over)|meet")
_LATER_DAY = words(
    r"tomorrow|(?:in the|this|monday|tuesday|wednesday|thursday|friday|saturday|sunday) (?:morning|afternoon)|next "
    r"(?:week|month)|monday|tuesday|"
    r"wednesday|thursday|friday|saturday|sunday|when(?:ever)? (?:suits|is)|another day"
)
_AT_NIGHT = re.compile(
    rf"\b(?:{_CALL})\w*\b[^.!?\n]{{0,60}}?(?:\b(?:at|around|about|from|after|by|until)? ?(?:(?:9|10|"
    rf"11)(?:[:.]\d\d)? ?p\.?m|12(?:[:.]\d\d)? ?a\.?m|(?:2[1-3])[:.]\d\d|"
    r"[1-6](?:[:.]\d\d)? ?a\.?m|0?[0-6][:.]\d\d(?! ?p)|midnight|(?:9|10|11) (?:tonight|at night))\b)|\b(?:(?:9|10|"
    r"11)(?:[:.]\d\d)? ?p\.?m|midnight)\b"
    rf"[^.!?\n]{{0,30}}\b(?:{_CALL})\b",
    re.IGNORECASE,
)
_NOW = words(
    r"now|tonight|this evening|right away|straight away|in (?:an?|five|ten|fifteen|twenty|thirty|half|the next|"
    r"\d+)[\w ]{0,12}(?:minutes?|mins?|hour|moment)|quick|free|available|late"
)
_CHASES = words(
    r"(?:just |only )?(?:checking|following up|chasing|wondering|bumping|nudging|circling back|touching base|"
    r"following)|(?:did|have) you (?:\w+ )?(?:see|seen|get|got|"
    r"read|receive\w*|look\w*|have|had|had a|decide\w*|think|thought)|any (?:thoughts|news|update|luck|questions|"
    r"joy)|still there|are you (?:there|still)|"
    r"my (?:last|previous|earlier) (?:text|message|e-?mail|call)|haven't heard|hello\?|get back to (?:me|us)|let me "
    r"know|reply|waiting|reminder|again|wanted to see"
)
_SOON = 20.0  # hours after which a text that nobody answered may be followed by another
_SPLIT = 0.1  # hours within which two texts are one that was sent in two
_REPEATS = 0.85
_HOURS_OF = (
    (words(r"(?:next|a|one|the) (?:month|year)|(?:in|after) (?:a )?(?:few|couple of|two|three|\d) months?|q[1-4]|"
    r"next (?:spring|summer|autumn|winter)"), 14 * 24),
    (words(r"(?:until|till|in|after|from|by) (?:january|february|march|april|may|june|july|august|september|october|"
    r"november|december|christmas|"
           r"easter|summer|autumn|winter|spring|new year|the new year|q[1-4]|20\d\d)"), 14 * 24),
    (words(r"(?:in|after) (?:a )?(?:few|couple of|two|three|\d) weeks?|on holiday|on vacation|after the (?:holidays|"
    r"summer)"), 7 * 24),
    (words(r"next week|in a week|(?:after|over|until) the weekend|after (?:the )?weekend|not this week"), 72),
    (words(r"tomorrow|in (?:a )?(?:few|couple of) days|not today|at the weekend"), 12),
    (words(r"(?:on|until|till|by) (?:mon|tues|wednes|thurs|fri|satur|sun)day|give (?:me|us)"), 24),
)  # fmt: skip
_ANY_TIME = 6  # hours, where the lead said later and not when


def _finding(
    rule: str, severity: InsightSeverity, title: str, what: str, instead: str, better: str | None = None
) -> Finding:
    return Finding(rule, severity, InsightCategory.TIMING, title, what, instead, better)


def find_greeting(reading: Reading) -> Iterator[Finding]:
    found = _GREETING.match(reading.plain)
    if found is None or reading.hour is None or not (found[1] or found[3]):
        return
    begins, ends = _FROM_TO[found[2].lower()]
    if not begins <= reading.hour < ends:
        fits = next((word for word, (start, end) in _FROM_TO.items() if start <= reading.hour < end), "evening")
        better = (
            reading.plain[: found.start(2)]
            + (fits.capitalize() if found[2][0].isupper() else fits)
            + reading.plain[found.end(2) :]
        )
        yield _finding(
            "greeting",
            InsightSeverity.SUGGESTION,
            "The greeting does not fit the hour",
            f"“{found[2].capitalize()}” was said at {reading.hour}:00 where the lead is.",
            "Greet without the time of day.",
            better,
        )


def find_night_call(reading: Reading) -> Iterator[Finding]:
    is_night = reading.hour is not None and not _DAY_BEGINS <= reading.hour < _DAY_ENDS
    is_now = (
        is_night
        and _CALLS.search(reading.plain)
        and _NOW.search(reading.plain)
        and not _LATER_DAY.search(reading.plain)
    )
    if is_now or (
        _AT_NIGHT.search(reading.plain) and not re.search(r"\b(?:open|closed?|shut|until|lines)\b", reading.plain)
    ):
        yield _finding(
            "night_call",
            InsightSeverity.WARNING,
            "A call at night",
            "A call is proposed for a time at which people are not to be called.",
            "Propose a time between nine in the morning and eight in the evening.",
        )


def find_night(reading: Reading) -> Iterator[Finding]:
    """Who has just written may be answered at any hour, and an e-mail waits until it is read."""
    if reading.hour is None or _DAY_BEGINS <= reading.hour < _DAY_ENDS or reading.channel == Channel.EMAIL:
        return
    if not reading.burst or reading.burst[-1].hours_before > 1:
        yield _finding(
            "at_night",
            InsightSeverity.WARNING,
            "Written at night",
            f"It was {reading.hour}:00 where the lead is, and they had not just written.",
            "Wait until the morning.",
        )


def find_pressing(reading: Reading) -> Iterator[Finding]:
    """Asks again, or chases, within hours of a text that nobody has answered."""
    last = reading.last
    if last is None or last.is_inbound or last.hours_before >= _SOON:
        return
    repeats = SequenceMatcher(None, calm(last.text), reading.plain, autojunk=False).ratio() >= _REPEATS
    chases = bool(_CHASES.search(reading.plain)) or repeats
    if chases or ("?" in reading.text and last.hours_before > _SPLIT):
        yield _finding(
            "pressing",
            InsightSeverity.WARNING,
            "Too soon after the last one",
            f"The last text went out {_ago(last)} before, and nobody has answered it.",
            "Give them two days.",
        )


def find_crowding(reading: Reading) -> Iterator[Finding]:
    """Three and more texts within three days, none answered."""
    if reading.unanswered >= 3 and reading.before[-3].hours_before < 72 and reading.before[-1].hours_before > _SPLIT:
        yield _finding(
            "crowding",
            InsightSeverity.WARNING,
            "One text upon another",
            f"{reading.unanswered} texts have gone unanswered before this one.",
            "Stop, and come back another month.",
        )


def find_too_early(reading: Reading) -> Iterator[Finding]:
    """The lead said later, and it is not yet."""
    heard = reading.heard
    if heard is None or not LATER.search(calm(heard.text)):
        return
    wait = next((hours for pattern, hours in _HOURS_OF if pattern.search(calm(heard.text))), _ANY_TIME)
    is_heeded = bool(reading.burst) and WAITING.search(reading.plain) and not _asks_now(reading)
    if (
        heard.hours_before < wait
        and not is_heeded
        and (reading.burst or "?" in reading.text or _CHASES.search(reading.plain))
    ):
        yield _finding(
            "too_early",
            InsightSeverity.WARNING,
            "They said later",
            f"{_ago(heard).capitalize()} before the lead asked to be left until later.",
            "Say that you will come back then, and do.",
        )


def _asks_now(reading: Reading) -> bool:
    return bool(
        re.search(
            r"\b(?:now (?:a )?(?:better|good)|(?:right )?now|today|ready)\b[^.!]*\?", reading.plain, re.IGNORECASE
        )
    )


def find_length(reading: Reading) -> Iterator[Finding]:
    segments = count_segments(reading.text) if reading.is_billed else 0
    if segments > MOST_SEGMENTS:
        yield _finding(
            "length",
            InsightSeverity.SUGGESTION,
            f"{segments} segments long",
            f"The text has {len(reading.text)} characters and is billed as {segments} texts; few people read that "
            f"much.",
            f"Keep it within {MOST_SEGMENTS} segments, and ask one question.",
        )


def _ago(line: Line) -> str:
    hours = line.hours_before
    if hours < 1.5:
        return f"{max(1, round(hours * 60))} minutes"
    return f"{round(hours)} hours" if hours < 48 else f"{round(hours / 24)} days"


TIMING: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    find_night_call,
    find_night,
    find_too_early,
    find_pressing,
    find_crowding,
    find_greeting,
    find_length,
)
