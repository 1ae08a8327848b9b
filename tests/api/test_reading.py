"""Selections: aliases, fragments, directives, variables, unions and interfaces, and relations at depth."""

import asyncpg
import pytest

from domain.ids import new_id
from domain.people import Permission
from tests.play.crowd import crowd
from tests.play.past import Past, live
from tests.play.tenant import Tenant


@pytest.fixture
async def past(tenant: Tenant, sql: asyncpg.Connection) -> Past:
    return await live(tenant, sql)


async def test_aliases_are_the_keys_of_the_answer(tenant: Tenant, past: Past) -> None:
    asked = "query ($id: ID!) { mine: lead(id: $id) { number: phone Phone: phone phone } lead(id: $id) { id } }"
    answer = await tenant.agent.ask(asked, id=past.lead)
    assert answer == {
        "mine": {"number": past.phone, "Phone": past.phone, "phone": past.phone},
        "lead": {"id": past.lead},
    }


async def test_one_field_twice_is_merged(tenant: Tenant, past: Past) -> None:
    asked = "query ($id: ID!) { conversation(id: $id) { lead { id } lead { phone } id ... { lead { id email } } id } }"
    answer = await tenant.agent.ask(asked, id=past.conversation)
    lead = {"id": past.lead, "phone": past.phone, "email": past.email}
    assert answer["conversation"] == {"lead": lead, "id": past.conversation}


async def test_two_aliases_of_one_connection_are_two_pages(tenant: Tenant, past: Past) -> None:
    asked = """query ($id: ID!) { conversation(id: $id) {
      newest: messages(first: 1) { nodes { id } a: nodes { body } totalCount }
      inbound: messages(filter: {status: {eq: RECEIVED}}) {
        nodes { direction } b: nodes { id body } edges { node { id } } }
      oldest: messages(last: 1) { rows: nodes { body id } }
    } }"""
    found = (await tenant.agent.ask(asked, id=past.conversation))["conversation"]
    assert found["newest"] == {"nodes": [{"id": past.answer}], "a": [{"body": "It is."}], "totalCount": 2}
    assert found["inbound"]["nodes"] == [{"direction": "INBOUND"}]
    assert found["inbound"]["b"] == [{"id": past.message, "body": "Is it still on?"}]
    assert found["inbound"]["edges"] == [{"node": {"id": past.message}}]
    assert found["oldest"] == {"rows": [{"body": "Is it still on?", "id": past.message}]}


async def test_fragments_named_inline_and_nested(tenant: Tenant, past: Past) -> None:
    asked = """query ($id: ID!) {
      conversation(id: $id) { ...thread ... on Conversation { channel } ... on Node { id } } }
      fragment thread on Conversation { status lead { ...who } ... on Kept { ...named } }
      fragment who on Lead { phone ...named }
      fragment named on Node { id __typename }"""
    found = (await tenant.agent.ask(asked, id=past.conversation))["conversation"]
    assert found == {
        "status": "ACTIVE",
        "lead": {"phone": past.phone, "id": past.lead, "__typename": "Lead"},
        "id": past.conversation,
        "__typename": "Conversation",
        "channel": "SMS",
    }


async def test_directives_follow_the_variables_of_each_request(tenant: Tenant, past: Past) -> None:
    """The same text with other variables must not meet the plan of the last one."""
    asked = """query ($id: ID!, $with: Boolean!, $without: Boolean! = false) { conversation(id: $id) {
      id
      lead @include(if: $with) { id phone @skip(if: $without) }
      ... on Conversation @skip(if: $with) { status }
      messages { nodes @include(if: $with) { id } totalCount @skip(if: $with) }
    } }"""
    for with_, without in [(True, False), (False, False), (True, True), (False, True), (True, False)]:
        found = await tenant.agent.ask(asked, id=past.conversation, **{"with": with_, "without": without})
        thread = found["conversation"]
        assert ("lead" in thread, "status" in thread) == (with_, not with_)
        assert not with_ or ("phone" in thread["lead"]) == (not without)
        assert set(thread["messages"]) == ({"nodes"} if with_ else {"totalCount"})


async def test_one_text_with_two_operations_keeps_their_plans_apart(tenant: Tenant, past: Past) -> None:
    text = "query A($id: ID!) { lead(id: $id) { id } } query B($id: ID!) { lead(id: $id) { phone } }"
    for name, expected in [("A", {"id": past.lead}), ("B", {"phone": past.phone}), ("A", {"id": past.lead})]:
        asked = {"query": text, "operationName": name, "variables": {"id": past.lead}}
        answer = await tenant.house.http.post("/graphql", json=asked, headers=tenant.agent.headers)
        assert answer.json()["data"] == {"lead": expected}


async def test_typename_at_every_level(tenant: Tenant, past: Past) -> None:
    asked = """{ __typename conversations(first: 1) { __typename t: __typename
      edges { __typename cursor node { __typename lead { __typename }
        messages(first: 1) { __typename nodes { __typename } } } }
      nodes { __typename } pageInfo { __typename hasNextPage }
    } viewer { __typename organization { __typename } } }"""
    found = await tenant.agent.ask(asked)
    page = found["conversations"]
    assert (found["__typename"], page["__typename"], page["t"]) == ("Query", *["ConversationConnection"] * 2)
    assert page["edges"][0]["__typename"] == "ConversationEdge"
    assert page["edges"][0]["node"] == {
        "__typename": "Conversation",
        "lead": {"__typename": "Lead"},
        "messages": {"__typename": "MessageConnection", "nodes": [{"__typename": "Message"}]},
    }
    assert page["nodes"] == [{"__typename": "Conversation"}]
    assert page["pageInfo"] == {"__typename": "PageInfo", "hasNextPage": True}
    assert found["viewer"] == {"__typename": "Viewer", "organization": {"__typename": "Organization"}}


async def test_nodes_of_mixed_kinds_in_order_with_nulls_in_place(tenant: Tenant, past: Past) -> None:
    asked = """query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Kept { createdAt }
      ... on Lead { phone conversations { totalCount } } ... on Message { body } ... on Conversation { lead { id } }
      ... on Member { role } ... on Organization { slug } ... on Insight { title message { id } } } }"""
    ids = [past.insight, f"lead_{new_id()}", past.lead, past.organization, past.message, past.member, past.lead]
    found = (await tenant.agent.ask(asked, ids=[*ids, past.conversation]))["nodes"]
    assert [row and row["id"] for row in found] == [ids[0], None, *ids[2:], past.conversation]
    assert all(row is None or row["createdAt"] for row in found)
    assert (found[0]["title"], found[0]["message"]["id"]) == ("Curt", past.answer)
    assert (found[2]["phone"], found[2]["conversations"]["totalCount"]) == (past.phone, 1)
    assert (found[3]["slug"], found[4]["body"], found[5]["role"]) == (tenant.slug, "Is it still on?", "AGENT")
    assert found[7]["lead"]["id"] == past.lead


async def test_a_hundred_nodes_and_none(tenant: Tenant, past: Past) -> None:
    asked = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
    found = await tenant.agent.ask(asked, ids=[past.lead] * 100)
    assert found["nodes"] == [{"id": past.lead}] * 100
    assert (await tenant.agent.ask(asked, ids=[]))["nodes"] == []


async def test_every_kind_is_a_node(tenant: Tenant, past: Past) -> None:
    for id in (past.lead, past.conversation, past.message, past.insight, past.member, past.organization):
        assert await tenant.agent.ask("query ($id: ID!) { node(id: $id) { id } }", id=id) == {"node": {"id": id}}


async def test_three_levels_to_one_and_to_many(tenant: Tenant, past: Past) -> None:
    asked = """query ($id: ID!) { insight: node(id: $id) { ... on Insight { message { conversation {
      assignee { id } lead { owner { id } conversations(first: 2) { nodes { messages(first: 9) { nodes {
        author { id } insights(first: 9) { nodes { id conversation { lastMessage { id } } } } } } } } } } } } } }"""
    thread = (await tenant.agent.ask(asked, id=past.insight))["insight"]["message"]["conversation"]
    assert thread["assignee"] == thread["lead"]["owner"] == {"id": past.member}
    messages = thread["lead"]["conversations"]["nodes"][0]["messages"]["nodes"]
    assert [row["author"] for row in messages] == [{"id": past.member}, None]
    raised = {"id": past.insight, "conversation": {"lastMessage": {"id": past.answer}}}
    assert [row["insights"]["nodes"] for row in messages] == [[raised], []]


async def test_the_viewer_is_the_member_or_nobody(tenant: Tenant, past: Past) -> None:
    asked = "{ viewer { organization { id } member { id name } } }"
    viewer = (await tenant.agent.ask(asked))["viewer"]
    assert viewer == {"organization": {"id": past.organization}, "member": {"id": past.member, "name": "Agent"}}
    assert (await (await tenant.program(Permission.MESSAGES_SEND)).code(asked)) == "FORBIDDEN"


async def test_rows_that_are_not_there_are_null(tenant: Tenant) -> None:
    unknown = new_id()
    asked = "query ($l: ID!, $c: ID!) { lead(id: $l) { id } conversation(id: $c) { id } node(id: $l) { id } }"
    found = await tenant.agent.ask(asked, l=f"lead_{unknown}", c=f"conversation_{unknown}")
    assert found == {"lead": None, "conversation": None, "node": None}


async def test_page_facts_may_be_asked_for_under_many_names(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """As many as the limit of aliases lets through."""
    await crowd(tenant, sql, 2)
    names = " ".join(f"n{number}: hasNextPage" for number in range(90))
    page = (await tenant.agent.ask(f"{{ leads(first: 1) {{ pageInfo {{ {names} }} }} }}"))["leads"]["pageInfo"]
    assert page == {f"n{number}": True for number in range(90)}
