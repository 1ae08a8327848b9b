"""A process that is killed after it has answered a webhook: the next one finishes its work, once."""

import signal
from collections.abc import AsyncIterator

import httpx
import pytest

from gateways.twilio_webhooks import sign
from tests.play.house import TWILIO_TOKEN, House
from tests.play.inbound import a_text, inbox
from tests.play.process import free_port, idle_tenant, process
from tests.play.tenant import Tenant


async def post(port: int, fields: dict[str, str]) -> int:
    url = f"http://127.0.0.1:{port}/webhooks/twilio/messages"
    async with httpx.AsyncClient(trust_env=False) as http:
        headers = {"X-Twilio-Signature": sign(url, fields, TWILIO_TOKEN)}
        return (await http.post(url, data=fields, headers=headers)).status_code


@pytest.fixture
async def idle(database_url: str, house: House) -> AsyncIterator[Tenant]:
    async with idle_tenant(database_url) as tenant:
        yield tenant


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
