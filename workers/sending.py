"""Hands queued texts to the carrier. No transaction is open while the carrier is asked."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

import structlog

from actions.sending import (
    claim_message,
    claim_unsettled,
    find_recorded,
    record_failed,
    record_sent,
    record_withheld,
    send_later,
)
from db.database import Database
from domain.conversations import Channel
from domain.people import Actor
from gateways.carrier import Carrier, CarrierBusy, CarrierRefused, CarrierUnreachable, CarrierUnsure, OutboundText

log = structlog.get_logger()
_LONGEST_PAUSE_SECONDS = 60.0
_CLOCK_SLACK = timedelta(seconds=30)  # how far the carrier's clock may be behind ours


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


class Sender:
    """Sends for every organization through one carrier account; slower for a while once it says that it is too fast."""

    def __init__(self, database: Database, carrier: Carrier, status_callback: str) -> None:
        self._database = database
        self._carrier = carrier
        self._status_callback = status_callback
        self._pause = _Pause()

    async def take_message(self, organization_id: UUID) -> bool:
        """Settles one text whose worker died, or sends one that is due."""
        if self.is_resting():
            return False
        actor = Actor(organization_id)
        async with self._database.work(actor) as session:
            unsettled = await claim_unsettled(session)
            message = unsettled or await claim_message(session)
        if message is None:
            return False
        if unsettled:
            await self._settle(actor, message)
        elif message["is_suppressed"]:
            async with self._database.work(actor) as session:
                await record_withheld(session, message, "The lead has opted out.")
        else:
            await self.send(actor, message)
        return True

    def is_resting(self) -> bool:
        """Whether the carrier has asked not to be asked for a while."""
        return self._pause.is_on()

    async def send(self, actor: Actor, message: Mapping[str, Any]) -> None:
        """Offers a text that is marked SENDING, once, and records what became of it."""
        try:
            receipt = await self._carrier.send(self._text(message))
        except CarrierRefused as refused:
            async with self._database.work(actor) as session:
                await record_failed(session, message, refused.code, refused.message)
        except CarrierUnreachable as trouble:
            if isinstance(trouble, CarrierBusy):
                self._pause.begin()
            log.warning("carrier cannot be reached; the text waits", message=str(message["id"]), reason=str(trouble))
            async with self._database.work(actor) as session:
                await send_later(session, message["id"])
        except CarrierUnsure as trouble:
            # It stays SENDING: when its lease ends the carrier is asked, because sending again might send twice.
            log.warning(
                "carrier did not answer; the text will be settled", message=str(message["id"]), reason=str(trouble)
            )
        else:
            self._pause.end()
            async with self._database.work(actor) as session:
                await record_sent(session, message, receipt.external_id, receipt.at)

    async def _settle(self, actor: Actor, message: Mapping[str, Any]) -> None:
        """Asks the carrier what became of a text that nobody recorded an outcome of."""
        found = await self._carrier.find_sent(self._text(message), message["claimed_at"] - _CLOCK_SLACK)
        async with self._database.work(actor) as session:
            known = await find_recorded(session, [receipt.external_id for receipt in found])
            ours = next((receipt for receipt in found if receipt.external_id not in known), None)
            if ours is None:
                await send_later(session, message["id"])
            else:
                await record_sent(session, message, ours.external_id, ours.at)

    def _text(self, message: Mapping[str, Any]) -> OutboundText:
        return OutboundText(
            message["sender"], message["recipient"], message["body"], Channel(message["channel"]), self._status_callback
        )
