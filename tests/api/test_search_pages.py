"""Searched lists in pages and under filters, beside a search in plain Python over the same rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.play.callers import Caller
from tests.play.house import House
from tests.play.tenant import Tenant, next_number, open_tenant

FIRST = ["Ann", "Anna", "Bo", "Bob", "Smith", None]
LAST = ["Smith", "Smithson", "Bo", "Price", None]
COMPANIES = ["Acme Ann", "Smith Ltd", None]
BODIES = ["Ann the price", "prices o k", "Smith smiths", "bo", "o", "Price price", "Anna"]
WORDS = [
    "ann",
    "anna",
    "an",
    "smith",
    "smi",
    "smithson",
    "pric",
    "price",
    "prices",
    "bo",
    "b",
    "o",
    "acme",
    "k",
    "zebra",
]
_PAGE = """query ($search: String, $first: Int, $after: Cursor, $last: Int, $before: Cursor, $filter: %sFilter%s) {
  page: %s(search: $search, first: $first, after: $after, last: $last, before: $before, filter: $filter%s) {
    edges { cursor node { id } } totalCount pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
PAGES = {
    "leads": _PAGE % ("Lead", "", "leads", ""),
    "messages": _PAGE % ("Message", ", $order: [MessageOrder!]", "messages", ", order: $order"),
}


@dataclass(frozen=True, slots=True)
class Text:
    id: UUID
    at: datetime
    words: list[str]


@dataclass(frozen=True, slots=True)
class Person:
    """A lead as plain words."""

    id: UUID
    at: datetime
    lifecycle: str
    name: list[str]
    known: list[str]
    texts: list[Text]

    def best(self, asked: Sequence[str]) -> tuple[int, datetime, UUID] | None:
        tiers = [
            all(word in self.name for word in asked),
            all(word in self.name + self.known for word in asked),
            all(begins(self.name, word) for word in asked),
            all(begins(self.name + self.known, word) for word in asked),
        ]
        if True in tiers:
            return tiers.index(True), self.at, self.id
        said = [(text.at, text.id) for text in self.texts if says(text, asked)]
        return (4, *max(said)) if said else None


def begins(words: Sequence[str], beginning: str) -> bool:
    return any(word.startswith(beginning) for word in words)


def says(text: Text, asked: Sequence[str]) -> bool:
    return all(begins(text.words, word) if len(word) > 2 else word in text.words for word in asked)


@dataclass(frozen=True, slots=True)
class Library:
    """A tenant with a past, and the same past as plain words."""

    tenant: Tenant
    people: list[Person]

    def leads(self, asked: Sequence[str], lifecycle: str | None = None) -> list[str]:
        found = [
            (best, one.id) for one in self.people if (best := one.best(asked)) and lifecycle in (None, one.lifecycle)
        ]
        found.sort(key=lambda pair: pair[0][1:], reverse=True)
        found.sort(key=lambda pair: pair[0][0])
        return [show_id("lead", id) for _, id in found]

    def messages(self, asked: Sequence[str]) -> list[str]:
        said = sorted(
            ((text.at, text.id) for one in self.people for text in one.texts if says(text, asked)), reverse=True
        )
        return [show_id("message", id) for _, id in said]


def split(*texts: str | None) -> list[str]:
    return [word for text in texts if text for word in text.lower().split()]


async def read(tenant: Tenant, sql: asyncpg.Connection) -> list[Person]:
    of = tenant.organization_id
    leads = await sql.fetch("select * from leads where organization_id = $1", of)
    texts = await sql.fetch("select * from messages where organization_id = $1", of)
    return [
        Person(
            lead["id"],
            lead["created_at"],
            lead["lifecycle"],
            split(lead["first_name"], lead["last_name"]),
            split(lead["company"]),
            [Text(row["id"], row["created_at"], split(row["body"])) for row in texts if row["lead_id"] == lead["id"]],
        )
        for lead in leads
    ]


@pytest.fixture
async def library(tenant: Tenant, sql: asyncpg.Connection) -> Library:
    """Every name with every other, some of whom said something; over years, some at the same instant."""
    number = 0
    for first in FIRST:
        for last in LAST:
            number += 1
            phone = next_number()
            company = COMPANIES[number % len(COMPANIES)]
            await tenant.lead(first_name=first, last_name=last, company=company, phone=phone)
            for more in range(number % 3):
                await tenant.text(BODIES[(number + more) % len(BODIES)], sender=phone)
    for table, apart in (("leads", "17 days"), ("messages", "11 days")):
        await sql.execute(
            f"update {table} t set created_at = timestamptz '2024-01-01' + interval '{apart}' * (n / 2)"
            " from (select id, row_number() over (order by md5(id::text)) as n"
            f" from {table} where organization_id = $1) s where t.id = s.id",
            tenant.organization_id,
        )
    return Library(tenant, await read(tenant, sql))


async def walk(
    caller: Caller, field: str, sizes: Sequence[int], backwards: bool = False, **given: Any
) -> tuple[list[str], int]:
    """All ids, page by page, and how many are counted."""
    size, way, end = ("last", "before", "startCursor") if backwards else ("first", "after", "endCursor")
    more, less = ("hasPreviousPage", "hasNextPage") if backwards else ("hasNextPage", "hasPreviousPage")
    found: list[str] = []
    cursor, number = None, 0
    while True:
        given |= {size: sizes[min(number, len(sizes) - 1)], way: cursor}
        page = (await caller.ask(PAGES[field], **given))["page"]
        ids = [edge["node"]["id"] for edge in page["edges"]]
        found = ids + found if backwards else found + ids
        assert page["pageInfo"][less] == (cursor is not None)
        assert page["pageInfo"][more] == (len(found) < page["totalCount"])
        cursor, number = page["pageInfo"][end], number + 1
        if not page["pageInfo"][more]:
            return found, page["totalCount"]


ASKED = st.lists(st.sampled_from(WORDS), min_size=1, max_size=3)
SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=5)


@settings(max_examples=80)
@given(asked=ASKED, sizes=SIZES, backwards=st.booleans(), lifecycle=st.sampled_from([None, "NEW", "ENGAGED"]))
async def test_leads_are_those_that_python_finds_in_its_order(
    library: Library, asked: list[str], sizes: list[int], backwards: bool, lifecycle: str | None
) -> None:
    expected = library.leads(asked, lifecycle)
    filter = {"lifecycle": {"eq": lifecycle}} if lifecycle else None
    search = " ".join(asked)
    found = await walk(library.tenant.owner, "leads", sizes, backwards, search=search, filter=filter)
    assert found == (expected, len(expected))


@settings(max_examples=50)
@given(asked=ASKED, sizes=SIZES, backwards=st.booleans(), ascending=st.booleans())
async def test_messages_are_those_that_python_finds_in_the_lists_order(
    library: Library, asked: list[str], sizes: list[int], backwards: bool, ascending: bool
) -> None:
    expected = library.messages(asked)[:: -1 if ascending else 1]
    order = [{"createdAt": "ASC"}] if ascending else None
    search = " ".join(asked)
    found = await walk(library.tenant.agent, "messages", sizes, backwards, search=search, order=order)
    assert found == (expected, len(expected))


_LEADS = """insert into leads (organization_id, id, first_name, phone, lifecycle, owner_id, assignee_id, created_at,
                   pipeline_stage_id)
select $1, md5($1::uuid::text || n)::uuid, case when n % 50 = 0 then 'Zebra' else 'Horse' end,
       '+4479' || lpad(n::text, 8, '0'),
       case when n % 20 = 0 then 'LOST' else 'NEW' end, $2, $2, timestamptz '2025-01-01' + interval '1 hour' * n,
       (select id from pipeline_stages where organization_id = $1 and is_default)
from generate_series(1, 2400) n"""
_CONVERSATION = """insert into conversations (organization_id, id, lead_id, owner_id, assignee_id, created_at)
select organization_id, id, id, owner_id, assignee_id, created_at from leads
where organization_id = $1 and first_name = 'Zebra'"""
_MESSAGES = """insert into messages (organization_id, id, conversation_id, lead_id, owner_id, assignee_id, direction,
  status, body, sender, recipient, segments, reviewed_at, created_at)
select organization_id, md5(id::text || n)::uuid, id, id, owner_id, assignee_id, 'INBOUND',
  case when n % 10 = 0 then 'READ' else 'RECEIVED' end,
  case when n % 25 = 0 then 'A rare okapi' else 'A common cow' end,
  '', '', 1, now(), created_at + interval '1 minute' * n
from conversations, generate_series(1, 100) n where organization_id = $1"""


@pytest.fixture(scope="module")
async def many(house: House, sql: asyncpg.Connection) -> Tenant:
    """More leads and messages than a page, a short list or a look at the newest holds; all of them an agent's."""
    tenant = await open_tenant(house)
    await sql.execute(_LEADS, tenant.organization_id, tenant.members[Role.AGENT])
    await sql.execute(_CONVERSATION, tenant.organization_id)
    await sql.execute(_MESSAGES, tenant.organization_id)
    return tenant


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize(
    ("search", "filter", "condition"),
    [
        ("zebra", None, "first_name = 'Zebra'"),
        ("zebra", {"lifecycle": {"eq": "NEW"}}, "first_name = 'Zebra' and lifecycle = 'NEW'"),
        ("hors", {"lifecycle": {"eq": "LOST"}}, "first_name = 'Horse' and lifecycle = 'LOST'"),
        ("zebra", {"not": {"lifecycle": {"eq": "LOST"}}}, "first_name = 'Zebra' and lifecycle = 'NEW'"),
        ("okapi", {"lifecycle": {"eq": "LOST"}}, "first_name = 'Zebra' and lifecycle = 'LOST'"),
    ],
)
async def test_a_filter_that_leaves_few_or_many(
    many: Tenant, sql: asyncpg.Connection, who: str, backwards: bool, search: str, filter: Any, condition: str
) -> None:
    """Whether the index is asked or the rows of a short list are looked at, the same is found in the same order."""
    of = f"select id from leads where organization_id = $1 and {condition} order by created_at desc, id desc"
    expected = [show_id("lead", row["id"]) for row in await sql.fetch(of, many.organization_id)]
    found = await walk(getattr(many, who), "leads", [7, 100], backwards, search=search, filter=filter)
    assert found == (expected, len(expected))


@pytest.mark.parametrize("who", ["owner", "agent"])
@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("order", ["ASC", "DESC"])
@pytest.mark.parametrize(
    ("search", "filter", "condition"),
    [
        ("okapi", None, "body like '%okapi'"),
        ("common cow", {"status": {"eq": "READ"}}, "body like '%cow' and status = 'READ'"),
        ("rare", {"status": {"eq": "READ"}}, "body like '%okapi' and status = 'READ'"),
        ("rare", {"createdAt": {"lt": "2025-02-01T00:00:00Z"}}, "body like '%okapi' and created_at < '2025-02-01'"),
    ],
)
async def test_messages_near_and_far(
    many: Tenant,
    sql: asyncpg.Connection,
    who: str,
    backwards: bool,
    order: str,
    search: str,
    filter: Any,
    condition: str,
) -> None:
    """Those that the newest hold, and those that the index knows behind them, make one list."""
    of = f"select id from messages where organization_id = $1 and {condition} order by created_at {order}, id {order}"
    expected = [show_id("message", row["id"]) for row in await sql.fetch(of, many.organization_id)]
    by = [{"createdAt": order}]
    found = await walk(getattr(many, who), "messages", [3, 100], backwards, search=search, filter=filter, order=by)
    assert found == (expected, len(expected))


async def test_a_place_in_a_search_is_none_in_the_list(library: Library) -> None:
    page = "query ($s: String, $c: Cursor) { leads(search: $s, after: $c, first: 1) { pageInfo { endCursor } } }"
    found, plain = [
        (await library.tenant.owner.ask(page, s=s))["leads"]["pageInfo"]["endCursor"] for s in ("ann", None)
    ]
    for search, cursor in (("ann", plain), (None, found), ("ann", "WyJ4Il0"), ("ann", found[:-3])):
        answer = await library.tenant.owner.answer(page, s=search, c=cursor)
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_what_is_new_never_shifts_the_pages_behind(library: Library) -> None:
    page = 'query ($c: Cursor) { leads(search: "smith", after: $c, first: 3) { nodes { id } pageInfo { endCursor } } }'
    first = (await library.tenant.owner.ask(page))["leads"]
    await library.tenant.lead(first_name="Smith", last_name="Smith")
    second = (await library.tenant.owner.ask(page, c=first["pageInfo"]["endCursor"]))["leads"]
    seen = [node["id"] for node in first["nodes"] + second["nodes"]]
    assert seen == library.leads(["smith"])[:6]


async def test_a_list_may_be_asked_for_one_fact_alone(library: Library) -> None:
    for part in ("totalCount", "__typename", "pageInfo { endCursor }", "nodes { id } edges { node { id } cursor }"):
        for field in ("leads", "messages"):
            await library.tenant.owner.ask(f'{{ {field}(search: "price") {{ {part} }} }}')


async def test_whoever_sees_few_pages_through_their_own(many: Tenant) -> None:
    me, _ = await many.colleague(LeadScope.ASSIGNED)
    assert await walk(me, "leads", [5], search="horse") == ([], 0)
    assert await walk(me, "messages", [5], search="cow") == ([], 0)
