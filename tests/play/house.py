"""The stage: the product as a process runs it, beside a carrier and a mail server on loopback."""

import asyncio
import contextlib
import socket
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
from starlette.types import ASGIApp

from cli.compose import Parts, running
from cli.demo.carrier import LoopbackCarrier, serve_carrier
from cli.server import WebServer
from cli.settings import Settings
from tests.play.postbox import Postbox

SEALING_KEYS = "tests:" + "QUJD" * 10 + "QUI="  # the base64 of 32 bytes
TWILIO_SID, TWILIO_TOKEN = "AC" + "0" * 32, "the carrier's secret"


@dataclass(frozen=True, slots=True)
class House:
    """What tests may touch: addresses, the carrier's other end, and the parts for building a past."""

    http: httpx.AsyncClient
    carrier: LoopbackCarrier
    postbox: Postbox
    parts: Parts
    settings: Settings
    database_url: str

    @property
    def origin(self) -> str:
        return self.settings.callback_url

    @property
    def ws(self) -> str:
        return self.origin.replace("http://", "ws://") + "/graphql"

    def followers(self, organization_id: UUID) -> int:
        """How many streams of this process follow the organization's feed."""
        return self.parts.hub.followers(organization_id)


@contextlib.asynccontextmanager
async def open_house(database_url: str, **given: Any) -> AsyncIterator[House]:
    """`given` are settings that differ from those of the tests."""
    async with contextlib.AsyncExitStack() as stack:
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{listener.getsockname()[1]}"
        carrier = LoopbackCarrier(TWILIO_SID, TWILIO_TOKEN, f"{origin}/webhooks/twilio/messages")
        postbox = await stack.enter_async_context(Postbox().open())
        usual: dict[str, Any] = {
            "database_url": database_url,
            "port": listener.getsockname()[1],
            "data_dir": Path("unused"),
            "storage_url": f"file://{stack.enter_context(tempfile.TemporaryDirectory())}",
            "jwt_secret": "a secret that only the tests know, and long enough",
            "sealing_keys": SEALING_KEYS,
            "password_rounds": 4,
            "smtp_url": postbox.url,
            "twilio_account_sid": TWILIO_SID,
            "twilio_auth_token": TWILIO_TOKEN,
            "twilio_api_url": await stack.enter_async_context(serve_carrier(carrier)),
        }
        settings = Settings(**usual | given)
        parts = await stack.enter_async_context(running(settings, database_url))
        await stack.enter_async_context(serving(parts.app, listener))
        http = await stack.enter_async_context(httpx.AsyncClient(base_url=origin, timeout=10))
        yield House(http, carrier, postbox, parts, settings, database_url)


@contextlib.asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    started = asyncio.Event()
    server = WebServer(app, started.set)
    task = asyncio.create_task(server.serve(sockets=[listener]))
    await started.wait()
    try:
        yield
    finally:
        server.stop()
        server.force_exit = True
        await task
