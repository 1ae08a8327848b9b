"""Beginning an organization: by people who belong nowhere yet, where the server is open to them (S2.1, S2.2)."""

import json
import time
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import jwt
import pytest

from tests.play.callers import Caller
from tests.play.house import House, open_house
from tests.play.tenant import Tenant

ISSUER, SECRET = "https://x.supabase.co/auth/v1", "a secret that only the provider and we know"
FOUND = """mutation ($i: CreateOrganizationInput!) { createOrganization(input: $i) {
  ... on Organization { slug name country timeZone isSending } ... on Refused { code field why: message } } }"""
WHO = "{ viewer { organization { slug } member { name email role leadScope } } }"


@pytest.fixture(scope="module")
async def open_to_all(house: House) -> AsyncIterator[House]:
    issuers = json.dumps([{"issuer": ISSUER, "secret": SECRET, "audience": "authenticated", "trusts_email": True}])
    async with open_house(house.database_url, issuers=issuers, sign_up=True, work=False) as opened:
        yield opened


def somebody(house: House, **said: object) -> Caller:
    claims = {"iss": ISSUER, "aud": "authenticated", "sub": uuid4().hex, "exp": int(time.time()) + 600, **said}
    return Caller(house.http, house.ws, jwt.encode(claims, SECRET, algorithm="HS256"))


def slug() -> str:
    return f"new-{uuid4().hex[-10:]}"


async def test_whoever_begins_one_owns_it(open_to_all: House) -> None:
    caller, name = somebody(open_to_all, email="Ann@Example.com", name="Ann"), slug()
    assert await caller.code(WHO) == "UNAUTHENTICATED"
    given = {"slug": name, "name": "Sunny", "country": "DE", "timeZone": "Europe/Berlin"}
    made = (await caller.ask(FOUND, i=given))["createOrganization"]
    assert made == {"slug": name, "name": "Sunny", "country": "DE", "timeZone": "Europe/Berlin", "isSending": True}
    found = (await caller.ask(WHO))["viewer"]
    assert found["organization"] == {"slug": name}
    assert found["member"] == {"name": "Ann", "email": "ann@example.com", "role": "OWNER", "leadScope": "ALL"}


async def test_a_member_may_begin_a_second_one(open_to_all: House, sql: asyncpg.Connection) -> None:
    caller, names = somebody(open_to_all, email="bo@example.com"), [slug(), slug()]
    for name in names:
        await caller.ask(FOUND, i={"slug": name, "name": name})
    for name in names:
        there = Caller(caller.http, caller.ws, caller.bearer, name)
        assert (await there.ask(WHO))["viewer"]["organization"] == {"slug": name}


async def test_a_slug_belongs_to_the_first(open_to_all: House) -> None:
    given = {"slug": slug(), "name": "Sunny"}
    assert "slug" in (await somebody(open_to_all, email="a@example.com").ask(FOUND, i=given))["createOrganization"]
    second = (await somebody(open_to_all, email="b@example.com").ask(FOUND, i=given))["createOrganization"]
    assert (second["code"], second["field"]) == ("CONFLICT", "slug")
    for wrong in ({"slug": "No"}, {"country": "xx"}, {"timeZone": "Nowhere"}, {"name": ""}):
        refused = await somebody(open_to_all, email="c@example.com").ask(FOUND, i=given | {"slug": slug()} | wrong)
        assert refused["createOrganization"]["code"] == "BAD_INPUT", wrong


async def test_nothing_else_is_open_to_who_belongs_nowhere(open_to_all: House) -> None:
    caller = somebody(open_to_all, email="d@example.com")
    for text in (WHO, "{ __typename eventCursor }", "mutation { pauseOrganization { __typename } }"):
        assert await caller.code(text) == "UNAUTHENTICATED"
    both = FOUND.replace("createOrganization(", "pauseOrganization { __typename } createOrganization(", 1)
    assert await caller.code(both, i={"slug": slug(), "name": "x"}) == "UNAUTHENTICATED"


async def test_nobody_programs_and_unproven_people_begin_none(open_to_all: House, tenant: Tenant) -> None:
    given = {"slug": slug(), "name": "Sunny"}
    nobody = Caller(open_to_all.http, open_to_all.ws)
    assert await nobody.code(FOUND, i=given) == "UNAUTHENTICATED"
    assert await somebody(open_to_all, exp=1).code(FOUND, i=given) == "UNAUTHENTICATED"
    unproven = (await somebody(open_to_all).ask(FOUND, i=given))["createOrganization"]
    assert unproven["code"] == "BAD_INPUT" and "e-mail" in unproven["why"]


async def test_a_server_that_is_not_open_refuses(tenant: Tenant) -> None:
    refused = (await tenant.owner.ask(FOUND, i={"slug": slug(), "name": "Sunny"}))["createOrganization"]
    assert refused["code"] == "FORBIDDEN"
