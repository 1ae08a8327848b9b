"""Every text is read by rules: it has a score, what is found is an insight, and a conversation stands by it."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from actions.leads import hand_over
from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset, settled
from tests.play.tenant import Tenant, next_number
from workers.reviewing import take_review

TEXT = """query ($id: ID!) { node(id: $id) { ... on Message { qualityScore feedback feedbackStatus
  insights { nodes { title status } } } } }"""
TALK = """query ($id: ID!) { conversation(id: $id) { qualityScore needsReview summary sentiment
  insights { totalCount } } }"""
FOUND = """{ insights { nodes { id type title status severity category originalText suggestedText evidenceCount
  affectedLeadsCount lead { id } dataset { id } evidence { totalCount nodes { lead { id } message { body } } } } } }"""
DISMISS = """mutation ($id: ID!) { dismissInsight(input: {insightId: $id, reason: "It is our style."}) {
  ... on Insight { status } ... on Refused { code } } }"""
SMILE = "Thank you, that is great 😀."
SLIP = "Emoji in a business text"


async def said(
    tenant: Tenant, body: str, sender: str | None = None, heard: str = "Here is the form"
) -> tuple[str, str]:
    """A text of ours to a lead who has just written; the ids of conversation and message."""
    conversation, _ = await tenant.text(heard, sender=sender)
    return conversation, await tenant.answer(conversation, body)


async def found(caller: Caller, title: str = SLIP) -> list[dict[str, Any]]:
    return [one for one in (await caller.ask(FOUND))["insights"]["nodes"] if one["title"].startswith(title)]


async def test_a_text_has_a_score_and_a_conversation_stands_by_it(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """(S1.8, S1.9)"""
    talk, good = await said(tenant, "Thank you, we have it now.", heard="Perfect, here is the form")
    other, bad = await said(tenant, "STUPID QUESTION!!", heard="This is ridiculous, I want a manager")
    await settled(tenant, sql)
    assert (await tenant.agent.ask(TEXT, id=good))["node"] == {
        "qualityScore": 0.9, "feedback": None, "feedbackStatus": None, "insights": {"nodes": []},
    }  # fmt: skip
    worse = (await tenant.agent.ask(TEXT, id=bad))["node"]
    assert (
        worse["qualityScore"] < 0.1 and worse["feedbackStatus"] == "PENDING" and "stupid" in worse["feedback"].lower()
    )
    stands = (await tenant.agent.ask(TALK, id=talk))["conversation"]
    assert (stands["qualityScore"], stands["needsReview"], stands["sentiment"]) == (0.9, False, "POSITIVE")
    assert "Last word from us: “Thank you, we have it now.”" in stands["summary"]
    worse = (await tenant.agent.ask(TALK, id=other))["conversation"]
    assert worse["needsReview"] and worse["sentiment"] == "NEGATIVE" and worse["insights"]["totalCount"] >= 2
    listed = "{ conversations(filter: {needsReview: {eq: true}}) { totalCount nodes { id } } }"
    assert (await tenant.agent.ask(listed))["conversations"] == {"totalCount": 1, "nodes": [{"id": other}]}


async def test_whoever_is_angry_is_seen_before_anybody_answers(unattended: Tenant) -> None:
    """(S1.9) With the text itself, though Sophie answers nothing here; and not any more once they are calm again."""
    number = next_number()
    said = (("Hello?", False), ("This is ridiculous, I want a manager", True), ("Ok, thanks", False))
    stream = """subscription { inboxEvents(filter: {kinds: [CONVERSATION_CHANGED]}) {
      ... on ConversationChanged { conversation { needsReview qualityScore summary } } } }"""
    async with unattended.agent.hear(stream) as ear:
        await unattended.followed()
        for body, is_asked_for in said:
            await unattended.text(body, sender=number)
            told = (await ear.next())["conversation"]
            assert (told["needsReview"], told["qualityScore"]) == (is_asked_for, None)
            assert body in told["summary"]


async def test_the_same_finding_again_is_evidence_of_one_insight(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """(S1.16) Nobody is told twice, whether somebody has decided meanwhile or not."""
    phone = next_number()
    async with tenant.agent.hear("subscription { sophieInsightAdded { insight { title } } }") as ear:
        await tenant.followed()
        texts = [(await said(tenant, SMILE, phone))[1], (await said(tenant, SMILE))[1]]
        await settled(tenant, sql)
        [insight] = await found(tenant.agent)
        assert (insight["evidenceCount"], insight["affectedLeadsCount"], insight["type"]) == (2, 2, "MESSAGE")
        assert (insight["originalText"], insight["suggestedText"]) == (SMILE, "Thank you, that is great.")
        assert (await tenant.agent.ask(DISMISS, id=insight["id"]))["dismissInsight"] == {"status": "DISMISSED"}
        texts.append((await said(tenant, f"Once more: {SMILE}", phone))[1])
        await settled(tenant, sql)
        await said(tenant, "Shall i call, Ann?")
        await settled(tenant, sql)
        titles = [(await ear.next())["insight"]["title"] for _ in range(2)]
    assert titles == [SLIP, "Capitals missing or misplaced"]
    [insight] = await found(tenant.agent)
    assert (insight["evidenceCount"], insight["affectedLeadsCount"]) == (3, 2)
    assert (
        insight["evidence"]["totalCount"] == 3 and len({one["lead"]["id"] for one in insight["evidence"]["nodes"]}) == 2
    )
    for text in texts:
        node = (await tenant.agent.ask(TEXT, id=text))["node"]
        assert node["feedbackStatus"] == "DISMISSED" and node["feedback"] == "It is our style."
        assert SLIP in [one["title"] for one in node["insights"]["nodes"]]


async def test_a_second_review_finds_nothing_new(tenant: Tenant, sql: asyncpg.Connection) -> None:
    _, text = await said(tenant, SMILE)
    await settled(tenant, sql)
    before = await found(tenant.agent)
    await sql.execute("update messages set reviewed_at = null where id = $1", bare(text))
    tenant.poke()
    await settled(tenant, sql)
    assert await found(tenant.agent) == before and before[0]["evidenceCount"] == 1


async def test_who_sees_other_leads_has_an_insight_of_their_own(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """(S1.15) A count never tells of leads that one does not see."""
    callers = [await tenant.colleague(LeadScope.ASSIGNED) for _ in range(2)]
    for (_, member), times in zip(callers, (1, 2), strict=True):
        for _ in range(times):
            phone = next_number()
            await tenant.lead(phone=phone, owner_id=member)
            await said(tenant, SMILE, phone)
    await settled(tenant, sql)
    for (caller, _), times in zip(callers, (1, 2), strict=True):
        [insight] = await found(caller)
        assert insight["evidenceCount"] == insight["evidence"]["totalCount"] == times
    assert len(await found(tenant.owner)) == 2


async def test_what_is_handed_over_takes_no_more_evidence(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """The insight goes with its lead's text, the evidence of others stays; found again, it is raised again."""
    [(first, one), (second, two)] = [await tenant.colleague(LeadScope.ASSIGNED) for _ in range(2)]
    phones = [next_number() for _ in range(3)]
    leads = [await tenant.lead(phone=phone, owner_id=one) for phone in phones]
    await said(tenant, SMILE, phones[0])
    await settled(tenant, sql)
    await said(tenant, SMILE, phones[1])
    await settled(tenant, sql)
    async with tenant.house.parts.database.work(tenant.product) as session:
        await hand_over(session, leads[0], None, two)
    await said(tenant, SMILE, phones[2])
    await settled(tenant, sql)
    [moved], [fresh] = await found(second), await found(first)
    assert moved["lead"]["id"] == show_id("lead", leads[0]) and moved["evidenceCount"] == 2
    assert [row["lead"]["id"] for row in moved["evidence"]["nodes"]] == [show_id("lead", leads[0])]
    assert fresh["lead"]["id"] == show_id("lead", leads[2]) and fresh["evidenceCount"] == 1


async def test_leads_who_are_one_count_as_one(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phones = [next_number() for _ in range(2)]
    leads = [show_id("lead", await tenant.lead(phone=phone)) for phone in phones]
    for phone in phones:
        await said(tenant, SMILE, phone)
    await settled(tenant, sql)
    merge = """mutation ($a: ID!, $b: ID!) { mergeLeads(input: {leadId: $a, otherLeadId: $b}) {
      ... on Lead { merges { nodes { id } } } } }"""
    merged = (await tenant.agent.ask(merge, a=leads[0], b=leads[1]))["mergeLeads"]
    [insight] = await found(tenant.agent)
    assert (insight["evidenceCount"], insight["affectedLeadsCount"]) == (2, 1)
    undo = "mutation ($m: ID!) { undoMerge(input: {leadMergeId: $m}) { __typename } }"
    await tenant.agent.ask(undo, m=merged["merges"]["nodes"][0]["id"])
    [insight] = await found(tenant.agent)
    assert (insight["evidenceCount"], insight["affectedLeadsCount"]) == (2, 2)
    assert {row["lead"]["id"] for row in insight["evidence"]["nodes"]} == set(leads)


async def test_an_erasure_takes_the_words_and_leaves_the_count(tenant: Tenant, sql: asyncpg.Connection) -> None:
    phone, others = next_number(), next_number()
    lead = show_id("lead", await tenant.lead(phone=phone))
    talk, _ = await said(tenant, SMILE, phone)
    await settled(tenant, sql)
    await said(tenant, SMILE, others)
    await settled(tenant, sql)
    assert (await tenant.agent.ask(TALK, id=talk))["conversation"]["summary"]
    await tenant.owner.ask("mutation ($id: ID!) { eraseLead(input: {leadId: $id}) { __typename } }", id=lead)
    assert (await tenant.agent.ask(TALK, id=talk))["conversation"]["summary"] is None
    [erased] = await found(tenant.agent, "Erased")
    assert (erased["originalText"], erased["suggestedText"], erased["evidenceCount"]) == (None, None, 2)
    assert sorted(row["message"]["body"] for row in erased["evidence"]["nodes"]) == ["", SMILE]
    await said(tenant, SMILE)
    await settled(tenant, sql)
    assert [one["evidenceCount"] for one in await found(tenant.agent)] == [1]


async def test_a_fault_that_many_leads_of_a_dataset_meet_with_is_a_pattern(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """(S1.16) Of no lead: whoever sees the dataset sees it, and by it the texts of the leads they see."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    owners: Sequence[UUID | None] = (None, None, tenant.members[Role.AGENT], None, tenant.members[Role.OWNER], None)
    for count, owner in enumerate(owners, start=1):
        phone = next_number()
        await tenant.lead(phone=phone, owner_id=owner, dataset_ids=[bare(here)])
        await said(tenant, SMILE, phone)
        await settled(tenant, sql)
        patterns = await found(tenant.owner, f"{SLIP}: with many leads")
        assert [(one["type"], one["evidenceCount"]) for one in patterns] == ([("PATTERN", count)] if count > 4 else [])
    [pattern] = patterns
    assert (pattern["lead"], pattern["dataset"], pattern["originalText"]) == (None, {"id": here}, None)
    assert pattern["affectedLeadsCount"] == pattern["evidence"]["totalCount"] == 6
    sees, _ = await tenant.colleague(LeadScope.ASSIGNED_AND_UNASSIGNED, limit=frozenset({bare(here)}))
    [seen] = await found(sees, f"{SLIP}: with many leads")
    assert (seen["evidenceCount"], seen["evidence"]["totalCount"]) == (6, 4)
    elsewhere, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(there)}))
    assert await found(elsewhere, "") == []


async def test_what_ten_conversations_that_ended_well_have_in_common_is_a_pattern(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """(S1.16) What succeeds raises nothing by itself."""
    good = "Yes, Ann, all of York. Would Monday or Tuesday suit you?"
    for number in range(11):
        phone = next_number()
        lead = await tenant.lead(phone=phone)
        await said(tenant, good, phone, heard="Do you cover York?")
        await settled(tenant, sql)
        if number < 10:
            await sql.execute("update leads set lifecycle = 'QUALIFIED' where id = $1", lead)
            assert (await tenant.agent.ask("{ insights { totalCount } }"))["insights"]["totalCount"] == 0
    [times] = await found(tenant.agent, "Offers two times")
    assert (times["type"], times["category"], times["severity"]) == ("PATTERN", "SUCCESS_PATTERN", "INFO")
    assert times["evidenceCount"] == times["affectedLeadsCount"] == 10
    assert len(await found(tenant.agent, "Answers at once")) == 1


async def test_a_review_waits_for_nobody(idle: Tenant) -> None:
    """A text whose lead somebody works on just now is passed over, and read when they are done."""
    database = idle.house.parts.database
    (_, first), (_, second) = await said(idle, SMILE), await said(idle, SMILE)
    lock = "select from leads where id = (select lead_id from messages where id = $1) for update"
    async with database.work(idle.product) as session:
        await session.connection.execute(lock, bare(first))
        assert [await asyncio.create_task(take_review(database, idle.organization_id)) for _ in range(2)] == [
            True,
            False,
        ]
        reviewed = "select id from messages where direction = 'OUTBOUND' and reviewed_at is not null"
        assert [row["id"] for row in await session.connection.fetch(reviewed)] == [bare(second)]
    assert await take_review(database, idle.organization_id)
