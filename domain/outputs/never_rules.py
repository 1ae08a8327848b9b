"""Never-rules: what people taught in their own words, as far as plain code can hold a text to it.

Three things of such a rule are plain: what it puts in quotation marks, what it gives as an example of what must not be
said, and, where it forbids to name something of a kind that is known by sight, that kind. All else is asked of the
model alone, and of the review afterwards; `is_enforced` tells which it is.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from domain.outputs.contacts import foreign_contacts
from domain.outputs.folding import find_phrases, folded, letters_of, words_of
from domain.outputs.links import find_links
from domain.outputs.prices import unnamed_prices

_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,200})[\"”“»]|(?<!\w)['‘‚]([^'‘’‚]{2,200}?)['’](?!\w)")
_PREFERRED = re.compile(
    r"\b(?:instead|rather|prefer\w*|correct|better|but)\b|^\W*(?:always |please )?(?:say|use|write|ask)\b"
)
_RUN = 8  # words of an example that are taken together
_FEWEST = 2  # words of an example that is looked for; one alone is rather an answer than what was wrong with it


class Kind(StrEnum):
    """What can be known by sight, whatever it says."""

    PRICE = "PRICE"
    DISCOUNT = "DISCOUNT"
    DATE = "DATE"
    TIME = "TIME"
    LINK = "LINK"
    PHONE = "PHONE"
    EMOJI = "EMOJI"
    EXCLAMATION = "EXCLAMATION"
    QUESTION = "QUESTION"


_KINDS = {
    Kind.PRICE: "prices? costs? figures? sums? fees? money",
    Kind.DISCOUNT: "discounts? percentages? reductions?",
    Kind.DATE: "dates? days? deadlines?",
    Kind.TIME: "times? hours?",
    Kind.LINK: "links? urls? websites?",
    Kind.PHONE: "phones? numbers?",
    Kind.EMOJI: "emojis? emoticons? smileys?",
    Kind.EXCLAMATION: "exclamations?",
}
_VERBS = (
    "promise|mention|quote|name|give|say|state|offer|discuss|talk about|speak of|commit to|confirm|send|share|use|"
    "write|include|put|add|tell|guess|suggest|agree|propose|reveal"
)
_FORBIDS = re.compile(
    r"\b(?:never|do not|dont|must not|mustnt|avoid|refrain from)\s+(?:ever\s+)?"
    rf"(?:(?:{_VERBS})|(?:promis|mention|quot|nam|giv|say|offer|discuss|confirm|send|shar|us|writ|add)ing)\b"
    r"(?P<what>[^.;:!?\n]{0,60})"
)
# What holds only sometimes is not for plain code to judge.
_SOMETIMES = re.compile(
    r"\b(?:unless|without|before|until|except|if|when|more than|less than|other than|wrong|fake|but|instead)\b"
)
_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
_DAY_OF = r"\d{1,2}(?:st|nd|rd|th)?"
_COUNT = r"(?:\d+|a|one|two|three|four|five|six|seven|ten)"
_DATE = re.compile(
    rf"\b(?:{_DAYS}|{_DAY_OF}(?: of)? (?:{_MONTHS})|(?:{_MONTHS}) {_DAY_OF}|\d{{1,2}}[./-]\d{{1,2}}(?:[./-]\d{{2,4}})?"
    r"|\d{4}-\d{2}-\d{2}|today|tomorrow|tonight|(?:this|next) (?:week|month|weekend|year)"
    rf"|(?:within|in) {_COUNT} (?:days?|weeks?|months?)|by the end of)\b"
)
_TIME = re.compile(
    r"\b(?:[01]?\d|2[0-3])[:.][0-5]\d\b|\b(?:1[0-2]|[1-9])\s?(?:am|pm|oclock)\b|\b(?:noon|midday|midnight)\b"
)
_EMOJI = re.compile("[\u2600-\u27bf\U0001f000-\U0001faff]")


@dataclass(frozen=True, slots=True)
class NeverRule:
    """`rule` as people wrote it; what of it plain code looks for."""

    rule: str
    phrases: tuple[str, ...] = ()
    examples: tuple[str, ...] = ()
    kinds: tuple[Kind, ...] = ()

    @property
    def is_enforced(self) -> bool:
        """Whether plain code holds texts to any of it."""
        return bool(self.phrases or self.examples or self.kinds)


def read_never_rule(*said: str | None, incorrect_response: str | None = None) -> NeverRule:
    """A lesson's words (title, description …), and its example of what must not be said."""
    words = [part for part in said if part and part.strip()]
    phrases = [phrase for part in words for phrase in _forbidden(part)]
    example = (incorrect_response or "").strip().strip("\"'“”‘’")
    examples = (example,) if len(words_of(example)) >= _FEWEST else ()
    kinds = dict.fromkeys(kind for part in words for kind in _kinds_of(part))
    usable = (phrase.strip(" .,…") for phrase in phrases)
    return NeverRule(
        words[0] if words else example,
        tuple(dict.fromkeys(one for one in usable if letters_of(one))),
        examples,
        tuple(kinds),
    )


def _forbidden(said: str) -> Iterator[str]:
    """What it quotes, but for what is to be said instead."""
    for match in _QUOTED.finditer(said):
        before = re.split(r"[.;,:()\n]", folded(said[: match.start()]))[-1]
        if not _PREFERRED.search(before):
            yield match[1] or match[2]


def broken_rules(text: str, rules: Iterable[NeverRule]) -> Iterator[str]:
    """The rules that a text breaks, each with what of it broke it."""
    for rule in rules:
        found = [*find_phrases(text, rule.phrases), *_exampled(text, rule.examples), *_of_kinds(text, rule.kinds)]
        if found:
            yield f"{rule.rule} ({found[0]})"


def _kinds_of(said: str) -> Iterator[Kind]:
    for match in _FORBIDS.finditer(folded(said)):
        if not _SOMETIMES.search(match["what"]):
            yield from (
                kind
                for kind, words in _KINDS.items()
                if re.search(rf"\b(?:{'|'.join(words.split())})\b", match["what"])
            )


def _exampled(text: str, examples: Iterable[str]) -> Iterator[str]:
    """Examples that the text has said, whole or so many words of in a row that it is no chance."""
    letters = letters_of(text)
    for example in examples:
        words = words_of(example)
        runs = ("".join(words[start : start + _RUN]) for start in range(max(len(words) - _RUN, 0) + 1))
        if any(run in letters for run in runs):
            yield example[:60]


_SEEN: dict[Kind, Callable[[str], object]] = {
    Kind.PRICE: lambda text: unnamed_prices(text, ""),
    Kind.DISCOUNT: lambda text: [
        words for words in unnamed_prices(text, "") if re.search("%|cent|discount|off|half", words)
    ],
    Kind.DATE: lambda text: _DATE.search(" ".join(folded(text).split())),
    Kind.TIME: lambda text: _TIME.search(" ".join(folded(text).split())),
    Kind.LINK: find_links,
    Kind.PHONE: lambda text: list(foreign_contacts(text, "", ())),
    Kind.EMOJI: _EMOJI.search,
    Kind.EXCLAMATION: lambda text: "!" in text,
    Kind.QUESTION: lambda text: "?" in text,
}


def _of_kinds(text: str, kinds: Iterable[Kind]) -> Iterator[str]:
    yield from (kind.value.lower() for kind in kinds if _SEEN[kind](text))
