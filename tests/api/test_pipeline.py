"""The pipeline: its stages, the board, and the way of leads through it (S0.5, S0.20, S0.21)."""

import asyncio

import asyncpg
import pytest

from actions.pipeline import empty_stage
from domain.ids import new_id, show_id
from domain.people import LeadScope, Role
from tests.play.leads import arrange, board, do, look, stages
from tests.play.tenant import Tenant, next_number, open_tenant
from tests.play.waiting import until

USUAL = ["New Contact", "Working Lead", "Needs A Call", "I Accept"]


async def names(tenant: Tenant) -> list[str]:
    return list(await stages(tenant.owner))


async def fill(tenant: Tenant, sql: asyncpg.Connection, stage: str, count: int) -> None:
    """So many leads more in a stage than anybody would add one by one."""
    add = """insert into leads (organization_id, id, email, pipeline_stage_id)
      select $1, gen_random_uuid(), gen_random_uuid() || '@example.com', $2 from generate_series(1, $3)"""
    stage_id = stage.rpartition("_")[2]
    await sql.execute(add, tenant.organization_id, stage_id, count)


async def test_an_organization_begins_with_four_stages(tenant: Tenant) -> None:
    """S0.20, S0.21: in this order, and new leads stand in the first."""
    found = await board(tenant.viewer)
    assert [(stage["name"], stage["position"], stage["isDefault"]) for stage in found] == [
        (name, place, place == 1) for place, name in enumerate(USUAL, start=1)
    ]
    assert all(stage["color"].startswith("#") for stage in found)


async def test_a_new_lead_stands_in_the_default_stage_however_it_arrives(tenant: Tenant) -> None:
    """S0.5: by hand, by a text from a number nobody knows, and by a program that names no stage."""
    by_hand = await do(tenant.agent, "addLead", phone=next_number())
    await tenant.text("Hello?", sender=next_number())
    await tenant.lead()
    assert by_hand["pipelineStage"]["name"] == "New Contact"
    assert [stage["leads"]["totalCount"] for stage in await board(tenant.owner)] == [3, 0, 0, 0]
    other = (await stages(tenant.owner))["Needs A Call"]
    named = await do(tenant.agent, "addLead", phone=next_number(), pipelineStageId=other)
    assert named["pipelineStage"]["id"] == other


async def test_a_lead_moves_to_the_top_of_another_stage(tenant: Tenant) -> None:
    """S0.21: the board shows first who came last; moving nowhere changes nothing, and is told to nobody."""
    leads = [show_id("lead", await tenant.lead(first_name=name)) for name in ("Ann", "Bob", "Cid")]
    to = await stages(tenant.owner)
    for lead in (leads[2], leads[0], leads[1]):
        moved = await do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=to["Working Lead"])
        assert moved["pipelineStage"]["name"] == "Working Lead"
    assert await do(tenant.agent, "moveLead", leadId=leads[0], pipelineStageId=to["Working Lead"]) == await look(
        tenant.agent, leads[0]
    )
    found = {stage["name"]: [lead["id"] for lead in stage["leads"]["nodes"]] for stage in await board(tenant.viewer)}
    assert found == {
        "New Contact": [],
        "Working Lead": [leads[1], leads[0], leads[2]],
        "Needs A Call": [],
        "I Accept": [],
    }


async def test_a_move_is_told(tenant: Tenant) -> None:
    lead = show_id("lead", await tenant.lead())
    to = (await stages(tenant.owner))["I Accept"]
    feed = "subscription { inboxEvents { ... on LeadChanged { lead { id pipelineStage { name } } } } }"
    async with tenant.viewer.hear(feed) as ear:
        await tenant.followed()
        await do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=to)
        assert await ear.next() == {"lead": {"id": lead, "pipelineStage": {"name": "I Accept"}}}


async def test_who_was_put_away_is_on_no_board(tenant: Tenant) -> None:
    """And stands where they stood when they are restored."""
    lead = show_id("lead", await tenant.lead())
    to = (await stages(tenant.owner))["I Accept"]
    await do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=to)
    await do(tenant.agent, "archiveLead", leadId=lead)
    assert [stage["leads"] for stage in await board(tenant.owner)] == [{"totalCount": 0, "nodes": []}] * 4
    filtered = "query ($s: ID!) { leads(filter: {pipelineStageId: {eq: $s}, isArchived: {eq: %s}}) { totalCount } }"
    for is_archived, count in (("true", 1), ("false", 0)):
        assert (await tenant.owner.ask(filtered % is_archived, s=to))["leads"]["totalCount"] == count
    assert (await do(tenant.agent, "restoreLead", leadId=lead))["pipelineStage"]["name"] == "I Accept"


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_the_board_shows_and_counts_what_one_sees(tenant: Tenant, scope: LeadScope) -> None:
    """S0.25: each stage whole for who sees all, and in the order of all; within a mutation's answer as well."""
    me, member = await tenant.colleague(scope)
    other = tenant.members[Role.AGENT]
    whose = {"mine": member, "pool": None, "theirs": other}
    leads = {name: await tenant.lead(first_name=name, owner_id=owner) for name, owner in whose.items()}
    seen = {LeadScope.ALL: ["theirs", "pool", "mine"], LeadScope.ASSIGNED_AND_UNASSIGNED: ["pool", "mine"]}
    expected = seen.get(scope, ["mine"])
    [first, *_] = await board(me)
    assert [lead["name"] for lead in first["leads"]["nodes"]] == expected
    assert first["leads"]["totalCount"] == len(expected)
    moved = """mutation ($l: ID!, $s: ID!) { moveLead(input: {leadId: $l, pipelineStageId: $s}) { ... on Lead {
      pipelineStage { leads { totalCount nodes { name } } } } } }"""
    given = {"l": show_id("lead", leads["mine"]), "s": first["id"]}
    stage = (await me.ask(moved, **given))["moveLead"]["pipelineStage"]
    assert [lead["name"] for lead in stage["leads"]["nodes"]] == expected
    pages = (
        "query ($c: Cursor) { pipelineStages(first: 1) { nodes { leads(first: 1, after: $c) { nodes { name } %s } } } }"
    )
    found: list[str] = []
    cursor = None
    for _ in expected:
        page = (await me.ask(pages % "pageInfo { endCursor }", c=cursor))["pipelineStages"]["nodes"][0]["leads"]
        cursor, found = page["pageInfo"]["endCursor"], [*found, *(lead["name"] for lead in page["nodes"])]
    assert found == expected


async def test_a_stage_is_added_at_the_end_and_changed(tenant: Tenant) -> None:
    """S0.21 (name ≤ 100, unique; a colour)."""
    added = await arrange(tenant.as_(Role.MANAGER), "addStage", name=" Signed ", color="#ABCDEF")
    assert (added["name"], added["color"], added["position"], added["isDefault"]) == ("Signed", "#abcdef", 5, False)
    changed = await arrange(tenant.owner, "changeStage", pipelineStageId=added["id"], name="Contract")
    assert (changed["name"], changed["color"], changed["version"]) == ("Contract", "#abcdef", added["version"] + 1)
    cleared = await arrange(tenant.owner, "changeStage", pipelineStageId=added["id"], color=None)
    assert (cleared["name"], cleared["color"]) == ("Contract", None)
    same = await arrange(tenant.owner, "changeStage", pipelineStageId=added["id"], name="Contract")
    assert same["version"] == cleared["version"]
    stale = {"pipelineStageId": added["id"], "name": "Late", "expectedVersion": added["version"]}
    assert (await arrange(tenant.owner, "changeStage", **stale))["code"] == "CONFLICT"


@pytest.mark.parametrize(
    ("given", "code", "field"),
    [
        ({"name": "new contact"}, "CONFLICT", "name"),
        ({"name": "  "}, "BAD_INPUT", "name"),
        ({"name": "x" * 101}, "BAD_INPUT", "name"),
        ({"name": "Signed", "color": "red"}, "BAD_INPUT", "color"),
    ],
)
async def test_a_stage_that_cannot_be_is_refused(tenant: Tenant, given: dict[str, str], code: str, field: str) -> None:
    refused = await arrange(tenant.owner, "addStage", **given)
    assert (refused["code"], refused["field"]) == (code, field)
    other = (await stages(tenant.owner))["I Accept"]
    refused = await arrange(tenant.owner, "changeStage", pipelineStageId=other, **given)
    assert (refused["code"], refused["field"]) == (code, field)
    assert await names(tenant) == USUAL


async def test_a_pipeline_has_an_end(tenant: Tenant) -> None:
    for number in range(46):
        assert "id" in await arrange(tenant.owner, "addStage", name=f"Stage {number}")
    assert (await arrange(tenant.owner, "addStage", name="One too many"))["code"] == "BAD_INPUT"


async def test_the_whole_order_is_changed_at_once(tenant: Tenant) -> None:
    """S0.21: order_position is unique, and any order can be reached in one step."""
    found = await stages(tenant.owner)
    for order in (USUAL[::-1], [USUAL[2], USUAL[0], USUAL[3], USUAL[1]], USUAL):
        answer = await arrange(tenant.owner, "reorderStages", pipelineStageIds=[found[name] for name in order])
        assert [(stage["name"], stage["position"]) for stage in answer["stages"]] == [
            (name, place) for place, name in enumerate(order, start=1)
        ]
        assert await names(tenant) == order


async def test_an_order_of_an_older_pipeline_is_refused(tenant: Tenant, stranger: Tenant) -> None:
    ids = list((await stages(tenant.owner)).values())
    theirs = next(iter((await stages(stranger.owner)).values()))
    for wrong in ([], ids[:3], [*ids, ids[0]], [*ids[:3], ids[0]], [*ids[:3], theirs], [*ids, theirs]):
        refused = await arrange(tenant.owner, "reorderStages", pipelineStageIds=wrong)
        assert (refused["code"], refused["field"]) == ("CONFLICT", "pipelineStageIds")
    assert await names(tenant) == USUAL


async def test_two_who_arrange_at_once_leave_a_pipeline(tenant: Tenant) -> None:
    found = list((await stages(tenant.owner)).values())
    orders = [found[turn:] + found[:turn] for turn in range(4)] * 3
    adding = (arrange(tenant.owner, "addStage", name=f"Stage {number}") for number in range(6))
    moving = (arrange(tenant.admin, "reorderStages", pipelineStageIds=order) for order in orders)
    defaults = (arrange(tenant.admin, "makeStageDefault", pipelineStageId=id) for id in found)
    await asyncio.gather(*adding, *moving, *defaults)
    left = await board(tenant.owner)
    assert len(left) == len({stage["position"] for stage in left}) == 10
    assert sum(stage["isDefault"] for stage in left) == 1


async def test_exactly_one_stage_is_the_default(tenant: Tenant) -> None:
    """S0.21 (is_default, at most one true); new leads follow it."""
    other = (await stages(tenant.owner))["Needs A Call"]
    made = await arrange(tenant.owner, "makeStageDefault", pipelineStageId=other)
    assert made["isDefault"] and await arrange(tenant.owner, "makeStageDefault", pipelineStageId=other) == made
    assert [stage["name"] for stage in await board(tenant.owner) if stage["isDefault"]] == ["Needs A Call"]
    await tenant.text("Hello?")
    assert (await board(tenant.owner))[2]["leads"]["totalCount"] == 1


async def test_a_stage_that_goes_hands_its_leads_on(tenant: Tenant) -> None:
    """S0.21: to the stage that is named, those put away as well; each of them is told of."""
    found = await stages(tenant.owner)
    leads = [show_id("lead", await tenant.lead(pipeline_stage_id=None)) for _ in range(3)]
    for lead in leads:
        await do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=found["Working Lead"])
    await do(tenant.agent, "archiveLead", leadId=leads[0])
    feed = "subscription { inboxEvents { ... on LeadChanged { lead { id pipelineStage { name } } } } }"
    async with tenant.viewer.hear(feed) as ear:
        await tenant.followed()
        given = {"pipelineStageId": found["Working Lead"], "successorId": found["I Accept"]}
        gone = await arrange(tenant.as_(Role.MANAGER), "deleteStage", **given)
        assert gone == {"id": found["Working Lead"], "isGone": True}
        heard = [(await ear.next())["lead"] for _ in leads]
    assert sorted(lead["id"] for lead in heard) == sorted(leads)
    assert {lead["pipelineStage"]["name"] for lead in heard} == {"I Accept"}
    assert await names(tenant) == ["New Contact", "Needs A Call", "I Accept"]
    assert (await arrange(tenant.owner, "deleteStage", **given))["code"] == "NOT_FOUND"


async def test_a_stage_that_many_leads_stand_in_goes_in_the_background(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """A portion at a time, so that nobody waits; meanwhile it takes no leads, and says where they go."""
    found = await stages(tenant.owner)
    leaving, to, last = found["Working Lead"], found["I Accept"], found["Needs A Call"]
    await fill(tenant, sql, leaving, 1200)
    lead = show_id("lead", await tenant.lead())
    hold = "select from pipeline_stages where id = $1 for key share"
    async with sql.transaction():  # as somebody who is about to add a lead there, which nobody passes over
        await sql.execute(hold, leaving.rpartition("_")[2])
        gone = await arrange(tenant.owner, "deleteStage", pipelineStageId=leaving, successorId=to)
        assert gone == {"id": leaving, "isGone": False}
        assert (await board(tenant.owner))[1]["leads"]["totalCount"] == 1200
        for verb, given, code in (
            ("makeStageDefault", {"pipelineStageId": leaving}, "NOT_FOUND"),
            ("changeStage", {"pipelineStageId": leaving, "name": "Again"}, "NOT_FOUND"),
            ("deleteStage", {"pipelineStageId": last, "successorId": leaving}, "NOT_FOUND"),
            ("deleteStage", {"pipelineStageId": to, "successorId": last}, "CONFLICT"),
        ):
            assert (await arrange(tenant.owner, verb, **given))["code"] == code, verb
        assert (await do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=leaving))["code"] == "NOT_FOUND"
        asked = "{ pipelineStages { nodes { successor { name } } } }"
        nodes = (await tenant.owner.ask(asked))["pipelineStages"]["nodes"]
        assert [stage["successor"] for stage in nodes] == [None, {"name": "I Accept"}, None, None]

    async def is_gone() -> bool:
        return "Working Lead" not in await names(tenant)

    await until(is_gone)
    assert {stage["name"]: stage["leads"]["totalCount"] for stage in await board(tenant.owner)} == {
        "New Contact": 1,
        "Needs A Call": 0,
        "I Accept": 1200,
    }


@pytest.mark.parametrize(
    ("stage", "successor", "code", "field"),
    [
        ("New Contact", "I Accept", "CONFLICT", "pipelineStageId"),
        ("I Accept", "I Accept", "BAD_INPUT", "successorId"),
        ("I Accept", None, "NOT_FOUND", "successorId"),
        (None, "I Accept", "NOT_FOUND", "pipelineStageId"),
    ],
)
async def test_a_stage_that_cannot_go_stays(
    tenant: Tenant, stage: str | None, successor: str | None, code: str, field: str
) -> None:
    found, unknown = await stages(tenant.owner), f"pipeline_stage_{new_id()}"
    given = {"pipelineStageId": found.get(stage or "", unknown), "successorId": found.get(successor or "", unknown)}
    refused = await arrange(tenant.owner, "deleteStage", **given)
    assert (refused["code"], refused["field"]) == (code, field)
    assert await names(tenant) == USUAL


async def test_leads_that_come_while_a_stage_goes_are_not_lost(tenant: Tenant) -> None:
    """Moved there, or added there: each stands somewhere in the end, and the stage has gone."""
    found = await stages(tenant.owner)
    leads = [show_id("lead", await tenant.lead()) for _ in range(12)]
    leaving, to = found["Working Lead"], found["I Accept"]

    async def add() -> None:
        await do(tenant.agent, "addLead", phone=next_number(), pipelineStageId=leaving)

    answers = await asyncio.gather(
        *(do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=leaving) for lead in leads[:6]),
        *(add() for _ in range(6)),
        arrange(tenant.owner, "deleteStage", pipelineStageId=leaving, successorId=to),
        *(do(tenant.agent, "moveLead", leadId=lead, pipelineStageId=leaving) for lead in leads[6:]),
    )
    assert {answer["code"] for answer in answers if answer and "code" in answer} <= {"NOT_FOUND", "CONFLICT"}

    async def is_gone() -> bool:
        return "Working Lead" not in await names(tenant)

    await until(is_gone)
    total = (await tenant.owner.ask("{ leads { totalCount } }"))["leads"]["totalCount"]
    assert sum(stage["leads"]["totalCount"] for stage in await board(tenant.owner)) == total >= 12


async def test_only_who_sees_all_leads_moves_all(tenant: Tenant) -> None:
    """Somebody who does not could leave leads behind that they never saw."""
    me, member = await tenant.colleague(LeadScope.ASSIGNED_AND_UNASSIGNED)
    widen = "mutation ($m: ID!) { changeMember(input: {memberId: $m, permissions: [PIPELINE_WRITE]}) { __typename } }"
    await tenant.owner.ask(widen, m=show_id("member", member))
    found = await stages(tenant.owner)
    given = {"pipelineStageId": found["I Accept"], "successorId": found["New Contact"]}
    assert (await arrange(me, "deleteStage", **given))["code"] == "FORBIDDEN"
    assert "id" in await arrange(me, "addStage", name="Signed")


async def test_a_worker_that_finds_nothing_does_nothing(tenant: Tenant) -> None:
    async with tenant.house.parts.database.work(tenant.product) as session:
        assert await empty_stage(session) is None


async def test_every_organization_has_its_own(tenant: Tenant) -> None:
    """The same names elsewhere are other stages; what is arranged here is arranged here alone."""
    other = await open_tenant(tenant.house)
    assert not set((await stages(tenant.owner)).values()) & set((await stages(other.owner)).values())
    await arrange(tenant.owner, "addStage", name="Signed")
    assert await names(other) == USUAL
