"""What every carrier speaks: a message to send, what the carrier made of it, and the ways it can fail."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from domain.conversations import Channel, MessageStatus
from domain.linkedin import Phantom
from domain.troubles import Trouble


@dataclass(frozen=True, slots=True)
class Envelope:
    """What an e-mail has besides its text. `references` are the Message-IDs of its thread, the oldest first, and
    `answered` is the one it answers. Who never asked for it is given an address where they can have no more of them.
    """

    message_id: UUID
    subject: str
    sender_name: str
    references: tuple[str, ...] = ()
    answered: str | None = None
    unsubscribe_url: str | None = None


@dataclass(frozen=True, slots=True)
class Outbound:
    """One message to one recipient; an e-mail has an envelope, and what goes over LinkedIn the agent that carries it,
    where there still is one.

    Of texts the addresses are E.164, and an empty callback asks for none. The carrier gives up after
    `validity_seconds`, where they are said; the sender may be one of a service that the carrier keeps.
    """

    sender: str
    recipient: str
    body: str
    channel: Channel
    status_callback: str = ""
    envelope: Envelope | None = None
    validity_seconds: int | None = None
    messaging_service: str | None = None
    phantom: Phantom | None = None


@dataclass(frozen=True, slots=True)
class CarrierReceipt:
    """A message the carrier has accepted, as the carrier keeps it; `at` is when it accepted, in whole seconds."""

    external_id: str
    status: MessageStatus
    sender: str
    recipient: str
    body: str
    at: datetime | None
    error_code: int | None


class CarrierRefused(Exception):
    """The carrier's definite no for this one message: sent again unchanged it would be refused again."""

    def __init__(self, code: int | None, message: str, *, is_address_dead: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.is_address_dead = is_address_dead


class CarrierUnreachable(Trouble):
    """The message was certainly not accepted: it may be sent again later."""


class CarrierBusy(CarrierUnreachable):
    """It takes nothing from anybody for a while: too much came at once, or it is away."""


class CarrierUnsure(Trouble):
    """The message may have been accepted: settle it with `find_sent`, never by sending again blindly."""


class CarrierUnaware(Exception):
    """The message may have been accepted, and nobody can say any more whether it was: it is never sent again."""


class Carrier(Protocol):
    async def send(self, message: Outbound) -> CarrierReceipt:
        """Offers the message once; raises CarrierRefused, CarrierUnreachable, CarrierUnsure or CarrierUnaware."""

    async def find_sent(self, message: Outbound, since: datetime) -> list[CarrierReceipt]:
        """What the carrier accepted from sender to recipient with exactly this body since then, whatever came of it.

        Raises CarrierUnsure when it cannot be told now, CarrierUnaware when it never can. Clocks differ, and carriers
        list a message some seconds after taking it: leave slack in `since`, and do not take an empty answer right after
        the send for proof.
        """

    async def close(self) -> None:
        """Gives the connections back."""
