"""E-mails: what one may be made of, how it is known again, and what of an answer is new."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from domain.conversations import InboundText, MessageStatus
from domain.refusals import bad_input
from domain.texts import check_characters

LONGEST_MAIL = 100_000  # characters
LONGEST_SUBJECT = 250
LONGEST_ADDRESS = 254
_LONGEST_REFERENCE = 250  # what is longer is left out of what we send
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
# How both halves of an address are written, and how long each may be: asked by the database as well.
LOCAL, LONGEST_LOCAL = rf"{_ATOM}(?:\.{_ATOM})*", 64
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
DOMAIN, LONGEST_DOMAIN = rf"(?:{_LABEL}\.)+(?!\d+$){_LABEL}", 253
_LOCAL = re.compile(rf"(?=.{{1,{LONGEST_LOCAL}}}$){LOCAL}")
_DOMAIN = re.compile(rf"(?=.{{1,{LONGEST_DOMAIN}}}$){DOMAIN}")
_REFERENCE = re.compile(r"<([^<>\s]+@[^<>\s]+)>")
_OURS = re.compile(r"([0-9a-f]{32})@.+")
_ANSWERS = re.compile(r"\s*(?:re|aw|sv|antw)\s*:", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


class EmailProblem(StrEnum):
    """Why nothing is sent to an e-mail address."""

    BOUNCED = "BOUNCED"


def check_mail(body: str, field: str = "body") -> str:
    """The e-mail as it will be sent; refuses an empty one and a very long one."""
    text = check_characters(body.strip().replace("\r\n", "\n").replace("\r", "\n"), field)
    if not text:
        raise bad_input("The e-mail is empty: write something to send.", field)
    if len(text) > LONGEST_MAIL:
        raise bad_input(
            f"The e-mail has {len(text)} characters; the longest that can be sent has {LONGEST_MAIL}.", field
        )
    return text


def check_subject(subject: str, field: str = "subject") -> str:
    """One line: what follows a line break would be read as another header."""
    text = check_characters(subject.strip(), field)
    if not 1 <= len(text) <= LONGEST_SUBJECT:
        raise bad_input(f"A subject has between 1 and {LONGEST_SUBJECT} characters.", field)
    if _CONTROL.search(text):
        raise bad_input("A subject is one line, without characters that nobody sees.", field)
    return text


def one_line(text: str, longest: int = LONGEST_SUBJECT) -> str:
    """What somebody else wrote, as it can stand in a header."""
    return " ".join(_CONTROL.sub(" ", text).split())[:longest].strip()


def answer_to(subject: str) -> str:
    """The subject of an answer."""
    return subject if _ANSWERS.match(subject) else f"Re: {subject}"[:LONGEST_SUBJECT]


def find_address(text: str) -> str | None:
    """The address as mail servers take it, its domain in letters of the internet; None where there can be none."""
    local, _, domain = text.rpartition("@")
    try:
        name = domain.encode("idna").decode()
    except UnicodeError:
        return None
    if len(text) > LONGEST_ADDRESS or not _LOCAL.fullmatch(local) or not _DOMAIN.fullmatch(name):
        return None
    return f"{local}@{name}"


def reference_of(message_id: UUID, sender: str) -> str:
    """The Message-ID of an e-mail of ours, without its brackets: the same however often it is sent."""
    return f"{message_id.hex}@{sender.rpartition('@')[2]}"


def read_references(header: str) -> list[str]:
    """The Message-IDs in a header, without their brackets."""
    return [found for found in _REFERENCE.findall(header) if len(found) <= _LONGEST_REFERENCE and found.isascii()]


def find_ours(references: Iterable[str]) -> list[UUID]:
    """The messages of ours that these may name."""
    return [UUID(found[1]) for reference in references if (found := _OURS.fullmatch(reference))]


class ReportKind(StrEnum):
    """What a mail provider tells of an e-mail of ours."""

    DELIVERED = "DELIVERED"
    OPENED = "OPENED"
    HARD_BOUNCE = "HARD_BOUNCE"
    SOFT_BOUNCE = "SOFT_BOUNCE"
    COMPLAINT = "COMPLAINT"
    UNSUBSCRIBED = "UNSUBSCRIBED"


@dataclass(frozen=True, slots=True)
class MailReport:
    """What became of an e-mail to `address`; `message_id` is ours, where the provider gave it back."""

    kind: ReportKind
    address: str
    message_id: UUID | None
    at: datetime
    words: str | None = None


@dataclass(frozen=True, slots=True)
class InboundMail:
    """An e-mail from a lead, or an answer to one of ours; `references` name what it answers, the nearest first."""

    text: InboundText
    name: str | None
    references: tuple[str, ...] = ()


# What a report makes of the e-mail; the others leave it where it is.
STATUSES = {
    ReportKind.DELIVERED: MessageStatus.DELIVERED,
    ReportKind.OPENED: MessageStatus.READ,
    ReportKind.HARD_BOUNCE: MessageStatus.UNDELIVERED,
}
