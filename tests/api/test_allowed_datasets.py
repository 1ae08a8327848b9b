"""Who is limited to datasets sees the leads of these alone, with all that belongs to them, within their lead scope.

S1.14 and S1.15: `allowed_dataset_ids` (null = all) is enforced, in every query, list, count and mutation alike.
"""

from collections.abc import Iterable
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from actions.leads import NewLead, add_lead
from domain.ids import new_id, show_id
from domain.people import Actor, LeadScope, Permission, Rights, Role
from domain.refusals import Refusal, RefusalCode
from tests.api.test_datasets import verb
from tests.api.test_lead_scope import ASSIGN
from tests.api.test_lead_scope import EVERYTHING as LISTS
from tests.play.calendar import day
from tests.play.callers import Caller
from tests.play.databases import new_database
from tests.play.house import open_house
from tests.play.pages import backwards, forwards
from tests.play.past import bare, keep_dataset
from tests.play.shelves import EVERYTHING, KEPT, KINDS, Shelves, open_shelves, seen_under
from tests.play.tenant import Tenant, next_number, open_tenant

EVERY_SCOPE = pytest.mark.parametrize("scope", list(LeadScope))
# Lists of who is limited to few leads are gathered, those of others are walked: both must show the same. Pages of
# another size are another statement, so that none is used again that was written for the other way.
EVERY_WAY = pytest.mark.parametrize(("few", "size"), [(1000, 3), (0, 5)])


def asked(text: str) -> str:
    """The same, and yet another document: a statement that was written before is not used again."""
    return f"{text} # {uuid4().hex}"


async def lists_of(shelves: Shelves, caller: Caller) -> dict[str, set[tuple[str, str]]]:
    """What the lists show, by its names, and that the counts say the same."""
    found = {}
    for kind, page in (await caller.ask(asked(LISTS))).items():
        ids = [node["id"] for node in page["nodes"]]
        found[kind] = shelves.names(kind, ids)
        assert len(ids) == len(found[kind]) == page["totalCount"], kind
    return found


@EVERY_SCOPE
@EVERY_WAY
async def test_lists_and_counts_show_what_is_in_sight(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, scope: LeadScope, few: int, size: int
) -> None:
    monkeypatch.setattr("db.compiler._FEW_LEADS", few)
    shelves = await open_shelves(tenant, scope)
    assert await lists_of(shelves, shelves.me) == dict.fromkeys(KINDS, seen_under(scope))
    if scope is LeadScope.ALL:
        assert await lists_of(shelves, await shelves.program()) == dict.fromkeys(KINDS, seen_under(scope))
        assert await lists_of(shelves, tenant.owner) == dict.fromkeys(KINDS, EVERYTHING)


@EVERY_WAY
async def test_pages_are_whole_both_ways(tenant: Tenant, monkeypatch: pytest.MonkeyPatch, few: int, size: int) -> None:
    monkeypatch.setattr("db.compiler._FEW_LEADS", few)
    shelves = await open_shelves(tenant, scope := LeadScope.ASSIGNED_AND_UNASSIGNED)
    for kind in KINDS:
        for turn in (forwards, backwards):
            assert shelves.names(kind, await turn(shelves.me, kind, size)) == seen_under(scope), kind


@EVERY_WAY
async def test_filters_narrow_what_is_in_sight_and_never_widen_it(
    tenant: Tenant, monkeypatch: pytest.MonkeyPatch, few: int, size: int
) -> None:
    monkeypatch.setattr("db.compiler._FEW_LEADS", few)
    shelves = await open_shelves(tenant, LeadScope.ALL)
    in_there = await forwards(shelves.me, "leads", size, filter={"datasetId": {"eq": shelves.there}})
    assert in_there == [], "that dataset is none of theirs, not even where a lead is in both"
    both = {"datasetId": {"in": [shelves.here, shelves.there]}}
    assert shelves.names("leads", await forwards(shelves.me, "leads", size, filter=both)) == seen_under(LeadScope.ALL)
    not_here = {"not": {"datasetId": {"eq": shelves.here}}}
    assert await forwards(shelves.me, "leads", size, filter=not_here) == []
    theirs = {"assigneeId": {"eq": show_id("member", tenant.members[Role.AGENT])}}
    found = shelves.names("conversations", await forwards(shelves.me, "conversations", size, filter=theirs))
    assert found == {name for name in seen_under(LeadScope.ALL) if name[0] in ("owned", "theirs")}


@EVERY_SCOPE
async def test_one_thing_by_its_id(tenant: Tenant, scope: LeadScope) -> None:
    shelves = await open_shelves(tenant, scope)
    for kind in KINDS:
        by_name = getattr(shelves, kind)
        names = list(by_name)
        nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        found = (await shelves.me.ask(nodes, ids=[by_name[name] for name in names]))["nodes"]
        assert {name for name, node in zip(names, found, strict=True) if node} == seen_under(scope), kind
        alone = await shelves.me.ask("query ($id: ID!) { node(id: $id) { id } }", id=by_name["mine", "there"])
        assert alone["node"] is None


async def test_of_datasets_only_those_that_are_allowed(tenant: Tenant) -> None:
    shelves = await open_shelves(tenant, LeadScope.ALL)
    for caller in (shelves.me, await shelves.program()):
        answer = await caller.ask("{ datasets { totalCount nodes { id totalLeads leads { totalCount } } } }")
        [dataset] = answer["datasets"]["nodes"]
        assert (answer["datasets"]["totalCount"], dataset["id"]) == (1, shelves.here)
        assert dataset["totalLeads"] == dataset["leads"]["totalCount"] == 8
        by_id = "query ($h: ID!, $t: ID!) { here: dataset(id: $h) {id} there: dataset(id: $t) {id} node(id: $t) {id} }"
        assert await caller.ask(by_id, h=shelves.here, t=shelves.there) == {
            "here": {"id": shelves.here}, "there": None, "node": None,
        }  # fmt: skip
        within = "query ($id: ID!) { lead(id: $id) { datasets { totalCount nodes { id } } } }"
        found = (await caller.ask(within, id=shelves.leads["mine", "both"]))["lead"]["datasets"]
        assert found == {"totalCount": 1, "nodes": [{"id": shelves.here}]}


async def test_what_is_out_of_sight_cannot_be_acted_on(tenant: Tenant) -> None:
    """A manager, who may do much, in a dataset that is none of theirs."""
    shelves = await open_shelves(tenant, LeadScope.ALL, Role.MANAGER)
    verbs = {
        'sendMessage(input: {conversationId: $id, body: "Hi", idempotencyKey: "k"})': shelves.conversations,
        "startConversation(input: {leadId: $id, channel: SMS})": shelves.leads,
        "markConversationRead(input: {conversationId: $id})": shelves.conversations,
        "assignConversation(input: {conversationId: $id, assigneeId: null})": shelves.conversations,
        "signalTyping(input: {conversationId: $id, isTyping: true})": shelves.conversations,
        "viewInsight(input: {insightId: $id})": shelves.insights,
        'dismissInsight(input: {insightId: $id, reason: "no"})': shelves.insights,
        "cancelBooking(input: {bookingId: $id})": shelves.bookings,
        f'bookCall(input: {{leadId: $id, startsAt: "{day(6).isoformat()}"}})': shelves.leads,
        "eraseLead(input: {leadId: $id})": shelves.leads,
    }
    for act, ids in verbs.items():
        document = f"mutation ($id: ID!) {{ a: {act} {{ __typename ... on Refused {{ code }} }} }}"
        for place in ("there", "nowhere"):
            assert (await shelves.me.ask(document, id=ids["mine", place]))["a"]["code"] == "NOT_FOUND", act
        assert (await shelves.me.ask(document, id=ids["mine", "both"]))["a"]["__typename"] != "Refused", act
    for act in ("change", "start", "archive", "restore", "addLeads", "removeLeads"):
        leads = {"leadIds": [shelves.leads["mine", "here"]]} if "Leads" in act else {}
        refused = await verb(shelves.me, act, datasetId=shelves.there, **leads)
        assert (refused["code"], refused["field"]) == ("NOT_FOUND", "datasetId"), act
    for act in ("addLeads", "removeLeads"):
        stranger = shelves.leads["mine", "nowhere"]
        refused = await verb(shelves.me, act, datasetId=shelves.here, leadIds=[stranger])
        assert (refused["code"], refused["field"]) == ("NOT_FOUND", "leadIds"), act


async def test_who_is_limited_makes_no_dataset_and_reads_no_trail(tenant: Tenant) -> None:
    """They would not see the one; the other tells of everybody's leads."""
    shelves = await open_shelves(tenant, LeadScope.ALL, Role.OWNER)
    assert (await verb(shelves.me, "create", name="Mine"))["code"] == "FORBIDDEN"
    trail = "{ auditLogs { nodes { id } } }"
    record = (await tenant.owner.ask(trail))["auditLogs"]["nodes"][0]["id"]
    program = await shelves.program(*Permission)
    for caller in (shelves.me, program):
        assert await caller.code(trail) == await caller.code(f'{{ node(id: "{record}") {{ id }} }}') == "FORBIDDEN"
    remove = "mutation ($m: ID!) { removeMember(input: {memberId: $m}) { ... on Refused { code } } }"
    viewer = show_id("member", tenant.members[Role.VIEWER])
    assert (await shelves.me.ask(remove, m=viewer))["removeMember"] == {"code": "FORBIDDEN"}


async def test_who_is_limited_to_nothing_sees_nothing(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Neither who was limited to no dataset from the start, nor whose datasets are gone: a limit is never lifted so."""
    shelves = await open_shelves(tenant, LeadScope.ALL)
    nothing: dict[str, Any] = {kind: set() for kind in KINDS}
    program = await shelves.program()
    for limit in (frozenset(), frozenset({bare(await keep_dataset(tenant))})):
        assert await lists_of(shelves, (await tenant.colleague(LeadScope.ALL, limit=limit))[0]) == nothing
        assert await lists_of(shelves, await tenant.program(Permission.INBOX_READ, limit=limit)) == nothing
    await verb(tenant.owner, "archive", datasetId=shelves.here)
    assert (await lists_of(shelves, shelves.me))["leads"] == seen_under(LeadScope.ALL), "put away, it is still theirs"
    await sql.execute("delete from datasets where organization_id = $1", tenant.organization_id)
    for caller in (shelves.me, program):
        assert await lists_of(shelves, caller) == nothing
    assert await lists_of(shelves, tenant.owner) == dict.fromkeys(KINDS, EVERYTHING)


async def test_several_datasets_are_one_sight(tenant: Tenant) -> None:
    """A lead in two of them is seen once."""
    shelves = await open_shelves(tenant, LeadScope.ALL)
    both = frozenset({bare(shelves.here), bare(shelves.there)})
    me, _ = await tenant.colleague(LeadScope.ALL, limit=both)
    placed = {name for name in EVERYTHING if name[1] != "nowhere"}
    assert await lists_of(shelves, me) == dict.fromkeys(KINDS, placed)


async def test_a_new_number_is_in_no_dataset(tenant: Tenant) -> None:
    """Who is limited sees them once somebody has put them somewhere, with all that was said until then."""
    shelves = await open_shelves(tenant, LeadScope.ALL)
    conversation, message = await tenant.text("Who are you?", sender=(phone := next_number()))
    asked_for = "query ($id: ID!) { conversation(id: $id) { lead { id phone } messages { nodes { id } } } }"
    assert (await shelves.me.ask(asked_for, id=conversation))["conversation"] is None
    lead = (await tenant.owner.ask(asked_for, id=conversation))["conversation"]["lead"]["id"]
    await verb(tenant.owner, "addLeads", datasetId=shelves.here, leadIds=[lead])
    found = (await shelves.me.ask(asked_for, id=conversation))["conversation"]
    assert found == {"lead": {"id": lead, "phone": phone}, "messages": {"nodes": [{"id": message}]}}
    _, later = await tenant.text("Hello?", sender=phone)
    found = (await shelves.me.ask(asked_for, id=conversation))["conversation"]
    assert [node["id"] for node in found["messages"]["nodes"]] == [later, message]
    await verb(tenant.owner, "removeLeads", datasetId=shelves.here, leadIds=[lead])
    assert (await shelves.me.ask(asked_for, id=conversation))["conversation"] is None


async def test_what_is_sent_and_begun_stays_in_sight(tenant: Tenant) -> None:
    shelves = await open_shelves(tenant, LeadScope.ASSIGNED)
    send = """mutation ($c: ID!) { sendMessage(input: {conversationId: $c, body: "Hi", idempotencyKey: "k"}) {
      ... on Message { id lead { id } conversation { id } } } }"""
    sent = (await shelves.me.ask(send, c=shelves.conversations["mine", "both"]))["sendMessage"]
    assert sent["lead"] == {"id": shelves.leads["mine", "both"]}
    phone = next_number()
    lead = await tenant.lead(phone=phone, owner_id=shelves.member, dataset_ids=[bare(shelves.here)])
    conversation, _ = await tenant.text(sender=phone)
    asked_for = "query ($id: ID!) { conversation(id: $id) { lead { id } } }"
    assert (await shelves.me.ask(asked_for, id=conversation))["conversation"]["lead"]["id"] == show_id("lead", lead)


async def test_work_goes_to_nobody_who_would_not_see_it(tenant: Tenant) -> None:
    shelves = await open_shelves(tenant, LeadScope.ASSIGNED)
    member = show_id("member", shelves.member)
    for place, code in (("here", None), ("both", None), ("there", "CONFLICT"), ("nowhere", "CONFLICT")):
        answer = await tenant.owner.ask(ASSIGN, c=shelves.conversations["nobody's", place], m=member)
        assert answer["assignConversation"].get("code") == code, place
    there = show_id("member", (await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(shelves.there)})))[1])
    seen_by_both = shelves.conversations["mine", "both"]
    answer = await shelves.me.ask(ASSIGN, c=seen_by_both, m=there)
    assert answer["assignConversation"]["assignee"] == {"id": there}, "for a dataset that whoever asks does not see"


async def test_who_is_limited_takes_leads_out_of_their_own_sight(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """And knows nothing of the other datasets that a lead is in, which it stays in."""
    shelves = await open_shelves(tenant, LeadScope.ALL, Role.MANAGER)
    gone = [shelves.leads["mine", place] for place in ("here", "both")]
    answer = await verb(shelves.me, "removeLeads", datasetId=shelves.here, leadIds=gone)
    assert answer["totalLeads"] == answer["leads"]["totalCount"] == 6
    left = seen_under(LeadScope.ALL) - {("mine", "here"), ("mine", "both")}
    assert (await lists_of(shelves, shelves.me))["leads"] == left
    copies = "select dataset_ids from leads where id = $1"
    assert [await sql.fetchval(copies, bare(lead)) for lead in gone] == [None, [bare(shelves.there)]]
    again = await verb(shelves.me, "addLeads", datasetId=shelves.here, leadIds=gone)
    assert again["code"] == "NOT_FOUND", "who does not see a lead puts it nowhere"


def limited(tenant: Tenant, *datasets: str) -> Actor:
    return Actor(tenant.organization_id, rights=Rights(dataset_ids=frozenset(map(bare, datasets))))


async def test_who_is_limited_adds_leads_to_what_they_see(tenant: Tenant) -> None:
    here, there, elsewhere = [await keep_dataset(tenant) for _ in range(3)]

    async def add(actor: Actor, datasets: Iterable[str] = ()) -> str:
        async with tenant.house.parts.database.work(actor) as session:
            new = NewLead(phone=next_number(), dataset_ids=[bare(dataset) for dataset in datasets])
            return show_id("lead", await add_lead(session, new))

    one, two = limited(tenant, here), limited(tenant, here, there)
    added = [await add(one), await add(two, [there]), await add(two, [here, there]), await add(tenant.product)]
    within = "query ($id: ID!) { lead(id: $id) { datasets { nodes { id } } } }"
    found = [(await tenant.owner.ask(within, id=lead))["lead"]["datasets"]["nodes"] for lead in added]
    assert [{node["id"] for node in nodes} for nodes in found] == [{here}, {there}, {here, there}, set()]
    archived = await keep_dataset(tenant)
    await verb(tenant.owner, "archive", datasetId=archived)
    for actor, datasets, code in (
        (two, [], RefusalCode.BAD_INPUT),
        (limited(tenant), [], RefusalCode.BAD_INPUT),
        (two, [elsewhere], RefusalCode.NOT_FOUND),
        (two, [here, elsewhere], RefusalCode.NOT_FOUND),
        (tenant.product, [archived], RefusalCode.NOT_FOUND),
        (tenant.product, [show_id("dataset", new_id())], RefusalCode.NOT_FOUND),
    ):
        with pytest.raises(Refusal) as refused:
            await add(actor, datasets)
        assert (refused.value.code, refused.value.field) == (code, "datasetIds")


async def test_it_is_the_policy_that_hides(database_url: str, tenant: Tenant) -> None:
    """Without it, in a database of its own, what is in other datasets is read by its id: nothing else is in the way."""
    url = await new_database(database_url, f"unwalled_{uuid4().hex}")
    async with open_house(url, work=False) as house:
        shelves = await open_shelves(await open_tenant(house), LeadScope.ALL)
        by_id = "query ($id: ID!) { node(id: $id) { id } }"
        connection = await asyncpg.connect(url)
        try:
            for kind in KINDS:
                id = getattr(shelves, kind)["mine", "there"]
                assert (await shelves.me.ask(by_id, id=id))["node"] is None
                await connection.execute(f"drop policy allowed_datasets on {kind}")
                assert (await shelves.me.ask(by_id, id=id))["node"] == {"id": id}, kind
            assert (await shelves.me.ask(by_id, id=shelves.there))["node"] is None
            await connection.execute("drop policy allowed_datasets on datasets")
            assert (await shelves.me.ask(by_id, id=shelves.there))["node"] == {"id": shelves.there}
        finally:
            await connection.close()


async def test_scope_and_datasets_both_must_hold(tenant: Tenant) -> None:
    """What one of the two hides, the other does not show."""
    shelves = await open_shelves(tenant, LeadScope.ASSIGNED)
    found = (await lists_of(shelves, shelves.me))["leads"]
    assert found == {(keeper, place) for keeper in KEPT[LeadScope.ASSIGNED] for place in ("here", "both")}
