"""A text as the loopback carrier keeps it, and as it shows it: in Twilio's field names and date format."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from uuid import uuid4

from cli.demo.carrier_refusals import words
from domain.conversations import count_segments

API_VERSION = "2010-04-01"


def new_sid(kind: str = "SM") -> str:
    return kind + uuid4().hex


@dataclass(slots=True, eq=False)
class CarrierText:
    """Addresses are as on the wire, so those of WhatsApp carry its prefix."""

    account_sid: str
    sender: str
    recipient: str
    body: str
    created_at: datetime
    sid: str = field(default_factory=new_sid)
    direction: str = "outbound-api"
    status: str = "queued"
    status_callback: str = ""
    validity_seconds: int | None = None
    service_sid: str | None = None
    media: tuple[str, ...] = ()
    sent_at: datetime | None = None
    undelivered_code: int | None = None  # what will become of it, where that is scripted
    error_code: int | None = None
    answered: asyncio.Event = field(default_factory=asyncio.Event)

    def resource(self) -> dict[str, object]:
        """The complete message resource of Twilio's API."""
        uri = f"/{API_VERSION}/Accounts/{self.account_sid}/Messages/{self.sid}"
        created = _date(self.created_at)
        sent = _date(self.sent_at) if self.sent_at else None
        return {
            "account_sid": self.account_sid,
            "api_version": API_VERSION,
            "body": self.body,
            "date_created": created,
            "date_sent": sent,
            "date_updated": sent or created,
            "direction": self.direction,
            "error_code": self.error_code,
            "error_message": words(self.error_code) if self.error_code else None,
            "from": self.sender or None,
            "messaging_service_sid": self.service_sid,
            "num_media": str(len(self.media)),
            "num_segments": str(count_segments(self.body)),
            "price": None,
            "price_unit": "USD",
            "sid": self.sid,
            "status": self.status,
            "subresource_uris": {"media": f"{uri}/Media.json"},
            "to": self.recipient,
            "uri": f"{uri}.json",
        }


def _date(at: datetime) -> str:
    """In GMT always: whoever reads Twilio's dates may leave their offset unread."""
    return format_datetime(at.astimezone(UTC))
