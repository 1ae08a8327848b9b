"""`rekindle serve` as a process of its own, for tests to kill."""

import asyncio
import contextlib
import os
import socket
import sys
from collections.abc import AsyncIterator

import httpx

from tests.play.databases import ROOT
from tests.play.house import TWILIO_SID, TWILIO_TOKEN, House
from tests.play.waiting import until


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.asynccontextmanager
async def process(house: House, port: int, **settings: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """`rekindle serve` as a process of its own, ready; killed at the end, if it lives until then."""
    given = {
        "DATABASE_URL": house.database_url,
        "JWT_SECRET": house.settings.secret(),
        "PORT": str(port),
        "TWILIO_ACCOUNT_SID": TWILIO_SID,
        "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
        "TWILIO_API_URL": house.settings.twilio_api_url or "",
    }
    command = [sys.executable, "-c", "from cli.main import app; app()", "serve"]
    environment = os.environ | {f"REKINDLE_{name}": value for name, value in (given | settings).items()}
    served = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.DEVNULL
    )
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
            await until(lambda: is_ready(http), 30)
        yield served
    finally:
        if served.returncode is None:
            served.kill()
        await served.wait()


async def is_ready(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/readyz")).status_code == 200
    except httpx.TransportError:
        return False
