"""Who hears what of leads in datasets: events, replays and signals obey the limit as queries do (S1.14, S1.15)."""

import asyncio
import contextlib
from random import Random
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_datasets import verb
from tests.api.test_lead_scope import ASSIGN
from tests.api.test_signals import LOOK, TYPE, next_typing
from tests.api.test_who_hears import FEED, bodies, until_heard
from tests.play.past import bare, keep_dataset, raise_insight
from tests.play.shelves import open_shelves, seen_under
from tests.play.tenant import Tenant, next_number

DATASETS = """subscription ($after: Cursor) { inboxEvents(after: $after, filter: {kinds: [DATASET_CHANGED]}) {
  ... on DatasetChanged { dataset { id totalLeads } } } }"""


async def put(tenant: Tenant, dataset: str, *leads: str) -> None:
    assert "code" not in await verb(tenant.owner, "addLeads", datasetId=dataset, leadIds=leads)


async def take(tenant: Tenant, dataset: str, *leads: str) -> None:
    assert "code" not in await verb(tenant.owner, "removeLeads", datasetId=dataset, leadIds=leads)


def kinds(heard: list[dict[str, Any]]) -> list[str]:
    return [event["__typename"] for event in heard]


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_a_replay_and_what_follows_tell_what_is_in_sight(tenant: Tenant, scope: LeadScope) -> None:
    shelves = await open_shelves(tenant, scope)
    start = (await shelves.me.ask("{ eventCursor }"))["eventCursor"]
    raised = "... on InsightRaised { insight { conversation { id } } }"
    for name in shelves.leads:
        await raise_insight(tenant, shelves.conversations[name], shelves.messages[name], "another")
    async with shelves.me.hear(f'subscription {{ inboxEvents(after: "{start}") {{ {raised} }} }}') as ear:
        wanted = seen_under(scope)
        for rule in ("a replay", "live"):
            heard = [(await ear.next())["insight"]["conversation"]["id"] for _ in wanted]
            assert shelves.names("conversations", heard) == wanted, rule
            for name in shelves.leads if rule == "a replay" else ():
                await raise_insight(tenant, shelves.conversations[name], shelves.messages[name], "one more")
        assert await ear.is_silent()


async def test_members_of_other_datasets_share_no_reading(tenant: Tenant) -> None:
    """The same document, asked by members and programs of two datasets, of both, of none, and without a limit."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    limits = [{here}, {here}, {there}, {here, there}, set()]
    callers = [
        (await tenant.colleague(LeadScope.ALL, limit=frozenset(map(bare, limit))))[0] for limit in map(sorted, limits)
    ]
    callers.append(await tenant.program(Permission.INBOX_READ, limit=frozenset({bare(here)})))
    callers.append(tenant.owner)
    phones = [next_number() for _ in range(3)]
    for phone, dataset in zip(phones, ([here], [there], []), strict=True):
        await tenant.lead(phone=phone, dataset_ids=[bare(one) for one in dataset])
    expected: list[tuple[int, list[str]]] = [
        (0, ["here", "the fence of here"]),
        (1, ["here", "the fence of here"]),
        (2, ["there", "the fence of there"]),
        (3, ["here", "there", "the fence of here", "the fence of there"]),
        (5, ["here", "the fence of here"]),
        (6, ["here", "there", "nowhere", "the fence of here", "the fence of there"]),
    ]
    async with contextlib.AsyncExitStack() as stack:
        ears = [await stack.enter_async_context(caller.hear(FEED)) for caller in callers]
        await tenant.followed(len(callers))
        for phone, text in zip(phones, ("here", "there", "nowhere"), strict=True):
            await tenant.text(text, sender=phone)
        for text in ("here", "there"):
            await tenant.text(f"the fence of {text}", sender=phones[text == "there"])
        for place, texts in expected:
            assert bodies(await until_heard(ears[place], texts[-1])) == texts, place
        assert await ears[4].is_silent()


async def test_who_loses_sight_of_a_lead_is_told_and_nobody_else(tenant: Tenant) -> None:
    """Into a dataset, into another, out of the first, out of both: heard by those whose sight changes."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    (ann, _), (bob, _) = [
        await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(dataset)})) for dataset in (here, there)
    ]
    lead = show_id("lead", await tenant.lead(phone=(phone := next_number())))
    await tenant.text("unseen", sender=phone)
    async with ann.hear(FEED) as to_ann, bob.hear(FEED) as to_bob, tenant.owner.hear(FEED) as to_owner:
        await tenant.followed(3)
        await put(tenant, here, lead)
        await tenant.text("to Ann", sender=phone)
        anns = await until_heard(to_ann, "to Ann")
        assert kinds(anns) == ["LeadChanged", "DatasetChanged", "MessageReceived"]
        await put(tenant, there, lead)
        await tenant.text("to both", sender=phone)
        assert kinds(await until_heard(to_ann, "to both")) == ["LeadChanged", "MessageReceived"]
        assert kinds(await until_heard(to_bob, "to both")) == ["LeadChanged", "DatasetChanged", "MessageReceived"]
        await take(tenant, here, lead)
        await tenant.text("to Bob", sender=phone)
        withdrawn = await to_ann.take(2)
        assert kinds(withdrawn) == ["LeadWithdrawn", "DatasetChanged"] and withdrawn[0]["leadId"] == lead
        assert kinds(await until_heard(to_bob, "to Bob")) == ["LeadChanged", "MessageReceived"]
        await take(tenant, there, lead)
        await tenant.text("to nobody", sender=phone)
        assert kinds(await to_bob.take(2)) == ["LeadWithdrawn", "DatasetChanged"]
        everything = await until_heard(to_owner, "to nobody")
        assert "LeadWithdrawn" not in kinds(everything)
        assert bodies(everything) == ["to Ann", "to both", "to Bob", "to nobody"]
        assert await to_ann.is_silent() and await to_bob.is_silent()


async def test_a_replay_leaves_out_what_is_out_of_sight_by_now(tenant: Tenant) -> None:
    """What came while it was elsewhere, asked for after it has come here: it was not meant for them then."""
    here = await keep_dataset(tenant)
    me, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(here)}))
    lead = show_id("lead", await tenant.lead(phone=(phone := next_number())))
    await tenant.text("before", sender=phone)
    await put(tenant, here, lead)
    await tenant.text("within", sender=phone)
    async with me.hear(FEED, after="0") as ear:
        assert bodies(await until_heard(ear, "within")) == ["within"]
        assert await ear.is_silent()
    await take(tenant, here, lead)
    await tenant.text("after", sender=phone)
    async with me.hear(FEED, after="0") as ear:
        heard = await ear.take(4)
        assert kinds(heard) == ["DatasetChanged", "DatasetChanged", "LeadWithdrawn", "DatasetChanged"]
        assert await ear.is_silent()


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_what_becomes_of_datasets_is_heard_by_those_who_see_them(tenant: Tenant, scope: LeadScope) -> None:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    me, _ = await tenant.colleague(scope, limit=frozenset({bare(here)}))
    async with me.hear(DATASETS) as ear:
        await tenant.followed()
        for dataset in (there, here):
            await put(tenant, dataset, show_id("lead", await tenant.lead()))
        assert (await ear.next())["dataset"] == {"id": here, "totalLeads": 1}
        assert await ear.is_silent()
    async with me.hear(DATASETS, after="0") as ear:
        assert {(await ear.next())["dataset"]["id"] for _ in range(2)} == {here}
        assert await ear.is_silent()


async def test_a_hand_over_within_a_dataset_is_no_news_elsewhere(tenant: Tenant) -> None:
    """What was taken from the pool is withdrawn from those who saw it there: not from who never did."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    pool = LeadScope.ASSIGNED_AND_UNASSIGNED
    (ann, _), (bob, _) = [await tenant.colleague(pool, limit=frozenset({bare(one)})) for one in (here, there)]
    phone = next_number()
    await tenant.lead(phone=phone, dataset_ids=[bare(here)])
    fence = await tenant.lead(phone=(other := next_number()), dataset_ids=[bare(there)])
    conversation, _ = await tenant.text(sender=phone)
    async with ann.hear(FEED) as to_ann, bob.hear(FEED) as to_bob:
        await tenant.followed(2)
        await tenant.owner.ask(ASSIGN, c=conversation, m=show_id("member", tenant.members[Role.OWNER]))
        assert (await to_ann.next())["__typename"] == "LeadWithdrawn"
        await tenant.text("the fence", sender=other)
        assert fence and kinds(await until_heard(to_bob, "the fence"))[-1] == "MessageReceived"
        assert await to_ann.is_silent()


async def test_who_is_limited_tells_as_everybody_does(tenant: Tenant) -> None:
    """What a limited colleague does is told to all who see it, also what has left their own sight with it."""
    shelves = await open_shelves(tenant, LeadScope.ALL, Role.MANAGER)
    lead = shelves.leads["theirs", "both"]
    agent = show_id("member", tenant.members[Role.AGENT])
    async with tenant.owner.hear(FEED) as to_owner, shelves.me.hear(FEED) as to_me, tenant.agent.hear(FEED) as to_agent:
        await tenant.followed(3)
        await verb(shelves.me, "removeLeads", datasetId=shelves.here, leadIds=[lead])
        for ear in (to_owner, to_agent):
            assert kinds(await ear.take(2)) == ["LeadChanged", "DatasetChanged"]
        assert kinds(await to_me.take(2)) == ["LeadWithdrawn", "DatasetChanged"]
        await shelves.me.ask(ASSIGN, c=shelves.conversations["nobody's", "here"], m=agent)
        for ear in (to_owner, to_me, to_agent):
            assert kinds(await ear.take(2)) == ["LeadChanged", "ConversationAssigned"]


async def test_the_limit_decides_who_sees_whom_type(tenant: Tenant) -> None:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    callers = [(await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(one)})))[0] for one in (here, there)]
    conversations = []
    for dataset in (here, there):
        await tenant.lead(phone=(phone := next_number()), dataset_ids=[bare(dataset)])
        conversations.append((await tenant.text(sender=phone))[0])
    async with callers[0].hear(LOOK) as to_ann, callers[1].hear(LOOK) as to_bob:
        for ear in (to_ann, to_bob):  # both have come, and each sees both
            await ear.take(2)
        for conversation in reversed(conversations):
            await tenant.owner.ask(TYPE, c=conversation, **{"is": True})
        for ear, conversation in zip((to_ann, to_bob), conversations, strict=True):
            assert (await next_typing(ear))["conversation"]["id"] == conversation
            assert await ear.is_silent()
    refused = await callers[0].ask(TYPE, c=conversations[1], **{"is": True})
    assert refused["signalTyping"] == {"code": "NOT_FOUND"}


async def test_whatever_comes_in_between_no_copy_is_stale(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """All that belongs to a lead says in which datasets it is, and that is where it is; nobody deadlocks."""
    chance, datasets = Random(11), [await keep_dataset(tenant) for _ in range(3)]
    phones = [next_number() for _ in range(4)]
    leads = [show_id("lead", await tenant.lead(phone=phone)) for phone in phones]
    talks = [await tenant.text(sender=phone) for phone in phones]
    member = show_id("member", (await tenant.colleague(LeadScope.ALL))[1])

    async def move(turn: int) -> None:
        some = chance.sample(leads, 3)
        await (put if turn % 3 else take)(tenant, chance.choice(datasets), *some)

    for turn in range(8):
        await asyncio.gather(
            *(move(turn + number) for number in range(6)),
            *(tenant.text(f"text {turn}", sender=phone) for phone in phones),
            *(tenant.answer(talk[0], f"answer {turn}") for talk in talks),
            *(raise_insight(tenant, *talk, rule=uuid4().hex) for talk in talks),
            *(tenant.owner.ask(ASSIGN, c=talk[0], m=(member, None)[turn % 2]) for talk in talks),
        )
    of = "x.organization_id = $1 and l.organization_id = $1"
    same = "(select array(select unnest({}) order by 1))"
    truth = "array(select p.dataset_id from dataset_leads p where p.lead_id = l.id order by 1)"
    for table, key in (("leads", "id"), ("conversations", "lead_id"), ("messages", "lead_id"), ("insights", "lead_id")):
        stale = f"select count(*) from {table} x join leads l on l.id = x.{key} where {of}"
        stale += f" and {same.format('x.dataset_ids')} is distinct from {truth}"
        assert await sql.fetchval(stale, tenant.organization_id) == 0, table
        assert await sql.fetchval(f"select count(*) from {table} where organization_id = $1", tenant.organization_id)
