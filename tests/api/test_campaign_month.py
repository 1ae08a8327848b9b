"""A month of campaigns under a virtual clock, with leads of every temper, over two changes of clocks and a holiday.

S0.18, S0.19, S0.20, S1.3, S1.4: what must never happen does not, whatever happens.
"""

from typing import Any

from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import campaign, policy
from tests.play.campaigning import Theatre
from tests.play.month import BEGIN, Cast, check_calls, check_plans, check_rates, check_stops, check_times
from tests.play.tenant import Tenant

PREDEFINED = "mutation { addPredefinedCampaigns { ... on AddedCampaigns { campaigns { id tag } } } }"
RATES = {"messagesPerMinute": 3, "messagesPerHour": 40, "messagesPerDay": 300}
LETTER: dict[str, Any] = {"channel": "EMAIL", "subject": "Hello", "body": "Dear {{name}}", "delayDays": 2}

CALL = {"channel": "CALL", "body": "Ask {{first_name}} about the roof", "delayDays": 1}


async def test_a_month_of_everything(unattended: Tenant) -> None:
    cast = Cast(Theatre(unattended, BEGIN, abreast=2))
    theatre, owner = cast.theatre, unattended.owner
    kept = await policy(theatre, allowInternational=True, **RATES)
    drips = (await owner.ask(PREDEFINED))["addPredefinedCampaigns"]["campaigns"]
    for drip in drips:
        await do(owner, "changeCampaign", campaignId=drip["id"], campaignPolicyId=kept)
        assert (await do(owner, "activateCampaign", campaignId=drip["id"]))["status"] == "ACTIVE"
        await cast.hire(drip["tag"])
    more = [{**TEXT, "body": body, "delayHours": hours} for body, hours in (("M2", 48), ("M3", 72))]
    shapes: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("reactivate", "REACTIVATION", [TEXT, *more]),
        ("sequence", "SEQUENCE", [TEXT, LETTER, CALL]),
    ]
    for tag, kind, steps in shapes:
        drips.append({"id": await campaign(theatre, *steps, kind=kind, tag=tag, campaignPolicyId=kept)})
        await cast.hire(tag)
        await cast.hire(tag, "+12")
    await owner.ask('mutation { changeOrganization(input: {mailAddress: "us@example.com"}) { __typename } }')
    await cast.play(13)
    for tag in ("Ghosted", "reactivate", "sequence"):  # and some who come just before Easter
        await cast.hire(tag)
    await cast.play(18)
    check_times(cast)
    await check_calls(cast)
    check_rates(cast, RATES)
    check_stops(cast)
    await check_plans(cast, [drip["id"] for drip in drips])
