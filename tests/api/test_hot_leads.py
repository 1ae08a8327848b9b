"""Leads who turn hot: who is told, and who is given them (S1.3, S1.6)."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from domain.ids import show_id
from domain.people import LeadScope, Role
from tests.api.test_dispatching import campaign, enroll, lead_of, people, policy
from tests.play.callers import Caller
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import Tenant

HEAT = """mutation ($i: ChangeLeadInput!) { changeLead(input: $i) { __typename
  ... on Lead { temperature assignee { id } owner { id } } } }"""
BOOK = """mutation ($i: BookCallInput!) { bookCall(input: $i) { __typename ... on Booking {
  lead { temperature assignee { id } } } } }"""
FEED = """subscription { inboxEvents(after: "0", filter: {kinds: [LEAD_TURNED_HOT]}) {
  ... on LeadTurnedHot { lead { id temperature assignee { id } } } } }"""


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def written_to(theatre: Theatre, count: int = 1, **rules: Any) -> list[str]:
    """Leads to whom a campaign under such a policy has written, by their ids."""
    made = await campaign(theatre, campaignPolicyId=await policy(theatre, **rules))
    numbers = await people(theatre, count)
    await enroll(theatre, made, numbers)
    await theatre.work()
    return [await lead_of(theatre, number) for number in numbers]


async def heat(caller: Caller, lead: str, temperature: str = "HOT") -> dict[str, Any]:
    found: dict[str, Any] = (await caller.ask(HEAT, i={"leadId": lead, "temperature": temperature}))["changeLead"]
    return found


async def told(caller: Caller, count: int) -> list[str]:
    """The leads that somebody hears of, of whom there are so many."""
    async with caller.hear(FEED) as ear:
        heard = [(await ear.next())["lead"]["id"] for _ in range(count)]
        assert await ear.is_silent()
    return heard


async def test_whoever_sees_a_lead_is_told_once_that_it_turned_hot(theatre: Theatre) -> None:
    """S1.3: hot_lead_notification; S1.6. By hand and by a booking; what was hot already is no news."""
    tenant = theatre.tenant
    by_hand, booked = await written_to(theatre, 2)
    [quiet] = await written_to(theatre, notifiesOfHotLeads=False)
    stranger = show_id("lead", await tenant.lead())
    for lead in (by_hand, by_hand, quiet, stranger):
        assert (await heat(tenant.agent, lead))["temperature"] == "HOT"
    starts_at = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    assert (await tenant.agent.ask(BOOK, i={"leadId": booked, "startsAt": starts_at}))["bookCall"]["lead"] == {
        "temperature": "HOT",
        "assignee": None,
    }
    assert await told(tenant.agent, 2) == [by_hand, booked]
    await heat(tenant.agent, by_hand, "WARM")
    await heat(tenant.agent, by_hand)
    assert await told(tenant.agent, 3) == [by_hand, booked, by_hand]
    only_own, _ = await tenant.colleague(LeadScope.ASSIGNED)
    async with only_own.hear(FEED) as ear:
        assert await ear.is_silent(), "who does not see them is not told"


async def test_hot_leads_go_round_to_who_may_have_them(theatre: Theatre) -> None:
    """S1.3: auto-assign round robin, to whoever got one longest ago; viewers, who were suspended, and who is limited to
    other datasets are passed over."""
    tenant = theatre.tenant
    elsewhere = bare(await keep_dataset(tenant))
    _, limited = await tenant.colleague(LeadScope.ALL, limit=frozenset({elsewhere}))
    _, gone = await tenant.colleague(LeadScope.ALL)
    suspend = "mutation ($m: ID!) { suspendMember(input: {memberId: $m}) { __typename } }"
    await tenant.owner.ask(suspend, m=show_id("member", gone))
    leads = await written_to(theatre, 8, hotLeadAssignment="ROUND_ROBIN")
    fit = {show_id("member", id) for role, id in tenant.members.items() if role is not Role.VIEWER}
    given = [(await heat(tenant.owner, lead))["assignee"]["id"] for lead in leads]
    assert set(given[: len(fit)]) == fit and given[len(fit) :] == given[: len(given) - len(fit)]
    assert show_id("member", limited) not in given
    own = (await tenant.owner.ask("query ($l: ID!) { lead(id: $l) { conversations { nodes { assignee { id } } } } }",
                                  l=leads[0]))["lead"]["conversations"]["nodes"]  # fmt: skip
    assert own == [{"assignee": {"id": given[0]}}]


async def test_who_has_somebody_stays_with_them_and_manual_gives_to_nobody(theatre: Theatre) -> None:
    owned, free = await written_to(theatre, 2, hotLeadAssignment="ROUND_ROBIN")
    agent = show_id("member", theatre.tenant.members[Role.AGENT])
    assign = "mutation ($l: ID!, $m: ID!) { assignLeads(input: {leadIds: [$l], ownerId: $m}) { __typename } }"
    await theatre.tenant.owner.ask(assign, l=owned, m=agent)
    found = await heat(theatre.tenant.owner, owned)
    assert found["owner"] == {"id": agent} and found["assignee"] in (None, {"id": agent})
    [manual] = await written_to(theatre)
    assert (await heat(theatre.tenant.owner, manual))["assignee"] is None
    assert (await heat(theatre.tenant.agent, free))["assignee"], "also where it leaves the sight of who did it"


async def test_leads_who_turn_hot_at_once_go_to_different_people(theatre: Theatre) -> None:
    """Race-free: of four at once each of four has one."""
    leads = await written_to(theatre, 8, hotLeadAssignment="ROUND_ROBIN")
    given = await asyncio.gather(*(heat(theatre.tenant.owner, lead) for lead in leads))
    assert set(Counter(one["assignee"]["id"] for one in given).values()) == {2}
