"""Typing and presence: shown while they happen to whoever may see, in every process, and stored nowhere."""

from typing import Any

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_events import streamed
from tests.api.test_lead_scope import ASSIGN
from tests.play.callers import Caller, Ear
from tests.play.house import open_house
from tests.play.tenant import Tenant, next_number

LOOK = """subscription ($c: ID) { inboxSignals(conversationId: $c) { __typename
  ... on MemberTyping { conversation { id unreadCount } member { id name } isTyping at }
  ... on MemberPresence { member { id } isPresent at } } }"""
TYPE = """mutation ($c: ID!, $is: Boolean!) { signalTyping(input: {conversationId: $c, isTyping: $is}) {
  ... on Conversation { id } ... on Refused { code } } }"""


async def next_typing(ear: Ear) -> dict[str, Any]:
    while (shown := await ear.next())["__typename"] != "MemberTyping":
        pass
    return shown


async def arrivals(ear: Ear, count: int) -> list[tuple[str, bool]]:
    shown = await ear.take(count)
    return [(signal["member"]["id"], signal["isPresent"]) for signal in shown]


def id_of(tenant: Tenant, role: Role) -> str:
    return show_id("member", tenant.members[role])


async def test_who_types_is_shown_to_those_who_look(tenant: Tenant, sql: asyncpg.Connection) -> None:
    conversation, _ = await tenant.text()
    position = "select last_seq from event_counters where organization_id = $1"
    before = await sql.fetchval(position, tenant.organization_id)
    async with tenant.owner.hear(LOOK) as owner, tenant.viewer.hear(LOOK, c=conversation) as viewer:
        await arrivals(owner, 2)
        for is_typing in (True, False):
            assert (await tenant.agent.ask(TYPE, c=conversation, **{"is": is_typing}))["signalTyping"]["id"]
            for ear in (owner, viewer):
                shown = await next_typing(ear)
                assert (shown["conversation"]["id"], shown["isTyping"]) == (conversation, is_typing)
                assert shown["member"] == {"id": id_of(tenant, Role.AGENT), "name": "Agent"}
    assert await sql.fetchval(position, tenant.organization_id) == before, "a signal is no event"


async def test_who_looks_at_one_conversation_sees_nobody_type_elsewhere(tenant: Tenant) -> None:
    (here, _), (there, _) = await tenant.text(), await tenant.text()
    async with tenant.owner.hear(LOOK, c=here) as owner, tenant.owner.hear(LOOK) as fence:
        await arrivals(fence, 1)
        for conversation in (there, here):
            await tenant.agent.ask(TYPE, c=conversation, **{"is": True})
        assert (await owner.next())["conversation"]["id"] == here
        assert await owner.is_silent()


async def test_the_scope_decides_who_sees_whom_type(tenant: Tenant) -> None:
    (ann, ann_id), (bob, _) = [await tenant.colleague(LeadScope.ASSIGNED) for _ in range(2)]
    phone = next_number()
    conversation, _ = await tenant.text(sender=phone)
    await tenant.owner.ask(ASSIGN, c=conversation, m=show_id("member", ann_id))
    async with ann.hear(LOOK) as to_ann, bob.hear(LOOK) as to_bob:
        await arrivals(to_ann, 2)
        await arrivals(to_bob, 2)
        await tenant.owner.ask(TYPE, c=conversation, **{"is": True})
        assert (await to_ann.next())["conversation"]["id"] == conversation
        assert await to_bob.is_silent()


async def test_a_stranger_sees_nobody(tenant: Tenant, stranger: Tenant) -> None:
    """Neither who is there nor who types, and cannot type there."""
    conversation, _ = await tenant.text()
    look = stranger.owner.hear
    async with tenant.owner.hear(LOOK) as mine, look(LOOK, c=conversation) as theirs, look(LOOK) as all_theirs:
        await arrivals(mine, 1)
        assert await arrivals(all_theirs, 1) == [(id_of(stranger, Role.OWNER), True)]
        refused = (await stranger.agent.ask(TYPE, c=conversation, **{"is": True}))["signalTyping"]
        assert refused == {"code": "NOT_FOUND"}
        await tenant.agent.ask(TYPE, c=conversation, **{"is": True})
        await next_typing(mine)
        assert await theirs.is_silent() and await all_theirs.is_silent()


async def test_only_people_who_may_write_type(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    program = await tenant.program(*Permission)
    for caller in (program, tenant.viewer):
        assert (await caller.ask(TYPE, c=conversation, **{"is": True}))["signalTyping"] == {"code": "FORBIDDEN"}


async def test_who_comes_and_goes(tenant: Tenant, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newcomer is told who is there; two inboxes of one person are one person; who comes back at once never left."""
    monkeypatch.setattr("realtime.presence._GRACE_SECONDS", 0.3)
    owner, agent = id_of(tenant, Role.OWNER), id_of(tenant, Role.AGENT)
    async with tenant.owner.hear(LOOK) as ear:
        assert await arrivals(ear, 1) == [(owner, True)]
        async with tenant.agent.hear(LOOK) as newcomer:
            assert await arrivals(ear, 1) == [(agent, True)]
            assert sorted(await arrivals(newcomer, 2)) == sorted([(owner, True), (agent, True)])
            async with tenant.agent.hear("subscription { inboxEvents { __typename } }"):
                pass
        async with tenant.agent.hear(LOOK):
            assert await ear.is_silent(0.5)
        assert await arrivals(ear, 1) == [(agent, False)]
        async with (await tenant.program(Permission.INBOX_READ)).hear(LOOK) as program:
            assert await arrivals(program, 1) == [(owner, True)]


async def test_over_server_sent_events_too(tenant: Tenant) -> None:
    conversation, _ = await tenant.text()
    async with streamed(tenant.owner, LOOK) as reader:
        [first] = await reader.take(1)
        assert first["isPresent"]
        await tenant.agent.ask(TYPE, c=conversation, **{"is": True})
        [second] = await reader.take(1)
        assert second["conversation"]["id"] == conversation


async def test_signals_reach_other_processes_and_the_dead_are_forgotten(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another house on the same database, which then falls silent without a word."""
    monkeypatch.setattr("realtime.presence._RENEWAL_SECONDS", 0.1)
    monkeypatch.setattr("realtime.presence._FORGET_SECONDS", 1.0)
    conversation, _ = await tenant.text()
    agent = id_of(tenant, Role.AGENT)
    async with tenant.owner.hear(LOOK) as ear, open_house(tenant.house.database_url, work=False) as other:
        await arrivals(ear, 1)
        there = Caller(other.http, other.ws, tenant.agent.bearer)
        async with there.hear(LOOK) as across:
            assert await arrivals(ear, 1) == [(agent, True)]
            assert len(await arrivals(across, 2)) == 2
            await there.ask(TYPE, c=conversation, **{"is": True})
            assert [(await next_typing(one))["member"]["id"] for one in (ear, across)] == [agent, agent]
            await tenant.owner.ask(TYPE, c=conversation, **{"is": True})
            owner = id_of(tenant, Role.OWNER)
            assert [(await next_typing(one))["member"]["id"] for one in (ear, across)] == [owner, owner]
            other.parts.live.presence._here.clear()  # it says no more, as a dead process would not
            assert await arrivals(ear, 1) == [(agent, False)]
