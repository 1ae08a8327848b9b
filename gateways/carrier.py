"""What every text carrier speaks: a text to send, what the carrier made of it, and the ways it can fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from domain.conversations import Channel, MessageStatus
from domain.troubles import Trouble


@dataclass(frozen=True, slots=True)
class OutboundText:
    """One text to one recipient: numbers are E.164, the channel is SMS or WHATSAPP, an empty callback asks for none."""

    sender: str
    recipient: str
    body: str
    channel: Channel
    status_callback: str


@dataclass(frozen=True, slots=True)
class CarrierReceipt:
    """A text the carrier has accepted, as the carrier keeps it; `at` is when it accepted, in whole seconds."""

    external_id: str
    status: MessageStatus
    sender: str
    recipient: str
    body: str
    at: datetime | None
    error_code: int | None


class CarrierRefused(Exception):
    """The carrier's definite no for this one text: sent again unchanged it would be refused again."""

    def __init__(self, code: int | None, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class CarrierUnreachable(Trouble):
    """The text was certainly not accepted: it may be sent again later."""


class CarrierBusy(CarrierUnreachable):
    """It takes nothing from anybody for a while, because too much came at once."""


class CarrierUnsure(Trouble):
    """The text may have been accepted: settle it with `find_sent`, never by sending again blindly."""


class Carrier(Protocol):
    async def send(self, text: OutboundText) -> CarrierReceipt:
        """Offers the text once; raises CarrierRefused, CarrierUnreachable or CarrierUnsure."""

    async def find_sent(self, text: OutboundText, since: datetime) -> list[CarrierReceipt]:
        """What the carrier accepted from sender to recipient with exactly this body since then, whatever came of it.

        Raises CarrierUnsure when it cannot be told. Clocks differ and carriers list a text some seconds after taking
        it: leave slack in `since`, and do not take an empty answer right after the send for proof.
        """

    async def close(self) -> None:
        """Gives the connections back."""
