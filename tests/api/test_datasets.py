"""Datasets through the API: made, changed, started, put away by hand and by the clock, and filled (S1.2, S1.22)."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import new_id, show_id
from domain.people import LeadScope, Permission, Role
from tests.play.callers import Caller
from tests.play.pages import backwards, forwards
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant
from workers.archiving import Archiving

FACTS = """id name description source columnMapping duplicatePolicy lawfulBasis autoArchiveAfterDays startedAt
  archivesAt archivedAt totalLeads activeLeads version leads { totalCount nodes { id } }"""
HEARD = """subscription { inboxEvents(filter: {kinds: [DATASET_CHANGED, LEAD_CHANGED]}) { __typename
  ... on DatasetChanged { version dataset { id name totalLeads archivedAt } }
  ... on LeadChanged { lead { id } } } }"""


async def verb(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    name = {"addLeads": "addLeadsToDataset", "removeLeads": "removeLeadsFromDataset"}.get(verb, f"{verb}Dataset")
    type_ = {"create": "CreateDataset", "change": "ChangeDataset"}.get(verb, "Dataset")
    type_ = "DatasetLeads" if "Leads" in name else type_
    shown = f"... on Dataset {{ {FACTS} }} ... on Refused {{ code field why: message }}"
    document = f"mutation ($input: {type_}Input!) {{ {name}(input: $input) {{ {shown} }} }}"
    made: dict[str, Any] = (await caller.ask(document, input=given))[name]
    return made


async def leads_of(tenant: Tenant, count: int) -> list[str]:
    return [show_id("lead", await tenant.lead()) for _ in range(count)]


def days_from(instant: str, days: int) -> datetime:
    return datetime.fromisoformat(instant) + timedelta(days=days)


async def test_what_is_not_said_is_as_usual(tenant: Tenant) -> None:
    """S1.2: the defaults; the name alone is needed."""
    made = await verb(tenant.as_(Role.MANAGER), "create", name="  2024 Facebook Leads ")
    usual = {"name": "2024 Facebook Leads", "duplicatePolicy": "FLAG", "autoArchiveAfterDays": 28, "totalLeads": 0}
    assert made | usual == made
    empty = ("description", "source", "columnMapping", "lawfulBasis", "startedAt", "archivesAt", "archivedAt")
    assert [made[name] for name in empty] == [None] * len(empty)
    for name in ("2024 Facebook Leads", "2024 FACEBOOK leads"):
        again = await verb(tenant.owner, "create", name=name)
        assert (again["code"], again["field"]) == ("CONFLICT", "name")


async def test_two_organizations_may_use_one_name(tenant: Tenant, stranger: Tenant) -> None:
    for one in (tenant, stranger):
        assert (await verb(one.owner, "create", name="Old Database"))["name"] == "Old Database"


async def test_what_is_left_out_stays_and_null_clears(tenant: Tenant) -> None:
    facts = {"description": "From the fair", "source": "CSV Upload", "columnMapping": {"Phone No": "phone"}}
    made = await verb(tenant.owner, "create", name="Fair", lawfulBasis="CONSENT", duplicatePolicy="MERGE", **facts)
    assert made | facts == made
    changed = await verb(tenant.owner, "change", datasetId=made["id"], description=None, autoArchiveAfterDays=None)
    cleared = {"description": None, "autoArchiveAfterDays": None, "version": made["version"] + 1}
    assert changed == made | cleared
    refused = await verb(tenant.owner, "change", datasetId=made["id"], name="Fair 2", expectedVersion=made["version"])
    assert (refused["code"], refused["field"]) == ("CONFLICT", "expectedVersion")
    assert (await verb(tenant.owner, "change", datasetId=made["id"], name="fair"))["name"] == "fair"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": None}, "name"),
        ({"source": "\x00"}, "source"),
        ({"duplicatePolicy": None}, "duplicatePolicy"),
        ({"autoArchiveAfterDays": 0}, "autoArchiveAfterDays"),
        ({"autoArchiveAfterDays": 4000}, "autoArchiveAfterDays"),
        ({"columnMapping": ["Phone"]}, "columnMapping"),
        ({"columnMapping": {"Phone": 1}}, "columnMapping"),
        ({"columnMapping": {str(n): "phone" for n in range(201)}}, "columnMapping"),
        ({"columnMapping": {"\x00": "phone"}}, "columnMapping"),
    ],
)
async def test_what_cannot_be_is_refused(tenant: Tenant, given: dict[str, Any], field: str) -> None:
    made = await verb(tenant.owner, "create", name=uuid4().hex)
    refused = await verb(tenant.owner, "change", datasetId=made["id"], **given)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field)


async def test_a_dataset_starts_once_and_only_with_a_lawful_basis(tenant: Tenant) -> None:
    """Whoever may be written to must be so on some ground, before the first word."""
    dataset = (await verb(tenant.owner, "create", name="Old"))["id"]
    refused = await verb(tenant.owner, "start", datasetId=dataset)
    assert (refused["code"], refused["field"]) == ("NO_LAWFUL_BASIS", "lawfulBasis")
    await verb(tenant.owner, "change", datasetId=dataset, lawfulBasis="SOFT_OPT_IN")
    started = await verb(tenant.owner, "start", datasetId=dataset)
    assert datetime.fromisoformat(started["archivesAt"]) == days_from(started["startedAt"], 28)
    assert await verb(tenant.owner, "start", datasetId=dataset) == started
    refused = await verb(tenant.owner, "change", datasetId=dataset, lawfulBasis=None)
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "lawfulBasis")
    other = await verb(tenant.owner, "change", datasetId=dataset, lawfulBasis="CONTRACT")
    assert other["lawfulBasis"] == "CONTRACT"


async def test_other_days_move_the_end(tenant: Tenant) -> None:
    dataset = (await verb(tenant.owner, "create", name="Old", lawfulBasis="CONSENT"))["id"]
    assert (await verb(tenant.owner, "change", datasetId=dataset, autoArchiveAfterDays=7))["archivesAt"] is None
    started = (await verb(tenant.owner, "start", datasetId=dataset))["startedAt"]
    for days in (3, 30, None):
        ends = (await verb(tenant.owner, "change", datasetId=dataset, autoArchiveAfterDays=days))["archivesAt"]
        assert ends and datetime.fromisoformat(ends) == days_from(started, days) if days else ends is None
    again = (await verb(tenant.owner, "change", datasetId=dataset, autoArchiveAfterDays=5))["archivesAt"]
    assert datetime.fromisoformat(again) > datetime.now(UTC) + timedelta(days=4)
    never = await verb(tenant.owner, "create", name="For ever", lawfulBasis="CONSENT", autoArchiveAfterDays=None)
    assert (await verb(tenant.owner, "start", datasetId=never["id"]))["archivesAt"] is None


async def test_the_clock_puts_away_what_is_over(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.22: once, told to whoever listens; its leads stay as they are. What was never started does not end."""
    leads = await leads_of(tenant, 2)
    names = ("over", "later", "never started")
    over, later, _ = [(await verb(tenant.owner, "create", name=name, lawfulBasis="CONSENT"))["id"] for name in names]
    await verb(tenant.owner, "addLeads", datasetId=over, leadIds=leads)
    for dataset in (over, later):
        await verb(tenant.owner, "start", datasetId=dataset)
    await sql.execute("update datasets set archives_at = now() where id = $1", bare(over))
    async with tenant.agent.hear(HEARD) as ear:
        await tenant.followed()
        for _ in range(2):
            await Archiving(tenant.house.parts.database).archive()
        told = await ear.next()
        assert (told["dataset"]["id"], told["dataset"]["archivedAt"] is None) == (over, False)
        assert await ear.is_silent()
    asked = "{ datasets(filter: {archivedAt: {isNull: false}}) { nodes { id activeLeads } } }"
    assert (await tenant.agent.ask(asked))["datasets"]["nodes"] == [{"id": over, "activeLeads": 2}]
    restored = await verb(tenant.owner, "restore", datasetId=over)
    assert datetime.fromisoformat(restored["archivesAt"]) > datetime.now(UTC) + timedelta(days=27)
    await Archiving(tenant.house.parts.database).archive()
    assert (await verb(tenant.owner, "restore", datasetId=over)) == restored, "it is at hand, and changes nothing more"


async def test_what_is_archived_takes_no_leads_until_it_is_restored(tenant: Tenant) -> None:
    dataset, [lead] = await keep_dataset(tenant), await leads_of(tenant, 1)
    archived = await verb(tenant.owner, "archive", datasetId=dataset)
    assert archived["archivedAt"] and await verb(tenant.owner, "archive", datasetId=dataset) == archived
    for act in ("start", "addLeads"):
        given = {"datasetId": dataset} | ({"leadIds": [lead]} if act == "addLeads" else {})
        assert (await verb(tenant.owner, act, **given))["code"] == "CONFLICT"
    await verb(tenant.owner, "restore", datasetId=dataset)
    assert (await verb(tenant.owner, "addLeads", datasetId=dataset, leadIds=[lead]))["totalLeads"] == 1


async def test_leads_go_in_and_out(tenant: Tenant) -> None:
    """Ruling 6: one lead, in as many datasets as one likes, in each once."""
    first, second = await keep_dataset(tenant), await keep_dataset(tenant)
    leads = await leads_of(tenant, 3)
    made = await verb(tenant.owner, "addLeads", datasetId=first, leadIds=[*leads, leads[0]])
    assert (made["totalLeads"], made["leads"]["totalCount"]) == (3, 3)
    assert [node["id"] for node in made["leads"]["nodes"]] == sorted(leads, reverse=True)
    assert (await verb(tenant.owner, "addLeads", datasetId=first, leadIds=leads[:2]))["totalLeads"] == 3
    await verb(tenant.owner, "addLeads", datasetId=second, leadIds=leads[:1])
    asked = "query ($id: ID!) { lead(id: $id) { datasets { totalCount nodes { id } } } }"
    assert (await tenant.agent.ask(asked, id=leads[0]))["lead"]["datasets"]["nodes"] == [{"id": second}, {"id": first}]
    left = await verb(tenant.owner, "removeLeads", datasetId=first, leadIds=leads[:1])
    assert [node["id"] for node in left["leads"]["nodes"]] == [leads[2], leads[1]]
    assert await verb(tenant.owner, "removeLeads", datasetId=first, leadIds=leads[:1]) == left, "it is out already"
    assert (await tenant.agent.ask(asked, id=leads[0]))["lead"]["datasets"]["nodes"] == [{"id": second}]


@pytest.mark.parametrize("act", ["addLeads", "removeLeads"])
async def test_where_one_lead_is_unknown_nothing_is_done(tenant: Tenant, stranger: Tenant, act: str) -> None:
    leads = await leads_of(tenant, 2)
    dataset = await keep_dataset(tenant, bare(leads[0]))
    for unknown in (show_id("lead", new_id()), show_id("lead", await stranger.lead())):
        refused = await verb(tenant.owner, act, datasetId=dataset, leadIds=[*leads, unknown])
        assert (refused["code"], refused["field"]) == ("NOT_FOUND", "leadIds")
    for wrong in ([], [show_id("lead", new_id()) for _ in range(501)], [show_id("conversation", new_id())]):
        assert (await verb(tenant.owner, act, datasetId=dataset, leadIds=wrong))["code"] == "BAD_INPUT"
    elsewhere = await verb(tenant.owner, act, datasetId=await keep_dataset(stranger), leadIds=leads)
    assert (elsewhere["code"], elsewhere["field"]) == ("NOT_FOUND", "datasetId")
    asked = "query ($id: ID!) { dataset(id: $id) { totalLeads leads { nodes { id } } } }"
    found = (await tenant.owner.ask(asked, id=dataset))["dataset"]
    assert found == {"totalLeads": 1, "leads": {"nodes": [{"id": leads[0]}]}}


async def test_the_leads_of_a_dataset_by_filter(tenant: Tenant) -> None:
    """S1.5: in the order of the list, both ways, joined with other filters, of one dataset or of several."""
    leads = await leads_of(tenant, 7)
    first = await keep_dataset(tenant, *map(bare, leads[:5]))
    second = await keep_dataset(tenant, *map(bare, leads[4:6]))
    newest = leads[::-1]
    ways: list[tuple[dict[str, Any], list[str]]] = [
        ({"datasetId": {"eq": first}}, newest[2:]),
        ({"datasetId": {"in": [first]}}, newest[2:]),
        ({"datasetId": {"in": [first, second]}}, newest[1:]),
        ({"not": {"datasetId": {"eq": first}}}, newest[:2]),
        ({"datasetId": {"eq": first}, "and": [{"datasetId": {"eq": second}}]}, [leads[4]]),
        ({"lifecycle": {"eq": "NEW"}, "datasetId": {"eq": second}, "temperature": {"eq": "UNKNOWN"}}, newest[1:3]),
        ({"datasetId": {"eq": second}, "lifecycle": {"eq": "LOST"}}, []),
        ({"datasetId": {"in": []}}, []),
    ]
    for filter, wanted in ways:
        assert await forwards(tenant.agent, "leads", 2, filter=filter) == wanted, filter
        assert await backwards(tenant.agent, "leads", 2, filter=filter) == wanted, filter
        for order in ([{"createdAt": "ASC"}], [{"name": "ASC"}], [{"name": "DESC"}, {"createdAt": "ASC"}]):
            assert set(await forwards(tenant.agent, "leads", 3, filter=filter, order=order)) == set(wanted), order
    oldest = [{"createdAt": "ASC"}]
    assert await forwards(tenant.agent, "leads", 2, filter=ways[0][0], order=oldest) == leads[:5]


async def test_a_scope_sees_its_own_leads_of_a_dataset(tenant: Tenant) -> None:
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    mine, theirs = await tenant.lead(owner_id=member), await tenant.lead(owner_id=tenant.members[Role.AGENT])
    dataset = await keep_dataset(tenant, mine, theirs)
    asked = "query ($id: ID!) { dataset(id: $id) { totalLeads leads { totalCount nodes { id } } } }"
    found = (await me.ask(asked, id=dataset))["dataset"]
    assert found == {"totalLeads": 2, "leads": {"totalCount": 1, "nodes": [{"id": show_id("lead", mine)}]}}
    assert await forwards(me, "leads", 1, filter={"datasetId": {"eq": dataset}}) == [show_id("lead", mine)]
    program = await tenant.program(Permission.INBOX_READ)
    assert len(await forwards(program, "leads", 1, filter={"datasetId": {"eq": dataset}})) == 2


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_what_becomes_of_a_dataset_is_told_once(tenant: Tenant, scope: LeadScope) -> None:
    """However many leads come at once, and whichever of them one sees."""
    me, member = await tenant.colleague(scope)
    leads = [await tenant.lead(owner_id=member if n else tenant.members[Role.AGENT]) for n in range(3)]
    async with me.hear(HEARD) as ear:
        await tenant.followed()
        dataset = (await verb(tenant.owner, "create", name="New"))["id"]
        assert (await ear.next())["dataset"] == {"id": dataset, "name": "New", "totalLeads": 0, "archivedAt": None}
        for _ in range(2):  # the second time nothing is new
            given = {"datasetId": dataset, "leadIds": [show_id("lead", lead) for lead in leads]}
            await verb(tenant.owner, "addLeads", **given)
        seen = 3 if scope is LeadScope.ALL else 2
        told = await ear.take(seen + 1)
        assert {event["lead"]["id"] for event in told[:-1]} == {show_id("lead", lead) for lead in leads[3 - seen :]}
        assert told[-1]["dataset"]["totalLeads"] == 3
        await verb(tenant.owner, "change", datasetId=dataset, name="Newer")
        assert (await ear.next())["dataset"]["name"] == "Newer"
        assert await ear.is_silent()


async def test_of_two_who_take_one_name_one_gets_it(tenant: Tenant) -> None:
    made = await asyncio.gather(*(verb(tenant.owner, "create", name=name) for name in ("One", "one")))
    assert sorted(answer.get("code", "") for answer in made) == ["", "CONFLICT"]


async def test_a_lead_is_in_so_many_datasets_and_no_more(tenant: Tenant) -> None:
    datasets = [await keep_dataset(tenant) for _ in range(101)]
    lead = show_id("lead", await tenant.lead(dataset_ids=[bare(dataset) for dataset in datasets[:100]]))
    refused = await verb(tenant.owner, "addLeads", datasetId=datasets[100], leadIds=[lead])
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "datasetIds") and "at most 100" in refused["why"]
    await verb(tenant.owner, "removeLeads", datasetId=datasets[0], leadIds=[lead])
    assert (await verb(tenant.owner, "addLeads", datasetId=datasets[100], leadIds=[lead]))["totalLeads"] == 1
