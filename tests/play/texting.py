"""Sending texts and watching what becomes of them, as a colleague would."""

from typing import Any
from uuid import uuid4

import asyncpg

from cli.demo.carrier_texts import CarrierText
from tests.play.callers import Caller
from tests.play.past import hasten
from tests.play.tenant import Tenant
from tests.play.waiting import until

SEND = """mutation ($input: SendMessageInput!) { sendMessage(input: $input) { __typename
  ... on Message { id status body sender recipient segments author { id } conversation { lastMessage { id } } }
  ... on Refused { code message field } } }"""
MESSAGE = """query ($id: ID!) { node(id: $id) { ... on Message {
  status errorCode errorMessage sentAt deliveredAt readAt } } }"""


async def send(caller: Caller, conversation: str, body: str = "Yes.", key: str | None = None) -> dict[str, Any]:
    given = {"conversationId": conversation, "body": body, "idempotencyKey": key or uuid4().hex}
    sent: dict[str, Any] = (await caller.ask(SEND, input=given))["sendMessage"]
    return sent


async def read(tenant: Tenant, id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await tenant.viewer.ask(MESSAGE, id=id))["node"]
    return found


async def reaches(tenant: Tenant, sql: asyncpg.Connection, id: str, status: str) -> dict[str, Any]:
    """Waits for the status, with everything that waits for its hour brought forward."""

    async def is_there() -> dict[str, Any] | None:
        await hasten(tenant, sql)
        found = await read(tenant, id)
        return found if found["status"] == status else None

    found = await until(is_there)
    assert found
    return found


def taken(tenant: Tenant) -> list[CarrierText]:
    """What the carrier took from this organization."""
    return [text for text in tenant.house.carrier.accepted if text.sender == tenant.number]


async def calm_down(sql: asyncpg.Connection) -> None:
    """Nobody else's text is under way, so the next mishap of the carrier meets ours."""
    soon = "scheduled_at < now() + interval '9 seconds'"
    due = f"select not exists (select from messages where status in ('QUEUED', 'SENDING') and {soon})"
    await until(lambda: sql.fetchval(due))
