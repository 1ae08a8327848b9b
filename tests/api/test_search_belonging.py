"""What is found of leads who change hands, datasets or persons; nobody's rows but one's own matter (S1.14, S2.14)."""

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_merging import MERGE, UNDO
from tests.api.test_search import ERASE
from tests.play.past import bare
from tests.play.searching import bodies, lead_ids, names
from tests.play.tenant import Tenant, next_number

NOTE = "mutation ($id: ID!, $body: String!) { addLeadNote(input: {leadId: $id, body: $body}) { __typename } }"
DATASET = """mutation ($name: String!) { createDataset(input: {name: $name}) { ... on Dataset { id }
  ... on Refused { code } } }"""
PUT = """mutation ($d: ID!, $l: [ID!]!) { addLeadsToDataset(input: {datasetId: $d, leadIds: $l}) { __typename } }"""
TAKE = (
    """mutation ($d: ID!, $l: [ID!]!) { removeLeadsFromDataset(input: {datasetId: $d, leadIds: $l}) { __typename } }"""
)
PAGED = """query ($after: Cursor) { leads(search: "smith", first: 2, after: $after) {
  nodes { name } totalCount pageInfo { endCursor hasNextPage } } }"""


async def test_a_note_is_found_until_it_is_erased(tenant: Tenant) -> None:
    lead = await tenant.lead(first_name="Ann")
    await tenant.lead(first_name="Bob")
    await tenant.agent.ask(NOTE, id=show_id("lead", lead), body="Prefers: solar panels, NOT heat-pumps")
    for text in ("panels", "solar pan", "heat pump"):
        assert await names(tenant.owner, text) == ["Ann"], text
    assert await bodies(tenant.owner, "panels") == [], "a note is no message"
    await tenant.owner.ask(ERASE, id=show_id("lead", lead))
    assert await names(tenant.owner, "panels") == []


async def test_what_is_known_of_who_was_merged_leads_to_who_was_kept(tenant: Tenant) -> None:
    """Once, whatever it is found by; taken apart, each has their own again (S0.7)."""
    phones = next_number(), next_number()
    ann = show_id("lead", await tenant.lead(first_name="Ann", last_name="Smith", phone=phones[0]))
    liz = show_id("lead", await tenant.lead(first_name="Liz", last_name="Smith", company="Acme", phone=phones[1]))
    await tenant.text("Giraffes", sender=phones[0])
    await tenant.text("Zebras", sender=phones[1])
    await tenant.agent.ask(NOTE, id=liz, body="Okapis")
    merge = (await tenant.agent.ask(MERGE, a=ann, b=liz))["mergeLeads"]["merges"]["nodes"][0]["id"]
    for text in ("ann", "liz", "smith", "smi", "acme", "zebra", "giraffe", "okapi", *phones, phones[1][-4:]):
        assert await lead_ids(tenant.owner, text) == [ann], text
    await tenant.owner.ask(UNDO, m=merge)
    for text in ("ann", "giraffe", phones[0]):
        assert await lead_ids(tenant.owner, text) == [ann], text
    for text in ("liz", "zebra", "okapi", phones[1]):
        assert await lead_ids(tenant.owner, text) == [liz], text
    assert await lead_ids(tenant.owner, "smith") == [liz, ann]


async def test_who_was_merged_is_found_and_ranked_once_on_every_page(tenant: Tenant) -> None:
    """By the best of both, wherever the page ends."""
    kept = show_id("lead", await tenant.lead(first_name="Smithson", last_name="X"))
    others = [show_id("lead", await tenant.lead(first_name=name, last_name="Smith")) for name in ("A", "B", "C")]
    await tenant.agent.ask(MERGE, a=kept, b=others[2])
    found, cursor = [], None
    while True:
        page = (await tenant.owner.ask(PAGED, after=cursor))["leads"]
        found += [node["name"] for node in page["nodes"]]
        cursor = page["pageInfo"]["endCursor"]
        assert page["totalCount"] == 3
        if not page["pageInfo"]["hasNextPage"]:
            break
    assert found == ["Smithson X", "B Smith", "A Smith"]


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_who_is_limited_finds_what_is_in_their_datasets(tenant: Tenant, scope: LeadScope) -> None:
    """As far as their scope goes, and from the moment on when somebody is put there or taken away."""
    leads, phones = {}, {}
    me, member = await tenant.colleague(scope)
    for name, owner in (("mine", member), ("theirs", tenant.members[Role.AGENT]), ("nobodys", None), ("else", member)):
        phones[name] = next_number()
        leads[name] = show_id(
            "lead", await tenant.lead(first_name="Smith", last_name=name, phone=phones[name], owner_id=owner)
        )
        await tenant.text(f"Zebra {name}", sender=phones[name])
    dataset, other = [(await tenant.owner.ask(DATASET, name=name))["createDataset"]["id"] for name in ("One", "Two")]
    await tenant.owner.ask(PUT, d=dataset, l=[leads[name] for name in ("mine", "theirs", "nobodys")])
    await tenant.owner.ask(PUT, d=other, l=[leads["mine"], leads["else"]])
    await limit(tenant, show_id("member", member), [dataset])
    seen = {LeadScope.ALL: {"mine", "theirs", "nobodys"}, LeadScope.ASSIGNED: {"mine"}}.get(scope, {"mine", "nobodys"})
    assert set(await names(me, "smith")) == {f"Smith {name}" for name in seen}
    assert set(await names(me, "zebra")) == {f"Smith {name}" for name in seen}
    assert set(await bodies(me, "zebra")) == {f"Zebra {name}" for name in seen}
    await tenant.owner.ask(TAKE, d=dataset, l=[leads["mine"]])
    await tenant.owner.ask(PUT, d=dataset, l=[leads["else"]])
    seen = seen - {"mine"} | {"else"}
    assert set(await names(me, "smith")) == {f"Smith {name}" for name in seen}
    assert set(await bodies(me, "zebra")) == {f"Zebra {name}" for name in seen}


async def test_who_is_limited_to_nothing_finds_nothing(tenant: Tenant) -> None:
    me, member = await tenant.colleague(LeadScope.ALL)
    await tenant.lead(first_name="Smith", owner_id=member)
    await limit(tenant, show_id("member", member), [])
    assert await names(me, "smith") == []


async def limit(tenant: Tenant, member: str, datasets: list[str]) -> None:
    change = """mutation ($m: ID!, $d: [ID!]) { changeMember(input: {memberId: $m, allowedDatasetIds: $d}) {
      ... on Member { id } ... on Refused { code } } }"""
    assert (await tenant.owner.ask(change, m=member, d=datasets))["changeMember"] == {"id": member}


async def test_a_key_finds_what_it_is_limited_to(tenant: Tenant) -> None:
    inside, _ = (
        await tenant.lead(first_name="Smith", last_name="In"),
        await tenant.lead(first_name="Smith", last_name="Out"),
    )
    dataset = (await tenant.owner.ask(DATASET, name="One"))["createDataset"]["id"]
    await tenant.owner.ask(PUT, d=dataset, l=[show_id("lead", inside)])
    program = await tenant.program(Permission.INBOX_READ, limit=frozenset({bare(dataset)}))
    assert await names(program, "smith") == ["Smith In"]


async def test_a_search_within_a_dataset_a_stage_and_a_conversation(tenant: Tenant) -> None:
    """Where the list hangs on another row, that row's alone are found, counted and ranked."""
    inside = [show_id("lead", await tenant.lead(first_name="Smith", last_name=str(n))) for n in range(3)]
    await tenant.lead(first_name="Smith", last_name="Out")
    dataset = (await tenant.owner.ask(DATASET, name="One"))["createDataset"]["id"]
    await tenant.owner.ask(PUT, d=dataset, l=inside)
    of = 'leads(search: "smith", first: 2) { totalCount nodes { name } }'
    found = await tenant.owner.ask(f'{{ dataset(id: "{dataset}") {{ {of} }} pipelineStages {{ nodes {{ {of} }} }} }}')
    assert found["dataset"]["leads"] == {"totalCount": 3, "nodes": [{"name": "Smith 2"}, {"name": "Smith 1"}]}
    assert found["pipelineStages"]["nodes"][0]["leads"]["totalCount"] == 4
    within = (
        f'{{ leads(search: "smith", filter: {{datasetId: {{eq: "{dataset}"}}}}) {{ totalCount nodes {{ name }} }} }}'
    )
    nodes = (await tenant.owner.ask(within))["leads"]
    assert nodes == {"totalCount": 3, "nodes": [{"name": f"Smith {n}"} for n in (2, 1, 0)]}


async def test_what_others_have_moves_nothing(tenant: Tenant, stranger: Tenant) -> None:
    """Pages, counts and cursors are the same whatever is with another tenant, or out of one's sight."""
    me, member = await tenant.colleague(LeadScope.ASSIGNED)
    for number in range(5):
        await tenant.lead(first_name="Smith", last_name=str(number), owner_id=member)
    before = await pages(me)
    for number in range(5):
        for other in (tenant, stranger):
            phone = next_number()
            await other.lead(first_name="Smith", last_name=f"other {number}", phone=phone)
            await other.text("Smith", sender=phone)
    assert await pages(me) == before
    assert len(await names(stranger.owner, "smith")) == 5


async def pages(caller: object) -> list[object]:
    found: list[object] = []
    cursor = None
    while True:
        page = (await caller.ask(PAGED, after=cursor))["leads"]  # type: ignore[attr-defined]
        found.append(page)
        cursor = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            return found


async def test_many_rows_of_one_statement_are_found_and_lost_together(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """As an import writes them: what is found is what is there, after each statement."""
    add = """insert into leads (organization_id, id, first_name, phone, pipeline_stage_id)
      select $1, gen_random_uuid(), 'Zebra', '+4479' || lpad(n::text, 8, '0'), s.id
      from generate_series(1, 150) n, pipeline_stages s where s.organization_id = $1 and s.is_default"""
    of = "where organization_id = $1"
    count = "select count(*) from lead_words where organization_id = $1 and words @@ 'nzebra'"
    for statement, expected in (
        (add, 150),
        (f"update leads set source = 'IMPORT' {of}", 150),
        (f"update leads set first_name = 'Horse' {of} and phone < '+447900000051'", 100),
        (f"update leads set first_name = 'Zebra' {of}", 150),
        (f"delete from leads {of} and phone < '+447900000051'", 100),
    ):
        await sql.execute(statement, tenant.organization_id)
        assert await sql.fetchval(count, tenant.organization_id) == expected, statement
    assert (await tenant.owner.ask('{ leads(search: "zebra") { totalCount } }'))["leads"]["totalCount"] == 100
