"""Territories: what is in them and who works them (S1.3)."""

import asyncio
import re
from typing import Any

import asyncpg
import pytest

from db.statements import statement
from domain.ids import new_id, show_id
from domain.people import Role
from tests.api.test_audit import logs
from tests.api.test_tenancy import server_role
from tests.play.callers import Caller
from tests.play.past import bare
from tests.play.tenant import Tenant

FACTS = "id version name postcodePrefixes countries archivedAt members { nodes { id } }"
INPUTS = {"addTerritory": "AddTerritoryInput", "changeTerritory": "ChangeTerritoryInput"}
LISTED = f"{{ territories {{ nodes {{ {FACTS} }} totalCount }} }}"


async def territory(caller: Caller, verb: str = "addTerritory", **given: Any) -> dict[str, Any]:
    """The territory as it became, or `{code, message, why}`."""
    document = f"""mutation ($i: {INPUTS.get(verb, "TerritoryInput")}!) {{ a: {verb}(input: $i) {{
      ... on Territory {{ {FACTS} }} ... on Refused {{ code message why: field }} }} }}"""
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer


def crew(territory: dict[str, Any]) -> set[str]:
    return {node["id"] for node in territory["members"]["nodes"]}


def member(tenant: Tenant, role: Role) -> str:
    return show_id("member", tenant.members[role])


async def test_a_territory_is_added_changed_and_put_away(tenant: Tenant) -> None:
    agent, manager = member(tenant, Role.AGENT), member(tenant, Role.MANAGER)
    facts: dict[str, Any] = {
        "name": " The South ",
        "postcodePrefixes": ["so14", "PO", "so14"],
        "countries": ["gg"],
        "memberIds": [agent],
    }
    made = await territory(tenant.as_(Role.MANAGER), **facts)
    assert (made["name"], made["postcodePrefixes"], made["countries"]) == ("The South", ["PO", "SO14"], ["GG"])
    assert crew(made) == {agent} and made["archivedAt"] is None
    again = await territory(tenant.owner, "changeTerritory", territoryId=made["id"], memberIds=[manager, agent, agent])
    assert crew(again) == {agent, manager} and again["postcodePrefixes"] == ["PO", "SO14"], "absent keeps"
    assert again["version"] > made["version"], "whoever works it is a change of it"
    late = {"territoryId": made["id"], "name": "Late", "expectedVersion": made["version"]}
    stale = await territory(tenant.owner, "changeTerritory", **late)
    assert (stale["code"], stale["why"]) == ("CONFLICT", "expectedVersion")
    empty = {"postcodePrefixes": None, "countries": None, "memberIds": None, "expectedVersion": again["version"]}
    cleared = await territory(tenant.owner, "changeTerritory", territoryId=made["id"], **empty)
    assert (cleared["postcodePrefixes"], cleared["countries"], crew(cleared)) == ([], [], set())
    unnamed = await territory(tenant.owner, "changeTerritory", territoryId=made["id"], name=None)
    assert (unnamed["code"], unnamed["why"]) == ("BAD_INPUT", "name")
    assert (await tenant.viewer.ask(LISTED))["territories"] == {"nodes": [cleared], "totalCount": 1}
    gone = await territory(tenant.owner, "archiveTerritory", territoryId=made["id"])
    assert gone["archivedAt"] and (await tenant.viewer.ask(LISTED))["territories"]["totalCount"] == 0
    for verb in ("changeTerritory", "archiveTerritory"):
        assert (await territory(tenant.owner, verb, territoryId=made["id"]))["code"] == "CONFLICT"


async def test_a_place_is_in_one_territory(tenant: Tenant, stranger: Tenant) -> None:
    """Whoever wants what another territory has is told which one; what is put away is free again, its name too."""
    south = await territory(tenant.owner, name="The South", postcodePrefixes=["SO", "PO"], countries=["FR"])
    wanted: dict[str, Any] = {"postcodePrefixes": ["BH", "PO"], "countries": ["FR"]}
    for field in wanted:
        refused = await territory(tenant.owner, name="The West", **{field: wanted[field]})
        assert (refused["code"], refused["why"]) == ("CONFLICT", field) and "'The South'" in refused["message"]
    west = await territory(tenant.owner, name="The West", postcodePrefixes=["SO14", "BH"])
    assert west["postcodePrefixes"] == ["BH", "SO14"], "narrower than SO"
    taken = await territory(tenant.owner, "changeTerritory", territoryId=west["id"], postcodePrefixes=["SO"])
    assert (taken["code"], taken["why"]) == ("CONFLICT", "postcodePrefixes")
    own = await territory(tenant.owner, "changeTerritory", territoryId=west["id"], postcodePrefixes=["BH", "DT"])
    assert own["postcodePrefixes"] == ["BH", "DT"]
    assert (await territory(tenant.owner, name="the south"))["why"] == "name"
    theirs = await territory(stranger.owner, name="The South", postcodePrefixes=["SO"])
    assert theirs["postcodePrefixes"] == ["SO"], "another organization has places of its own"
    await territory(tenant.owner, "archiveTerritory", territoryId=south["id"])
    assert (await territory(tenant.owner, name="The South", postcodePrefixes=["SO"]))["postcodePrefixes"] == ["SO"]


async def test_the_database_sees_to_it_too(tenant: Tenant, stranger: Tenant, sql: asyncpg.Connection) -> None:
    """Nothing of another organization can be named, nor one area twice."""
    made = [await territory(tenant.owner, name=name, postcodePrefixes=[name]) for name in ("SO", "PO")]
    theirs = bare((await territory(stranger.owner, name="Theirs"))["id"])
    add = "insert into territory_areas (organization_id, territory_id, kind, code) values ($1, $2, 'POSTCODE', $3)"
    with pytest.raises(asyncpg.UniqueViolationError, match="territory_areas_code_unique"):
        await sql.execute(add, tenant.organization_id, bare(made[0]["id"]), "PO")
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="territory_areas_territory"):
        await sql.execute(add, tenant.organization_id, theirs, "BH")
    join = "insert into territory_members (organization_id, territory_id, member_id) values ($1, $2, $3)"
    with pytest.raises(asyncpg.ForeignKeyViolationError, match="territory_members_member"):
        await sql.execute(join, tenant.organization_id, bare(made[0]["id"]), stranger.members[Role.AGENT])


async def test_two_who_want_one_place_at_once(tenant: Tenant) -> None:
    """One has it, and the other is told whose it is."""
    asked = (territory(tenant.owner, name=f"T {one}", postcodePrefixes=["SO", "PO"]) for one in range(4))
    answers = await asyncio.gather(*asked)
    [made] = [one for one in answers if "id" in one]
    refused = [one for one in answers if "id" not in one]
    assert {one["code"] for one in refused} == {"CONFLICT"} and all(
        repr(made["name"]) in one["message"] for one in refused
    )


@pytest.mark.parametrize(
    ("facts", "code", "field"),
    [
        ({"postcodePrefixes": ["SO14 3AB"]}, "BAD_INPUT", "postcodePrefixes"),
        ({"postcodePrefixes": ["S\x00"]}, "BAD_INPUT", "postcodePrefixes"),
        ({"countries": ["UK"]}, "BAD_INPUT", "countries"),
        ({"countries": ["England"]}, "BAD_INPUT", "countries"),
        ({"memberIds": [show_id("member", new_id())]}, "NOT_FOUND", "memberIds"),
        ({"name": "  "}, "BAD_INPUT", "name"),
        ({"postcodePrefixes": [str(number) for number in range(1001)]}, "BAD_INPUT", "postcodePrefixes"),
    ],
)
async def test_what_cannot_be_is_refused_whole(tenant: Tenant, facts: dict[str, Any], code: str, field: str) -> None:
    refused = await territory(tenant.owner, **{"name": "The South", "memberIds": [], **facts})
    assert (refused["code"], refused["why"]) == (code, field)
    assert (await tenant.owner.ask(LISTED))["territories"]["totalCount"] == 0


async def test_only_who_arranges_the_pipeline_arranges_territories(tenant: Tenant) -> None:
    assert (await territory(tenant.agent, name="Mine"))["code"] == "FORBIDDEN"
    assert (await territory(tenant.as_(Role.MANAGER), name="Ours"))["name"] == "Ours"


async def test_who_did_what_to_a_territory_is_recorded(tenant: Tenant) -> None:
    made = await territory(
        tenant.owner, name="The South", postcodePrefixes=["SO"], memberIds=[member(tenant, Role.AGENT)]
    )
    await territory(tenant.owner, "changeTerritory", territoryId=made["id"], postcodePrefixes=["PO"])
    areas = await logs(tenant, subject={"eq": "territory_area"})
    assert sorted((one["verb"], (one["after"] or one["before"])["code"]) for one in areas) == [
        ("DELETE", "SO"),
        ("INSERT", "PO"),
        ("INSERT", "SO"),
    ]
    assert {one["verb"] for one in await logs(tenant, subject={"eq": "territory_member"})} == {"INSERT"}
    assert await logs(tenant, subjectId={"eq": made["id"]})


async def test_a_place_is_looked_up_by_an_index_under_the_policies(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Also for a server that may read no other organization's, with as many areas as there are British districts."""
    made = bare((await territory(tenant.owner, name="Everywhere"))["id"])
    fill = (
        "insert into territory_areas (organization_id, territory_id, kind, code)"
        " select $1, $2, 'POSTCODE', 'X' || n from generate_series(1, 3000) n"
    )
    await sql.execute(fill, tenant.organization_id, made)
    await sql.execute("analyze territories, territory_areas")  # else the plan is what the last to count them left
    asked = statement("territories", "find_territory")
    async with server_role(sql, tenant.organization_id):
        await sql.execute("set local enable_seqscan = off")
        wanted = (["POSTCODE", "POSTCODE"], ["X2999", "X29"])
        assert await sql.fetchval(asked, tenant.organization_id, *wanted) == made
        plan = await sql.fetch(f"explain {asked}", tenant.organization_id, *wanted)
    text = "\n".join(row[0] for row in plan)
    used = r"territory_areas_(code_unique|by_territory) .*\n *Index Cond: .*organization_id = .* AND .*code = "
    assert re.search(used, text), text
