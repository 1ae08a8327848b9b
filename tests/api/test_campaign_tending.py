"""Campaigns of more people than a mutation should wait for: they begin and end in portions (S0.14, S0.17, S1.4)."""

from collections import Counter
from datetime import timedelta

import pytest

from domain.people import LeadScope, Role
from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import bodies, campaign, enroll, people
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import Tenant, next_number
from workers.tending import Tending

OVER = ("COMPLETED", "CAMPAIGN_ENDED")


@pytest.fixture
def theatre(unattended: Tenant, monkeypatch: pytest.MonkeyPatch) -> Theatre:
    monkeypatch.setattr("actions.campaign_tending._ASKED_AT_ONCE", 2)
    monkeypatch.setattr("actions.campaign_tending._ENDED_AT_ONCE", 2)
    return Theatre(unattended)


async def of_dataset(theatre: Theatre, count: int) -> str:
    """A campaign that has begun for so many."""
    dataset = await keep_dataset(theatre.tenant, lawful_basis="CONSENT")
    for _ in range(count):
        await theatre.tenant.lead(phone=next_number(), dataset_ids=[bare(dataset)])
    return await campaign(theatre, TEXT, {**TEXT, "delayDays": 1}, kind="REACTIVATION", datasetId=dataset)


async def tend(theatre: Theatre) -> None:
    await Tending(theatre.database).tend()


async def standings(theatre: Theatre, made: str) -> Counter[tuple[str, str | None]]:
    return Counter((one["status"], one["reason"]) for one in await theatre.runs(made))


@pytest.mark.parametrize("count", [2, 4, 5])
async def test_a_campaign_begins_and_ends_in_portions(theatre: Theatre, count: int) -> None:
    made = await of_dataset(theatre, count)
    await theatre.plan()
    assert await standings(theatre, made) == {("ACTIVE", None): 2}
    await tend(theatre)
    await theatre.plan()
    assert await standings(theatre, made) == {("ACTIVE", None): count} and len(bodies(theatre)) == count
    cursor = (await theatre.tenant.owner.ask("{ eventCursor }"))["eventCursor"]
    done = await do(theatre.tenant.owner, "completeCampaign", campaignId=made)
    assert done["status"] == "COMPLETED" and (await standings(theatre, made))[OVER] == 2
    await theatre.pass_(days=3, step=timedelta(hours=6))
    assert len(bodies(theatre)) == count, "nothing more is sent, whoever is still to be let go"
    await tend(theatre)
    runs = await theatre.runs(made)
    assert {(one["status"], one["reason"]) for one in runs} == {OVER}
    assert [one["stepRuns"][1]["skipReason"] for one in runs] == ["CAMPAIGN_NOT_ACTIVE"] * count
    assert await told(theatre, cursor) == {made}


async def told(theatre: Theatre, cursor: str) -> set[str]:
    """Of which campaigns it was told since: as it ends, and when the last has been let go."""
    asked = """subscription ($a: Cursor) { inboxEvents(after: $a, filter: {kinds: [CAMPAIGN_CHANGED]}) {
      ... on CampaignChanged { campaign { id status } } } }"""
    async with theatre.tenant.owner.hear(asked, a=cursor) as ear:
        said = [(await ear.next())["campaign"] for _ in range(2)]
    assert {one["status"] for one in said} == {"COMPLETED"}
    return {one["id"] for one in said}


async def test_one_that_ends_before_all_were_asked_for_asks_for_nobody(theatre: Theatre) -> None:
    made = await of_dataset(theatre, 5)
    await do(theatre.tenant.owner, "completeCampaign", campaignId=made)
    await tend(theatre)
    await theatre.work()
    assert await theatre.runs(made) == [] and bodies(theatre) == []


async def test_whoever_ends_it_sees_not_all_who_are_in_it(theatre: Theatre) -> None:
    """The others are let go as well."""
    made = await campaign(theatre, TEXT)
    await enroll(theatre, made, await people(theatre))
    narrow, _ = await theatre.tenant.colleague(LeadScope.ASSIGNED, Role.MANAGER)
    await do(narrow, "completeCampaign", campaignId=made)
    assert await standings(theatre, made) == {("ACTIVE", None): 1}
    await tend(theatre)
    assert await standings(theatre, made) == {OVER: 1}
