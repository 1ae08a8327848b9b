"""Credentials through the API: stored, told apart, switched, deleted, and never read back (ruling 28)."""

import asyncio
import subprocess
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
import pytest
from graphql import get_named_type, is_leaf_type
from structlog.testing import capture_logs

from actions.credentials import open_credential
from db.database import Database
from domain.people import Role
from domain.refusals import Refusal, RefusalCode
from domain.sealing import Unopenable, new_key_ring, read_key_ring
from resolvers.context import Context
from resolvers.schema import Schema
from tests.api.test_permissions import document as permission_document
from tests.house.asking import selection
from tests.play.databases import PG_DUMP
from tests.play.house import House
from tests.play.past import bare
from tests.play.served import root_fields
from tests.play.tenant import Tenant
from workers.refreshing import Refreshing

FACTS = "id kind provider name owner { id } lastCharacters isActive expiresAt refreshedAt version"
STORE = f"""mutation ($i: StoreCredentialInput!) {{
  storeCredential(input: $i) {{ ... on Credential {{ {FACTS} }} ... on Refused {{ code message field }} }} }}"""
LIST = f"query ($f: CredentialFilter) {{ credentials(filter: $f) {{ totalCount nodes {{ {FACTS} }} }} }}"
TURN = """mutation ($c: ID!) { a: %sCredential(input: {credentialId: $c}) {
  ... on Credential { isActive } ... on Refused { code message } } }"""
DELETE = """mutation ($c: ID!) { a: deleteCredential(input: {credentialId: $c}) {
  ... on DeletedCredential { id } ... on Refused { code } } }"""


def gmail(token: str, **more: Any) -> dict[str, Any]:
    secrets = [{"name": "access_token", "value": token}, {"name": "host", "value": "mail.example.com"}]
    return {"kind": "INTEGRATION", "provider": "GMAIL", "name": "Sales", "secrets": secrets} | more


async def store(tenant: Tenant, given: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await tenant.admin.ask(STORE, i=given))["storeCredential"]
    return found


async def opened(tenant: Tenant, credential: str, database: Database | None = None) -> dict[str, str]:
    async with (database or tenant.house.parts.database).work(tenant.product) as session:
        return dict(await open_credential(session, bare(credential)))


async def in_an_hour() -> str:
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


async def test_what_is_stored_is_opened_for_a_gateway_alone(tenant: Tenant) -> None:
    """S3.7, S4.7: kept as JSON under a seal, for the organization or for a member; odd characters as they were."""
    odd = 'tab\t nul\x00 quote" back\\ snow\N{SNOWMAN} \N{PILE OF POO} end-1234'
    made = await store(tenant, gmail(odd))
    assert await opened(tenant, made["id"]) == {"access_token": odd, "host": "mail.example.com"}
    facts = {"kind": "INTEGRATION", "provider": "GMAIL", "name": "Sales", "owner": None, "lastCharacters": "1234"}
    rest = {"isActive": True, "expiresAt": None, "refreshedAt": None, "version": 1}
    assert made == {"id": made["id"], **facts, **rest}
    assert (await tenant.owner.ask(LIST))["credentials"] == {"totalCount": 1, "nodes": [made]}


async def test_storing_again_replaces_what_was_there(tenant: Tenant) -> None:
    """A customer's own rotation: the same credential, another value, good again."""
    first = await store(tenant, gmail("the first token of all"))
    await tenant.admin.ask(TURN % "deactivate", c=first["id"])
    again = await store(tenant, gmail("the second token of 5678", expiresAt=await in_an_hour(), expectedVersion=2))
    assert (again["id"], again["version"], again["lastCharacters"]) == (first["id"], 3, "5678")
    assert again["isActive"] and again["expiresAt"] and again["refreshedAt"]
    assert (await opened(tenant, first["id"]))["access_token"] == "the second token of 5678"


async def test_of_two_who_read_one_version_one_wins(tenant: Tenant) -> None:
    made = await store(tenant, gmail("the first token of all"))
    assert (await store(tenant, gmail("second token", expectedVersion=1)))["version"] == 2
    for version, name in ((1, "Sales"), (7, "Another")):
        refused = await store(tenant, gmail("third token", expectedVersion=version, name=name))
        assert (refused["code"], refused["field"]) == ("CONFLICT", "expectedVersion")
    assert (await opened(tenant, made["id"]))["access_token"] == "second token"


async def test_one_of_each_name_for_each_owner(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Ruling 28: unique by organization, owner, kind, provider and name, and no owner is one (S3.7, S4.4, S4.7)."""
    owners = [None, *(f"member_{tenant.members[role]}" for role in (Role.AGENT, Role.OWNER))]
    for _ in range(2):
        for owner in owners:
            made = await store(tenant, gmail(f"token of {owner}", ownerId=owner))
            assert made["owner"] == (owner and {"id": owner})
    linkedin = {"provider": "LINKEDIN", "secrets": [{"name": "access_token", "value": "x"}]}
    for kind in ("INTEGRATION", "SOCIAL"):
        await store(tenant, gmail("", kind=kind, **linkedin))
    assert (await tenant.owner.ask(LIST))["credentials"]["totalCount"] == len(owners) + 2
    with pytest.raises(asyncpg.UniqueViolationError, match="credentials_name_unique"):
        await sql.execute("update credentials set owner_id = null where organization_id = $1", tenant.organization_id)


async def test_two_organizations_never_share(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    mine, theirs = await store(tenant, gmail("the token of mine")), await store(stranger, gmail("the token of theirs"))
    assert mine["id"] != theirs["id"]
    with pytest.raises(Refusal) as refused:
        await opened(tenant, theirs["id"])
    assert refused.value.code is RefusalCode.NOT_FOUND
    member = f"member_{stranger.members[Role.AGENT]}"
    assert (await store(tenant, gmail("x", ownerId=member)))["code"] == "NOT_FOUND"
    sealed = await sql.fetchval("select sealed from credentials where id = $1", bare(theirs["id"]))
    await sql.execute("update credentials set sealed = $2 where id = $1", bare(mine["id"]), sealed)
    with pytest.raises(Unopenable):
        await opened(tenant, mine["id"])


async def test_a_ciphertext_of_another_row_does_not_open(tenant: Tenant, sql: asyncpg.Connection) -> None:
    one, other = [await store(tenant, gmail("some token", name=name)) for name in ("one", "other")]
    sealed = await sql.fetchval("select sealed from credentials where id = $1", bare(other["id"]))
    await sql.execute("update credentials set sealed = $2 where id = $1", bare(one["id"]), sealed)
    with pytest.raises(Unopenable):
        await opened(tenant, one["id"])


async def test_of_many_who_store_under_a_new_name_one_makes_and_the_others_replace(tenant: Tenant) -> None:
    made = await asyncio.gather(*(store(tenant, gmail(f"the token of number {number}")) for number in range(5)))
    assert len({one["id"] for one in made}) == 1
    assert sorted(one["version"] for one in made) == [1, 2, 3, 4, 5]


BAD = [
    ({"provider": "FACEBOOK"}, "provider"),
    ({"kind": "SECRET", "provider": "OTHER"}, "secrets"),
    ({"name": " "}, "name"),
    ({"secrets": []}, "secrets"),
    ({"secrets": [{"name": "a", "value": "x" * 17_000}]}, "secrets"),
    ({"expiresAt": "2020-01-01T00:00:00Z"}, "expiresAt"),
]


@pytest.mark.parametrize(("wrong", "field"), BAD)
async def test_what_cannot_be_kept_is_refused(tenant: Tenant, wrong: dict[str, Any], field: str) -> None:
    refused = await store(tenant, gmail("some token", **wrong))
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", field)
    assert (await tenant.owner.ask(LIST))["credentials"]["totalCount"] == 0


async def test_switching_and_deleting(tenant: Tenant) -> None:
    made = (await store(tenant, gmail("some token")))["id"]
    for _ in range(2):
        assert (await tenant.owner.ask(TURN % "deactivate", c=made))["a"] == {"isActive": False}
    with pytest.raises(Refusal, match="Sales is switched off"):
        await opened(tenant, made)
    assert (await tenant.owner.ask(LIST, f={"isActive": {"eq": True}}))["credentials"]["totalCount"] == 0
    assert (await tenant.owner.ask(TURN % "activate", c=made))["a"] == {"isActive": True}
    assert await opened(tenant, made)
    assert (await tenant.owner.ask(DELETE, c=made))["a"] == {"id": made}
    assert (await tenant.owner.ask(DELETE, c=made))["a"] == {"code": "NOT_FOUND"}
    with pytest.raises(Refusal, match="No credential"):
        await opened(tenant, made)


async def test_who_leaves_takes_their_access_along(tenant: Tenant) -> None:
    member = f"member_{tenant.members[Role.AGENT]}"
    made = await store(tenant, gmail("some token", ownerId=member))
    remove = "mutation ($m: ID!) { removeMember(input: {memberId: $m}) { __typename } }"
    await tenant.owner.ask(remove, m=member)
    assert [row["isActive"] for row in (await tenant.owner.ask(LIST))["credentials"]["nodes"]] == [False]
    with pytest.raises(Refusal, match="switched off"):
        await opened(tenant, made["id"])


async def test_what_has_expired_is_refused_and_a_social_connection_switched_off(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    """S4.4: expired means inactive; an integration is refused as well, and waits for its new value."""
    names = {"SOCIAL": "FACEBOOK", "INTEGRATION": "GMAIL"}
    made = {kind: await store(tenant, gmail("t", kind=kind, provider=at)) for kind, at in names.items()}
    later = await store(tenant, gmail("t", kind="SOCIAL", provider="TWITTER", expiresAt=await in_an_hour()))
    for one in made.values():
        await sql.execute(
            "update credentials set expires_at = now() - interval '1 second' where id = $1", bare(one["id"])
        )
    for one in made.values():
        with pytest.raises(Refusal, match="Sales has expired: store it anew"):
            await opened(tenant, one["id"])
    await Refreshing(tenant.house.parts.database, {}).take(tenant.organization_id)
    found = {row["provider"]: row["isActive"] for row in (await tenant.owner.ask(LIST))["credentials"]["nodes"]}
    assert found == {"FACEBOOK": False, "GMAIL": True, "TWITTER": True}
    refused = (await tenant.owner.ask(TURN % "activate", c=made["SOCIAL"]["id"]))["a"]
    assert refused == {"code": "CONFLICT", "message": "This credential has expired: store it anew."}
    renewed = await store(tenant, gmail("t", kind="SOCIAL", provider="FACEBOOK", expiresAt=await in_an_hour()))
    assert renewed["isActive"] and await opened(tenant, renewed["id"]) and await opened(tenant, later["id"])


async def test_without_a_key_nothing_is_stored(house: House, tenant: Tenant) -> None:
    schema, database = Schema(), Database(house.database_url, pool_size=1)
    await database.connect()
    try:
        context = Context(database, house.parts.live, "request", tenant.product)
        answer = await schema.execute(STORE, {"i": gmail("some token")}, context)
    finally:
        await database.disconnect()
    assert answer.data and answer.data["storeCredential"]["code"] == "NO_SEALING_KEY"
    assert "REKINDLE_SEALING_KEYS" in answer.data["storeCredential"]["message"]


MARKER = "do-not-show-this-to-anybody"
WRONG: list[Any] = [
    {"secrets": [{"value": MARKER}]},
    {"secrets": [{"name": "access_token", "value": {"a": MARKER}}]},
    {"secrets": [{"name": "access_token", "value": MARKER, "more": 1}]},
    {"secrets": MARKER},
    {"secrets": [{"name": "access_token", "value": MARKER}], "provider": "TWITTER"},
    {"secrets": [{"name": "Not a name", "value": MARKER}]},
    {"secrets": [{"name": "access_token", "value": MARKER}], "unknown": 1},
]
WRITTEN = [f'"{MARKER}"', f'[{{value: "{MARKER}"}}]', f'[{{name: "a" value: {{b: "{MARKER}"}}}}]', f'[{{"{MARKER}"}}]']


def readings() -> list[str]:
    """Every root field of a query, with everything below it."""
    graphql = Schema()._schema
    assert graphql.query_type
    found = []
    for name, field in graphql.query_type.fields.items():
        arguments = {"id": 'id: "%(id)s"', "ids": 'ids: ["%(id)s"]', "first": "first: 50"}
        given = ", ".join(arguments[argument] for argument in field.args if argument in arguments)
        type_ = get_named_type(field.type)
        below = "" if is_leaf_type(type_) else selection(graphql, type_, 2).replace("%", "%%")
        if type_.name == "Node":
            below = f"{{ ... on Credential {selection(graphql, graphql.type_map['Credential'], 2)} }}"
        found.append(f"{{ {name}{given and f'({given})'} {below} }}")
    return found


async def everything(tenant: Tenant, id: str) -> list[bytes]:
    """What the API answers the owner, whatever is asked, of this credential among others."""
    asked: list[tuple[str, dict[str, Any]]] = [
        (text % {"id": named}, {}) for text in readings() for named in (id, f"member_{tenant.members[Role.OWNER]}")
    ]
    for name, field in root_fields().items():
        if name.startswith("Mutation") and name != "Mutation.cancelOrganization":
            text, given = permission_document(name, field)
            if "credentialId" in given.get("input", {}) and "delete" not in name:
                given["input"]["credentialId"] = id
            asked.append((text, given))
    asked += [(STORE, {"i": gmail("", **wrong)}) for wrong in WRONG]
    asked += [
        (f'mutation {{ storeCredential(input: {{kind: SECRET, name: "x", secrets: {literal}}}) {{ x }} }}', {})
        for literal in WRITTEN
    ]
    return [(await tenant.owner.post(text, **given)).content for text, given in asked]


def dump(url: str) -> bytes:
    """Every row of the database, as an operator's backup has it."""
    command = [str(PG_DUMP), "--data-only", "--dbname", url]
    return subprocess.run(command, check=True, capture_output=True).stdout


async def test_no_answer_record_event_log_or_dump_shows_a_value(
    house: House, tenant: Tenant, sql: asyncpg.Connection, capfd: pytest.CaptureFixture[str]
) -> None:
    """S3.7, S4.7, ruling 28: whatever is asked, and whatever goes wrong."""
    given = gmail(MARKER + "-1234", ownerId=f"member_{tenant.members[Role.OWNER]}")
    with capture_logs() as logs:
        async with tenant.owner.hear("subscription { inboxEvents { __typename } }") as ear:
            said = [(await tenant.owner.post(STORE, i=given)).content for _ in range(2)]
            id = orjson.loads(said[0])["data"]["storeCredential"]["id"]
            said += await everything(tenant, id)
            await asyncio.sleep(0.2)
            heard = [ear.heard.get_nowait() for _ in range(ear.heard.qsize())]
    await tenant.owner.ask(TURN % "activate", c=id)
    assert (await opened(tenant, id))["access_token"] == MARKER + "-1234"
    assert sum(b'"lastCharacters":"1234"' in answer for answer in said) > 3, "the walk looked at nothing"
    records = await sql.fetch("select a::text from audit_logs a where subject_id = $1", bare(id))
    assert len(records) > 2 and "[hidden]" in str(records)
    dumped = await asyncio.to_thread(dump, house.database_url)
    assert id.encode().split(b"_")[1] in dumped
    looked_at = {"answers": str(said), "records": str(records), "logs": str(logs), "printed": str(capfd.readouterr())}
    looked_at |= {"dump": dumped.decode(), "heard": str(heard)}
    hexed = MARKER.encode().hex()
    assert [where for where, text in looked_at.items() if MARKER in text or hexed in text] == []


async def test_another_ring_does_not_open_what_this_one_sealed(house: House, tenant: Tenant) -> None:
    made = await store(tenant, gmail(uuid4().hex))
    database = Database(house.database_url, pool_size=1, ring=read_key_ring(new_key_ring("tests")))
    await database.connect()
    try:
        with pytest.raises(Unopenable):
            await opened(tenant, made["id"], database)
    finally:
        await database.disconnect()
