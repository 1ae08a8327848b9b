"""What texts that succeed have in common. Found only where nothing is wrong with a text; no fault, but a reason to "
"learn."""

import re
from collections.abc import Callable, Iterator

from domain.learning import Finding, InsightCategory, InsightSeverity
from sophie.objection_words import ACKNOWLEDGED, DONE, NO, PRICE, THINKING
from sophie.questions import is_ignored, questions_in
from sophie.reading import Reading, sentences, words

_DAY = r"(?:mon|tues|wednes|thurs|fri|satur|sun)day|tomorrow|today|tonight"
_CLOCK = r"(?:at |from |around )?\d{1,2}(?:[:.]\d\d)? ?(?:[ap]\.?m\.?)?|noon|midday"
_DATE = r"(?:the )?\d{1,2}(?:st|nd|rd|th)"
_WHEN = (
    rf"(?:(?:on )?(?:{_DAY}|the weekend)(?: (?:the )?\d{{1,2}}(?:st|nd|rd|th))?(?:,? (?:{_CLOCK}|morning|"
    rf"afternoon|evening|lunchtime))?|{_CLOCK}|{_DATE})"
)
_TWO_TIMES = words(rf"{_WHEN}(?:,)? or (?:would |is )?(?:{_WHEN})")
_WEEKDAY = re.compile(
    rf"\b(?:{_DAY}|[ap]\.?m\b|\d(?:st|nd|rd|th)\b|[:.]\d\d\b|morning|afternoon|evening)", re.IGNORECASE
)
_THANKS = words(r"(?:thanks|thank you|i appreciate you|appreciate you)(?: (?:so|very) much| a lot)?(?:,? \w+,?)? for")
_AT_ONCE = re.compile(
    r"^(?:(?:hi|hello|hey|dear|good (?:morning|afternoon|evening))?[ ,]*)?(?:\w+[,.!]\s*)?(?:yes|no|of course|"
    r"absolutely|certainly|sure|definitely|we (?:do|can|are|have|will)|"
    r"it (?:is|does|can|will|takes|costs)|it's|they (?:are|do)|you can|that's right|not at all|only|about|from)\b",
    re.IGNORECASE,
)
_LONGEST = 320  # characters; of two texts' length people still read every word
_SHORTEST_QUESTION, _LONGEST_QUESTION = 3, 16  # words


def _success(rule: str, title: str, description: str) -> Finding:
    return Finding(rule, InsightSeverity.INFO, InsightCategory.SUCCESS_PATTERN, title, description, "Keep it.")


def find_two_times(reading: Reading) -> Iterator[Finding]:
    asked = next((one for one in questions_in(reading.plain) if _TWO_TIMES.search(one)), None)
    stated = _TWO_TIMES.search(reading.plain)
    if (asked and _WEEKDAY.search(asked)) or (stated and _WEEKDAY.search(stated[0]) and "?" in reading.text):
        yield _success(
            "offers_two_times",
            "Offers two times",
            "Two times to choose from are easier to answer than an open question.",
        )


def find_thanks(reading: Reading) -> Iterator[Finding]:
    if _THANKS.search(reading.plain) and _is_short_and_asks(reading) and reading.burst:
        yield _success(
            "thanks_and_asks",
            "Thanks, and asks one thing",
            "It thanks the lead by name for something they did, and asks one question.",
        )


def find_answer(reading: Reading) -> Iterator[Finding]:
    """Answers by name with its first words, and asks one thing back."""
    is_asked = bool(questions_in(reading.asked)) or "if" in reading.asked.lower().split()[:3]
    if (
        is_asked
        and _AT_ONCE.match(reading.plain)
        and _is_short_and_asks(reading)
        and not is_ignored(reading.asked, reading.plain)
    ):
        yield _success(
            "answers_and_asks",
            "Answers at once, and asks one thing",
            "What the lead asked is answered with the first words, by name.",
        )


def find_understanding(reading: Reading) -> Iterator[Finding]:
    """Takes an objection up by name, and asks one thing about it."""
    is_objection = any(pattern.search(reading.asked) for pattern in (PRICE, THINKING, DONE, NO))
    if is_objection and ACKNOWLEDGED.search(reading.plain) and _is_short_and_asks(reading):
        yield _success(
            "understands_and_asks",
            "Understands, and asks one thing",
            "The objection is taken as it is, by name, with one question.",
        )


def _is_short_and_asks(reading: Reading) -> bool:
    asked = [one for one in sentences(reading.plain) if one.endswith("?")]
    is_named = bool(reading.first_name) and bool(re.search(rf"\b{re.escape(reading.first_name or '')}\b", reading.text))
    is_clear = len(asked) == 1 and _SHORTEST_QUESTION <= len(asked[0].split()) <= _LONGEST_QUESTION
    return is_named and is_clear and len(reading.text) <= _LONGEST


PATTERNS: tuple[Callable[[Reading], Iterator[Finding]], ...] = (
    find_two_times,
    find_thanks,
    find_answer,
    find_understanding,
)
