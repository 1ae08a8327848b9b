"""What cannot be answered is said in a sentence, under a closed code, with the right status, and nothing else."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.play.errors import NEWER, well_said
from tests.play.tenant import Tenant


async def post(tenant: Tenant, content: Any, **headers: str) -> httpx.Response:
    given = {"Content-Type": "application/json", "Accept": NEWER} | tenant.agent.headers | headers
    return await tenant.house.http.post("/graphql", content=content, headers=given)


BODIES: dict[str, tuple[Any, int]] = {
    "no JSON": (b"{", 400),
    "nothing": (b"", 400),
    "not UTF-8": (b'{"query": "\xff"}', 400),
    "half a character": (rb'{"query": "{ __typename }", "variables": {"x": "\ud800"}}', 400),
    "a list": (b'[{"query": "{ __typename }"}]', 400),
    "a text": (b'"{ __typename }"', 400),
    "null": (b"null", 400),
    "no query": (b"{}", 400),
    "an empty query": (b'{"query": ""}', 400),
    "a number for a query": (b'{"query": 1}', 400),
    "a list for variables": (b'{"query": "{ __typename }", "variables": []}', 400),
    "a number for a name": (b'{"query": "{ __typename }", "operationName": 1}', 400),
    "an unknown operation": (b'{"query": "query A { __typename }", "operationName": "B"}', 400),
    "no operation chosen": (b'{"query": "query A { __typename } query B { __typename }"}', 400),
    "too deep JSON": (b'{"query": "{ __typename }", "variables": ' + b'{"a":' * 5000 + b"1" + b"}" * 5000 + b"}", 400),
    "10 MB": (b'{"query": "' + b" " * 10_000_000 + b'"}', 413),
}


@pytest.mark.parametrize("body", BODIES)
async def test_bodies(tenant: Tenant, body: str) -> None:
    content, status = BODIES[body]
    answer = await post(tenant, content)
    assert (answer.status_code, well_said(answer)) == (status, {"BAD_USER_INPUT"})


async def test_a_large_body_without_a_length(tenant: Tenant) -> None:
    async def chunks() -> Any:
        for _ in range(20):
            yield b" " * 100_000

    answer = await post(tenant, chunks())
    assert (answer.status_code, well_said(answer)) == (413, {"BAD_USER_INPUT"})


@pytest.mark.parametrize(
    "type_", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
async def test_other_content_types(tenant: Tenant, type_: str) -> None:
    """What a page could post without asking is not taken (CSRF)."""
    answer = await post(tenant, b'{"query": "{ __typename }"}', **{"Content-Type": type_})
    assert (answer.status_code, well_said(answer)) == (415, {"BAD_USER_INPUT"})


ID = uuid4()
DOCUMENTS = {
    "a syntax error": "{ leads {",
    "an unknown field": "{ leads { nodes { password } } }",
    "an unknown argument": "{ leads(limit: 1) { totalCount } }",
    "an unknown enum value": "{ leads(filter: {lifecycle: {eq: ASLEEP}}) { totalCount } }",
    "an unknown type": "{ node(id: 1) { ... on Robot { id } } }",
    "an unknown fragment": "{ ...nowhere }",
    "a fragment in a circle": "{ ...a } fragment a on Query { ...b } fragment b on Query { ...a }",
    "a fragment within itself": "{ ...a } fragment a on Query { leads { nodes { owner { id } } } ...a }",
    "an unknown directive": "{ __typename @hide }",
    "a subscription by POST": "subscription { inboxEvents { __typename } }",
    "nesting the parser would drown in": "{ a" * 1300,
    "a value the parser would drown in": f"{{ leads(filter: {'[' * 1900}) {{ totalCount }} }}",
    "a deep query": "{ " + "leads { nodes { conversations { nodes { lead { " * 3 + "id" + " } } } } }" * 3 + " }",
    "many aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(101)) + " }",
    "many tokens": "{ " + "__typename " * 4100 + "}",
    "half a character": '{ lead(id: "\\ud800") { id } }',
    "a missing variable": "query ($id: ID!) { lead(id: $id) { id } }",
    "an undeclared variable": "{ lead(id: $id) { id } }",
}  # fmt: skip


@pytest.mark.parametrize("name", DOCUMENTS)
async def test_documents(tenant: Tenant, name: str) -> None:
    """What could not begin is 400 under the newer media type, and 200 under the older, as GraphQL over HTTP says."""
    for type_, status in ((NEWER, 400), ("application/json", 200)):
        answer = await post(tenant, json.dumps({"query": DOCUMENTS[name]}), Accept=type_)
        assert answer.status_code == status and answer.headers["content-type"].startswith(type_)
        assert well_said(answer) <= {"BAD_USER_INPUT", "TOO_COMPLEX"}
        assert "data" not in answer.json()


LEADS = "query ($v: LeadFilter) { leads(filter: $v) { totalCount } }"
MESSAGES = "query ($v: MessageFilter) { messages(filter: $v) { totalCount } }"
VALUES: dict[str, tuple[str, dict[str, Any]]] = {
    "a garbage id": ("query ($v: ID!) { lead(id: $v) { id } }", {"v": "garbage"}),
    "an empty id": ("query ($v: ID!) { lead(id: $v) { id } }", {"v": ""}),
    "an id of another kind": ("query ($v: ID!) { lead(id: $v) { id } }", {"v": f"conversation_{ID}"}),
    "an id of no kind": ("query ($v: ID!) { node(id: $v) { id } }", {"v": f"robot_{ID}"}),
    "an event's id": ("query ($v: ID!) { node(id: $v) { id } }", {"v": f"event_{ID}"}),
    "one bad id among good ones": ("query ($v: [ID!]!) { nodes(ids: $v) { id } }", {"v": [f"lead_{ID}", "x_y"]}),
    "too many ids": ("query ($v: [ID!]!) { nodes(ids: $v) { id } }", {"v": [f"lead_{ID}"] * 101}),
    "a foreign id in a filter": (MESSAGES, {"v": {"leadId": {"eq": f"member_{ID}"}}}),
    "a phone number that is none": (LEADS, {"v": {"phone": {"eq": "call me"}}}),
    "a phone number in the text": ('{ leads(filter: {phone: {in: ["12"]}}) { totalCount } }', {}),
    "a NUL": (LEADS, {"v": {"email": {"eq": "a\x00b"}}}),
    "too long a list": (LEADS, {"v": {"email": {"in": ["a@b"] * 101}}}),
    "a time that is none": (LEADS, {"v": {"createdAt": {"gt": "soon"}}}),
    "a time before all times": (LEADS, {"v": {"createdAt": {"gt": "0001-01-01T00:00:00+14:00"}}}),
    "no rows": ("{ leads(first: 0) { totalCount } }", {}),
    "too many rows": ("{ leads(last: 101) { totalCount } }", {}),
    "minus one row": ("{ conversations { nodes { messages(first: -1) { totalCount } } } }", {}),
    "both ways": ("{ leads(first: 1, last: 1) { totalCount } }", {}),
    "a garbage cursor": ('{ leads(after: "garbage") { totalCount } }', {}),
    "an empty cursor": ('{ leads(before: "") { totalCount } }', {}),
    "an order of two keys at once": ("{ leads(order: [{name: ASC, createdAt: ASC}]) { totalCount } }", {}),
    "an alias longer than a name may be": (f"{{ leads {{ {'a' * 64}: totalCount }} }}", {}),
    "a filter deeper than it can be read": (LEADS, {"v": json.loads('{"not":' * 700 + "{}" + "}" * 700)}),
    "more values than can be bound": (LEADS, {"v": {"or": [{"lifecycle": {"eq": "NEW"}}] * 33_000}}),
}  # fmt: skip


@pytest.mark.parametrize("name", VALUES)
async def test_values(tenant: Tenant, name: str) -> None:
    text, variables = VALUES[name]
    answer = await tenant.agent.post(text, **variables)
    assert answer.status_code in (200, 400)
    assert well_said(answer) <= {"BAD_USER_INPUT", "TOO_COMPLEX"}
    assert answer.json().get("data") is None or None in answer.json()["data"].values()


async def test_a_cursor_of_another_list_or_order(tenant: Tenant) -> None:
    await tenant.text()
    page = "(first: 1) { pageInfo { endCursor } }"
    cursors = await tenant.agent.ask(f"{{ leads{page} messages{page} conversations{page} }}")
    for field, order, other in [
        ("leads", "", "messages"),
        ("messages", "", "leads"),
        ("leads", ", order: [{name: ASC}]", "leads"),
        ("conversations", ", order: [{createdAt: DESC}]", "conversations"),
    ]:
        asked = f"query ($c: Cursor) {{ {field}(after: $c{order}) {{ totalCount }} }}"
        answer = await tenant.agent.post(asked, c=cursors[other]["pageInfo"]["endCursor"])
        assert well_said(answer) == {"BAD_USER_INPUT"}
        assert answer.json()["errors"][0]["extensions"]["field"] == "after"


async def test_pages_within_pages_cost_too_much(tenant: Tenant) -> None:
    pages = "conversations(first: 100) { nodes { messages(first: 100) { nodes { id } } } }"
    text = f"{{ leads(first: 100) {{ nodes {{ {pages} }} }} }}"
    answer = await tenant.agent.post(text)
    assert (answer.status_code, well_said(answer)) == (200, {"TOO_COMPLEX"})
    many = " ".join(
        f"a{n}: leads(first: 100) {{ nodes {{ conversations(first: 100) {{ nodes {{ id }} }} }} }}" for n in range(3)
    )
    assert well_said(await tenant.agent.post(f"{{ {many} }}")) == {"TOO_COMPLEX"}


async def test_by_get_only_queries(tenant: Tenant) -> None:
    """405, as GraphQL over HTTP says."""
    text = 'mutation { markConversationRead(input: {conversationId: "x"}) { __typename } }'
    for query in (text, "subscription { inboxEvents { __typename } }"):
        answer = await tenant.house.http.get("/graphql", params={"query": query}, headers=tenant.agent.headers)
        assert (answer.status_code, well_said(answer)) == (405, {"BAD_USER_INPUT"})


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH"])
async def test_other_verbs(tenant: Tenant, verb: str) -> None:
    answer = await tenant.house.http.request(verb, "/graphql", headers=tenant.agent.headers)
    assert (answer.status_code, well_said(answer)) == (405, {"BAD_USER_INPUT"})


async def test_bad_variables_by_get(tenant: Tenant) -> None:
    asked = {"query": "{ __typename }", "variables": "{"}
    answer = await tenant.house.http.get("/graphql", params=asked, headers=tenant.agent.headers)
    assert (answer.status_code, well_said(answer)) == (400, {"BAD_USER_INPUT"})
