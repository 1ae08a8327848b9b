"""Every root field, asked by a stranger with a tenant's ids, numbers and addresses: as if they had never existed."""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLUnionType,
    get_named_type,
    is_required_argument,
    is_required_input_field,
)
from graphql.type import GraphQLArgument, GraphQLInputField

from domain.ids import new_id
from domain.prompts.sections import SectionName
from tests.play.house import House
from tests.play.naming import FACTS, NAMELESS, NAMING, OWN
from tests.play.past import Past, live
from tests.play.served import LISTS, root_fields
from tests.play.tenant import Tenant, next_number, open_tenant

Place = tuple[str, ...]
Inputs = Mapping[str, GraphQLArgument | GraphQLInputField]


def places(inputs: Inputs, above: Place = ()) -> Iterator[Place]:
    """Every place among the arguments where something can be named, like ("filter", "leadId", "eq")."""
    for name, item in inputs.items():
        type_ = get_named_type(item.type)
        if isinstance(type_, GraphQLInputObjectType) and name not in ("and", "or", "not", "order"):
            yield from places(type_.fields, (*above, name))
        elif type_.name in NAMING:
            yield (*above, name)


# What is begun here is done in the background, with what is found by then: tests of its own wait for the end.
BEGUN = {"Mutation.beginBulkOperation", "Mutation.createExport"}
ALL_CASES = [
    (name, place, fact)
    for name, field in root_fields().items()
    for place in places(field.args)
    for meaning in [next(part for part in reversed(place) if part not in ("eq", "in"))]
    for fact in FACTS.get(f"{name}.{meaning}") or FACTS[meaning]
]
CASES = [case for case in ALL_CASES if case[0] not in BEGUN]


def test_every_root_field_has_a_case() -> None:
    assert {name for name, _, _ in ALL_CASES} | NAMELESS == set(root_fields())


def document(name: str, field: GraphQLField) -> str:
    root, _, own = name.partition(".")
    declared = ", ".join(f"${arg}: {item.type}" for arg, item in field.args.items())
    given = ", ".join(f"{arg}: ${arg}" for arg in field.args)
    page = "totalCount nodes { id } edges { cursor } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    made = get_named_type(field.type)
    kinds = made.types if isinstance(made, GraphQLUnionType) else (made,)
    kept = "__typename" + (" ... on Refused { code message field }" if root == "Mutation" else "")
    if any("id" in getattr(kind, "fields", ()) for kind in kinds):
        gone = [kind.name for kind in kinds if kind.name.startswith("Deleted")]
        kept += f" ... on {gone[0] if gone else 'Node'} {{ id }}"
    below = page if own in LISTS else "leads { lead { id } }" if own == "campaignPreview" else kept
    return f"{root.lower()} ({declared}) {{ {own}({given}) {{ {below} }} }}"


def words(place: Place, own: Past) -> dict[str, Any]:
    """What fits wherever something must stand, by the name of the place."""
    fill = {name: getattr(own, thing) for name, thing in OWN.items()} | {
        "body": "Hello",
        "steps": [{"channel": "SMS", "body": "Hello"}],
        "channel": "SMS",
        "idempotencyKey": uuid4().hex,
        "reason": "It is fine.",
        "isTyping": True,
        "outcome": "REACHED",
        "kind": "SECRET",
        "provider": "OTHER",
        "name": uuid4().hex,
        "pipelineStageIds": [own.stage],
        "leadIds": [own.lead],
        "startsAt": (datetime.now(UTC) + timedelta(days=5)).isoformat(),
        "tags": ["vip"],
        "fileName": "people.csv",
        "email": f"{uuid4().hex}@example.com",
        "role": "VIEWER",
        "permissions": ["INBOX_READ"],
        "secrets": [{"name": "value", "value": "x"}],
        "lessonIds": [own.lesson],
        "feedback": "Say more.",
        "sections": [{"section": name, "content": f"Another {uuid4().hex}."} for name in SectionName],
    }
    fill["origin"] = {} if "origin" in place else {"sections": fill["sections"]}  # one of several
    return fill


def arguments(field: GraphQLField, place: Place, value: str, own: Past) -> dict[str, Any]:
    """The value at its place, and the stranger's own wherever something must stand."""
    fill = words(place, own)
    built: dict[str, Any] = {}
    for name, item in field.args.items():
        type_ = get_named_type(item.type)
        if type_.name == "EnrollLeadsInput":
            fill["campaignId"] = own.drip  # the other one has not begun
        if is_required_argument(item) and isinstance(type_, GraphQLInputObjectType):
            inner_fields = {inner: item for inner, item in type_.fields.items() if is_required_input_field(item)}
            built[name] = {inner: fitting(fill[inner], inner_item.type) for inner, inner_item in inner_fields.items()}
        elif is_required_argument(item) and name in fill:
            built[name] = fill[name]
    inside = built
    for part in place[:-1]:
        inside = inside.setdefault(part, {})
    inside[place[-1]] = [value] if place[-1] == "in" or place[-1].lower().endswith("ids") else value
    return built


def fitting(value: Any, type_: Any) -> Any:
    """The value, or the first word of the vocabulary that is meant."""
    named = get_named_type(type_)
    is_word = isinstance(named, GraphQLEnumType) and isinstance(value, str)
    return next(iter(named.values)) if is_word and value not in named.values else value


def never(fact: str, value: str) -> str:
    """What looks the same and has never existed."""
    if fact == "phone":
        return next_number()
    return f"{uuid4().hex}@example.com" if fact.endswith("email") else f"{value.rpartition('_')[0]}_{new_id()}"


@pytest.fixture(scope="module")
async def neighbours(house: House, sql: asyncpg.Connection) -> tuple[Past, Tenant, Past]:
    """A tenant's past, and a stranger with one: shared, because asking in vain changes nothing."""
    stranger = await open_tenant(house)
    return await live(await open_tenant(house), sql), stranger, await live(stranger, sql)


@pytest.mark.parametrize(("name", "place", "fact"), [case for case in CASES if not case[0].startswith("Subscription")])
async def test_an_id_from_elsewhere_is_an_id_that_never_was(
    neighbours: tuple[Past, Tenant, Past], name: str, place: Place, fact: str
) -> None:
    past, stranger, own = neighbours
    field = root_fields()[name]
    answers = []
    for value in (getattr(past, fact), never(fact, getattr(past, fact))):
        answer = await stranger.owner.post(document(name, field), **arguments(field, place, value, own))
        answers.append((answer.status_code, re.sub(rb'"requestId":"\w+"', b"", answer.content)))
    assert answers[0] == answers[1]
    assert "errors" not in answers[0][1].decode()
    mine = await stranger.owner.answer(document(name, field), **arguments(field, place, getattr(own, fact), own))
    assert (200, str(mine).encode()) != answers[0] and "NOT_FOUND" not in str(mine), "the case would prove nothing"


async def test_nothing_of_the_tenant_was_touched(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    past, own = await live(tenant, sql), await live(stranger, sql)
    look = "select m.*, c.assignee_id, c.unread_count from messages m join conversations c on c.id = m.conversation_id"
    before = await sql.fetch(f"{look} where m.organization_id = $1 order by m.id", tenant.organization_id)
    for name, place, fact in CASES:
        if name.startswith("Mutation"):
            field = root_fields()[name]
            await stranger.owner.answer(document(name, field), **arguments(field, place, getattr(past, fact), own))
    assert await sql.fetch(f"{look} where m.organization_id = $1 order by m.id", tenant.organization_id) == before


async def test_fields_that_name_nothing_answer_the_callers_own(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    await live(tenant, sql)
    answer = await stranger.agent.ask("{ viewer { organization { slug } member { email } } eventCursor }")
    assert answer["viewer"]["organization"] == {"slug": stranger.slug}
    assert answer["viewer"]["member"]["email"].endswith(f"{stranger.slug}.example")
    assert answer["eventCursor"] == "0"


async def test_a_place_in_anothers_list_is_only_a_place(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection
) -> None:
    await live(tenant, sql)
    own = await live(stranger, sql)
    cursor = (await tenant.agent.ask("{ leads { pageInfo { endCursor } } }"))["leads"]["pageInfo"]["endCursor"]
    asked = "query ($c: Cursor) { a: leads(after: $c) { nodes { id } } b: leads(before: $c) { nodes { id } } }"
    found = await stranger.agent.ask(asked, c=cursor)
    mine = (await stranger.agent.ask("{ leads { nodes { id } } }"))["leads"]["nodes"]
    assert found["a"]["nodes"] + found["b"]["nodes"] == mine and {"id": own.lead} in mine


async def test_one_idempotency_key_in_two_organizations_is_two_keys(tenant: Tenant, stranger: Tenant) -> None:
    send = "mutation ($i: SendMessageInput!) { sendMessage(input: $i) { ... on Message { id } } }"
    sent = set()
    for who in (tenant, stranger):
        conversation, _ = await who.text()
        given = {"conversationId": conversation, "body": "Yes.", "idempotencyKey": "the same"}
        sent.add((await who.agent.ask(send, i=given))["sendMessage"]["id"])
    assert len(sent) == 2


# Signals, which nobody can replay, have a test of their own (test_signals).
STREAMS = {name: place for name, place, _ in CASES if name.startswith("Subscription") and "Signals" not in name} | {
    "Subscription.inboxEvents": (),
    "Subscription.sophieInsightAdded": (),
}


@pytest.mark.parametrize("name", sorted(STREAMS))
@pytest.mark.parametrize("after", [None, "0"])
async def test_nothing_is_heard(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, name: str, after: str | None
) -> None:
    """Neither replayed nor live; the stranger's own event, made last, is the fence."""
    field, given = root_fields()[name], {"after": after}
    past = await live(tenant, sql)
    if name == "Subscription.messageAdded":
        given["conversationId"] = past.conversation
    text = document(name, field).replace("... on Node { id }", "... on Event { at }")
    everything = "subscription { inboxEvents { __typename ... on MessageReceived { message { body } } } }"
    async with stranger.agent.hear(text, **given) as ear, stranger.agent.hear(everything) as fence:
        await stranger.followed(2)
        await live(tenant, sql)
        await stranger.text("the fence")
        heard: list[str] = []
        while not heard or heard[-1] != "MessageReceived":
            heard.append((await fence.next())["__typename"])
        assert heard == ["LeadChanged", "ConversationChanged", "LeadChanged", "MessageReceived"]
        if name == "Subscription.inboxEvents":
            assert [(await ear.next())["__typename"] for _ in heard] == heard
        assert await ear.is_silent()
