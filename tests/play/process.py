"""`rekindle serve` and `work` as processes of their own."""

import asyncio
import contextlib
import os
import random
import socket
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO
from uuid import uuid4

import httpx

from tests.play.databases import drop_database, new_database
from tests.play.house import TWILIO_SID, TWILIO_TOKEN, House, open_house
from tests.play.tenant import Tenant, open_tenant
from tests.play.waiting import until

ROOT = Path(__file__).parents[2]


def free_port() -> int:
    """One below those that systems give to who connects: nobody takes it before the process is up."""
    while True:
        port = random.randrange(20_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@contextlib.asynccontextmanager
async def idle_house(database_url: str) -> AsyncIterator[House]:
    """A house with a database of its own, where nobody works but what its tests start."""
    name = f"processes_{uuid4().hex}"
    url = await new_database(database_url, name)
    try:
        async with open_house(url, work=False) as without_workers:
            yield without_workers
    finally:
        await drop_database(database_url, name)


@contextlib.asynccontextmanager
async def idle_tenant(database_url: str) -> AsyncIterator[Tenant]:
    async with idle_house(database_url) as house:
        yield await open_tenant(house)


@contextlib.asynccontextmanager
async def process(
    house: House, port: int, command: str = "serve", log: IO[str] | None = None, **settings: str
) -> AsyncIterator[Process]:
    """The command on the house's database and carrier, ready if it serves; killed at the end, if it lives until then.

    What it logs goes into the file `log`.
    """
    given = {
        "DATABASE_URL": house.database_url,
        "JWT_SECRET": house.settings.secret(),
        "PORT": str(port),
        "SMTP_URL": house.settings.smtp_url or "",
        "TWILIO_ACCOUNT_SID": TWILIO_SID,
        "TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
        "TWILIO_API_URL": house.settings.twilio_api_url or "",
    }
    words = [sys.executable, "-c", "from cli.main import app; app()", command]
    environment = os.environ | {f"REKINDLE_{name}": value for name, value in (given | settings).items()}
    served = await asyncio.create_subprocess_exec(
        *words, cwd=ROOT, env=environment, stderr=log or DEVNULL, stdout=DEVNULL
    )
    try:
        if command == "serve":
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
                await until(lambda: is_ready(http), 60)
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
