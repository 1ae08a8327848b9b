"""What a step says: a text with fields like {{first_name|there}}, in whose place a lead's facts are put."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from domain.conversations import LONGEST_TEXT, Channel, Encoding, check_text, measure
from domain.mail import LONGEST_MAIL, check_mail
from domain.refusals import bad_input
from domain.texts import find_words

# Facts of the lead, of whoever looks after them, and of the organization.
FIELDS = (
    "first_name", "last_name", "name", "company", "title", "industry", "location", "postcode", "assignee",
    "organization", "organization_phone", "website", "booking_link",
)  # fmt: skip
_LONGEST_FACT = 100  # of a fact in a text: more is rather a mistake of an import than a name
_FIELD = re.compile(r"\{\{\s*([A-Za-z_]+)\s*(?:\|([^{}|]*))?\}\}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as it will be sent, what it is billed as, and which of its fields had neither a fact nor a default."""

    body: str
    encoding: Encoding
    segments: int
    missing: tuple[str, ...] = ()


def check_template(text: str, field: str = "body", channel: str = Channel.SMS) -> str:
    """The template as it is kept; refuses one that could not be sent, or would show its braces to people."""
    template = check_mail(text, field) if channel == Channel.EMAIL else check_text(text, field)
    for name in fields_of(template):
        if name not in FIELDS:
            raise bad_input(f"There is no field {{{{{name}}}}}. There are: {', '.join(FIELDS)}.", field)
    if re.search("[{}]", _FIELD.sub("", template)):
        raise bad_input("A field is written {{first_name}} or {{first_name|there}}; braces have no other use.", field)
    return template


def fields_of(template: str) -> tuple[str, ...]:
    """The names of the fields in it, each once."""
    return tuple(dict.fromkeys(match[1] for match in _FIELD.finditer(template)))


def render(template: str, facts: Mapping[str, str | None]) -> Rendered:
    """With facts in the place of fields, or their defaults. What a fact contains is text, whatever it looks like: it is
    put in by the one pass that reads the template, on one line, and no longer than a name may be."""
    missing: list[str] = []

    def put(match: re.Match[str]) -> str:
        fact = " ".join((facts.get(match[1]) or "").split())[:_LONGEST_FACT]
        if not fact and match[2] is None:
            missing.append(match[1])
        return fact or (match[2] or "").strip()

    body = re.sub(" {2,}", " ", _FIELD.sub(put, template)).strip()
    size = measure(body)
    return Rendered(body, size.encoding, size.segments, tuple(dict.fromkeys(missing)))


def blocked_words(rendered: Rendered, channel: str, blacklisted_words: Sequence[str]) -> tuple[str, ...]:
    """Those of the organization's words that a text contains once all facts are in it; with any it is not sent.

    Nor is one that the facts have made too long, which is said in words as well.
    """
    longest = LONGEST_MAIL if channel == Channel.EMAIL else LONGEST_TEXT
    if len(rendered.body) > longest:
        return (f"more than {longest} characters",)
    return find_words(rendered.body, blacklisted_words)
