"""Server-Sent Events: what a socket hears, for networks that refuse sockets."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx
import pytest

from domain.people import Permission, Role
from resolvers.errors import ErrorCode
from tests.play.callers import Caller
from tests.play.errors import well_said
from tests.play.tenant import Tenant

BODIES = """subscription ($after: Cursor) { inboxEvents(after: $after, filter: {kinds: [MESSAGE_RECEIVED]})
  { ... on MessageReceived { cursor message { body } } } }"""
LIVE = "subscription { inboxEvents { __typename } }"
STREAM = "text/event-stream"
Event = tuple[str, Any]


class Reader:
    """Reads what a browser's EventSource would."""

    def __init__(self, answer: httpx.Response) -> None:
        self._lines = answer.aiter_lines()

    async def next(self) -> Event | None:
        """The next event, its name and its data; None when the stream has ended."""
        name, data = "", ""
        async for line in self._lines:
            field, _, value = line.partition(":")
            name, data = (
                (value.strip(), data) if field == "event" else (name, data + value if field == "data" else data)
            )
            if not line and name:
                return name, json.loads(data or "null")
        return None

    async def take(self, count: int) -> list[dict[str, Any]]:
        """The values of the subscription's field in so many results."""
        heard = [await asyncio.wait_for(self.next(), 10) for _ in range(count)]
        assert all(event and event[0] == "next" for event in heard), heard
        return [next(iter(event[1]["data"].values())) for event in heard if event]

    async def rest(self) -> list[Event]:
        """Everything until the stream ends."""
        events = []
        while event := await asyncio.wait_for(self.next(), 3):
            events.append(event)
        return events


@contextlib.asynccontextmanager
async def streamed(caller: Caller, query: str, **variables: Any) -> AsyncIterator[Reader]:
    asked = {"query": query, "variables": variables}
    headers = {**caller.headers, "accept": STREAM}
    async with caller.http.stream("POST", "/graphql", json=asked, headers=headers) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, f"{STREAM}; charset=utf-8")
        yield Reader(answer)


async def test_a_subscription_resumes_and_goes_live(tenant: Tenant) -> None:
    for body in ("one", "two\nlines"):
        await tenant.text(body)
    async with streamed(tenant.agent, BODIES, after="0") as reader:
        first = await reader.take(2)
    await tenant.text("missed")
    async with streamed(tenant.agent, BODIES, after=first[0]["cursor"]) as reader:
        missed = await reader.take(2)
        await tenant.text("live")
        heard = [event["message"]["body"] for event in [*missed, *await reader.take(1)]]
    assert (missed[0], heard) == (first[1], ["two\nlines", "missed", "live"])


async def test_a_query_and_a_mutation_answer_once(tenant: Tenant) -> None:
    conversation, _ = await tenant.text("one")
    await tenant.text("two\nlines")
    query = "{ conversations { nodes { messages { nodes { body } } } } }"
    async with streamed(tenant.agent, query) as reader:
        assert await reader.rest() == [("next", await tenant.agent.answer(query)), ("complete", None)]
    send = 'mutation ($c: ID!) { sendMessage(input: {conversationId: $c, body: "Yes.", idempotencyKey: "k"})'
    async with streamed(tenant.agent, f"{send} {{ ... on Message {{ body }} }} }}", c=conversation) as reader:
        [(_, told), (last, _)] = await reader.rest()
    assert (told["data"], last) == ({"sendMessage": {"body": "Yes."}}, "complete")


async def test_what_goes_wrong_on_the_way_is_told_on_the_stream(tenant: Tenant) -> None:
    async with streamed(tenant.agent, LIVE.replace("Events", 'Events(after: "999")')) as reader:
        [(_, told), (last, _)] = await reader.rest()
    assert (told["errors"][0]["extensions"]["code"], last) == (ErrorCode.BAD_USER_INPUT, "complete")


WRONG: dict[str, dict[str, Any]] = {
    "an unknown field": {"query": "subscription { robots }"},
    "a missing variable": {"query": "subscription ($id: ID!) { messageAdded(conversationId: $id) { id } }"},
    "a garbage variable": {"query": BODIES, "after": {}},
    "two operations": {"query": "query a { __typename } query b { __typename }"},
}


@pytest.mark.parametrize("name", WRONG)
async def test_what_cannot_begin_is_told_on_the_stream(tenant: Tenant, name: str) -> None:
    """As the protocol demands: a browser's EventSource would keep the body of a 400 to itself."""
    async with streamed(tenant.agent, **WRONG[name]) as reader:
        [(first, told), (last, _)] = await reader.rest()
    assert (first, last) == ("next", "complete") and "data" not in told
    assert [error["extensions"]["code"] for error in told["errors"]] == [ErrorCode.BAD_USER_INPUT]


async def test_what_is_no_request_is_json_with_a_status(tenant: Tenant) -> None:
    headers = {**tenant.agent.headers, "accept": STREAM}
    answer = await tenant.house.http.post("/graphql", json={"query": ""}, headers=headers)
    assert (answer.status_code, well_said(answer)) == (400, {ErrorCode.BAD_USER_INPUT})


async def test_nobody_is_told_so_with_a_status(tenant: Tenant) -> None:
    for caller in (tenant.nobody, Caller(tenant.house.http, tenant.house.ws, "garbage")):
        headers = {**caller.headers, "accept": STREAM}
        answer = await tenant.house.http.post("/graphql", json={"query": LIVE}, headers=headers)
        assert (answer.status_code, well_said(answer)) == (401, {ErrorCode.UNAUTHENTICATED})


async def test_who_may_not_hear_is_told_on_the_stream(tenant: Tenant) -> None:
    async with streamed(await tenant.program(Permission.MESSAGES_SEND), LIVE) as reader:
        [(_, told), (last, _)] = await reader.rest()
    assert (told["errors"][0]["extensions"]["code"], last) == (ErrorCode.FORBIDDEN, "complete")


async def test_by_get_one_may_hear_but_not_act(tenant: Tenant) -> None:
    headers = {**tenant.agent.headers, "accept": STREAM}
    asked = {"query": LIVE.replace("Events", 'Events(after: "0")')}
    await tenant.text()
    async with tenant.house.http.stream("GET", "/graphql", params=asked, headers=headers) as answer:
        assert await Reader(answer).take(1)
    for query, accepted in (("mutation { __typename }", STREAM), (LIVE, "application/json")):
        given = {**headers, "accept": accepted}
        answer = await tenant.house.http.get("/graphql", params={"query": query}, headers=given)
        assert (answer.status_code, well_said(answer)) == (405, {ErrorCode.BAD_USER_INPUT})


async def test_who_takes_json_as_well_gets_it_where_there_is_one_answer(tenant: Tenant) -> None:
    headers = {**tenant.agent.headers, "accept": f"application/json, {STREAM}"}
    answer = await tenant.house.http.post("/graphql", json={"query": "{ eventCursor }"}, headers=headers)
    assert answer.headers["content-type"].startswith("application/json") and answer.json()["data"]
    asked = {"query": LIVE}
    async with tenant.house.http.stream("POST", "/graphql", json=asked, headers=headers) as answer:
        assert answer.headers["content-type"].startswith(STREAM)


async def test_the_stream_of_a_suspended_member_ends(tenant: Tenant, sql: asyncpg.Connection) -> None:
    async with streamed(tenant.agent, LIVE) as reader, streamed(tenant.owner, BODIES) as other:
        await tenant.followed(2)
        await sql.execute("update memberships set status = 'SUSPENDED' where id = $1", tenant.members[Role.AGENT])
        assert await reader.rest() == []
        await tenant.followed(1)
        await tenant.text()
        assert await other.take(1)


async def test_a_silent_stream_is_kept_open(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.events._HEARTBEAT_SECONDS", 0.02)
    headers = {**tenant.agent.headers, "accept": STREAM}
    async with tenant.house.http.stream("POST", "/graphql", json={"query": BODIES}, headers=headers) as answer:
        lines = answer.aiter_lines()
        assert [await anext(lines) for _ in range(6)] == [":", ""] * 3
        await tenant.text()
        while not (line := await anext(lines)).startswith("event"):
            assert line in (":", "")
        assert line == "event: next"


async def test_leaving_leaves_nothing_behind(tenant: Tenant) -> None:
    async with streamed(tenant.agent, LIVE), streamed(tenant.viewer, LIVE):
        await tenant.followed(2)
    await tenant.followed(0)


async def test_who_leaves_without_having_read_leaves_nothing_behind(tenant: Tenant) -> None:
    """More is waiting than a line holds, so the stream stands still in the middle of an event."""
    for _ in range(40):
        await tenant.text("x" * 1500)
    wide = " ".join(f"m{n}: message {{ body }}" for n in range(90))
    async with streamed(
        tenant.agent, f'subscription {{ inboxEvents(after: "0") {{ ... on MessageReceived {{ {wide} }} }} }}'
    ):
        await tenant.followed()
        await asyncio.sleep(0.3)
        assert tenant.house.followers(tenant.organization_id) == 1
    await tenant.followed(0)


async def test_two_organizations_hear_nothing_of_each_other(tenant: Tenant, stranger: Tenant) -> None:
    async with streamed(tenant.agent, BODIES) as mine, streamed(stranger.agent, BODIES) as theirs:
        await asyncio.gather(tenant.followed(), stranger.followed())
        for number in range(3):
            await asyncio.gather(tenant.text(f"mine {number}"), stranger.text(f"theirs {number}"))
        for reader, whose in ((mine, "mine"), (theirs, "theirs")):
            assert [event["message"]["body"] for event in await reader.take(3)] == [f"{whose} {n}" for n in range(3)]
