"""Members: asked in, changed, suspended, removed; nobody grants what they do not have (S0.1, S0.2, S1.14, S2.2)."""

import asyncio
from typing import Any

import asyncpg
import pytest

from domain.ids import show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_lead_scope import ASSIGN
from tests.play.callers import Caller
from tests.play.past import bare
from tests.play.tenant import Tenant, next_number

OUTCOME = "... on Member { role status leadScope permissions version } ... on Refused { code field why: message }"

INVITED = """... on NewStaffInvitation { token staffInvitation { id email role leadScope expiresAt } }
  ... on Refused { code }"""


async def verb(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    type_ = {"changeMember": "ChangeMember", "inviteMember": "InviteMember"}.get(verb, "Member")
    shown = INVITED if verb == "inviteMember" else OUTCOME
    document = f"mutation ($input: {type_}Input!) {{ {verb}(input: $input) {{ {shown} }} }}"
    made: dict[str, Any] = (await caller.ask(document, input=given))[verb]
    return made


def id_of(tenant: Tenant, role: Role) -> str:
    return show_id("member", tenant.members[role])


async def test_a_role_brings_its_rights_and_only_its_own(tenant: Tenant) -> None:
    viewer = id_of(tenant, Role.VIEWER)
    changed = await verb(tenant.admin, "changeMember", memberId=viewer, role="AGENT", leadScope="ASSIGNED")
    assert (changed["role"], changed["leadScope"]) == ("AGENT", "ASSIGNED")
    again = await verb(tenant.admin, "changeMember", memberId=viewer, permissions=["AUDIT_READ"])
    assert (again["role"], again["permissions"]) == ("AGENT", ["AUDIT_READ"])


@pytest.mark.parametrize("given", [{"role": "OWNER"}, {"role": "OWNER", "leadScope": "ASSIGNED"}])
async def test_an_admin_makes_no_owner_and_touches_none(tenant: Tenant, given: dict[str, str]) -> None:
    owner, viewer = id_of(tenant, Role.OWNER), id_of(tenant, Role.VIEWER)
    assert (await verb(tenant.admin, "changeMember", memberId=viewer, **given))["code"] == "FORBIDDEN"
    assert (await verb(tenant.admin, "inviteMember", email="new@example.com", role="OWNER"))["code"] == "FORBIDDEN"
    for one in ("suspendMember", "removeMember", "reinstateMember"):
        assert (await verb(tenant.admin, one, memberId=owner))["code"] == "FORBIDDEN"
    assert (await verb(tenant.admin, "changeMember", memberId=owner, role="VIEWER"))["code"] == "FORBIDDEN"


async def test_nobody_grants_what_they_do_not_have(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """An agent who may also manage members, but not keys, and sees some leads alone."""
    agent, viewer = id_of(tenant, Role.AGENT), id_of(tenant, Role.VIEWER)
    await verb(tenant.owner, "changeMember", memberId=agent, permissions=["MEMBERS_WRITE"])
    for given in ({"permissions": ["KEYS_WRITE"]}, {"role": "ADMIN"}, {"leadScope": "ALL"}, {}):
        refused = await verb(tenant.agent, "changeMember", memberId=viewer, **given)
        assert refused["code"] == "FORBIDDEN", given  # the viewer sees all leads, which the agent does not
    await verb(tenant.owner, "changeMember", memberId=viewer, leadScope="ASSIGNED")
    own = {"role": "AGENT", "permissions": ["MEMBERS_WRITE"], "leadScope": "ASSIGNED_AND_UNASSIGNED"}
    assert (await verb(tenant.agent, "changeMember", memberId=viewer, **own))["permissions"] == ["MEMBERS_WRITE"]
    program = await tenant.program(Permission.KEYS_WRITE)
    given_away = '{name: "k", permissions: [KEYS_WRITE, INBOX_READ]}'
    key = f"mutation {{ createApiKey(input: {given_away}) {{ ... on Refused {{ code }} }} }}"
    assert (await program.ask(key))["createApiKey"]["code"] == "FORBIDDEN"


async def test_the_last_owner_cannot_go(tenant: Tenant) -> None:
    owner = id_of(tenant, Role.OWNER)
    for one, given in (("suspendMember", {}), ("removeMember", {}), ("changeMember", {"role": "ADMIN"})):
        refused = await verb(tenant.owner, one, memberId=owner, **given)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "memberId"), one
    admin = id_of(tenant, Role.ADMIN)
    assert (await verb(tenant.owner, "changeMember", memberId=admin, role="OWNER"))["role"] == "OWNER"
    assert (await verb(tenant.owner, "changeMember", memberId=owner, role="VIEWER"))["role"] == "VIEWER"


async def test_of_two_owners_who_remove_each_other_one_stays(tenant: Tenant, sql: asyncpg.Connection) -> None:
    owner, admin = id_of(tenant, Role.OWNER), id_of(tenant, Role.ADMIN)
    await verb(tenant.owner, "changeMember", memberId=admin, role="OWNER")
    await asyncio.gather(
        verb(tenant.owner, "removeMember", memberId=admin), verb(tenant.admin, "removeMember", memberId=owner)
    )
    left = "select count(*) from memberships where organization_id = $1 and role = 'OWNER' and status = 'ACTIVE'"
    assert await sql.fetchval(left, tenant.organization_id) == 1


async def test_of_two_who_change_one_version_one_wins(tenant: Tenant) -> None:
    viewer = id_of(tenant, Role.VIEWER)
    asked = "query ($id: ID!) { member(id: $id) { version } }"
    version = (await tenant.owner.ask(asked, id=viewer))["member"]["version"]
    changes = [
        verb(caller, "changeMember", memberId=viewer, role=role, expectedVersion=version)
        for caller, role in ((tenant.owner, "AGENT"), (tenant.admin, "MANAGER"))
    ]
    outcomes = await asyncio.gather(*changes)
    assert sorted(outcome.get("code", "") for outcome in outcomes) == ["", "CONFLICT"]


async def test_who_is_suspended_is_out_until_reinstated(tenant: Tenant) -> None:
    """S0.2: neither let in nor given work."""
    agent = id_of(tenant, Role.AGENT)
    conversation, _ = await tenant.text()
    assert (await verb(tenant.owner, "suspendMember", memberId=agent))["status"] == "SUSPENDED"
    await asyncio.sleep(1)
    assert await tenant.agent.code("{ eventCursor }") == "UNAUTHENTICATED"
    refused = (await tenant.owner.ask(ASSIGN, c=conversation, m=agent))["assignConversation"]
    assert refused == {"code": "NOT_FOUND"}
    assert (await verb(tenant.owner, "reinstateMember", memberId=agent))["status"] == "ACTIVE"
    await asyncio.sleep(1)
    assert (await tenant.agent.ask("{ eventCursor }"))["eventCursor"]


async def test_what_a_member_leaves_behind_is_nobodys(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Leads and conversations stay; what they wrote keeps their name; a colleague's lead stays the colleague's."""
    (_, gone), (colleague, stays) = [await tenant.colleague(LeadScope.ASSIGNED_AND_UNASSIGNED) for _ in range(2)]
    phones = [next_number(), next_number()]
    mine = await tenant.lead(phone=phones[0], owner_id=gone)
    await tenant.lead(phone=phones[1], owner_id=stays)
    conversation, _ = await tenant.text(sender=phones[0])
    theirs, _ = await tenant.text(sender=phones[1])
    await tenant.owner.ask(ASSIGN, c=theirs, m=show_id("member", gone))
    feed = """subscription { inboxEvents(filter: {kinds: [LEAD_CHANGED]}) { ... on LeadChanged { lead { id } } } }"""
    async with colleague.hear(feed) as ear:
        await tenant.followed()
        assert (await verb(tenant.owner, "removeMember", memberId=show_id("member", gone)))["status"] == "REMOVED"
        assert show_id("lead", mine) in [(await ear.next())["lead"]["id"] for _ in range(2)]
    asked = "query ($id: ID!) { conversation(id: $id) { assignee { id } lead { owner { id } assignee { id } } } }"
    found = [(await colleague.ask(asked, id=one))["conversation"] for one in (conversation, theirs)]
    assert found[0] == {"assignee": None, "lead": {"owner": None, "assignee": None}}
    assert found[1] == {"assignee": None, "lead": {"owner": {"id": show_id("member", stays)}, "assignee": None}}
    for table in ("messages", "conversations", "insights", "leads"):
        of = f"select count(*) from {table} where organization_id = $1 and $2 in (owner_id, assignee_id)"
        assert await sql.fetchval(of, tenant.organization_id, gone) == 0
    refused = await verb(tenant.owner, "reinstateMember", memberId=show_id("member", gone))
    assert refused["code"] == "NOT_FOUND"


async def test_an_invitation_is_shown_without_its_token(tenant: Tenant, sql: asyncpg.Connection) -> None:
    made = await verb(tenant.owner, "inviteMember", email=" New@Example.com ", role="AGENT")
    token, invitation = made["token"], made["staffInvitation"]
    assert (invitation["email"], invitation["leadScope"]) == ("new@example.com", "ASSIGNED_AND_UNASSIGNED")
    stored = await sql.fetchrow("select * from staff_invitations where id = $1", bare(invitation["id"]))
    assert stored and token.encode() not in stored["token_hash"] and token not in str(dict(stored))
    assert (await verb(tenant.owner, "inviteMember", email="new@example.com", role="VIEWER"))["code"] == "CONFLICT"
    taken = f"agent@{tenant.slug}.example"
    assert (await verb(tenant.owner, "inviteMember", email=taken, role="VIEWER"))["code"] == "CONFLICT"
    assert (await verb(tenant.owner, "inviteMember", email="nobody", role="VIEWER"))["code"] == "BAD_INPUT"


PROFILE = """mutation ($i: ChangeProfileInput!) { changeProfile(input: $i) {
  ... on Member { name avatarUrl role } ... on Refused { code field } } }"""


async def test_a_profile_is_ones_own(tenant: Tenant) -> None:
    """S0.1: a name and a picture, which colleagues see; what one may do stays."""
    given = {"name": "Ada", "avatarUrl": "https://example.com/ada.png"}
    assert (await tenant.agent.ask(PROFILE, i=given))["changeProfile"] == given | {"role": "AGENT"}
    look = "query ($id: ID!) { member(id: $id) { name avatarUrl } }"
    assert (await tenant.viewer.ask(look, id=id_of(tenant, Role.AGENT)))["member"] == given
    assert (await tenant.agent.ask(PROFILE, i={"avatarUrl": None}))["changeProfile"]["avatarUrl"] is None
    for wrong, field in (({"name": ""}, "name"), ({"name": None}, "name"), ({"avatarUrl": "x"}, "avatarUrl")):
        refused = (await tenant.agent.ask(PROFILE, i=wrong))["changeProfile"]
        assert refused == {"code": "BAD_INPUT", "field": field}
