"""At twenty thousand leads a preview looks at little more than it shows, and counts while somebody waits."""

import time
from datetime import UTC, datetime

import asyncpg
import pytest

from db.statements import statement
from domain.campaigns.candidates import FIRST, Candidate
from domain.ids import new_id, show_id
from tests.house.asking import Asking
from tests.house.growth import Grown
from tests.house.test_growth import dataset_of, troubles


@pytest.mark.parametrize("dataset", ["Dataset 3", "Dataset 10", None])
@pytest.mark.parametrize("tag", ["often", "rare", None])
@pytest.mark.parametrize("mode", ["force_custom_plan", "force_generic_plan"])
async def test_a_page_of_candidates_is_read_by_indexes(
    grown: Grown, server: asyncpg.Connection, dataset: str | None, tag: str | None, mode: str
) -> None:
    """S1.23: of a dataset or a tag of any size, from the beginning and from the middle."""
    organization, of = grown.actor.organization_id, dataset and await dataset_of(grown, dataset)
    middle = Candidate(datetime(2027, 3, 1, tzinfo=UTC), new_id(), new_id())
    async with server.transaction():
        await server.fetchval("select begin_request($1, null, 'ALL')", organization)
        for place in (FIRST, middle):
            values = (organization, new_id(), of, tag, place.at, place.id, 26)
            assert await troubles(server, statement("previewing", "find_candidates"), values, mode) == []


async def test_more_candidates_than_are_counted_are_told_of(grown: Grown, asker: Asking) -> None:
    """The newest ten thousand, in a time that somebody waits for."""
    campaign = new_id()
    connection = await asyncpg.connect(grown.url)
    try:
        await connection.execute(
            "with made as (insert into campaigns (organization_id, id, kind, name, tag, dataset_id)"
            " values ($1, $2, 'DRIP', 'Many', 'often', $3) returning id)"
            " insert into campaign_steps (organization_id, id, campaign_id, position, channel, body, anchor)"
            " select $1, id, id, 1, 'SMS', 'Hi {{first_name}}', 'PREVIOUS_STEP' from made",
            grown.actor.organization_id, campaign, await dataset_of(grown, "Dataset 3"),
        )  # fmt: skip
    finally:
        await connection.close()
    asked = '{ campaignPreview(campaignId: "%s") { counts { leadCount isWhole holdCount reasons { count } } } }'
    began = time.perf_counter()
    found = (await asker.ask(asked % show_id("campaign", campaign)))["campaignPreview"]["counts"]
    assert (found["leadCount"], found["isWhole"]) == (10_000, False)
    assert sum(one["count"] for one in found["reasons"]) == 10_000
    assert time.perf_counter() - began < 15
