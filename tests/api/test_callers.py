"""Who may ask: tokens, memberships and keys, over HTTP and over a socket."""

import json
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import jwt
import pytest
from gql.transport.exceptions import TransportClosed, TransportConnectionFailed, TransportError
from graphql import build_client_schema, get_introspection_query, lexicographic_sort_schema, print_schema
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from actions.keys import create_api_key
from actions.members import add_member
from domain.ids import new_id
from domain.people import Permission, Role
from tests.play.callers import Caller
from tests.play.served import SERVED
from tests.play.tenant import Tenant
from tests.play.waiting import until

WHO = "{ viewer { organization { slug } member { role } } }"
SECRET = "another secret than the server's, and long enough"


def claims(tenant: Tenant, **given: Any) -> dict[str, Any]:
    settings, now = tenant.house.settings, int(time.time())
    good = {
        "iss": settings.jwt_issuer,
        "aud": settings.jwt_audience,
        "sub": tenant.subjects[Role.AGENT],
        "iat": now,
        "exp": now + 600,
    }
    return {name: value for name, value in (good | given).items() if value is not None}


def signed(tenant: Tenant, algorithm: str = "HS256", secret: str | None = None, **given: Any) -> str:
    return jwt.encode(claims(tenant, **given), tenant.house.settings.secret() if secret is None else secret, algorithm)


BAD_TOKENS: dict[str, dict[str, Any]] = {
    "expired": {"exp": int(time.time()) - 60},
    "without an end": {"exp": None},
    "for others": {"aud": "elsewhere"},
    "for nobody": {"aud": None},
    "by others": {"iss": "elsewhere"},
    "by nobody": {"iss": None},
    "about nobody": {"sub": None},
    "about a stranger": {"sub": "nobody-we-know"},
    "not yet good": {"nbf": int(time.time()) + 600},
    "signed with another secret": {"secret": SECRET},
    "signed with no secret": {"algorithm": "none", "secret": ""},
    "signed in another way": {"algorithm": "HS512"},
}
NO_TOKENS = ["garbage", "a.b.c", "rk_", "rk_0_0", "Bearer", "\u00ff", "null", "x" * 5000]


def bearer(tenant: Tenant, token: str | None) -> Caller:
    return Caller(tenant.house.http, tenant.house.ws, token)


async def close_code(caller: Caller) -> int | None:
    """How the server answers connection_init; None when it lets the caller in."""
    async with connect(caller.ws, subprotocols=["graphql-transport-ws"]) as socket:  # type: ignore[list-item]
        await socket.send(json.dumps({"type": "connection_init", "payload": caller.headers}))
        try:
            return None if "connection_ack" in str(await socket.recv()) else 0
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0


async def is_turned_away(caller: Caller) -> bool:
    """By 401 and a sentence over HTTP, by 4403 over a socket; asked alike, answered alike."""
    answer = await caller.post(WHO)
    [error] = answer.json()["errors"]
    assert error["message"] and error["extensions"]["requestId"] and "data" not in answer.json()
    assert (answer.status_code, error["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    return await close_code(caller) == 4403


async def test_a_good_token_is_let_in(tenant: Tenant) -> None:
    caller = bearer(tenant, signed(tenant))
    who = {"organization": {"slug": tenant.slug}, "member": {"role": "AGENT"}}
    assert (await caller.ask(WHO))["viewer"] == who
    assert await close_code(caller) is None


async def test_nobody_is_turned_away(tenant: Tenant) -> None:
    assert await is_turned_away(tenant.nobody)


@pytest.mark.parametrize("fault", BAD_TOKENS)
async def test_a_bad_token_is_turned_away(tenant: Tenant, fault: str) -> None:
    assert await is_turned_away(bearer(tenant, signed(tenant, **BAD_TOKENS[fault])))


@pytest.mark.parametrize("token", NO_TOKENS)
async def test_what_is_no_token_is_turned_away(tenant: Tenant, token: str) -> None:
    headers = [(b"Authorization", f"Bearer {token}".encode("latin-1"))]
    answer = await tenant.house.http.post("/graphql", json={"query": WHO}, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert "codec" not in answer.text and "Traceback" not in answer.text


async def test_a_token_does_not_name_who_one_is_not(tenant: Tenant, stranger: Tenant) -> None:
    caller = bearer(tenant, signed(tenant))
    elsewhere = Caller(caller.http, caller.ws, caller.bearer, stranger.slug)
    assert await is_turned_away(elsewhere)


@pytest.mark.parametrize("status", ["SUSPENDED", "REMOVED"])
async def test_who_may_not_act_is_turned_away(tenant: Tenant, sql: asyncpg.Connection, status: str) -> None:
    """S0.2; within a second and a bit, because an actor is known for a second."""
    assert await tenant.agent.ask(WHO)
    await sql.execute("update memberships set status = $2 where id = $1", tenant.members[Role.AGENT], status)
    caller = tenant.agent

    async def is_out() -> bool:
        return (await caller.post(WHO)).status_code == 401

    await until(is_out, 3)
    assert await is_turned_away(caller)
    assert await tenant.owner.ask(WHO)


async def test_the_socket_of_a_suspended_member_closes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.2: who is inactive cannot keep a socket."""
    async with tenant.agent.hear("subscription { inboxEvents { __typename } }") as ear:
        await tenant.followed()
        await sql.execute("update memberships set status = 'SUSPENDED' where id = $1", tenant.members[Role.AGENT])
        with pytest.raises((TransportError, TransportClosed, TransportConnectionFailed)):
            await ear.next(3)


async def both(tenant: Tenant, stranger: Tenant) -> str:
    """The agent of the first joins the second as a viewer; answers a token that says neither."""
    database, issuer = tenant.house.parts.database, tenant.house.settings.jwt_issuer
    known = await database.look_up("find_or_add_user", new_id(), issuer, tenant.subjects[Role.AGENT], "a@b.c")
    async with database.work(stranger.product) as session:
        await add_member(session, known[0]["id"], "Guest", "a@b.c", Role.VIEWER)
    return signed(tenant)


async def test_who_belongs_to_several_names_one(tenant: Tenant, stranger: Tenant) -> None:
    """S1.14: one person, several organizations."""
    token = await both(tenant, stranger)
    unsaid = bearer(tenant, token)
    assert await is_turned_away(unsaid)
    assert tenant.slug in (await unsaid.answer(WHO))["errors"][0]["message"]
    for where, role in ((tenant, "AGENT"), (stranger, "VIEWER")):
        for name in (where.slug, str(where.organization_id), f"organization_{where.organization_id}"):
            caller = Caller(tenant.house.http, tenant.house.ws, token, name)
            who = {"organization": {"slug": where.slug}, "member": {"role": role}}
            assert (await caller.ask(WHO))["viewer"] == who
            assert await close_code(caller) is None
    assert await is_turned_away(Caller(tenant.house.http, tenant.house.ws, token, "nowhere"))


async def test_a_key_may_do_what_it_was_made_for(tenant: Tenant) -> None:
    program = await tenant.program(Permission.INBOX_READ)
    assert (await program.ask(WHO))["viewer"] == {"organization": {"slug": tenant.slug}, "member": None}
    assert await close_code(program) is None
    conversation, _ = await tenant.text()
    send = (
        "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { ... on Refused { code } ... on Message { id } } }"
    )
    given = {"conversationId": conversation, "body": "Yes.", "idempotencyKey": "k"}
    assert (await program.ask(send, i=given))["sendMessage"] == {"code": "FORBIDDEN"}
    sender = await tenant.program(Permission.INBOX_READ, Permission.MESSAGES_SEND)
    assert (await sender.ask(send, i=given))["sendMessage"]["id"]
    assert await (await tenant.program(Permission.MESSAGES_SEND)).code(WHO) == "FORBIDDEN"


async def test_a_key_that_is_not_good(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    good = (await tenant.program(Permission.INBOX_READ)).bearer or ""
    swapped = good.replace(tenant.organization_id.hex, stranger.organization_id.hex)
    for key in (good[:-1] + "~", good + "x", swapped, good.upper()):
        assert await is_turned_away(bearer(tenant, key))
    async with tenant.house.parts.database.work(tenant.product) as session:
        past = datetime.now(UTC) - timedelta(seconds=1)
        _, expired = await create_api_key(session, "old", frozenset(Permission))
        await session.connection.execute("update api_keys set expires_at = $1 where name = 'old'", past)
    assert await is_turned_away(bearer(tenant, expired))
    await sql.execute("update api_keys set revoked_at = now() where organization_id = $1", tenant.organization_id)
    assert await is_turned_away(bearer(tenant, good))


async def test_anybody_may_read_the_schema_and_nothing_else(tenant: Tenant) -> None:
    told = await tenant.nobody.ask(get_introspection_query(input_value_deprecation=True, one_of=True))
    served = print_schema(lexicographic_sort_schema(SERVED))
    assert print_schema(lexicographic_sort_schema(build_client_schema(told))) == served  # type: ignore[arg-type]
    assert await tenant.nobody.ask("{ __typename }") == {"__typename": "Query"}
    for text in (
        "{ __typename viewer { organization { id } } }",
        "{ ... on Query { eventCursor } }",
        "{ ...f } fragment f on Query { __typename leads { totalCount } }",
    ):
        assert await tenant.nobody.code(text) == "UNAUTHENTICATED"
