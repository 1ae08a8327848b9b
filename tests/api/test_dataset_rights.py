"""Who is limited to which datasets: said by those who may, taken along by invitations, true at once (S1.14, S1.15)."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from domain.ids import new_id, show_id
from domain.people import LeadScope, Permission, Role
from tests.api.test_joining import newcomer
from tests.api.test_who_hears import FEED, until_heard
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant

LIMIT = "isLimited allowedDatasets { nodes { id } }"
CHANGE = f"""mutation ($i: ChangeMemberInput!) {{ changeMember(input: $i) {{
  ... on Member {{ version {LIMIT} }} ... on Refused {{ code field }} }} }}"""
INVITE = f"""mutation ($i: InviteMemberInput!) {{ inviteMember(input: $i) {{
  ... on NewStaffInvitation {{ token staffInvitation {{ {LIMIT} }} }} ... on Refused {{ code field }} }} }}"""
CREATE = f"""mutation ($i: CreateApiKeyInput!) {{ createApiKey(input: $i) {{
  ... on NewApiKey {{ key apiKey {{ {LIMIT} }} }} ... on Refused {{ code field }} }} }}"""
ME = f"{{ viewer {{ member {{ id {LIMIT} }} }} datasets {{ nodes {{ id }} }} }}"


def shown(limited: dict[str, Any]) -> tuple[bool, set[str]]:
    return limited["isLimited"], {node["id"] for node in limited["allowedDatasets"]["nodes"]}


async def change(caller: Caller, member: str, **given: Any) -> dict[str, Any]:
    changed: dict[str, Any] = (await caller.ask(CHANGE, i={"memberId": member, **given}))["changeMember"]
    return changed


async def invite(caller: Caller, **given: Any) -> dict[str, Any]:
    facts = {"email": f"{uuid4().hex}@example.com", "role": "VIEWER", **given}
    made: dict[str, Any] = (await caller.ask(INVITE, i=facts))["inviteMember"]
    return made


async def create_key(caller: Caller, **given: Any) -> dict[str, Any]:
    facts = {"name": "A program", "permissions": ["INBOX_READ"], **given}
    made: dict[str, Any] = (await caller.ask(CREATE, i=facts))["createApiKey"]
    return made


async def test_left_out_keeps_null_lifts_and_a_list_is_all_of_them(tenant: Tenant) -> None:
    member, datasets = show_id("member", tenant.members[Role.AGENT]), [await keep_dataset(tenant) for _ in range(3)]
    ways: list[tuple[dict[str, Any], tuple[bool, set[str]]]] = [
        ({}, (False, set())),
        ({"allowedDatasetIds": datasets[:2]}, (True, set(datasets[:2]))),
        ({"role": "MANAGER"}, (True, set(datasets[:2]))),
        ({"allowedDatasetIds": datasets[1:]}, (True, set(datasets[1:]))),
        ({"allowedDatasetIds": []}, (True, set())),
        ({"allowedDatasetIds": None}, (False, set())),
    ]
    version = 0
    for given, wanted in ways:
        changed = await change(tenant.owner, member, **given)
        assert shown(changed) == wanted and changed["version"] > version
        version = changed["version"]
    refused = await change(tenant.owner, member, allowedDatasetIds=datasets, expectedVersion=version - 1)
    assert (refused["code"], refused["field"]) == ("CONFLICT", "expectedVersion")


async def test_only_datasets_there_are(tenant: Tenant, stranger: Tenant) -> None:
    own, elsewhere = await keep_dataset(tenant), await keep_dataset(stranger)
    member = show_id("member", tenant.members[Role.AGENT])
    for wrong, code in (
        ([own, show_id("dataset", new_id())], "NOT_FOUND"),
        ([own, elsewhere], "NOT_FOUND"),
        ([show_id("lead", new_id())], "BAD_INPUT"),
        ([show_id("dataset", new_id()) for _ in range(101)], "BAD_INPUT"),
    ):
        for made in (
            await change(tenant.owner, member, allowedDatasetIds=wrong),
            await invite(tenant.owner, allowedDatasetIds=wrong),
            await create_key(tenant.owner, allowedDatasetIds=wrong),
        ):
            assert made == {"code": code, "field": "allowedDatasetIds"}


async def test_nobody_grants_datasets_they_do_not_have(tenant: Tenant) -> None:
    """Nor touches whoever has more; nor lifts a limit, their own least of all."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    limit = frozenset({bare(here)})
    admin, admin_id = await tenant.colleague(LeadScope.ALL, Role.ADMIN, limit=limit)
    _, narrow = await tenant.colleague(LeadScope.ASSIGNED, limit=limit)
    _, wider = await tenant.colleague(LeadScope.ASSIGNED, limit=limit | {bare(there)})
    refusals = [
        await change(admin, show_id("member", narrow), allowedDatasetIds=None),
        await change(admin, show_id("member", admin_id), allowedDatasetIds=None),
        await change(admin, show_id("member", wider), allowedDatasetIds=[here]),
        await change(admin, show_id("member", tenant.members[Role.VIEWER]), allowedDatasetIds=[here]),
        await invite(admin),
        await create_key(admin),
    ]
    assert [made["code"] for made in refusals] == ["FORBIDDEN"] * len(refusals)
    hidden = [
        await change(admin, show_id("member", narrow), allowedDatasetIds=[there]),
        await invite(admin, allowedDatasetIds=[here, there]),
        await create_key(admin, allowedDatasetIds=[there]),
    ]
    assert [made["code"] for made in hidden] == ["FORBIDDEN"] * len(hidden)
    assert shown(await change(admin, show_id("member", narrow), allowedDatasetIds=[])) == (True, set())
    assert shown((await invite(admin, allowedDatasetIds=[here]))["staffInvitation"]) == (True, {here})
    assert shown((await create_key(admin, allowedDatasetIds=[here]))["apiKey"]) == (True, {here})
    program = await tenant.program(Permission.KEYS_WRITE, Permission.INBOX_READ, limit=limit)
    assert (await create_key(program))["code"] == (await create_key(program, allowedDatasetIds=[there]))["code"]


@pytest.mark.parametrize("gone", [False, True])
async def test_an_invitation_carries_its_limit(tenant: Tenant, sql: asyncpg.Connection, gone: bool) -> None:
    """Also where a dataset is gone by the time they come: what is left of it is less, never more."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    token = (await invite(tenant.owner, allowedDatasetIds=[here, there]))["token"]
    if gone:
        await sql.execute("delete from datasets where id = $1", bare(there))
    found = await newcomer(tenant, None, token).ask(ME)
    left = {here} if gone else {here, there}
    assert shown(found["viewer"]["member"]) == (True, left)
    assert {node["id"] for node in found["datasets"]["nodes"]} == left


async def test_who_joins_again_has_the_limit_of_now(tenant: Tenant) -> None:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    subject, remove = uuid4().hex, "mutation ($m: ID!) { removeMember(input: {memberId: $m}) { __typename } }"
    for limit, wanted in (([here], (True, {here})), ([there], (True, {there})), (None, (False, set()))):
        token = (await invite(tenant.owner, email="again@example.com", allowedDatasetIds=limit))["token"]
        member = (await newcomer(tenant, subject, token).ask(ME))["viewer"]["member"]
        assert shown(member) == wanted
        await tenant.owner.ask(remove, m=member["id"])
        await asyncio.sleep(1)  # a caller is known for a second


async def test_an_invitation_changes_nobody_who_is_a_member_already(tenant: Tenant) -> None:
    here = await keep_dataset(tenant)
    token = (await invite(tenant.owner, allowedDatasetIds=[here]))["token"]
    member = Caller(tenant.house.http, tenant.house.ws, tenant.agent.bearer, None, token)
    assert shown((await member.ask(ME))["viewer"]["member"]) == (False, set())


@pytest.mark.parametrize("turn", ["limited", "limited otherwise", "lifted", "gone"])
async def test_whose_datasets_change_is_sent_to_connect_anew(
    tenant: Tenant, sql: asyncpg.Connection, turn: str
) -> None:
    """4403, as where other rights change: within a second, and nobody else."""
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    limit = None if turn == "limited" else frozenset({bare(here)})
    me, member = await tenant.colleague(LeadScope.ALL, limit=limit)
    async with me.hear(FEED) as mine, tenant.owner.hear(FEED) as other:
        await tenant.followed(2)
        if turn == "gone":
            await sql.execute("delete from datasets where id = $1", bare(here))
        else:
            allowed = {"limited": [here], "limited otherwise": [here, there], "lifted": None}[turn]
            await change(tenant.owner, show_id("member", member), allowedDatasetIds=allowed)
        with pytest.raises(Exception, match="Closed"):
            await mine.next()
        await tenant.followed(1)
        await tenant.text("the fence")
        await until_heard(other, "the fence")


async def test_a_key_whose_dataset_is_gone_is_sent_to_connect_anew(tenant: Tenant, sql: asyncpg.Connection) -> None:
    here, there = await keep_dataset(tenant), await keep_dataset(tenant)
    one, other = [await tenant.program(Permission.INBOX_READ, limit=frozenset({bare(id)})) for id in (here, there)]
    async with one.hear(FEED), other.hear(FEED):
        await tenant.followed(2)
        await sql.execute("delete from datasets where id = $1", bare(here))
        await tenant.followed(1)


async def test_the_trail_says_who_was_limited_to_what(tenant: Tenant) -> None:
    here = await keep_dataset(tenant)
    member = show_id("member", tenant.members[Role.AGENT])
    await change(tenant.owner, member, allowedDatasetIds=[here])
    logs = """query ($s: String!) { auditLogs(filter: {subject: {eq: $s}}) {
      nodes { verb after member { id } subjectId } } }"""
    [log] = (await tenant.owner.ask(logs, s="member_dataset"))["auditLogs"]["nodes"]
    assert (log["verb"], log["after"]["dataset_id"], log["after"]["member_id"]) == ("INSERT", here[8:], member[7:])
    assert log["member"] == {"id": show_id("member", tenant.members[Role.OWNER])}
    lead = show_id("lead", await tenant.lead(dataset_ids=[bare(here)]))
    logs = "query ($l: ID!) { auditLogs(filter: {subjectId: {eq: $l}}) { nodes { after } } }"
    [made] = (await tenant.owner.ask(logs, l=lead))["auditLogs"]["nodes"]
    assert made["after"]["dataset_ids"] == [here[8:]], "where a lead was put stands in the lead's own record"
