"""What an answer must keep to before it is sent: plain code after the model, which nobody can talk past."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from domain.conversations import LONGEST_TEXT, count_segments
from domain.outputs.contacts import find_personal, foreign_contacts
from domain.outputs.folding import find_phrases, seen
from domain.outputs.leaks import find_coded, find_leaks
from domain.outputs.links import foreign_links
from domain.outputs.never_rules import NeverRule, broken_rules
from domain.outputs.prices import unnamed_prices
from domain.outputs.wordings import find_coarse, find_commitments, find_markup, find_placeholders
from domain.texts import find_words

_SHOWN = 80  # characters of what was found


class OutputRule(StrEnum):
    """Why an answer is not sent as it stands. The value is the name; `REASONS` says it to people."""

    EMPTY = "EMPTY"
    TOO_LONG = "TOO_LONG"
    UNSENDABLE = "UNSENDABLE"
    BLACKLISTED_WORD = "BLACKLISTED_WORD"
    NEVER_RULE = "NEVER_RULE"
    LINK = "LINK"
    PRICE = "PRICE"
    CONTACT = "CONTACT"
    PERSONAL_DATA = "PERSONAL_DATA"
    REVEALS_PROMPT = "REVEALS_PROMPT"
    COMMITMENT = "COMMITMENT"
    COARSE = "COARSE"
    MARKUP = "MARKUP"
    PLACEHOLDER = "PLACEHOLDER"
    UNREADABLE = "UNREADABLE"


REASONS = {
    OutputRule.EMPTY: "The answer is empty.",
    OutputRule.TOO_LONG: "The answer is longer than your organization sends.",
    OutputRule.UNSENDABLE: "The answer has characters that no carrier takes.",
    OutputRule.BLACKLISTED_WORD: "The answer has a word that your organization does not want in any text.",
    OutputRule.NEVER_RULE: "The answer breaks a rule that somebody taught.",
    OutputRule.LINK: "The answer leads to a page that is not your organization's.",
    OutputRule.PRICE: "The answer names a price or a discount that stands nowhere in what Sophie was told.",
    OutputRule.CONTACT: "The answer names a number or an address that is neither the lead's nor yours.",
    OutputRule.PERSONAL_DATA: "The answer tells or asks for a card, an account, a password or the like.",
    OutputRule.REVEALS_PROMPT: "The answer speaks of Sophie's instructions.",
    OutputRule.COMMITMENT: "The answer binds your organization, or claims that something was done.",
    OutputRule.COARSE: "The answer is coarse.",
    OutputRule.MARKUP: "The answer has marks of a program or a web page in it.",
    OutputRule.PLACEHOLDER: "The answer has a place that nobody has filled in.",
    OutputRule.UNREADABLE: "The answer has a row of letters that nobody can read.",
}


@dataclass(frozen=True, slots=True)
class Breach:
    """One thing in one text that it must not have. `words` is what was found, as it can be shown to people."""

    rule: OutputRule
    words: str = ""


@dataclass(frozen=True, slots=True)
class OutputRules:
    """What holds for one answer.

    `confidential` is all that the model is told in confidence, the question's system text; `marks` stand nowhere else.
    `knowledge` may be said word for word: the prompt's own knowledge, and what lessons say is right. Prices may be
    those of either. `links` are addresses whose hosts may be led to, `contacts` the numbers and e-mail addresses of the
    lead and of the organization.
    """

    blacklisted_words: tuple[str, ...] = ()
    never_rules: tuple[NeverRule, ...] = ()
    links: tuple[str, ...] = ()
    contacts: tuple[str, ...] = ()
    confidential: str = field(default="", repr=False)
    knowledge: str = field(default="", repr=False)
    marks: tuple[str, ...] = field(default=(), repr=False)
    most_segments: int | None = 3
    most_characters: int = LONGEST_TEXT


def find_breaches(text: str, rules: OutputRules) -> tuple[Breach, ...]:
    """Everything that keeps a text from being sent; nothing where it may go."""
    if not seen(text).strip():
        return (Breach(OutputRule.EMPTY),)
    if len(text) > rules.most_characters:
        return (Breach(OutputRule.TOO_LONG, f"{len(text)} characters"),)
    if not _is_sendable(text):
        return (Breach(OutputRule.UNSENDABLE),)
    known = f"{rules.confidential}\n{rules.knowledge}"
    found = (
        (OutputRule.TOO_LONG, _length(text, rules.most_segments)),
        (OutputRule.BLACKLISTED_WORD, _blacklisted(text, rules.blacklisted_words)),
        (OutputRule.NEVER_RULE, broken_rules(text, rules.never_rules)),
        (OutputRule.LINK, foreign_links(text, rules.links)),
        (OutputRule.PRICE, unnamed_prices(text, known)),
        (OutputRule.CONTACT, foreign_contacts(text, known, rules.contacts)),
        (OutputRule.PERSONAL_DATA, find_personal(text)),
        (OutputRule.REVEALS_PROMPT, find_leaks(text, rules.confidential, rules.knowledge, rules.marks)),
        (OutputRule.COMMITMENT, find_commitments(text)),
        (OutputRule.COARSE, find_coarse(text)),
        (OutputRule.MARKUP, find_markup(text)),
        (OutputRule.PLACEHOLDER, find_placeholders(text)),
        (OutputRule.UNREADABLE, find_coded(text)),
    )
    return tuple(Breach(rule, words[:_SHOWN]) for rule, all_words in found for words in dict.fromkeys(all_words))


def _length(text: str, most_segments: int | None) -> Iterator[str]:
    if most_segments is not None and (segments := count_segments(text)) > most_segments:
        yield f"{segments} segments"


def _blacklisted(text: str, words: Iterable[str]) -> tuple[str, ...]:
    words = tuple(words)
    return (*find_words(text, words), *find_phrases(text, words))


def _is_sendable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return not any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text)
