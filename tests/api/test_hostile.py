"""What nobody sends by mistake: crafted cursors, texts that are none, and documents that grow while they are read."""

import asyncio
import base64
import json
import time
from typing import Any

import pytest
from websockets.asyncio.client import connect

from db.leads import LEADS
from db.pages import signature
from resolvers.errors import ErrorCode
from tests.play.errors import well_said
from tests.play.tenant import Tenant

ID = "01a1fe4c-47d8-75c8-b1fa-f35fbf4ede88"
CREATED, NAMED = (("created_at", "DESC"), ("id", "DESC")), (("name", "ASC"), ("id", "ASC"))
NOW = "2026-01-01 00:00:00+00"
CURSORS: dict[str, tuple[Any, list[Any]]] = {
    "a week for a time": (CREATED, ["2026-W01-1", ID]),
    "an offset no database knows": (CREATED, ["2026-01-01T00:00:00+23:59", ID]),
    "another spelling of an id": (CREATED, [NOW, f"urn:uuid:{ID}"]),
    "half a character": (NAMED, ["\ud800", ID]),
    "a NUL": (NAMED, ["\x00", ID]),
    "numbers": (CREATED, [1, 2]),
    "nothing": (CREATED, [None, None]),
    "too many keys": (CREATED, [NOW, ID, ID]),
}


@pytest.mark.parametrize("name", CURSORS)
async def test_a_crafted_cursor(tenant: Tenant, name: str) -> None:
    order, keys = CURSORS[name]
    text = json.dumps([signature(LEADS, order), *keys])
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    asked = "query ($c: Cursor, $o: [LeadOrder!]) { leads(after: $c, order: $o) { totalCount } }"
    given = [{"name": "ASC"}] if order is NAMED else None
    assert well_said(await tenant.agent.post(asked, c=cursor, o=given)) == {"BAD_USER_INPUT"}


async def test_fragments_that_double_are_read_once(tenant: Tenant) -> None:
    """Twenty fragments of two spreads each are a million fields to whoever walks them; anybody may send them."""
    doubling = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(20))
    started = time.monotonic()
    answer = await tenant.nobody.answer(f"{{ ...f0 }} {doubling} fragment f20 on Query {{ __typename }}")
    assert time.monotonic() - started < 2, "meanwhile nobody else was answered"
    assert answer.get("data") == {"__typename": "Query"} or answer["errors"]


async def over_a_socket(tenant: Tenant, **payload: Any) -> list[dict[str, Any]]:
    """The errors with which an operation on a socket is answered."""
    async with connect(tenant.house.ws, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": tenant.agent.headers}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"id": "1", "type": "subscribe", "payload": payload}))
        answer = json.loads(await asyncio.wait_for(socket.recv(), 3))
    assert answer["type"] in ("next", "error"), answer
    errors: list[dict[str, Any]] = answer["payload"] if answer["type"] == "error" else answer["payload"]["errors"]
    return errors


FILTER = "query ($v: LeadFilter) { leads(filter: $v) { totalCount } }"
WIDE = "leads(first: 100) { nodes { conversations(first: 100) { nodes { id } } } }"
OPERATIONS: dict[str, dict[str, Any]] = {
    "an unknown field": {"query": "{ robots }"},
    "an unknown fragment": {"query": "{ ...nowhere }"},
    "an unknown fragment in a subscription": {"query": "subscription { ...nowhere }"},
    "a list in an event": {
        "query": "subscription { inboxEvents { ... on LeadChanged { lead { conversations { totalCount } } } } }"
    },
    "half a character": {"query": FILTER, "variables": {"v": {"email": {"eq": "\ud800"}}}},
    "a garbage id": {"query": 'subscription { messageAdded(conversationId: "x") { id } }'},
    "an empty id": {"query": 'subscription { messageAdded(conversationId: "") { id } }'},
    "an empty id in a filter": {
        "query": 'subscription { inboxEvents(after: "0", filter: {conversationId: ""}) { __typename } }'
    },
    "too much": {"query": f"{{ a: {WIDE} b: {WIDE} }}"},
}


@pytest.mark.parametrize("name", OPERATIONS)
async def test_a_socket_says_what_is_wrong(tenant: Tenant, name: str) -> None:
    await tenant.text()
    for error in await over_a_socket(tenant, **OPERATIONS[name]):
        assert error["extensions"]["code"] in {code.value for code in ErrorCode} - {"INTERNAL"}
        assert error["extensions"]["requestId"] and len(error["message"]) > 10


async def test_half_a_character_is_no_text_to_send(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    send = "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { __typename ... on Refused { code } } }"
    for body, key in (("\ud800", "a key"), ("a text", "\ud800")):
        given = {"conversationId": conversation, "body": body, "idempotencyKey": key}
        async with connect(tenant.house.ws, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
            await socket.send(json.dumps({"type": "connection_init", "payload": tenant.agent.headers}))
            await socket.recv()
            await socket.send(
                json.dumps({"id": "1", "type": "subscribe", "payload": {"query": send, "variables": {"i": given}}})
            )
            answer = json.loads(await asyncio.wait_for(socket.recv(), 3))["payload"]
        assert answer["data"] == {"sendMessage": {"__typename": "Refused", "code": "BAD_INPUT"}}
