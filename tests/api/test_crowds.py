"""Crowds: many who follow one organization, each something else of it, read only what may concern them."""

import asyncio
import contextlib
import random
from uuid import UUID

import pytest

from domain.ids import new_id, show_id
from realtime.channel import Channel, Fact
from realtime.cohorts import Cohort, Cohorts
from realtime.facts import Facts
from tests.api.test_lead_scope import ASSIGN
from tests.play.callers import Caller, Ear
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number

SEQ = "subscription ($filter: InboxEventFilter) { inboxEvents(filter: $filter) { ... on Event { cursor } } }"
CONVERSATIONS, EVENTS = 12, 60


class Table:
    """The events of one organization, and how often they were read."""

    def __init__(self) -> None:
        self.events: list[Fact] = []
        self.readings = 0

    def add(self, conversation: UUID) -> None:
        self.events.append(Fact(len(self.events) + 1, "MESSAGE_RECEIVED", conversation, None))

    def of(self, conversation: UUID) -> list[int]:
        return [fact.seq for fact in self.events if fact.conversation_id == conversation]


class Follower:
    """Follows one conversation."""

    def __init__(self, table: Table, conversation: UUID) -> None:
        self.conversation = conversation
        self.heard: list[int] = []
        self._table = table

    async def read(self, after: int, horizon: int) -> list[tuple[int, bytes]]:
        self._table.readings += 1
        await asyncio.sleep(0)
        found = [seq for seq in self._table.of(self.conversation) if after < seq <= horizon]
        return [(seq, str(seq).encode()) for seq in found[:3]]

    def take(self, event: bytes) -> bool:
        self.heard.append(int(event))
        return True

    def concerns(self, fact: Fact) -> bool:
        return fact.conversation_id == self.conversation

    def joined(self, cohorts: Cohorts, channel: Channel) -> contextlib.AbstractContextManager[Cohort]:
        return cohorts.joined(self.conversation, channel, self.read, self.concerns, 0)


async def breathe(times: int) -> None:
    for _ in range(times):
        await asyncio.sleep(0)


@pytest.mark.parametrize("seed", range(20))
async def test_whatever_is_known_of_events_nobody_misses_or_repeats_one(seed: int) -> None:
    """Positions come with facts, without, with some of them, late and twice."""
    chance, table, channel, cohorts = random.Random(seed), Table(), Channel(), Cohorts()
    followers = [Follower(table, new_id()) for _ in range(CONVERSATIONS)]
    with contextlib.ExitStack() as stack:
        for one in followers:
            stack.enter_context(one.joined(cohorts, channel)).sit(one.take, 0)
        await breathe(1)
        while len(table.events) < EVENTS:
            for _ in range(chance.randrange(1, 4)):
                table.add(chance.choice(followers).conversation)
            facts = table.events[max(0, channel.position) :]
            channel.move(len(table.events), chance.choice([facts, facts, facts, facts[1:], []]))
            channel.move(chance.randrange(len(table.events)))
            await breathe(chance.randrange(4))
        await breathe(50)
        assert [one.heard for one in followers] == [table.of(one.conversation) for one in followers]
        before = table.readings
        table.add(followers[0].conversation)
        channel.move(len(table.events), table.events[-1:])
        await breathe(10)
        assert followers[0].heard[-1] == len(table.events)
        assert table.readings - before == 2, "the one it concerns read, until there was no more"


async def test_facts_are_known_of_every_event(tenant: Tenant, stranger: Tenant) -> None:
    conversation, _ = await tenant.text()
    await stranger.text()
    facts = await Facts(tenant.house.parts.database).look(tenant.organization_id, 0, 4)
    kinds = ["LEAD_CHANGED", "CONVERSATION_CHANGED", "LEAD_CHANGED", "MESSAGE_RECEIVED"]
    assert [(fact.seq, fact.kind) for fact in facts] == list(enumerate(kinds, start=1))
    assert [fact.conversation_id for fact in facts] == [None, bare(conversation), None, bare(conversation)]


async def test_each_hears_of_their_own_conversation_and_of_what_leaves_them(tenant: Tenant) -> None:
    """More than are read for one by one; the last of them waits for what is taken from a colleague."""
    me, member = tenant.agent, show_id("member", next(iter(tenant.members.values())))
    phones = [next_number() for _ in range(CONVERSATIONS)]
    talks = [(await tenant.text(sender=phone))[0] for phone in phones]
    async with contextlib.AsyncExitStack() as stack:

        async def listen(caller: Caller, **filter: object) -> Ear:
            return await stack.enter_async_context(caller.hear(SEQ, filter=filter))

        ears = [await listen(me, conversationId=talk) for talk in talks]
        theirs = await listen(tenant.owner, assigneeId=member)
        await tenant.followed(CONVERSATIONS + 1)
        for _ in range(3):
            for number, phone in enumerate(phones):
                await tenant.text(sender=phone)
                await ears[number].next()
        for assignee in (member, None):
            await tenant.owner.ask(ASSIGN, c=talks[0], m=assignee)
        assert len({(await theirs.next())["cursor"] for _ in range(3)}) == 3  # given, told so, and withdrawn
        assert all([await ear.is_silent() for ear in (theirs, *ears[1:])])
