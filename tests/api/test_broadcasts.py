"""One text to many at an hour that was set, and how often somebody was written to (S1.4, S4.5)."""

from datetime import timedelta

import pytest

from domain.conversations import CarrierCode
from gateways.carrier import CarrierRefused
from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import bodies, campaign, enroll, lead_of, people
from tests.play.campaigning import MORNING, Theatre
from tests.play.tenant import Tenant

HOUR = MORNING + timedelta(days=2, hours=1)  # a Friday, in the window


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def test_a_broadcast_goes_out_at_its_hour_to_each_once(theatre: Theatre) -> None:
    """S4.5: scheduled, claimed once, sent; what became of it is known of each; opt-outs are respected."""
    made = await campaign(theatre, TEXT, kind="BROADCAST", startsAt=HOUR.isoformat())
    good, bad, leaver = await people(theatre, 3)
    theatre.postbox.refuse = lambda text: (
        CarrierRefused(CarrierCode.INVALID_NUMBER, "no such number") if text.recipient == bad else None
    )
    await enroll(theatre, made, [good, bad, leaver])
    assert {run["scheduledAt"] for one in await theatre.runs(made) for run in one["stepRuns"]} == {HOUR.isoformat()}
    await theatre.reply(leaver, "STOP")
    await theatre.pass_(days=2, hours=0.5)
    assert bodies(theatre) == []
    await theatre.pass_(days=3)
    [(at, text)] = theatre.postbox.sent
    assert (at, text.recipient) == (HOUR, good)
    became = {one["lead"]["phone"]: one["stepRuns"][0]["status"] for one in await theatre.runs(made)}
    assert became == {good: "SENT", bad: "FAILED", leaver: "SCHEDULED"}
    reasons = {one["lead"]["phone"]: (one["status"], one["reason"]) for one in await theatre.runs(made)}
    assert reasons[leaver] == ("PAUSED", "OPTED_OUT")


async def test_a_rest_before_its_hour_does_not_move_it(theatre: Theatre) -> None:
    made = await campaign(theatre, TEXT, kind="BROADCAST", startsAt=HOUR.isoformat())
    await enroll(theatre, made, await people(theatre))
    for verb, status in (("pauseCampaign", "PAUSED"), ("resumeCampaign", "ACTIVE")):
        assert (await do(theatre.tenant.owner, verb, campaignId=made))["status"] == status
    await theatre.pass_(days=3)
    assert [at for at, _ in theatre.postbox.sent] == [HOUR]


async def test_days_count_from_when_a_campaign_starts(theatre: Theatre) -> None:
    """Who joins later counts from then."""
    steps = [{**TEXT, "body": f"Day {day}", "anchor": "DATE", "dayNumber": day} for day in (1, 6)]
    made = await campaign(theatre, *steps, startsAt=HOUR.isoformat())
    await enroll(theatre, made, await people(theatre))
    await theatre.pass_(days=4)
    await enroll(theatre, made, await people(theatre))
    await theatre.pass_(days=10)
    assert [(at.date() - MORNING.date()).days for at, _ in theatre.postbox.sent] == [2, 5, 7, 9]


async def test_what_starts_changes_in_a_draft_alone(theatre: Theatre) -> None:
    owner = theatre.tenant.owner
    draft = await do(owner, "draftCampaign", kind="BROADCAST", name="News", startsAt=HOUR.isoformat())
    for starts_at in (None, HOUR.isoformat()):
        changed = await do(owner, "changeCampaign", campaignId=draft["id"], startsAt=starts_at)
        assert changed["id"] == draft["id"]
    far = await do(owner, "changeCampaign", campaignId=draft["id"], startsAt="2101-01-01T00:00:00Z")
    assert (far["code"], far["why"]) == ("BAD_INPUT", "startsAt")
    await do(owner, "setCampaignSteps", campaignId=draft["id"], steps=[TEXT])
    await do(owner, "activateCampaign", campaignId=draft["id"])
    late = await do(owner, "changeCampaign", campaignId=draft["id"], startsAt=None)
    assert late["code"] == "CONFLICT"


async def test_the_texts_of_a_reactivation_are_counted(theatre: Theatre) -> None:
    """S1.4: CONTACTED_1 to CONTACTED_3, by what a carrier has taken."""
    more = [{**TEXT, "body": body, "delayHours": hours} for body, hours in (("M2", 48), ("M3", 72))]
    made = await campaign(theatre, TEXT, *more, kind="REACTIVATION")
    [number] = await people(theatre)
    lead, seen = await lead_of(theatre, number), []
    asked = "query ($l: ID!) { lead(id: $l) { contactStatus } }"
    await enroll(theatre, made, [number])
    for _ in range(12):
        seen.append((await theatre.tenant.owner.ask(asked, l=lead))["lead"]["contactStatus"])
        await theatre.pass_(days=1)
    assert list(dict.fromkeys(seen)) == ["READY", "CONTACTED_1", "CONTACTED_2", "CONTACTED_3"]
