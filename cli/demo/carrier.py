"""A text carrier on loopback that cannot be told from Twilio: for the demo, and for tests, which script its mishaps."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import httpx
from starlette.datastructures import Address

from cli.demo.carrier_api import CarrierApi
from cli.demo.carrier_books import CarrierBooks, utc_now
from cli.demo.carrier_posts import Post, inbound_fields, report_fields
from cli.demo.carrier_texts import CarrierText, new_sid
from cli.demo.door import Door


@dataclass(frozen=True, slots=True)
class Report:
    """A status callback that was posted; `http_status` is None when nobody took it."""

    sid: str
    status: str
    http_status: int | None


class LoopbackCarrier(CarrierBooks):
    """Takes texts over Twilio's API, reports what became of them, and says what the other side writes.

    With `is_reporting` off texts stay queued until `deliver` is called.
    """

    def __init__(
        self, account_sid: str, auth_token: str, inbound_url: str, clock: Callable[[], datetime] = utc_now
    ) -> None:
        super().__init__(account_sid, auth_token, clock)
        self.inbound_url = inbound_url
        self.is_reporting = True
        self.reports: list[Report] = []
        self._post = Post(auth_token)
        self._door = Door(CarrierApi(self, self._taken, self._cut).app())
        self._deliveries: set[asyncio.Task[None]] = set()

    @property
    def base_url(self) -> str:
        return self._door.base_url

    async def say(
        self, sender: str, recipient: str, body: str, media: Sequence[str] = (), sid: str | None = None
    ) -> httpx.Response:
        """Posts an inbound text to the product; a `sid` that was heard before makes it a repeat of that text."""
        now = self.clock()
        text = CarrierText(
            account_sid=self.account_sid,
            sender=sender,
            recipient=recipient,
            body=body,
            created_at=now,
            sid=sid or new_sid("MM" if media else "SM"),
            direction="inbound",
            status="received",
            media=tuple(media),
            sent_at=now,
        )
        if all(text.sid != other.sid for other in self.heard):
            self.heard.append(text)
        return await self._post.send(self.inbound_url, inbound_fields(text))

    async def report(self, text: CarrierText, status: str, error_code: int | None = None) -> None:
        """Posts one status callback for the text, in or out of order, as often as it is called."""
        if not text.status_callback:
            return
        try:
            answer = await self._post.send(text.status_callback, report_fields(text, status, error_code))
        except httpx.HTTPError:  # Twilio does not repeat a status callback that nobody took.
            self.reports.append(Report(text.sid, status, None))
            return
        self.reports.append(Report(text.sid, status, answer.status_code))

    async def deliver(self, text: CarrierText) -> None:
        """Moves the text to sent and to its end, reporting both."""
        text.status, text.sent_at = "sent", self.clock()
        await self.report(text, "sent")
        text.status = "undelivered" if text.undelivered_code else "delivered"
        text.error_code = text.undelivered_code
        await self.report(text, text.status, text.error_code)

    async def settled(self) -> None:
        """Returns when every text taken so far has been delivered and reported."""
        await asyncio.gather(*self._deliveries)

    async def accept_connections(self) -> None:
        await self._door.open()

    async def refuse_connections(self) -> None:
        """Cuts the callers off and refuses new ones, until `accept_connections` opens the same address again."""
        await self._door.shut()

    async def close(self) -> None:
        await self._door.shut()
        for delivery in self._deliveries:
            delivery.cancel()
        await asyncio.gather(*self._deliveries, return_exceptions=True)
        await self._post.close()

    def _taken(self, text: CarrierText) -> None:
        if not self.is_reporting:
            return
        delivery = asyncio.create_task(self._deliver_once_answered(text))
        self._deliveries.add(delivery)
        delivery.add_done_callback(self._deliveries.discard)

    def _cut(self, caller: Address | None) -> None:
        self._door.cut(caller)

    async def _deliver_once_answered(self, text: CarrierText) -> None:
        await text.answered.wait()
        await self.deliver(text)


@contextlib.asynccontextmanager
async def serve_carrier(carrier: LoopbackCarrier) -> AsyncIterator[str]:
    """Runs the carrier on a free port of 127.0.0.1 in the running loop and yields its base URL."""
    await carrier.accept_connections()
    try:
        yield carrier.base_url
    finally:
        await carrier.close()
