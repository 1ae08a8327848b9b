"""Hot leads are given to those who work where the lead is (S1.3, S1.6)."""

import asyncio
from typing import Any

import pytest

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.api.test_dispatching import campaign, enroll, lead_of, people, policy
from tests.api.test_hot_leads import heat, told
from tests.api.test_territories import LISTED, crew, member, territory
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import Tenant

SUSPEND = "mutation ($m: ID!) { %s(input: {memberId: $m}) { __typename } }"


@pytest.fixture
def theatre(idle: Tenant) -> Theatre:
    return Theatre(idle)


async def written_to(theatre: Theatre, places: list[dict[str, Any]], **rules: Any) -> list[str]:
    """Leads at these places, to whom a campaign under a policy of territories has written."""
    rules = {"hotLeadAssignment": "TERRITORY", **rules}
    made = await campaign(theatre, campaignPolicyId=await policy(theatre, **rules))
    numbers = [number for place in places for number in await people(theatre, 1, facts=place)]
    await enroll(theatre, made, numbers)
    await theatre.work()
    return [await lead_of(theatre, number) for number in numbers]


async def given(theatre: Theatre, lead: str) -> str | None:
    """Who works a lead once it is hot."""
    assignee = (await heat(theatre.tenant.owner, lead))["assignee"]
    return assignee and str(assignee["id"])


async def test_a_hot_lead_goes_to_who_works_its_territory(theatre: Theatre) -> None:
    """S1.3: by the longest prefix of the postcode, then the country given, then the number's."""
    tenant, roles = theatre.tenant, (Role.OWNER, Role.ADMIN, Role.MANAGER, Role.AGENT)
    prefixes, countries = "postcodePrefixes", "countries"
    areas = ((prefixes, ["SO"]), (prefixes, ["SO14", "902"]), (countries, ["FR"]), (countries, ["GB"]))
    for role, (field, codes) in zip(roles, areas, strict=True):
        given_to: dict[str, Any] = {"memberIds": [member(tenant, role)], field: codes}
        await territory(tenant.owner, name=str(role), **given_to)
    cases: list[tuple[dict[str, Any], Role]] = [
        ({"postcode": "SO16 7AA"}, Role.OWNER),
        ({"postcode": "so14 3ab", "country": "FR"}, Role.ADMIN),
        ({"postcode": "SO1 4AB"}, Role.OWNER),
        ({"postcode": "90210", "country": "US"}, Role.ADMIN),
        ({"postcode": "90210", "country": "FR"}, Role.MANAGER),
        ({"postcode": "S1 2HE"}, Role.AGENT),
        ({}, Role.AGENT),
    ]
    leads = await written_to(theatre, [place for place, _ in cases])
    assert [await given(theatre, lead) for lead in leads] == [member(tenant, role) for _, role in cases]


async def test_of_a_territory_each_has_their_turn(theatre: Theatre) -> None:
    """Race-free; viewers, who is suspended, and who sees other datasets are passed over."""
    tenant = theatre.tenant
    elsewhere = bare(await keep_dataset(tenant))
    _, limited = await tenant.colleague(LeadScope.ALL, limit=frozenset({elsewhere}))
    _, gone = await tenant.colleague(LeadScope.ALL)
    _, other = await tenant.colleague(LeadScope.ASSIGNED)
    fit = {member(tenant, Role.AGENT), show_id("member", other)}
    crew = [*fit, member(tenant, Role.VIEWER), show_id("member", limited), show_id("member", gone)]
    await territory(tenant.owner, name="The South", postcodePrefixes=["SO"], memberIds=crew)
    await tenant.owner.ask(SUSPEND % "suspendMember", m=show_id("member", gone))
    leads = await written_to(theatre, [{"postcode": "SO14 3AB"}] * 6)
    answers = [await given(theatre, lead) for lead in leads[:4]]
    assert set(answers[:2]) == fit and answers[2:] == answers[:2]
    together = await asyncio.gather(*(given(theatre, lead) for lead in leads[4:]))
    assert set(together) == fit


async def test_where_nobody_is_at_work_people_decide(theatre: Theatre) -> None:
    """In no territory, in one that nobody works any more, or in one that was put away: told, and nobody's."""
    tenant = theatre.tenant
    leaving = show_id("member", (await tenant.colleague(LeadScope.ALL))[1])
    south = await territory(tenant.owner, name="The South", postcodePrefixes=["SO"], memberIds=[leaving])
    agent = member(tenant, Role.AGENT)
    await territory(tenant.owner, name="Britain", countries=["GB"], memberIds=[agent])
    north = await territory(tenant.owner, name="The North", postcodePrefixes=["NE"], memberIds=[agent])
    await territory(tenant.owner, "archiveTerritory", territoryId=north["id"])
    await tenant.owner.ask(SUSPEND % "removeMember", m=leaving)
    listed = (await tenant.owner.ask(LISTED))["territories"]["nodes"]
    assert {one["id"]: crew(one) for one in listed}[south["id"]] == set()
    again = await territory(tenant.owner, "changeTerritory", territoryId=south["id"], memberIds=[leaving])
    assert (again["code"], again["why"]) == ("NOT_FOUND", "memberIds")
    places: list[dict[str, Any]] = [{"postcode": "SO14 3AB"}, {"country": "DE"}, {"postcode": "NE1 4ST"}]
    deserted, nowhere, free = await written_to(theatre, places)
    assert [await given(theatre, lead) for lead in (deserted, nowhere, free)] == [None, None, agent]
    assert await told(tenant.owner, 3) == [deserted, nowhere, free]
