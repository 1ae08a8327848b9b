"""Conversations and messages: their words, the order of a message's states, the length of a text."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import NamedTuple

from domain.refusals import bad_input
from domain.texts import check_characters


class Channel(StrEnum):
    SMS = "SMS"
    WHATSAPP = "WHATSAPP"
    EMAIL = "EMAIL"
    FACEBOOK = "FACEBOOK"
    LINKEDIN = "LINKEDIN"
    CALL = "CALL"
    OTHER = "OTHER"


# The channels a text carrier serves.
TEXT_CHANNELS = (Channel.SMS, Channel.WHATSAPP)
# The channels a person can write on, in the order people are told of them.
WRITTEN_ON = (*TEXT_CHANNELS, Channel.EMAIL)


class Carriage(StrEnum):
    """Who carries a message: each has a queue of its own."""

    TEXT = "TEXT"
    MAIL = "MAIL"
    LINKEDIN = "LINKEDIN"


_CARRIAGES = {Channel.EMAIL: Carriage.MAIL, Channel.LINKEDIN: Carriage.LINKEDIN}


def carriage_of(channel: str) -> Carriage:
    return _CARRIAGES.get(Channel(channel), Carriage.TEXT)


class ConversationStatus(StrEnum):
    ACTIVE = "ACTIVE"
    CLOSED = "CLOSED"
    ARCHIVED = "ARCHIVED"


class MessageDirection(StrEnum):
    INBOUND = "INBOUND"
    OUTBOUND = "OUTBOUND"


class MessageKind(StrEnum):
    M1 = "M1"
    M2 = "M2"
    M3 = "M3"
    REPLY = "REPLY"
    NURTURE = "NURTURE"


class MessagePurpose(StrEnum):
    CONVERSATION = "CONVERSATION"
    COMPLIANCE = "COMPLIANCE"


class MessageStatus(StrEnum):
    QUEUED = "QUEUED"
    SENDING = "SENDING"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    READ = "READ"
    FAILED = "FAILED"
    UNDELIVERED = "UNDELIVERED"
    EXPIRED = "EXPIRED"
    CANCELED = "CANCELED"
    RECEIVED = "RECEIVED"


class CarrierCode(IntEnum):
    """Twilio's codes that say something about whom a text went to, or what it came from."""

    INVALID_NUMBER = 21211
    OPTED_OUT = 21610
    NO_MOBILE = 21614
    SWITCHED_OFF = 30003
    UNKNOWN = 30005
    LANDLINE = 30006
    FILTERED = 30007


class PauseReason(StrEnum):
    """Why a number of ours rests."""

    FILTERED = "FILTERED"
    BY_HAND = "BY_HAND"


class PhoneProblem(StrEnum):
    """Why a number cannot be texted."""

    INVALID = "INVALID"
    LANDLINE = "LANDLINE"


# A later report may only raise the rank: what a carrier repeats or delays never moves a message back.
_RANK = {
    MessageStatus.QUEUED: 0,
    MessageStatus.SENDING: 1,
    MessageStatus.SENT: 2,
    MessageStatus.FAILED: 3,
    MessageStatus.UNDELIVERED: 3,
    MessageStatus.EXPIRED: 3,
    MessageStatus.CANCELED: 3,
    MessageStatus.DELIVERED: 4,
    MessageStatus.READ: 5,
    MessageStatus.RECEIVED: 6,
}

LONGEST_TEXT = 1600  # characters; what Twilio accepts as one message
LONGEST_VALIDITY_SECONDS = 36_000  # how long Twilio goes on trying at most


def can_be_reached(problem: str | None, channel: str) -> bool:
    """What takes no SMS may well have WhatsApp, and can be called."""
    return problem is None or (problem == PhoneProblem.LANDLINE and channel in (Channel.WHATSAPP, Channel.CALL))


def moves_forward(current: MessageStatus, reported: MessageStatus) -> bool:
    return _RANK[reported] > _RANK[current]


def check_text(body: str, field: str = "body") -> str:
    """The text as it will be sent; refuses an empty one and one no carrier takes."""
    text = check_characters(body.strip(), field)
    if not text:
        raise bad_input("The text is empty: write something to send.", field)
    if len(text) > LONGEST_TEXT:
        raise bad_input(f"The text has {len(text)} characters; the longest that can be sent has {LONGEST_TEXT}.", field)
    return text


_GSM_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
    "abcdefghijklmnopqrstuvwxyzäöñüà"
)
_GSM_EXTENDED = frozenset("\f^{}\\[~]|€")


class Encoding(StrEnum):
    """How a text travels: in seven bits a character, or, where one of them has no place there, in sixteen."""

    GSM_7 = "GSM_7"
    UCS_2 = "UCS_2"


class Size(NamedTuple):
    encoding: Encoding
    units: int
    segments: int


def measure(text: str) -> Size:
    """How long a text is, and how many parts a carrier bills: GSM-7 160/153 septets, otherwise UCS-2 70/67 units."""
    if all(character in _GSM_BASIC or character in _GSM_EXTENDED for character in text):
        encoding, single, joined = Encoding.GSM_7, 160, 153
        units = sum(2 if character in _GSM_EXTENDED else 1 for character in text)
    else:
        encoding, single, joined = Encoding.UCS_2, 70, 67
        units = len(text.encode("utf-16-le")) // 2
    return Size(encoding, units, 1 if units <= single else -(-units // joined))


def count_segments(text: str) -> int:
    return measure(text).segments


@dataclass(frozen=True, slots=True)
class InboundText:
    """A lead's text or e-mail as it was handed over; `sender` is the lead's address, `recipient` ours. What a machine
    wrote (that somebody is away) is kept, and nothing follows from it.
    """

    external_id: str
    channel: Channel
    sender: str
    recipient: str
    body: str
    media_urls: tuple[str, ...]
    at: datetime
    opt_out_type: str | None = None  # STOP, START or HELP where the carrier has understood and answered it
    subject: str | None = None
    is_automatic: bool = False


@dataclass(frozen=True, slots=True)
class StatusReport:
    """What a carrier says became of one of our texts."""

    external_id: str
    status: MessageStatus
    at: datetime
    error_code: int | None = None
    error_message: str | None = None
