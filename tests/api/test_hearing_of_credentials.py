"""Only those who may see credentials are told of the end of one; all else is told to all (S4.4)."""

import asyncio
import contextlib
import json

import pytest
from gql.transport.exceptions import TransportQueryError

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_credentials import DELETE
from tests.api.test_events import STREAM
from tests.play.callers import Caller, Ear
from tests.play.connections import FEED, Desk
from tests.play.networks import TWITTER
from tests.play.tenant import Tenant

BARE = "subscription ($after: Cursor) { inboxEvents(after: $after) { __typename } }"
NAMED = """subscription ($after: Cursor, $kinds: [EventKind!]) {
  inboxEvents(after: $after, filter: {kinds: $kinds}) { __typename } }"""
CHANGE = """mutation ($m: ID!, $p: [Permission!]) {
  changeMember(input: {memberId: $m, permissions: $p}) { __typename } }"""
MAY = (Role.OWNER, Role.ADMIN)


async def end_one(desk: Desk) -> str:
    """A connection whose time is up; a lead who comes after it is the fence."""
    made = await desk.connect(TWITTER, access_token="no refresh token")
    desk.time.forward(minutes=121)
    await desk.work()
    await desk.tenant.lead()
    return str(made["id"])


async def heard(ear: Ear) -> list[str]:
    """What was told up to the fence."""
    kinds = [(await ear.next())["__typename"]]
    while kinds[-1] != "LeadChanged":
        kinds.append((await ear.next())["__typename"])
    return kinds


@pytest.mark.parametrize("text", [FEED, BARE])
@pytest.mark.parametrize("after", [None, "0"])
async def test_who_may_see_credentials_hears_and_the_others_hear_all_else(
    desk: Desk, text: str, after: str | None
) -> None:
    """The same document, live and as a replay, whether or not it asks for what one may not see."""
    if after:
        await end_one(desk)
    async with contextlib.AsyncExitStack() as stack:
        ears = {role: await stack.enter_async_context(desk.tenant.as_(role).hear(text, after=after)) for role in Role}
        await desk.tenant.followed(len(Role))
        if not after:
            await end_one(desk)
        for role, ear in ears.items():
            wanted = ["CredentialExpired", "LeadChanged"] if role in MAY else ["LeadChanged"]
            assert await heard(ear) == wanted, role


async def test_what_it_tells_is_the_connection_as_it_stands_now(desk: Desk) -> None:
    text = """subscription { inboxEvents(after: "0", filter: {kinds: [CREDENTIAL_EXPIRED]}) { ... on CredentialExpired {
      id cursor at version credential { id version isActive provider name expiresAt owner { id } } } } }"""
    id = await end_one(desk)
    async with desk.tenant.admin.hear(text) as ear:
        event = await ear.next()
    found = event.pop("credential")
    assert event["version"] == found.pop("version") == 2 and event["cursor"] == "1"
    assert found.pop("expiresAt")
    assert found == {"id": id, "isActive": False, "provider": "TWITTER", "name": "Ours", "owner": None}


@pytest.mark.parametrize("role", [role for role in Role if role not in MAY])
async def test_who_names_it_without_the_permission_is_told_so(tenant: Tenant, role: Role) -> None:
    for kinds in (["CREDENTIAL_EXPIRED"], ["LEAD_CHANGED", "CREDENTIAL_EXPIRED"]):
        async with tenant.as_(role).hear(NAMED, kinds=kinds) as ear:
            with pytest.raises(TransportQueryError) as refused:
                await ear.next()
        assert refused.value.errors and refused.value.errors[0]["extensions"]["code"] == "FORBIDDEN"


async def test_other_kinds_are_for_everybody(desk: Desk) -> None:
    kinds = ["LEAD_CHANGED", "MESSAGE_RECEIVED"]
    async with (
        desk.tenant.viewer.hear(NAMED, kinds=kinds) as viewer,
        desk.tenant.owner.hear(NAMED, kinds=kinds) as owner,
    ):
        await desk.tenant.followed(2)
        await end_one(desk)
        assert await heard(viewer) == await heard(owner) == ["LeadChanged"]


async def test_a_key_hears_what_it_was_given(desk: Desk) -> None:
    """Beside the inbox it needs the other permission; and that alone opens no feed."""
    both = await desk.tenant.program(Permission.INBOX_READ, Permission.CREDENTIALS_WRITE)
    inbox = await desk.tenant.program(*(set(Permission) - {Permission.CREDENTIALS_WRITE}))
    async with both.hear(FEED) as one, inbox.hear(FEED) as other:
        await desk.tenant.followed(2)
        await end_one(desk)
        assert await heard(one) == ["CredentialExpired", "LeadChanged"] and await heard(other) == ["LeadChanged"]
    alone = await desk.tenant.program(Permission.CREDENTIALS_WRITE)
    for given in ({}, {"kinds": ["CREDENTIAL_EXPIRED"]}):
        async with alone.hear(NAMED, **given) as ear:
            with pytest.raises(TransportQueryError, match="INBOX_READ"):
                await ear.next()


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_it_belongs_to_no_lead_so_no_scope_hides_it(desk: Desk, scope: LeadScope) -> None:
    """S1.14: a permission of one's own is enough, whichever leads one sees."""
    me, member = await desk.tenant.colleague(scope)
    change = (
        "mutation ($m: ID!, $p: [Permission!]) { changeMember(input: {memberId: $m, permissions: $p}) { __typename } }"
    )
    await desk.tenant.owner.ask(change, m=show_id("member", member), p=["CREDENTIALS_WRITE"])
    async with me.hear(BARE) as ear:
        await desk.tenant.followed()
        await end_one(desk)
        assert (await ear.next())["__typename"] == "CredentialExpired"
    async with me.hear(BARE, after="0") as ear:
        assert (await ear.next())["__typename"] == "CredentialExpired"


async def test_in_a_crowd_it_is_told_to_the_same(desk: Desk) -> None:
    """Where one looks at the events for all, and those who ask the same share a reading."""
    async with contextlib.AsyncExitStack() as stack:

        async def listen(caller: Caller) -> Ear:
            return await stack.enter_async_context(caller.hear(BARE))

        agents = [await listen((await desk.tenant.colleague(LeadScope.ASSIGNED))[0]) for _ in range(9)]
        owners, viewers = [
            [await listen(caller) for _ in range(2)] for caller in (desk.tenant.owner, desk.tenant.viewer)
        ]
        await desk.tenant.followed(13)
        await end_one(desk)
        await desk.tenant.text()
        for ear in owners:
            assert await heard(ear) == ["CredentialExpired", "LeadChanged"]
        for ear in viewers:
            assert await heard(ear) == ["LeadChanged"]
        assert all(await asyncio.gather(*(ear.is_silent() for ear in agents)))


async def test_over_server_sent_events_it_is_told_to_the_same(desk: Desk) -> None:
    await end_one(desk)
    for role in Role:
        caller = desk.tenant.as_(role)
        headers, body = caller.headers | {"Accept": STREAM}, {"query": BARE, "variables": {"after": "0"}}
        kinds: list[str] = []
        async with caller.http.stream("POST", "/graphql", json=body, headers=headers) as answer:
            async for line in answer.aiter_lines():
                if line.startswith("data: ") and len(line) > len("data: "):
                    kinds.append(json.loads(line.removeprefix("data: "))["data"]["inboxEvents"]["__typename"])
                if kinds and kinds[-1] == "LeadChanged":
                    break
        assert kinds == (["CredentialExpired", "LeadChanged"] if role in MAY else ["LeadChanged"]), role


async def test_of_what_is_deleted_nothing_is_told_any_more(desk: Desk) -> None:
    id = await end_one(desk)
    async with desk.tenant.owner.hear(FEED, after="0") as ear:
        assert await heard(ear) == ["CredentialExpired", "LeadChanged"]
    await desk.tenant.owner.ask(DELETE, c=id)
    async with desk.tenant.owner.hear(FEED, after="0") as ear:
        assert await heard(ear) == ["LeadChanged"]


async def test_another_organization_hears_nothing(desk: Desk, stranger: Tenant) -> None:
    async with stranger.owner.hear(BARE) as ear:
        await stranger.followed()
        await end_one(desk)
        await stranger.lead()
        assert await heard(ear) == ["LeadChanged"]
