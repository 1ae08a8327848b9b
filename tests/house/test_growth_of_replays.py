"""Among a hundred thousand messages the threads of a replay are chosen by what people answered."""

import asyncpg
import pytest

from db.statements import statement
from domain.ids import new_id
from tests.house.growth import Grown
from tests.house.test_growth import dataset_of, troubles

_ANSWERED = """
update messages set author_id = $1 where organization_id = $1 and direction = 'OUTBOUND' and id in (
  select id from messages where organization_id = $1 and direction = 'OUTBOUND' and md5(id::text) < '1')"""
_VERSION = "select id from prompt_versions where organization_id = $1 order by number desc limit 1"
_BEGUN = """
insert into replays (organization_id, id, prompt_version_id, lead_scope, threads) values ($1, $2, $3, 'ALL', 100)"""


@pytest.mark.parametrize("dataset", ["Dataset 3", None])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_threads_are_chosen_by_indexes(
    grown: Grown, server: asyncpg.Connection, dataset: str | None, mode: str
) -> None:
    """Of a tenth of the leads ten times as many answers are looked at. Ten prompts are read whole, and all lessons
    there may be are put beside the parts of a version, without reading either twice."""
    organization, replay = grown.actor.organization_id, new_id()
    of = dataset and await dataset_of(grown, dataset)
    transaction = server.transaction()
    await transaction.start()
    try:
        await server.fetchval("select begin_request($1, null, 'ALL')", organization)
        await server.execute(_ANSWERED, organization)
        version = await server.fetchval(_VERSION, organization)
        await server.execute(_BEGUN, organization, replay, version)
        values = (organization, replay, version, 100, of, None, 100)
        found = await troubles(server, statement("replaying", "choose_threads"), values, mode, few=3_000)
        assert [one for one in found if not one.endswith(("on prompts", "rows "))] == []
    finally:
        await transaction.rollback()
