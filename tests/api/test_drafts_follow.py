"""Drafts go where their lead goes: whoever sees it reads and hears of them, and nobody else; erasing leaves no words.

S0.25, S1.14, S1.15, S2.15.
"""

from typing import Any

import asyncpg
import pytest

from actions.campaigns import draft_campaign
from domain.campaigns.drafts import CampaignKind
from domain.ids import show_id
from domain.people import LeadScope
from tests.api.test_erasing import ERASE, traces
from tests.api.test_lead_scope import ASSIGN
from tests.api.test_merging import MERGE, UNDO
from tests.api.test_suggesting import do
from tests.play.answering import AnswerDesk
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send

HEAR = """subscription ($after: Cursor) { inboxEvents(after: $after, filter: {kinds: [DRAFT_CHANGED]}) {
  ... on DraftChanged { version draft { id status version } } } }"""
PUT = "mutation ($d: ID!, $l: ID!) { %s(input: {datasetId: $d, leadIds: [$l]}) { __typename } }"


@pytest.fixture
async def desk(tenant: Tenant) -> AnswerDesk:
    return await AnswerDesk(tenant).open("COPILOT")


async def proposed(desk: AnswerDesk, sender: str | None = None, **facts: Any) -> tuple[str, str, str]:
    """Ids of a lead who wrote, of the conversation, and of what is proposed there."""
    number = sender or next_number()
    lead = show_id("lead", await desk.tenant.lead(phone=number, **facts))
    conversation, _ = await desk.hear(sender=number)
    await desk.write()
    [draft] = await desk.drafts(conversationId={"eq": conversation})
    assert (draft["status"], draft["lead"]["id"]) == ("PROPOSED", lead)
    return lead, conversation, draft["id"]


async def seen(caller: Caller) -> list[str]:
    return [one["id"] for one in (await caller.ask("{ drafts { nodes { id } totalCount } }"))["drafts"]["nodes"]]


async def told(sql: asyncpg.Connection, draft: str) -> set[Any]:
    """Whose events of it are."""
    of = "select distinct owner_id, assignee_id, dataset_ids from events where subject_id = $1 and lead_id is not null"
    return {
        (row["owner_id"], row["assignee_id"], tuple(row["dataset_ids"] or ()))
        for row in await sql.fetch(of, bare(draft))
    }


async def test_who_does_not_see_the_lead_neither_reads_nor_hears_of_it(desk: AnswerDesk) -> None:
    """Not even that something has happened; and nothing may be done to it."""
    eve, her_id = await desk.tenant.colleague(LeadScope.ASSIGNED)
    _, conversation, hidden = await proposed(desk)
    _, _, hers = await proposed(desk, owner_id=her_id)
    assert await seen(eve) == [hers]
    async with eve.hear(HEAR, after="0") as ear:
        heard = [await ear.next() for _ in range(2)]  # planned, proposed
        assert {event["draft"]["id"] for event in heard} == {hers}
        assert {event["version"] for event in heard} == {event["draft"]["version"] for event in heard}
        assert (await do(desk.tenant.owner, "editDraft", draftId=hidden, body="Tuesday?"))["body"] == "Tuesday?"
        await do(desk.tenant.owner, "rejectDraft", draftId=hers)
        assert (await ear.next())["draft"]["id"] == hers
        assert await ear.is_silent()
    for verb in ("acceptDraft", "rejectDraft"):
        assert (await do(eve, verb, draftId=hidden))["code"] == "NOT_FOUND"
    assert (await do(eve, "suggestReply", conversationId=conversation))["code"] == "NOT_FOUND"


async def test_whoever_is_handed_the_lead_reads_and_hears_of_it(desk: AnswerDesk, sql: asyncpg.Connection) -> None:
    (ann, ann_id), (bob, bob_id) = [await desk.tenant.colleague(LeadScope.ASSIGNED) for _ in range(2)]
    _, conversation, draft = await proposed(desk, owner_id=ann_id)
    assert (await seen(ann), await seen(bob)) == ([draft], [])
    await desk.tenant.owner.ask(ASSIGN, c=conversation, m=show_id("member", bob_id))
    assert await seen(bob) == [draft]
    async with bob.hear(HEAR) as ear:
        await desk.tenant.followed()
        assert (await do(bob, "acceptDraft", draftId=draft))["status"] == "SENT"
        assert (await ear.next())["draft"] == {"id": draft, "status": "SENT", "version": 4}
    of = "select owner_id, assignee_id from drafts where id = $1"
    assert [tuple(row) for row in await sql.fetch(of, bare(draft))] == [(ann_id, bob_id)]
    assert (ann_id, bob_id, ()) in await told(sql, draft)
    assert await stale(desk.tenant, sql) == 0


async def test_of_who_leaves_it_is_nobodys(desk: AnswerDesk, sql: asyncpg.Connection) -> None:
    ann, ann_id = await desk.tenant.colleague(LeadScope.ASSIGNED)
    pool, _ = await desk.tenant.colleague(LeadScope.ASSIGNED_AND_UNASSIGNED)
    _, _, draft = await proposed(desk, owner_id=ann_id)
    assert (await do(ann, "editDraft", draftId=draft, body="Tuesday?"))["reviewer"] == {"id": show_id("member", ann_id)}
    assert await seen(pool) == []
    remove = "mutation ($m: ID!) { removeMember(input: {memberId: $m}) { __typename } }"
    await desk.tenant.owner.ask(remove, m=show_id("member", ann_id))
    assert await seen(pool) == [draft] and await stale(desk.tenant, sql) == 0
    [found] = await desk.drafts()
    assert found["reviewer"] == {"id": show_id("member", ann_id)}, "what they did keeps their name"


async def test_it_is_in_the_datasets_of_its_lead(desk: AnswerDesk, sql: asyncpg.Connection) -> None:
    tenant = desk.tenant
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    ann, bob = [(await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(one)})))[0] for one in (here, there)]
    lead, _, draft = await proposed(desk)
    assert (await seen(ann), await seen(bob)) == ([], [])
    async with ann.hear(HEAR) as to_ann, bob.hear(HEAR) as to_bob:
        await tenant.followed(2)
        await tenant.owner.ask(PUT % "addLeadsToDataset", d=here, l=lead)
        assert (await seen(ann), await seen(bob)) == ([draft], [])
        await do(tenant.owner, "editDraft", draftId=draft, body="Tuesday?")
        assert (await to_ann.next())["draft"]["id"] == draft
        await tenant.owner.ask(PUT % "removeLeadsFromDataset", d=here, l=lead)
        await tenant.owner.ask(PUT % "addLeadsToDataset", d=there, l=lead)
        assert (await seen(ann), await seen(bob)) == ([], [draft])
        await do(tenant.owner, "rejectDraft", draftId=draft)
        assert (await to_bob.next())["draft"]["status"] == "REJECTED"
        assert await to_ann.is_silent() and await to_bob.is_silent()
    assert await stale(tenant, sql) == 0
    assert {places for _, _, places in await told(sql, draft)} == {(), (bare(here),), (bare(there),)}


async def a_pair(desk: AnswerDesk) -> list[tuple[str, str]]:
    """Two leads who wrote, one after the other: the ids of each and of the conversation."""
    pair = []
    for text in ("How much is it?", "It is me again"):
        number = next_number()
        lead = show_id("lead", await desk.tenant.lead(phone=number))
        pair.append((lead, (await desk.hear(text, number))[0]))
    return pair


async def test_of_two_who_are_merged_one_is_answered_and_the_other_is_for_people(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """Both waited for an answer. One person is not written to twice: what was put away, people look at."""
    desk = await AnswerDesk(tenant).open()
    (ann, quiet), (other, talk) = await a_pair(desk)
    merged = (await tenant.agent.ask(MERGE, a=other, b=ann))["mergeLeads"]
    drafts = {one["conversation"]["id"]: one for one in await desk.drafts()}
    assert {one["lead"]["id"] for one in drafts.values()} == {ann} and await stale(tenant, sql) == 0
    assert await desk.write(), "both at a time"
    drafts = {one["conversation"]["id"]: one for one in await desk.drafts()}
    assert (drafts[talk]["status"], drafts[quiet]["status"]) == ("SENT", "WITHHELD")
    assert drafts[quiet]["reason"] == "MAY_NOT_SEND" and "put away" in drafts[quiet]["problem"]
    [sent] = [one["message"] for one in drafts.values() if one["message"]]
    [merge] = merged["merges"]["nodes"]
    assert (await tenant.agent.ask(UNDO, m=merge["id"]))["undoMerge"]["id"] == other
    drafts = {one["conversation"]["id"]: one for one in await desk.drafts()}
    assert (drafts[talk]["lead"]["id"], drafts[quiet]["lead"]["id"]) == (other, ann) and sent
    assert await stale(tenant, sql) == 0


async def test_a_merge_that_is_undone_in_time_leaves_both_their_answers(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    desk = await AnswerDesk(tenant).open()
    (ann, _), (other, _) = await a_pair(desk)
    [merge] = (await tenant.agent.ask(MERGE, a=ann, b=other))["mergeLeads"]["merges"]["nodes"]
    await tenant.agent.ask(UNDO, m=merge["id"])
    assert await desk.write() and await stale(tenant, sql) == 0
    assert [one["status"] for one in await desk.drafts()] == ["SENT", "SENT"]


@pytest.mark.parametrize("verb", ["mergeLeads", "undoMerge"])
async def test_who_is_merged_while_it_is_written_is_answered_once(tenant: Tenant, verb: str) -> None:
    desk = await AnswerDesk(tenant).open()
    (ann, _), (other, talk) = await a_pair(desk)
    [merge] = (await tenant.agent.ask(MERGE, a=ann, b=other))["mergeLeads"]["merges"]["nodes"]
    if verb == "mergeLeads":
        await tenant.agent.ask(UNDO, m=merge["id"])

    async def meanwhile() -> None:
        desk.pen.meanwhile = None
        again = (MERGE, {"a": ann, "b": other}) if verb == "mergeLeads" else (UNDO, {"m": merge["id"]})
        assert "code" not in (await tenant.agent.ask(again[0], **again[1]))[verb]

    desk.pen.meanwhile = meanwhile
    await desk.write()
    await desk.write()
    drafts = {one["conversation"]["id"]: one for one in await desk.drafts()}
    assert drafts[talk]["status"] == "SENT"
    sent = [one["message"]["id"] for one in drafts.values() if one["message"]]
    found = (await tenant.owner.ask("{ messages { nodes { id direction } } }"))["messages"]["nodes"]
    assert sorted(one["id"] for one in found if one["direction"] == "OUTBOUND") == sorted(sent)


async def test_nothing_that_was_written_to_who_was_erased_is_left(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Neither what was proposed, nor what was edited, withheld or rejected, nor why; what was taught stays."""
    desk = await AnswerDesk(tenant).open("AUTO", blacklistedWords=["guaranteed"])
    number, marks = next_number(), ("Annabel", "moonlight", "Ravenscroft")
    lead = show_id("lead", await tenant.lead(first_name="Annabel", phone=number))
    desk.says("It is guaranteed, Annabel.")
    conversation, _ = await desk.hear("How much?", number)
    await desk.write()
    [draft] = await desk.drafts()
    assert draft["status"] == "WITHHELD"
    await do(tenant.agent, "editDraft", draftId=draft["id"], body="Solar by moonlight, Annabel.")
    await do(tenant.agent, "rejectDraft", draftId=draft["id"], reason="They are called Ravenscroft.")
    desk.says("Moonlight? moonlight, Annabel.", wants_human=True)
    await desk.hear("And?", number)
    await desk.write()
    lesson = {"type": "NEVER_RULE", "title": "Never call it cheap", "tags": [], "priority": 0}
    teach = "mutation ($i: AddLessonInput!) { addLesson(input: $i) { ... on Lesson { id } } }"
    taught = (await tenant.owner.ask(teach, i=lesson))["addLesson"]["id"]
    assert "drafts: moonlight" in await traces(tenant, sql, *marks)
    async with tenant.owner.hear(HEAR) as ear:
        await tenant.followed()
        await tenant.owner.ask(ERASE, id=lead)
        assert (await ear.next())["draft"]["status"] == "DISCARDED"
    assert await traces(tenant, sql, *marks) == []
    assert {(one["body"], one["originalBody"], one["problem"]) for one in await desk.drafts()} == {(None, None, None)}
    assert (await tenant.owner.ask("{ lessons { nodes { id title } } }"))["lessons"]["nodes"] == [
        {"id": taught, "title": "Never call it cheap"}
    ]
    for one in await desk.drafts():
        for verb, given in (("editDraft", {"body": "Annabel"}), ("acceptDraft", {}), ("suggestReply", {})):
            given |= {"conversationId": conversation} if verb == "suggestReply" else {"draftId": one["id"]}
            assert (await do(tenant.owner, verb, **given))["code"] in ("CONFLICT", "LEAD_ARCHIVED"), verb


@pytest.mark.parametrize("verb", ["eraseLead", "archiveLead"])
async def test_who_goes_while_it_is_written_is_written_nothing(
    tenant: Tenant, sql: asyncpg.Connection, verb: str
) -> None:
    """What the model says then is thrown away; what it took is in the ledger all the same."""
    desk = await AnswerDesk(tenant).open()
    desk.says("Which day, Annabel?")
    await desk.hear()
    [draft] = await desk.drafts()
    go = f"mutation ($l: ID!) {{ {verb}(input: {{leadId: $l}}) {{ __typename }} }}"
    desk.pen.meanwhile = lambda: tenant.owner.ask(go, l=draft["lead"]["id"])
    assert await desk.write() == 1
    [found] = await desk.drafts()
    assert (found["status"], found["body"], found["message"]) == ("DISCARDED", None, None)
    assert await traces(tenant, sql, "Annabel") == []
    assert (await tenant.owner.ask("{ modelUses { totalCount } }"))["modelUses"]["totalCount"] == 1


async def test_what_a_campaign_sends_meanwhile_answers_nobody(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """A step that was on its way when the lead wrote is no colleague's answer."""
    desk = await AnswerDesk(tenant).open()
    conversation, _ = await desk.hear()
    sent = await tenant.answer(conversation, "Still interested?", ai_generated=True)
    async with tenant.house.parts.database.work(tenant.product) as session:
        campaign = await draft_campaign(session, CampaignKind.DRIP, {"name": "Wake up"})
    step = "campaign_id = $2, ai_generated = false, created_at = now() + interval '1 minute'"
    await sql.execute(f"update messages set {step} where id = $1", bare(sent), campaign)
    assert await desk.write() == 1
    [draft] = await desk.drafts()
    assert draft["status"] == "SENT"


async def test_a_colleagues_answer_ends_what_is_open_there_and_nowhere_else(desk: AnswerDesk) -> None:
    _, here, _ = await proposed(desk)
    _, there, _ = await proposed(desk)
    await send(desk.tenant.agent, here, "Hello, this is Ben.")
    found = {one["conversation"]["id"]: (one["status"], one["reason"]) for one in await desk.drafts()}
    assert found == {here: ("DISCARDED", "HUMAN_REPLIED"), there: ("PROPOSED", "COPILOT")}


async def stale(tenant: Tenant, sql: asyncpg.Connection) -> int:
    """How many drafts do not say whose their lead is, or where."""
    of = """select count(*) from drafts d join leads l on l.organization_id = d.organization_id and l.id = d.lead_id
      join conversations c on c.organization_id = d.organization_id and c.id = d.conversation_id
      where d.organization_id = $1 and ((d.owner_id, d.assignee_id, d.dataset_ids) is distinct from
        (l.owner_id, l.assignee_id, l.dataset_ids) or c.lead_id <> d.lead_id)"""
    count: int = await sql.fetchval(of, tenant.organization_id)
    return count
