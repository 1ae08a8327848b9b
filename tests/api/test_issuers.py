"""Several identity providers at one server: over HTTP and sockets, who is let in is a matter of issuer and subject.

S3.1 and S3.8: whoever Clerk knows by a subject is one person here, and acts for the organizations they belong to alone.
"""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from uuid import uuid4

import jwt
import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from actions.members import add_member
from domain.ids import new_id
from domain.people import Role
from tests.play.callers import Caller
from tests.play.house import House, open_house
from tests.play.provider import Mood, Provider, SigningKey, open_provider
from tests.play.tenant import Tenant, open_tenant
from tests.play.waiting import until

WHO = "{ viewer { member { role } } }"
RSA, CURVED = SigningKey("RS256", 1), SigningKey("ES256", 1)
SHARED, SECRET = "https://x.supabase.co/auth/v1", "a secret that only Supabase and we know"


@dataclass(frozen=True, slots=True)
class World:
    house: House
    clerk: Provider
    other: Provider


@pytest.fixture(scope="module")
async def world(house: House) -> AsyncIterator[World]:
    """A server of its own, because issuers are a matter of settings; the database is everybody's."""
    async with AsyncExitStack() as stack:
        clerk = await stack.enter_async_context(open_provider(RSA))
        other = await stack.enter_async_context(open_provider(CURVED))
        issuers = [
            {"issuer": clerk.issuer, "algorithms": ["RS256"]},
            {"issuer": other.issuer, "algorithms": ["ES256"]},
            {"issuer": SHARED, "secret": SECRET, "audience": "authenticated"},
        ]
        opened = open_house(house.database_url, issuers=json.dumps(issuers), work=False)
        yield World(await stack.enter_async_context(opened), clerk, other)


@pytest.fixture
async def tenant(world: World) -> Tenant:
    return await open_tenant(world.house)


async def join(tenant: Tenant, issuer: str, subject: str, role: Role) -> None:
    """One more member, who signs in there."""
    database, email = tenant.house.parts.database, f"{uuid4().hex}@{tenant.slug}.example"
    rows = await database.look_up("find_or_add_user", new_id(), issuer, subject, email)
    async with database.work(tenant.product) as session:
        await add_member(session, rows[0]["id"], "Member", email, role)


def caller(tenant: Tenant, token: str) -> Caller:
    return Caller(tenant.house.http, tenant.house.ws, token)


async def role(tenant: Tenant, token: str) -> str | None:
    """As whom the token is let in; None where it is turned away."""
    answer = await caller(tenant, token).post(WHO)
    if answer.status_code == 401:
        return None
    told: str = answer.json()["data"]["viewer"]["member"]["role"]
    return told


async def test_the_same_subject_of_another_issuer_is_somebody_else(world: World, tenant: Tenant) -> None:
    subject = f"{tenant.slug}-ann"
    of_secret = {**world.clerk.claims(iss=SHARED, sub=subject), "aud": "authenticated"}
    tokens = [
        RSA.sign(world.clerk.claims(sub=subject)),
        CURVED.sign(world.other.claims(sub=subject)),
        jwt.encode(of_secret, SECRET),
        tenant.house.parts.rules.mint(subject, 60),
    ]
    await join(tenant, world.clerk.issuer, subject, Role.MANAGER)
    assert [await role(tenant, token) for token in tokens] == ["MANAGER", None, None, None]
    await join(tenant, world.other.issuer, subject, Role.VIEWER)
    await join(tenant, SHARED, subject, Role.ADMIN)
    assert [await role(tenant, token) for token in tokens] == ["MANAGER", "VIEWER", "ADMIN", None]
    assert await tenant.agent.ask(WHO) == {"viewer": {"member": {"role": "AGENT"}}}, "our own tokens go on"


async def test_a_token_of_nobody_trusted_is_told_who_is(world: World, tenant: Tenant) -> None:
    answer = await caller(tenant, RSA.sign(world.clerk.claims(iss="https://evil.example.com"))).post(WHO)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["extensions"]["code"]) == (401, "UNAUTHENTICATED")
    assert world.clerk.issuer in error["message"] and SECRET not in error["message"]


async def test_a_provider_that_was_down_from_the_start_is_a_trouble_and_not_a_refusal(house: House) -> None:
    """Whoever shows a token that cannot be read now may try again: nobody has said that it is bad."""
    async with open_provider(RSA) as late:
        late.feel(Mood.FAILING)
        issuers = json.dumps([{"issuer": late.issuer}])
        async with open_house(house.database_url, issuers=issuers, work=False) as opened:
            tenant = await open_tenant(opened)
            answer = await caller(tenant, RSA.sign(late.claims())).post(WHO)
            assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (503, "TIMEOUT")
            assert await tenant.agent.ask(WHO), "the others' tokens are read"


async def socket_end(tenant: Tenant, first: str, then: str) -> int | None:
    """How a socket opened with the first token ends when it is shown the second; None where it goes on."""
    async with connect(tenant.house.ws, subprotocols=[Subprotocol("graphql-transport-ws")]) as socket:
        await socket.send(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {first}"}}))
        assert json.loads(await socket.recv())["type"] == "connection_ack"
        await socket.send(json.dumps({"type": "ping", "payload": {"authorization": f"Bearer {then}"}}))
        try:
            assert json.loads(await socket.recv())["payload"]["type"] == "SessionRefreshed"
        except ConnectionClosed as closed:
            return closed.rcvd.code if closed.rcvd else 0
    return None


async def test_a_newer_token_of_another_subject_or_issuer_does_not_take_over_a_socket(
    world: World, tenant: Tenant
) -> None:
    ann, bob = f"{tenant.slug}-ann", f"{tenant.slug}-bob"
    for issuer, subject in ((world.clerk.issuer, ann), (world.clerk.issuer, bob), (world.other.issuer, ann)):
        await join(tenant, issuer, subject, Role.AGENT)
    first = RSA.sign(world.clerk.claims(sub=ann))
    assert await socket_end(tenant, first, RSA.sign(world.clerk.claims(sub=ann, sid="newer"))) is None
    assert await socket_end(tenant, first, RSA.sign(world.clerk.claims(sub=bob))) == 4403
    assert await socket_end(tenant, first, CURVED.sign(world.other.claims(sub=ann))) == 4403
    assert await socket_end(tenant, first, CURVED.sign(world.clerk.claims(sub=ann))) == 4403
    assert await socket_end(tenant, first, "half a character: \ud800") == 4403


async def test_the_keys_are_fetched_before_anybody_asks(world: World) -> None:
    async def are_fetched() -> bool:
        return world.clerk.fetches > 0 and world.other.fetches > 0

    await until(are_fetched)
