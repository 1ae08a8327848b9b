"""A process that is killed after it has answered a webhook: the next one finishes its work, once."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import httpx
import pytest

from gateways.twilio_webhooks import sign
from tests.play.databases import new_database
from tests.play.house import TWILIO_SID, TWILIO_TOKEN, House, open_house
from tests.play.inbound import a_text, inbox
from tests.play.tenant import Tenant, open_tenant
from tests.play.waiting import until

ROOT = Path(__file__).parents[2]


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


async def post(port: int, fields: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{port}/webhooks/twilio/messages"
    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"X-Twilio-Signature": sign(url, fields, TWILIO_TOKEN)}
        return (await http.post(url, data=fields, headers=headers)).status_code


@pytest.fixture
async def idle(database_url: str, house: House) -> AsyncIterator[Tenant]:
    """A tenant in a database of its own, where nobody works but the processes of the test."""
    url = await new_database(database_url, f"crash_{uuid4().hex}")
    async with open_house(url, work=False) as without_workers:
        yield await open_tenant(without_workers)


async def test_a_kill_after_the_answer_loses_nothing(idle: Tenant) -> None:
    """What was answered with 200 is in the conversation and in the feed, once."""
    port, fields = free_port(), a_text(idle, Body="Do not lose me.")
    async with process(idle.house, port, WORK="false") as served:
        assert await post(port, fields) == 200
        served.kill()
        assert await served.wait() == -signal.SIGKILL
    assert await inbox(idle) == []
    async with process(idle.house, port):
        received = 'subscription { inboxEvents(after: "0") { __typename ... on MessageReceived { message { body } } } }'
        async with idle.agent.hear(received) as ear:
            assert (await ear.take(4))[3]["message"] == {"body": "Do not lose me."}
            assert await post(port, fields) == 200  # the carrier had not heard our answer, and says it again
            assert await ear.is_silent()
    [thread] = await inbox(idle)
    assert (thread["unreadCount"], thread["messages"]["totalCount"]) == (1, 1)
