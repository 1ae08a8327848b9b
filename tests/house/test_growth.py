"""At a hundred thousand messages every list, every queue and the feed look at little more than they answer with."""

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest
from asyncpg.connection import LoggedQuery

from actions.sending import LEASES
from db.database import pool_options
from db.searching import MOST_COUNTED
from db.statements import statement
from domain.ids import new_id, show_id
from domain.people import LeadScope, Rights
from domain.refreshing import LEASE as REFRESH_LEASE
from domain.refreshing import LONGEST_PAUSE
from resolvers.schema import Schema
from tests.house.asking import Asking, asking, filters_of, lists, orders
from tests.house.growth import MOST_WAITING, Grown
from tests.house.walls import TENANT_COLUMNS, nodes

FEW = 250  # rows: a full page, one more, and its neighbours
MATCHES = 1_000  # rows; so many that pass a filter may be put in order
MOST_SEARCHED = 6_000  # rows; what a filter may leave, to be put in order, and what fits in a week
NOW = datetime.now(UTC)
_CLAIMS = ("claim_message", "claim_unsettled")


async def troubles(
    connection: asyncpg.Connection, sql: str, values: Any, mode: str = "force_custom_plan", few: float = FEW
) -> list[str]:
    """Runs it with a plan of this kind; which parts of it looked at more rows than a few, in words."""
    parameters = (await connection.prepare(sql)).get_parameters()
    casts = ", ".join(f"(${number}::{type_.name})::text" for number, type_ in enumerate(parameters, start=1))
    texts = await connection.fetchval(f"select array[{casts}]", *values)
    given = ", ".join([await connection.fetchval("select quote_nullable($1::text)", text) for text in texts])
    await connection.execute(f"set plan_cache_mode = {mode}")
    await connection.execute(f"prepare probe as {sql}")
    explained = await connection.fetchval(f"explain (analyze, timing off, format json) execute probe({given})")
    await connection.execute("deallocate probe")
    found = (_trouble(node, few) for node, _ in nodes(json.loads(explained)[0]["Plan"]))
    return [f"{mode}: {trouble}" for trouble in found if trouble]


def _trouble(node: dict[str, Any], few: float) -> str | None:
    if node["Node Type"] == "Seq Scan" and node["Relation Name"] in TENANT_COLUMNS:
        return f"Seq Scan on {node['Relation Name']}"
    rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
    return f"{node['Node Type']} of {rows:.0f} rows {node.get('Index Name', '')}" if rows > few else None


async def said(asker: Asking, document: str) -> LoggedQuery:
    await asker.ask(document)
    return asker.seen[-1]


def _cursor(answer: dict[str, Any]) -> str:
    found: str = orjson.loads(re.findall(rb'"endCursor" ?: ?("[^"]+")', orjson.dumps(answer))[0])
    return found


# What grows with the business, and what with the number of colleagues and programs alone.
GROWING = [
    "conversations",
    "messages",
    "leads",
    "customers",
    "customerInvitations",
    "bookings",
    "insights",
    "auditLogs",
    "enrollments",
    "tasks",
    "drafts",
    "modelUses",
]
SMALL = {"members", "staffInvitations", "apiKeys", "credentials", "datasets", "pipelineStages"}
SMALL |= {"imports", "bulkOperations", "exports", "campaigns", "campaignPolicies", "phoneNumbers", "messageTemplates"}
SMALL |= {"territories"}
SMALL |= {"lessons", "promptTemplates", "prompts", "replays"}


@pytest.mark.parametrize("name", GROWING)
async def test_a_list_with_any_filter_in_any_order_goes_by_an_index(
    asker: Asking, server: asyncpg.Connection, name: str
) -> None:
    found = {}
    definition = lists(asker.graphql)[name]
    for order in orders(definition):
        for one in ("", *filters_of(definition)):
            document = f"{{ {name}(first: 25, order: [{order}], filter: {{{one}}}) {{ nodes {{ id }} }} }}"
            query = await said(asker, document)
            found[document] = await troubles(server, query.query, query.args, few=MATCHES)
    assert {document: trouble for document, trouble in found.items() if trouble} == {}


async def test_the_lists_are_all_looked_at(asker: Asking) -> None:
    assert set(lists(asker.graphql)) == set(GROWING) | SMALL


@pytest.mark.parametrize("name", GROWING)
async def test_the_tenth_page_costs_what_the_first_does(asker: Asking, server: asyncpg.Connection, name: str) -> None:
    found = {}
    for order in orders(lists(asker.graphql)[name]):
        for size, way, end in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
            cursor, query = "", None
            for _ in range(10):
                paged = f'{way}: "{cursor}", ' if cursor else ""
                document = f"{{ {name}({size}: 100, {paged}order: [{order}]) {{ pageInfo {{ endCursor: {end} }} }} }}"
                cursor = _cursor(await asker.ask(document))
                query = asker.seen[-1]
            assert query
            for mode in ("force_custom_plan", "force_generic_plan"):
                found[f"{way} {order} {mode}"] = await troubles(server, query.query, query.args, mode)
    assert {page: trouble for page, trouble in found.items() if trouble} == {}


@pytest.mark.parametrize("dataset", ["Dataset 3", "Dataset 10"])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_the_leads_of_a_dataset_are_read_in_its_own_order(
    grown: Grown, asker: Asking, server: asyncpg.Connection, dataset: str, mode: str
) -> None:
    """S1.5, S1.23: a page of a dataset of any size among leads of any number, by filter and from the dataset itself."""
    id = show_id("dataset", await dataset_of(grown, dataset))
    found, within = {}, f'filter: {{datasetId: {{eq: "{id}"}}}}'
    for order in orders(lists(asker.graphql)["leads"]):
        if "createdAt" in order:
            for page in ("first: 25", "last: 25"):
                of = f"{page}, order: [{order}]"
                for document in (
                    f"{{ leads({of}, {within}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}",
                    f'{{ dataset(id: "{id}") {{ leads({of}) {{ nodes {{ id }} }} }} }}',
                ):
                    query = await said(asker, document)
                    found[document] = await troubles(server, query.query, query.args, mode)
    cursor = _cursor(await asker.ask(f"{{ leads(first: 5, {within}) {{ pageInfo {{ endCursor }} }} }}"))
    further = await said(asker, f'{{ leads(first: 5, after: "{cursor}", {within}) {{ nodes {{ id }} }} }}')
    found["further"] = await troubles(server, further.query, further.args, mode)
    assert {document: trouble for document, trouble in found.items() if trouble} == {}


async def dataset_of(grown: Grown, name: str) -> UUID:
    connection = await asyncpg.connect(grown.url)
    try:
        of = "select id from datasets where organization_id = $1 and name = $2"
        id: UUID = await connection.fetchval(of, grown.actor.organization_id, name)
        return id
    finally:
        await connection.close()


@pytest.mark.parametrize("tag", ["often", "rare", "nobody's"])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_leads_with_a_tag_are_read_in_the_order_of_their_list(
    asker: Asking, server: asyncpg.Connection, tag: str, mode: str
) -> None:
    """S0.6: an index of tags, whatever policies say; for a tag of half the leads as for one of five."""
    found, within = {}, f'filter: {{tag: {{eq: "{tag}"}}}}'
    for page in ("first: 25", "last: 25", "first: 25, order: [{createdAt: ASC}]"):
        document = f"{{ leads({page}, {within}) {{ nodes {{ id }} pageInfo {{ endCursor }} }} }}"
        query = await said(asker, document)
        found[document] = await troubles(server, query.query, query.args, mode)
    if tag == "often":
        cursor = _cursor(await asker.ask(f"{{ leads(first: 5, {within}) {{ pageInfo {{ endCursor }} }} }}"))
        further = await said(asker, f'{{ leads(first: 5, after: "{cursor}", {within}) {{ nodes {{ id }} }} }}')
        found["further"] = await troubles(server, further.query, further.args, mode)
    assert {document: trouble for document, trouble in found.items() if trouble} == {}


BOARD = "{ pipelineStages { nodes { name leads(first: 20) { %s nodes { name } pageInfo { endCursor } } } } }"


@pytest.mark.parametrize("scope", list(LeadScope))
@pytest.mark.parametrize("member", ["of many leads", "of none"])
async def test_the_board_reads_the_first_of_each_stage(
    grown: Grown, schema: Schema, server: asyncpg.Connection, scope: LeadScope, member: str
) -> None:
    """S0.21; those further on, and those that somebody does not see, are not looked at."""
    own = grown.actor.member_id if member == "of many leads" else new_id()
    async with asking(grown.url, schema, replace(grown.actor, member_id=own, rights=Rights(lead_scope=scope))) as asker:
        query = await said(asker, BOARD % "")
        for mode in ("force_custom_plan", "force_generic_plan"):
            assert await troubles(server, query.query, query.args, mode) == []


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_the_board_counts_leads_without_reading_them(grown: Grown, schema: Schema, scope: LeadScope) -> None:
    async with asking(grown.url, schema, replace(grown.actor, rights=Rights(lead_scope=scope))) as asker:
        query = await said(asker, "{ pipelineStages { nodes { leads { totalCount } } } }")
    connection = await asyncpg.connect(grown.url, server_settings=pool_options(15)["server_settings"])
    try:
        explained = await connection.fetchval(f"explain (analyze, timing off, format json) {query.query}", *query.args)
    finally:
        await connection.close()
    scans = [node for node, _ in nodes(json.loads(explained)[0]["Plan"]) if node.get("Relation Name") == "leads"]
    assert scans and {(node["Node Type"], node["Heap Fetches"]) for node in scans if "Heap Fetches" in node} == {
        ("Index Only Scan", 0)
    }
    assert (
        sum(node["Actual Rows"] * node["Actual Loops"] for node in scans if node["Node Type"] != "Index Only Scan") == 0
    )


async def test_an_inbox_with_all_that_it_shows_goes_by_indexes(asker: Asking, server: asyncpg.Connection) -> None:
    below = "lead { id owner { id } } assignee { id } lastMessage { body } messages(first: 1) { nodes { body } }"
    query = await said(asker, f"{{ conversations(first: 50) {{ nodes {{ {below} }} }} }}")
    for mode in ("force_custom_plan", "force_generic_plan"):
        assert await troubles(server, query.query, query.args, mode) == []


@pytest.mark.parametrize("scope", list(LeadScope))
async def test_the_feed_reads_what_is_new(
    grown: Grown, schema: Schema, server: asyncpg.Connection, scope: LeadScope
) -> None:
    async with asking(grown.url, schema, replace(grown.actor, rights=Rights(lead_scope=scope))) as asker:
        await asker.hear('subscription { inboxEvents(after: "50000") { ... on MessageSent { message { body } } } }')
        query = next(item for item in reversed(asker.seen) if " from events " in item.query)
        for mode in ("force_custom_plan", "force_generic_plan"):
            assert await troubles(server, query.query, query.args, mode, few=MATCHES) == []


# What a session has read so far, also within functions: whole tables, and rows by an index.
_READ = """select coalesce(sum(seq_scan) filter (where relname = any ($1)), 0)::int as scans,
  coalesce(sum(idx_tup_fetch), 0)::int as rows from pg_stat_xact_user_tables"""
SEARCHES = {
    "everybody's name": "lead",
    "the beginning of everybody's name": "l",
    "a full name": "lead 777",
    "digits": "07000 000 77",
    "last digits": "0777",
    "an everyday word": "hello",
    "a rare word": "okapi",
    "two words": "hello okapi",
    "a word nobody has": "zebra",
    "words that never meet": "lead zebra",
}


async def reads(server: asyncpg.Connection, query: LoggedQuery, mode: str) -> tuple[int, int]:
    """How many tables it read whole, and how many rows it fetched."""
    async with server.transaction():
        await server.execute(f"set local plan_cache_mode = {mode}")
        [before] = await server.fetch(_READ, [*TENANT_COLUMNS])
        await server.fetchval(query.query, *query.args)
        [after] = await server.fetch(_READ, [*TENANT_COLUMNS])
    return after["scans"] - before["scans"], after["rows"] - before["rows"]


@pytest.mark.parametrize("scope", list(LeadScope))
@pytest.mark.parametrize("member", ["of many leads", "of none"])
@pytest.mark.parametrize("name", ["leads", "messages"])
async def test_a_search_looks_at_little_more_than_it_finds(
    grown: Grown, schema: Schema, server: asyncpg.Connection, name: str, scope: LeadScope, member: str
) -> None:
    """Whatever is looked for, and whoever looks: a page of it, or what there is of it in a week."""
    own, found = grown.actor.member_id if member == "of many leads" else new_id(), {}
    async with asking(grown.url, schema, replace(grown.actor, member_id=own, rights=Rights(lead_scope=scope))) as asker:
        for title, text in SEARCHES.items():
            for filter in ("", ', filter: {createdAt: {gt: "2027-06-01T00:00:00Z"}}'):
                query = await said(asker, f'{{ {name}(search: "{text}", first: 25{filter}) {{ nodes {{ id }} }} }}')
                for mode in ("force_custom_plan", "force_generic_plan"):
                    scans, rows = await reads(server, query, mode)
                    if scans or rows > MOST_SEARCHED:
                        found[title, filter, mode] = scans, rows
    assert not found, "\n".join(f"{k}: {v}" for k, v in found.items())


async def test_what_very_many_say_is_counted_to_an_end(asker: Asking) -> None:
    """A hundred thousand texts say hello; that there are ten thousand at least is all that a count tells."""
    for name in ("messages", "leads"):
        answer = await asker.ask(f'{{ {name}(search: "hello") {{ totalCount }} }}')
        assert f'"totalCount":{MOST_COUNTED}}}' in orjson.dumps(answer).decode()


SCOPED = """{ conversations(first: 50) { nodes { lead { name } assignee { name } lastMessage { body } } }
  messages(first: 50) { nodes { body } } leads(first: 50) { nodes { name } }
  insights(first: 50) { nodes { title } } bookings(first: 50) { nodes { startsAt lead { name } } }
  drafts(first: 50) { nodes { body lead { name } } } }"""


@pytest.mark.parametrize("scope", [LeadScope.ASSIGNED, LeadScope.ASSIGNED_AND_UNASSIGNED])
@pytest.mark.parametrize("member", ["of many leads", "of none"])
async def test_who_sees_some_leads_looks_at_little_more_than_they_see(
    grown: Grown, schema: Schema, server: asyncpg.Connection, scope: LeadScope, member: str
) -> None:
    own = grown.actor.member_id if member == "of many leads" else new_id()
    async with asking(grown.url, schema, replace(grown.actor, member_id=own, rights=Rights(lead_scope=scope))) as asker:
        asker.seen.clear()
        await asker.ask(SCOPED)
        assert len(asker.seen) == 6
        for query in asker.seen:
            for mode in ("force_custom_plan", "force_generic_plan"):
                assert await troubles(server, query.query, query.args, mode) == [], query.query


@pytest.mark.parametrize("scope", list(LeadScope))
@pytest.mark.parametrize(("dataset", "few"), [("Dataset 3", MATCHES), ("Dataset 10", FEW), (None, FEW)])
async def test_who_is_limited_to_datasets_looks_at_little_more_than_they_see(
    grown: Grown, schema: Schema, server: asyncpg.Connection, scope: LeadScope, dataset: str | None, few: int
) -> None:
    """To a tenth of all leads: ten times a page. To a few of them, or to none: at those alone, wherever they lie."""
    limit = frozenset({await dataset_of(grown, dataset)} if dataset else ())
    rights = Rights(lead_scope=scope, dataset_ids=limit)
    async with asking(grown.url, schema, replace(grown.actor, rights=rights)) as asker:
        asker.seen.clear()
        await asker.ask(SCOPED)
        if dataset:
            await asker.hear('subscription { inboxEvents(after: "50000") { ... on MessageSent { message { body } } } }')
        said = {item.query: item for item in asker.seen if " row_to_json(" in item.query}
        assert len(said) == (7 if dataset else 6)
        for query in said.values():
            for mode in ("force_custom_plan", "force_generic_plan"):
                at_most = MATCHES if " from events " in query.query else few
                assert await troubles(server, query.query, query.args, mode, few=at_most) == [], query.query


@pytest.mark.parametrize(
    ("domain", "name", "values"),
    [
        ("receiving", "claim_webhooks", (20,)),
        *(("sending", claim, (lease, one)) for claim in _CLAIMS for one, lease in LEASES.items()),
        ("reviewing", "claim_unreviewed", ()),
        ("dispatching", "claim_turn", (NOW,)),
        ("dispatching", "next_runs", (new_id(), NOW, 10)),
        ("dispatching", "get_segments", (new_id(), NOW)),
        ("dispatching", "end_turn", (new_id(), NOW)),
        ("enrolling", "next_requests", (10,)),
        ("silence", "next_silences", (NOW, 10)),
        ("silence", "lock_silences_after", (new_id(), 10)),
        ("campaign_tending", "next_standing", (new_id(), 10)),
        ("campaign_tending", "request_members", (new_id(), new_id(), 10)),
        ("campaign_tending", "end_runs", ([new_id()],)),
        ("leads", "hand_over_exposures", (new_id(), None, None)),
        ("datasets", "carry_to_exposures", ([new_id()],)),
        ("merging", "move_exposures", (new_id(), new_id(), None, None)),
        ("merging", "return_exposures", ([new_id()], new_id(), None, None)),
        ("leads", "abandon_exposures", (new_id(),)),
        ("leads", "erase_examples", ([new_id()],)),
        ("learning", "take_back_insights", (new_id(),)),
        ("prompts", "find_tried_lessons", (new_id(),)),
        ("prompts", "get_parts", (new_id(),)),
        ("credentials", "claim_refresh", (NOW, ["TWITTER", "LINKEDIN"], REFRESH_LEASE, LONGEST_PAUSE)),
    ],
)
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_a_claim_takes_one_of_a_thousand_without_looking_at_the_others(
    server: asyncpg.Connection, grown: Grown, domain: str, name: str, values: tuple[Any, ...], mode: str
) -> None:
    transaction = server.transaction()
    await transaction.start()
    organization = grown.actor.organization_id
    await server.fetchval("select begin_request($1, null, 'ALL')", organization)
    try:
        assert await troubles(server, statement(domain, name), (organization, *values), mode, few=20) == []
    finally:
        await transaction.rollback()


@pytest.mark.parametrize("queue", ["inbound", "sending", "reviewing", "enrolling", "dispatching"])
async def test_finding_who_has_something_due_looks_at_the_queue_alone(grown: Grown, queue: str) -> None:
    connection = await asyncpg.connect(grown.url)
    try:
        body = await connection.fetchval("select prosrc from pg_proc where proname = 'due_organizations'")
        await connection.execute("set role rekindle_lookup")
        sql = re.sub(r"\bqueue\b", "$1::text", body)
        for mode in ("force_custom_plan", "force_generic_plan"):
            assert await troubles(connection, sql, (queue,), mode, few=MOST_WAITING) == []
    finally:
        await connection.close()


async def test_finding_whose_connections_are_due_looks_at_those_alone(grown: Grown) -> None:
    """A few dozen of twenty thousand, in a thousand organizations."""
    connection = await asyncpg.connect(grown.url)
    try:
        body = await connection.fetchval(
            "select prosrc from pg_proc where proname = 'organizations_with_due_credentials'"
        )
        await connection.execute("set role rekindle_lookup")
        sql = re.sub(r"\binstant\b", "$1::timestamptz", re.sub(r"\bproviders\b", "$2::text[]", body))
        for instant in (None, NOW):
            for mode in ("force_custom_plan", "force_generic_plan"):
                assert await troubles(connection, sql, (instant, ["TWITTER", "FACEBOOK"]), mode, few=FEW) == []
    finally:
        await connection.close()
