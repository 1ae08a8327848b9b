"""What a stranger begins with a tenant's ids ends as if they had never existed: in bulk, and in what is exported."""

from typing import Any

import asyncpg
import pytest

from tests.api.test_strangers import ALL_CASES, BEGUN, Place, never
from tests.play.background import begin_bulk, ended, operation, table
from tests.play.house import House
from tests.play.naming import FACTS
from tests.play.past import Past, live
from tests.play.tenant import Tenant, open_tenant

# By what is named besides the leads; else something that changes nobody for long.
VERBS = {"ownerId": "ASSIGN", "assigneeId": "ASSIGN", "pipelineStageId": "MOVE", "datasetId": "ADD_TO_DATASET"}
VERBS["campaignId"] = "ENROLL"


@pytest.fixture(scope="module")
async def neighbours(house: House, sql: asyncpg.Connection) -> tuple[Past, Tenant, Past]:
    stranger = await open_tenant(house)
    return await live(await open_tenant(house), sql), stranger, await live(stranger, sql)


def within(place: Place, value: str) -> Any:
    """The value at its place below the input."""
    given: Any = [value] if place[-1] == "in" or place[-1].endswith("Ids") else value
    for part in reversed(place):
        given = {part: given}
    return given


async def outcome(stranger: Tenant, name: str, place: Place, value: str, own: Past) -> Any:
    given = within(place[1:], value)
    if name == "Mutation.createExport":
        [(of, filter)] = given["list"].items()
        return [row["id"] for row in await table(stranger, stranger.owner, of, filter, columns=["id"])]
    if "filter" not in given and "leadIds" not in given:
        given["leadIds"] = [own.lead]
    begun = await begin_bulk(stranger.owner, VERBS.get(place[1], "TAKE_OVER"), **given)
    if "id" not in begun:
        return begun
    found = await ended(stranger, stranger.owner, operation, begun["id"])
    rows = [(row["outcome"], row["refusalCode"], row["reason"]) for row in found["rows"]["nodes"]]
    return found["status"], found["doneCount"], rows


def facts_at(name: str, place: Place) -> list[str]:
    """What may stand there; in the filter of a list, what may stand in that list's own."""
    meaning = next(part for part in reversed(place) if part not in ("eq", "in"))
    of = f"Query.{place[2]}" if place[1] == "list" else name
    return FACTS.get(f"{of}.{meaning}") or FACTS[meaning]


PLACES = sorted({(name, place) for name, place, _ in ALL_CASES if name in BEGUN})
SILENT = {"customerId"}  # customers do nothing in a past, so there is no record of theirs


@pytest.mark.parametrize(("name", "place"), PLACES)
async def test_an_id_from_elsewhere_does_what_an_id_that_never_was_does(
    neighbours: tuple[Past, Tenant, Past], name: str, place: Place
) -> None:
    past, stranger, own = neighbours
    proven = 0
    for fact in facts_at(name, place):
        theirs, nobodys, mine = getattr(past, fact), never(fact, getattr(past, fact)), getattr(own, fact)
        found = await outcome(stranger, name, place, theirs, own)
        assert found == await outcome(stranger, name, place, nobodys, own)
        proven += found != await outcome(stranger, name, place, mine, own)
    assert proven or ("auditLogs" in place and SILENT & set(place)), "the case would prove nothing"
