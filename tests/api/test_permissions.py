"""The permission matrix: every root field asked by every kind of caller. What the descriptions say is what holds.

S0.3 (a manager reads all, and writes no administration), S0.25, S1.14, S1.15, S2.14.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any

import pytest
from gql.transport.exceptions import TransportQueryError
from graphql import GraphQLField, GraphQLInputObjectType, get_named_type, is_required_argument, is_required_input_field

from actions.organizations import resume_organization
from db.entity import ENTITIES
from domain.ids import new_id
from domain.people import PERMISSIONS_BY_ROLE, Permission, Role
from tests.api.test_strangers import fitting
from tests.play.callers import Caller
from tests.play.served import LISTS, root_fields, snake
from tests.play.tenant import Tenant

NEEDS = re.compile(rf"Needs ({'|'.join(Permission)})(?: and ({'|'.join(Permission)}))?\.$")
# Beyond permissions: what only an owner may do, and what only people do.
OWNERS = {"Mutation.deleteOrganization"}
PEOPLES = {"Mutation.signalTyping", "Mutation.changeProfile"}
FREE = {"Mutation.createOrganization"}  # for people who belong nowhere yet; test_founding asks it
GRANTING = {"Mutation.inviteMember", "Mutation.createApiKey"}  # what is granted here, one must have
VALUES = {
    "body": "Hello", "idempotencyKey": "k", "reason": "no", "isTyping": True, "email": "new@example.com",
    "role": "VIEWER", "slug": "not this one", "name": "A program", "permissions": ["INBOX_READ"], "assigneeId": None,
    "kind": "SECRET", "fileName": "people.csv", "provider": "OTHER", "value": "x", "tags": ["vip"], "reasons": [],
    "steps": [{"channel": "SMS", "body": "Hello"}], "channel": "SMS", "outcome": "REACHED",
    "verb": "ARCHIVE", "list": {"leads": {}}, "leadIds": [f"lead_{new_id()}"],
    "pipelineStageIds": [f"pipeline_stage_{new_id()}"], "startsAt": "2999-01-01T00:00:00Z",
    "origin": {"promptId": f"prompt_{new_id()}"}, "sections": [], "lessonIds": [f"lesson_{new_id()}"], "lessons": [],
    "type": "NEVER_RULE", "title": "A title", "feedback": "Say more.", "category": "a", "description": "It is.",
}  # fmt: skip
KINDS = {
    "staffInvitationId": "staff_invitation",
    "customerInvitationId": "customer_invitation",
    "leadMergeId": "lead_merge",
    "otherLeadId": "lead",
    "apiKeyId": "api_key",
    "pipelineStageId": "pipeline_stage",
    "successorId": "pipeline_stage",
    "bulkOperationId": "bulk_operation",
    "campaignPolicyId": "campaign_policy",
    "phoneNumberId": "phone_number",
    "messageTemplateId": "message_template",
    "promptTemplateId": "prompt_template",
    "promptVersionId": "prompt_version",
}


def needed(field: GraphQLField) -> set[Permission]:
    found = NEEDS.search(field.description or "")
    assert found, "a field without a row"
    return {Permission(name) for name in found.groups() if name}


def value(name: str, inputs: Mapping[str, Any]) -> Any:
    """Something well-formed that names nothing there is, so that being let in does no harm."""
    type_ = get_named_type(inputs[name].type)
    if isinstance(type_, GraphQLInputObjectType) and name not in VALUES:
        required = {name: item for name, item in type_.fields.items() if is_required_input_field(item)}
        return {name: value(name, required) for name in required}
    if name in VALUES:
        return fitting(VALUES[name], inputs[name].type)
    if name == "ids":
        return [f"lead_{new_id()}"]
    kind = KINDS.get(name, name.removesuffix("Id") if name != "id" else "")
    return f"{kind}_{new_id()}"


def document(name: str, field: GraphQLField) -> tuple[str, dict[str, Any]]:
    root, _, own = name.partition(".")
    given = {arg: value(arg, field.args) for arg, item in field.args.items() if is_required_argument(item)}
    if root == "Query" and "id" in field.args:
        given["id"] = f"{'lead' if own == 'node' else snake(own)}_{new_id()}"
    declared = ", ".join(f"${arg}: {field.args[arg].type}" for arg in given)
    passed = ", ".join(f"{arg}: ${arg}" for arg in given)
    refused = " ... on Refused { code }" if root == "Mutation" else ""
    below = "" if own == "eventCursor" else "{ totalCount }" if own in LISTS else f"{{ __typename{refused} }}"
    return f"{root.lower()} {declared and f'({declared})'} {{ a: {own}{passed and f'({passed})'} {below} }}", given


async def outcome(caller: Caller, name: str, field: GraphQLField) -> str:
    """The code of a refusal or an error; an empty text where the caller was let in."""
    text, given = document(name, field)
    if name.startswith("Subscription"):
        return await heard(caller, text, given)
    answer = await caller.answer(text, **given)
    if answer.get("errors"):
        return str(answer["errors"][0]["extensions"]["code"])
    made = answer["data"]["a"]
    code = made.get("code", "") if isinstance(made, dict) else ""
    return code if code in ("FORBIDDEN", "UNAUTHENTICATED") else ""


async def heard(caller: Caller, text: str, given: dict[str, Any]) -> str:
    try:
        async with caller.hear(text, **given) as ear:
            await ear.next(0.3)
    except TransportQueryError as refused:
        assert refused.errors
        return str(refused.errors[0]["extensions"]["code"])
    except TimeoutError:
        return ""
    except Exception as closed:
        assert "Closed" in str(closed)
        return "UNAUTHENTICATED"
    return ""


async def revive(tenant: Tenant) -> None:
    """Into an organization that somebody just cancelled, hardly anybody would be let."""
    async with tenant.house.parts.database.work(tenant.product) as session:
        await resume_organization(session)


@pytest.mark.parametrize("name", root_fields().keys() - FREE)
async def test_what_a_field_needs_is_what_it_says(tenant: Tenant, name: str) -> None:
    """Roles from the least to the most, then keys: exactly what is needed, and each time one thing less."""
    field = root_fields()[name]
    needs = needed(field)
    assert await outcome(tenant.nobody, name, field) == "UNAUTHENTICATED"
    for role in reversed(Role):
        await revive(tenant)
        may = needs <= PERMISSIONS_BY_ROLE[role] and (name not in OWNERS or role is Role.OWNER)
        assert await outcome(tenant.as_(role), name, field) == ("" if may else "FORBIDDEN"), role
    await revive(tenant)
    program = await tenant.program(*needs, *({Permission.INBOX_READ} if name in GRANTING else ()))
    assert await outcome(program, name, field) == ("FORBIDDEN" if name in OWNERS | PEOPLES else ""), "exactly that"
    await revive(tenant)
    for lacking in needs:
        less = await tenant.program(*(set(Permission) - {lacking}))
        assert await outcome(less, name, field) == "FORBIDDEN", f"without {lacking}"


async def test_a_member_may_have_more_than_their_role(tenant: Tenant) -> None:
    """S1.14: flags widen a role, for that member alone."""
    viewer = f"member_{tenant.members[Role.VIEWER]}"
    change = """mutation ($m: ID!, $p: [Permission!]) { changeMember(input: {memberId: $m, permissions: $p}) {
      ... on Member { permissions } ... on Refused { code } } }"""
    assert await tenant.viewer.code("{ auditLogs { totalCount } }") == "FORBIDDEN"
    made = (await tenant.owner.ask(change, m=viewer, p=["AUDIT_READ"]))["changeMember"]
    assert made == {"permissions": ["AUDIT_READ"]}
    await asyncio.sleep(1)  # a caller is known for a second
    assert (await tenant.viewer.ask("{ auditLogs { totalCount } }"))["auditLogs"]["totalCount"]
    assert await tenant.viewer.code("{ apiKeys { totalCount } }") == "FORBIDDEN"


# Events have ids, and nobody fetches one by it.
GUARDED = {one.kind for one in ENTITIES.values() if one.permission not in ("INBOX_READ", None)} - {"event"}


@pytest.mark.parametrize("kind", sorted(GUARDED))
async def test_no_id_is_a_way_around(tenant: Tenant, kind: str) -> None:
    """What one may not list, one may not fetch by its id either, alone or among others."""
    id = f"{kind}_{new_id()}"
    for text in (f'{{ node(id: "{id}") {{ id }} }}', f'{{ nodes(ids: ["lead_{new_id()}", "{id}"]) {{ id }} }}'):
        assert await tenant.viewer.code(text) == "FORBIDDEN"
