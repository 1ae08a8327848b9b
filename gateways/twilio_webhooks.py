"""What Twilio posts to us: whether it is genuine, and what its status words mean."""

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime
from urllib.parse import urlparse

from twilio.request_validator import (  # type: ignore[import-untyped]
    RequestValidator,
    add_port,
    remove_port,
)

from domain.conversations import Channel, InboundText, MessageStatus, StatusReport

_WHATSAPP = "whatsapp:"

STATUSES = {
    # Once Twilio has taken a text it has left us, whatever queue of theirs it stands in.
    "accepted": MessageStatus.SENT,
    "scheduled": MessageStatus.SENT,
    "queued": MessageStatus.SENT,
    "sending": MessageStatus.SENT,
    "sent": MessageStatus.SENT,
    "partially_delivered": MessageStatus.SENT,  # Some of it has arrived, and no word says all.
    "delivered": MessageStatus.DELIVERED,
    "read": MessageStatus.READ,
    "failed": MessageStatus.FAILED,
    "undelivered": MessageStatus.UNDELIVERED,
    "canceled": MessageStatus.CANCELED,
}


def read_status(word: str) -> MessageStatus | None:
    """What a status of an outbound text means here; None for those of inbound ones."""
    return STATUSES.get(word.lower())


def sign(url: str, fields: Mapping[str, str], auth_token: str) -> str:
    """The X-Twilio-Signature of a post of these fields to exactly this URL."""
    return str(RequestValidator(auth_token).compute_signature(url, fields))


def is_genuine(url: str, fields: Mapping[str, object], signature: str, auth_token: str) -> bool:
    """Whether the holder of the token posted these fields to this URL, which must be the public one Twilio was given.

    Pass the form as parsed (Starlette's FormData), not a dict of it: repeated and empty fields are signed too.
    """
    if not auth_token:  # An HMAC without a key can be made by anybody.
        return False
    validator = RequestValidator(auth_token)
    try:
        # Bytes, because compare_digest raises on text outside ASCII; the package's own compare is no constant-time one.
        return any(
            hmac.compare_digest(validator.compute_signature(spelling, fields).encode(), signature.encode())
            for spelling in _spellings(url)
        )
    except (TypeError, UnicodeEncodeError):  # A file, or text no UTF-8 can carry: anybody may post, Twilio never does.
        return False


def _spellings(url: str) -> Iterator[str]:
    """Twilio signs now with the port, now without; the raw spelling covers what urlparse would tidy away.

    One at a time, because a signature is dear and the first nearly always fits.
    """
    yield url
    parsed = urlparse(url)
    yield from {str(add_port(parsed)), str(remove_port(parsed))} - {url}


def read_text(fields: Mapping[str, str], at: datetime) -> InboundText:
    """The text in an inbound webhook that was found genuine."""
    count = int(fields.get("NumMedia") or 0)
    return InboundText(
        external_id=fields["MessageSid"],
        channel=Channel.WHATSAPP if fields["From"].startswith(_WHATSAPP) else Channel.SMS,
        sender=read_address(fields["From"]),
        recipient=read_address(fields["To"]),
        body=fields.get("Body", ""),
        media_urls=tuple(fields[f"MediaUrl{number}"] for number in range(count) if f"MediaUrl{number}" in fields),
        at=at,
        opt_out_type=_read_opt_out(fields),
    )


def _read_opt_out(fields: Mapping[str, str]) -> str | None:
    """Where Twilio is set to answer keywords itself ("Advanced Opt-Out") it says which one it has answered."""
    word = fields.get("OptOutType", "").upper()
    return word if word in ("STOP", "START", "HELP") else None


def read_report(fields: Mapping[str, str], at: datetime) -> StatusReport | None:
    """The report in a status callback; None for a word that says nothing about a text of ours."""
    status = read_status(fields["MessageStatus"])
    code = fields.get("ErrorCode") or ""
    if status is None:
        return None
    return StatusReport(
        external_id=fields["MessageSid"],
        status=status,
        at=at,
        error_code=int(code) if code.isdigit() else None,
        error_message=fields.get("ErrorMessage"),
    )


def read_address(address: str) -> str:
    """The number without the prefix that names its channel."""
    return address.removeprefix(_WHATSAPP)
