"""The score of leads: settled with every change, explained, and anew for all when its reasons change (S4.10)."""

import ast
from typing import Any

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Role
from domain.scoring import USUAL_REASONS
from tests.play.databases import ROOT
from tests.play.leads import arrange, do, look
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

COMPANY, PHONE = ({"label": reason.label, "points": reason.points} for reason in USUAL_REASONS)
REPLIED = {"label": "Has replied", "points": 20, "condition": "REPLIED"}
VIP = {"label": "Is a VIP", "points": 7, "condition": "TAG_PRESENT", "value": "vip"}
SOLAR = {"label": "Solar", "points": -4, "condition": "FIELD_EQUALS", "field": "INDUSTRY", "value": "Solar"}
HOT = {"label": "Is hot", "points": 30, "condition": "FIELD_EQUALS", "field": "TEMPERATURE", "value": "HOT"}


async def settle(tenant: Tenant, sql: asyncpg.Connection, *reasons: dict[str, Any]) -> None:
    """These reasons, and no others; returns when every lead there is has been looked at."""
    await arrange(tenant.owner, "setScoreReasons", reasons=list(reasons))
    await looked_at(tenant, sql)


async def looked_at(tenant: Tenant, sql: asyncpg.Connection) -> None:
    async def is_done() -> bool:
        of = "select due_at is null or due_at > now() from scorings where organization_id = $1"
        return bool(await sql.fetchval(of, tenant.organization_id))

    await until(is_done)


async def test_ten_for_a_company_and_five_for_a_phone_number(tenant: Tenant) -> None:
    """S4.10: what the function computed and nobody stored; with the reasons, in their order."""
    for given, score, reasons in (
        ({"phone": next_number()}, 5, [PHONE]),
        ({"phone": next_number(), "company": "Voss"}, 15, [COMPANY, PHONE]),
        ({"email": "a@example.com", "company": "Voss"}, 10, [COMPANY]),
        ({"email": "b@example.com"}, 0, []),
    ):
        lead = await do(tenant.agent, "addLead", **given)
        assert (lead["score"], lead["scoreReasons"]) == (score, reasons)


async def test_a_score_is_true_in_the_answer_to_every_change(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """In the same unit of work, whichever verb it was."""
    await settle(tenant, sql, VIP, SOLAR, HOT)
    id = (await do(tenant.agent, "addLead", phone=next_number(), tags=["vip"]))["id"]
    lead = {"leadId": id}
    for verb, given, score in (
        ("changeLead", lead | {"industry": "SOLAR"}, 3),
        ("changeLead", lead | {"temperature": "HOT"}, 33),
        ("untagLeads", {"leadIds": [id], "tags": ["vip"]}, 26),
        ("changeLead", lead | {"industry": None}, 30),
        ("tagLeads", {"leadIds": [id], "tags": ["farm", "vip"]}, 37),
    ):
        answer = await do(tenant.agent, verb, **given)
        changed = answer["leads"][0] if "leads" in answer else answer
        assert (changed["score"], sum(reason["points"] for reason in changed["scoreReasons"])) == (score, score), verb
        assert await look(tenant.agent, id) == changed


async def test_a_first_reply_scores_as_it_comes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Whether it moves the lead on or not; and it is told."""
    await settle(tenant, sql, REPLIED)
    phones = [next_number() for _ in range(3)]
    new, qualified = [show_id("lead", await tenant.lead(phone=phone)) for phone in phones[:2]]
    await do(tenant.agent, "qualifyLead", leadId=qualified)
    feed = "subscription { inboxEvents(filter: {kinds: [LEAD_CHANGED]}) { ... on LeadChanged { lead { id score } } } }"
    async with tenant.agent.hear(feed) as ear:
        await tenant.followed()
        for phone in phones[:2]:
            await tenant.text("Yes?", sender=phone)
            await tenant.text("Hello?", sender=phone)
        assert [(await ear.next())["lead"] for _ in range(2)] == [{"id": id, "score": 20} for id in (new, qualified)]
        await tenant.text("Who are you?", sender=phones[2])
        added, engaged = await ear.take(2)
        assert added["lead"]["id"] == engaged["lead"]["id"] and engaged["lead"]["score"] == 20
        assert await ear.is_silent()


async def test_a_list_that_has_changed_is_for_all_leads(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """In the background, in portions; those who were put away too. What was erased scores nothing."""
    add = """insert into leads (organization_id, id, email, pipeline_stage_id, tags)
      select $1, gen_random_uuid(), gen_random_uuid() || '@example.com', s.id, '{vip}'
      from generate_series(1, 1100), pipeline_stages s where s.organization_id = $1 and s.is_default"""
    await sql.execute(add, tenant.organization_id)
    archived, erased = [show_id("lead", await tenant.lead(tags=["vip"])) for _ in range(2)]
    await do(tenant.agent, "archiveLead", leadId=archived)
    erase = "mutation ($l: ID!) { eraseLead(input: {leadId: $l}) { __typename } }"
    await tenant.owner.ask(erase, l=erased)
    made = await arrange(tenant.as_(Role.MANAGER), "setScoreReasons", reasons=[VIP, REPLIED])
    assert made["scoreReasons"] == [VIP | {"field": None}, REPLIED | {"field": None, "value": None}]
    await looked_at(tenant, sql)
    of = "select score, count(*) from leads where organization_id = $1 group by 1 order by 1"
    rows = await sql.fetch(of, tenant.organization_id)
    assert [tuple(row) for row in rows] == [(0, 1), (7, 1101)]


async def test_a_second_look_finds_who_came_while_the_list_changed(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Somebody who was added by the old list and not there yet when the portions went by; a minute later they are."""
    await settle(tenant, sql, VIP)
    lead = show_id("lead", await tenant.lead(tags=["vip"]))
    await sql.execute("update leads set score = 5 where id = $1", bare(lead))
    of = "select due_at > now() from scorings where organization_id = $1"
    assert await sql.fetchval(of, tenant.organization_id)
    later = """update scorings set due_at = now(), changed_at = changed_at - interval '2 minutes'
      where organization_id = $1"""
    await sql.execute(later, tenant.organization_id)
    await looked_at(tenant, sql)
    assert (await look(tenant.agent, lead))["score"] == 7
    done = "select due_at is null from scorings where organization_id = $1"
    assert await sql.fetchval(done, tenant.organization_id)


async def test_leads_are_found_and_ordered_by_their_score(tenant: Tenant) -> None:
    """S4.2 (index score DESC)."""
    scores = {}
    for name, given in (("ten", {"company": "A"}), ("five", {"phone": next_number()}), ("none", {})):
        scores[name] = await tenant.lead(**{"phone": None, "email": f"{name}@example.com", "first_name": name} | given)
    asked = "query ($f: LeadFilter) { leads(filter: $f, order: [{score: DESC}]) { nodes { name } } }"
    for filter, names in (
        ({}, ["ten", "five", "none"]),
        ({"score": {"gte": 5}}, ["ten", "five"]),
        ({"score": {"eq": 5}}, ["five"]),
        ({"score": {"lt": 10, "gt": 0}}, ["five"]),
    ):
        found = (await tenant.owner.ask(asked, f=filter))["leads"]["nodes"]
        assert [lead["name"] for lead in found] == names


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": "", "points": 1, "condition": "REPLIED"},
        {"label": "Nothing", "points": 0, "condition": "REPLIED"},
        {"label": "A tag", "points": 1, "condition": "TAG_PRESENT"},
        {"label": "A field", "points": 1, "condition": "FIELD_PRESENT"},
    ],
)
async def test_reasons_that_make_no_sense_are_refused_whole(tenant: Tenant, wrong: dict[str, Any]) -> None:
    refused = await arrange(tenant.owner, "setScoreReasons", reasons=[VIP, wrong])
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "reasons")
    asked = "{ viewer { organization { scoreReasons { label points } } } }"
    assert (await tenant.owner.ask(asked))["viewer"]["organization"]["scoreReasons"] == [COMPANY, PHONE]


async def test_scores_are_of_one_organization(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    """S4.10 (tenant-safe): what scores here says nothing about leads elsewhere."""
    await settle(tenant, sql, VIP)
    theirs = await do(stranger.agent, "addLead", phone=next_number(), tags=["vip"])
    assert (theirs["score"], theirs["scoreReasons"]) == (5, [PHONE])


async def test_a_score_is_the_same_for_everybody_who_sees_the_lead(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Texts count that came when somebody else worked the lead, and a change by one with a scope scores the same."""
    await settle(tenant, sql, REPLIED, VIP)
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    phone = next_number()
    lead = show_id("lead", await tenant.lead(phone=phone))
    await tenant.text("Yes?", sender=phone)
    mine = show_id("member", member)
    await do(tenant.owner, "assignLeads", leadIds=[lead], ownerId=mine, assigneeId=mine)
    tagged = await do(me, "tagLeads", leadIds=[lead], tags=["vip"])
    assert tagged["leads"][0]["score"] == 27 == (await look(tenant.owner, lead))["score"]


def test_whoever_tells_of_a_lead_settles_its_score() -> None:
    """No path can forget it: the kind of event has one place among the actions, behind the statement that scores."""
    tellers = {
        path.name
        for path in (ROOT / "actions").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "LEAD_CHANGED"
    }
    assert tellers == {"scoring.py"}, "call lead_changed instead"
