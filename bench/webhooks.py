"""The carrier's side: genuine signed webhooks, posted by schedule whatever has become of those before."""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from bench.contenders import ACCOUNT
from bench.fixtures import Tenant, lead_number
from cli.demo.carrier_posts import inbound_fields
from cli.demo.carrier_texts import CarrierText
from gateways.twilio_webhooks import sign

_PATH = "/webhooks/twilio/messages"
_PATIENCE_SECONDS = 60
_LINES = 200  # as many posts are under way at once at most; the others wait, and their clock runs


def write_webhook(port: int, auth_token: str, tenant: Tenant, lead: int, body: str) -> bytes:
    """The whole request that tells of a text from one of the tenant's leads."""
    url = f"http://127.0.0.1:{port}{_PATH}"
    fields = inbound_fields(CarrierText(ACCOUNT, lead_number(lead), tenant.number, body, datetime.now(UTC)))
    form = urlencode(fields).encode()
    head = (
        f"POST {_PATH} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUser-Agent: TwilioProxy/1.1\r\n"
        "Content-Type: application/x-www-form-urlencoded; charset=UTF-8\r\n"
        f"X-Twilio-Signature: {sign(url, fields, auth_token)}\r\nContent-Length: {len(form)}\r\n\r\n"
    )
    return head.encode() + form


@dataclass(slots=True)
class Posted:
    """When each post was due, how late it left, and how long after it was due it was answered; in seconds."""

    due: list[float]
    late: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)

    @property
    def ended(self) -> float:
        return self.due[-1]


class Carrier:
    """Kept connections to one server; each has at most one post under way."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._free: list[_Line] = []
        self._may = asyncio.Semaphore(_LINES)

    async def post(self, request: bytes) -> float:
        """When it was sent. Anything but a 200 is an error."""
        async with self._may:
            line = await self._line()
            sent = time.perf_counter()
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await line.ask(request)
            self._free.append(line)
            return sent

    async def _line(self) -> "_Line":
        """One that is free, or a new one: the server closes those that are silent for long."""
        while self._free:
            if not (line := self._free.pop()).transport.is_closing():
                return line
        _, line = await asyncio.get_running_loop().create_connection(_Line, "127.0.0.1", self._port)
        return line

    async def post_by_schedule(self, requests: Sequence[bytes], rate: float) -> Posted:
        """An open loop: a slow answer puts off no later post, and every clock starts when its post was due."""
        start = time.perf_counter() + 0.1
        posted = Posted([start + number / rate for number in range(len(requests))])

        async def one(due: float, request: bytes) -> None:
            posted.late.append(await self.post(request) - due)
            posted.answered.append(time.perf_counter() - due)

        async with asyncio.TaskGroup() as group:
            for due, request in zip(posted.due, requests, strict=True):
                if (wait := due - time.perf_counter()) > 0:
                    await asyncio.sleep(wait)
                group.create_task(one(due, request))
        return posted

    def close(self) -> None:
        for line in self._free:
            line.transport.abort()


class _Line(asyncio.Protocol):
    """One kept connection."""

    transport: asyncio.Transport

    def __init__(self) -> None:
        self._got = b""
        self._answer: asyncio.Future[None] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    async def ask(self, request: bytes) -> None:
        self._got, self._answer = b"", asyncio.get_running_loop().create_future()
        self.transport.write(request)
        await self._answer

    def data_received(self, data: bytes) -> None:
        self._got += data
        if not self._got.endswith(b"<Response/>") and self._got.startswith(b"HTTP/1.1 200 "):
            return
        assert self._answer
        if self._got.startswith(b"HTTP/1.1 200 "):
            self._answer.set_result(None)
        else:
            self._answer.set_exception(ConnectionError(f"A webhook was answered {self._got[:500]!r}"))

    def connection_lost(self, error: Exception | None) -> None:
        if self._answer and not self._answer.done():
            self._answer.set_exception(ConnectionError(f"The server closed a webhook's connection: {error}"))
