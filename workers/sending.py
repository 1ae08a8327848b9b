"""Hands queued messages to their carriers. No transaction is open while a carrier is asked."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from actions.sending import (
    Refused,
    Taken,
    claim_message,
    claim_unsettled,
    find_recorded,
    record_failed,
    record_sent,
    record_withheld,
    send_later,
)
from db.database import Database
from domain.conversations import Carriage, Channel
from domain.links import Links, Purpose
from domain.people import Actor
from gateways.carrier import (
    Carrier,
    CarrierBusy,
    CarrierRefused,
    CarrierUnaware,
    CarrierUnreachable,
    CarrierUnsure,
    Envelope,
    Outbound,
)
from workers.receipts import record

log = structlog.get_logger()
_LONGEST_PAUSE_SECONDS = 60.0
_CLOCK_SLACK = timedelta(seconds=30)  # how far the carrier's clock may be behind ours
_TO_UNSUBSCRIBE = timedelta(days=3650)  # people look for the link in old e-mails


class _Pause:
    """A second, and twice as long each time until something goes out again; the sweep finds what waits for its end."""

    def __init__(self) -> None:
        self._seconds = 0.0
        self._until = 0.0

    def is_on(self) -> bool:
        return asyncio.get_running_loop().time() < self._until

    def begin(self) -> None:
        if not self.is_on():  # several that were under way are told the same
            self._seconds = min(max(2 * self._seconds, 1.0), _LONGEST_PAUSE_SECONDS)
            self._until = asyncio.get_running_loop().time() + self._seconds

    def end(self) -> None:
        self._seconds = 0.0


@dataclass(frozen=True, slots=True)
class Channels:
    """What carries which messages, where there is something, and the addresses of ours that they name."""

    texts: Carrier | None
    mail: Carrier | None
    status_callback: str
    links: Links
    linkedin: Carrier | None = None

    def carrier(self, carriage: Carriage) -> Carrier | None:
        carriers = {Carriage.TEXT: self.texts, Carriage.MAIL: self.mail, Carriage.LINKEDIN: self.linkedin}
        return carriers[carriage]

    def write(self, organization_id: UUID, message: Mapping[str, Any]) -> Outbound:
        """A claimed message as its carrier takes it."""
        channel = Channel(message["channel"])
        given = (message["sender"], message["recipient"], message["body"], channel)
        if channel is Channel.LINKEDIN:
            return Outbound(*given, phantom=message["phantom"])
        if channel is not Channel.EMAIL:
            service = message.get("messaging_service")
            return Outbound(
                *given, self.status_callback, validity_seconds=_validity(message), messaging_service=service
            )
        return Outbound(*given, envelope=self._envelope(organization_id, message))

    def _envelope(self, organization_id: UUID, message: Mapping[str, Any]) -> Envelope:
        id = UUID(int=message["id"].int)
        references = tuple(message["thread"])
        url = self.links.make(Purpose.UNSUBSCRIBE, organization_id, id, _TO_UNSUBSCRIBE).url
        return Envelope(
            id,
            message["subject"] or "",
            message["organization_name"],
            references,
            message["answered"] or (references[-1] if references else None),
            url if message["is_unasked"] else None,
        )


def _validity(message: Mapping[str, Any]) -> int | None:
    """How long a text of a campaign may be tried, whose window closes; None where it does not matter."""
    expires_at = message.get("expires_at")
    return max(1, int((expires_at - message["claimed_at"]).total_seconds())) if expires_at else None


@dataclass(slots=True)
class Sender:
    """Sends for every organization what one carrier carries; rests for a while once its carrier says it is too much."""

    database: Database
    channels: Channels
    carriage: Carriage
    _pause: _Pause = field(default_factory=_Pause)

    @property
    def _carrier(self) -> Carrier:
        carrier = self.channels.carrier(self.carriage)
        assert carrier, "nothing carries these messages"
        return carrier

    async def take_message(self, organization_id: UUID) -> bool:
        """Settles one message whose worker died, or sends one that is due."""
        if self.is_resting():
            return False
        actor = Actor(organization_id)
        async with self.database.work(actor) as session:
            unsettled = await claim_unsettled(session, self.carriage)
            message = unsettled or await claim_message(session, self.carriage)
        if message is None:
            return False
        if unsettled:
            await self._settle(actor, message)
        elif message["is_suppressed"]:
            async with self.database.work(actor) as session:
                await record_withheld(session, message, "The lead has opted out.")
        elif said := await self.offer(actor, message):
            await record(self.database, actor, [said])
        return True

    def is_resting(self) -> bool:
        """Whether the carrier has asked not to be asked for a while."""
        return self._pause.is_on()

    async def offer(self, actor: Actor, message: Mapping[str, Any]) -> Taken | Refused | None:
        """Offers a message that is SENDING, once. Whoever asks records what the carrier said; else it is recorded."""
        try:
            receipt = await self._carrier.send(self._write(actor, message))
        except CarrierRefused as refused:
            return Refused(message, refused.code, refused.message, refused.is_address_dead)
        except CarrierUnreachable as trouble:
            if isinstance(trouble, CarrierBusy):
                self._pause.begin()
            log.warning("carrier cannot be reached; the message waits", message=str(message["id"]), reason=str(trouble))
            async with self.database.work(actor) as session:
                await send_later(session, message["id"])
        except CarrierUnsure as trouble:
            # It stays SENDING: when its lease ends the carrier is asked, because sending again might send twice.
            log.warning(
                "carrier did not answer; the message will be settled", message=str(message["id"]), reason=str(trouble)
            )
        except CarrierUnaware as trouble:
            await self._give_up(actor, message, trouble)
        else:
            self._pause.end()
            return Taken(message, receipt.external_id, receipt.at)
        return None

    async def _settle(self, actor: Actor, message: Mapping[str, Any]) -> None:
        """Asks the carrier what became of a message that nobody recorded an outcome of."""
        try:
            found = await self._carrier.find_sent(self._write(actor, message), message["claimed_at"] - _CLOCK_SLACK)
        except CarrierUnaware as trouble:
            await self._give_up(actor, message, trouble)
            return
        async with self.database.work(actor) as session:
            known = await find_recorded(session, [receipt.external_id for receipt in found])
            ours = next((receipt for receipt in found if receipt.external_id not in known), None)
            if ours is None:
                await send_later(session, message["id"])
            else:
                await record_sent(session, [Taken(message, ours.external_id, ours.at)])

    async def _give_up(self, actor: Actor, message: Mapping[str, Any], trouble: CarrierUnaware) -> None:
        """Sent again it might arrive twice, so it is not: whoever wrote it sees that nobody knows."""
        log.warning("nobody knows whether a message arrived", message=str(message["id"]), reason=str(trouble))
        words = f"It may have arrived, or not, so it is not sent again. {trouble}"
        async with self.database.work(actor) as session:
            await record_failed(session, [Refused(message, None, words)])

    def _write(self, actor: Actor, message: Mapping[str, Any]) -> Outbound:
        return self.channels.write(actor.organization_id, message)
