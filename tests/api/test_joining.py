"""Joining by invitation: by a proven address or by the token, once, in time (S2.3 for staff)."""

import asyncio
from datetime import UTC, datetime
from uuid import uuid4

import asyncpg
import pytest

from tests.api.test_members import verb
from tests.play.callers import Caller
from tests.play.tenant import Tenant

WHO = "{ viewer { organization { slug } member { id name email role leadScope permissions lastLoginAt } } }"
REVOKE = """mutation ($id: ID!) { revokeStaffInvitation(input: {staffInvitationId: $id}) {
  ... on StaffInvitation { revokedAt } ... on Refused { code } } }"""


def newcomer(tenant: Tenant, subject: str | None = None, invitation: str | None = None) -> Caller:
    token = tenant.house.parts.rules.mint(subject or f"newcomer-{uuid4().hex}", 600)
    return Caller(tenant.house.http, tenant.house.ws, token, invitation=invitation)


async def invited(tenant: Tenant, **given: object) -> tuple[str, str]:
    facts = {"email": f"{uuid4().hex}@example.com", "role": "AGENT", **given}
    made = await verb(tenant.owner, "inviteMember", **facts)
    return made["staffInvitation"]["id"], made["token"]


async def test_the_token_opens_the_organization(tenant: Tenant) -> None:
    _, token = await invited(tenant, leadScope="ASSIGNED", permissions=["AUDIT_READ"])
    subject = uuid4().hex
    assert await newcomer(tenant, subject).code(WHO) == "UNAUTHENTICATED"
    found = (await newcomer(tenant, subject, token).ask(WHO))["viewer"]
    assert found["organization"] == {"slug": tenant.slug}
    member = found["member"]
    assert (member["role"], member["leadScope"], member["permissions"]) == ("AGENT", "ASSIGNED", ["AUDIT_READ"])
    assert datetime.now(UTC).isoformat()[:10] == member["lastLoginAt"][:10]
    assert (await newcomer(tenant, subject).ask(WHO))["viewer"]["member"]["id"] == member["id"], "they belong to it now"
    assert await newcomer(tenant, None, token).code(WHO) == "UNAUTHENTICATED", "a second person comes too late"


async def test_of_a_hundred_who_come_with_one_token_one_joins(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Shows 4."""
    _, token = await invited(tenant)
    answers = await asyncio.gather(*(newcomer(tenant, None, token).answer(WHO) for _ in range(100)))
    assert sum("errors" not in answer for answer in answers) == 1
    joined = "select count(*) from memberships where organization_id = $1"
    assert await sql.fetchval(joined, tenant.organization_id) == len(tenant.members) + 1


@pytest.mark.parametrize("spoiled", ["expired", "revoked", "another's", "garbage", "cut"])
async def test_a_token_that_is_not_good_opens_nothing(
    tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection, spoiled: str
) -> None:
    id, token = await invited(tenant)
    if spoiled == "expired":
        await sql.execute(
            "update staff_invitations set expires_at = now() where organization_id = $1", tenant.organization_id
        )
    if spoiled == "revoked":
        assert (await tenant.owner.ask(REVOKE, id=id))["revokeStaffInvitation"]["revokedAt"]
    shown = {
        "another's": token.replace(tenant.organization_id.hex, stranger.organization_id.hex),
        "garbage": "ri_not a token",
        "cut": token[:-1],
    }.get(spoiled, token)
    assert await newcomer(tenant, None, shown).code(WHO) == "UNAUTHENTICATED"


async def test_an_accepted_invitation_cannot_be_revoked(tenant: Tenant) -> None:
    id, token = await invited(tenant)
    await newcomer(tenant, None, token).ask(WHO)
    assert (await tenant.owner.ask(REVOKE, id=id))["revokeStaffInvitation"] == {"code": "CONFLICT"}


async def test_who_was_removed_can_be_asked_in_again(tenant: Tenant) -> None:
    subject = uuid4().hex
    _, token = await invited(tenant, email="again@example.com")
    member = (await newcomer(tenant, subject, token).ask(WHO))["viewer"]["member"]["id"]
    await verb(tenant.owner, "removeMember", memberId=member)
    await asyncio.sleep(1)
    assert await newcomer(tenant, subject).code(WHO) == "UNAUTHENTICATED"
    _, again = await invited(tenant, email="again@example.com", role="VIEWER")
    found = (await newcomer(tenant, subject, again).ask(WHO))["viewer"]["member"]
    assert (found["id"], found["role"]) == (member, "VIEWER")


async def test_a_member_elsewhere_joins_as_well(tenant: Tenant, stranger: Tenant) -> None:
    _, token = await invited(tenant)
    both = Caller(tenant.house.http, tenant.house.ws, stranger.agent.bearer, tenant.slug, token)
    assert (await both.ask(WHO))["viewer"]["organization"] == {"slug": tenant.slug}
    at_home = Caller(tenant.house.http, tenant.house.ws, stranger.agent.bearer, stranger.slug)
    assert (await at_home.ask(WHO))["viewer"]["organization"] == {"slug": stranger.slug}
