"""Conversations in which nothing is said for long: nudged once, and put away in the end (S1.3, S1.22)."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from gateways.carrier import CarrierUnreachable
from tests.api.test_campaigns import TEXT, do, rule
from tests.api.test_dispatching import bodies, campaign, enroll, lead_of, people, policy
from tests.play.campaigning import MORNING, Theatre
from tests.play.tenant import Tenant, next_number

NUDGE = {"silenceNudgeDays": 7, "silenceNudgeBody": "Still there, {{first_name|friend}}?"}
NUDGED = "Still there, Ann?"
ASKED = """query ($l: ID!) { conversations(filter: {leadId: {eq: $l}}) { nodes { id status version
  messages { nodes { body kind status campaign { id } } } } } }"""


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def begun(theatre: Theatre, *steps: dict[str, Any], **rules: Any) -> tuple[str, str, str]:
    """A campaign that has written to somebody; its policy's id, its own, and their number."""
    kept = await policy(theatre, **NUDGE | rules)
    made = await campaign(theatre, *(steps or (TEXT,)), campaignPolicyId=kept)
    [number] = await people(theatre)
    await enroll(theatre, made, [number])
    await theatre.work()
    assert len(bodies(theatre)) == 1
    return kept, made, number


async def talk(theatre: Theatre, number: str) -> list[dict[str, Any]]:
    """The conversations of a lead."""
    answer = await theatre.tenant.owner.ask(ASKED, l=await lead_of(theatre, number))
    found: list[dict[str, Any]] = answer["conversations"]["nodes"]
    return found


async def test_a_silent_conversation_is_nudged_once_and_put_away_in_the_end(theatre: Theatre) -> None:
    """S1.22, S1.3: after seven days, in the window, and 28 days after that it is archived, which is told."""
    _, made, number = await begun(theatre)
    cursor = (await theatre.tenant.owner.ask("{ eventCursor }"))["eventCursor"]
    await theatre.pass_(days=6.5, step=timedelta(hours=2))
    assert len(bodies(theatre)) == 1
    await theatre.pass_(days=3, step=timedelta(hours=1))
    assert bodies(theatre)[1:] == [NUDGED]
    at = theatre.postbox.sent[1][0]
    assert at - MORNING >= timedelta(days=7) and 9 <= at.hour < 17 and at.weekday() < 5
    [one] = await talk(theatre, number)
    assert [(text["kind"], text["campaign"]) for text in one["messages"]["nodes"]] == [("NURTURE", {"id": made})] * 2
    await theatre.pass_(days=25, step=timedelta(hours=6))
    assert [one["status"] for one in await talk(theatre, number)] == ["ACTIVE"]
    await theatre.pass_(days=3, step=timedelta(hours=6))
    assert [one["status"] for one in await talk(theatre, number)] == ["ARCHIVED"]
    assert len(bodies(theatre)) == 2
    stream = """subscription ($a: Cursor) { inboxEvents(after: $a, filter: {kinds: [CONVERSATION_CHANGED]}) {
      ... on ConversationChanged { conversation { status } } } }"""
    async with theatre.tenant.owner.hear(stream, a=cursor) as ear:
        event = await ear.next()
    assert event["conversation"]["status"] == "ARCHIVED"
    await theatre.reply(number)
    assert sorted(one["status"] for one in await talk(theatre, number)) == ["ACTIVE", "ARCHIVED"]


async def test_who_has_said_something_is_not_nudged(theatre: Theatre) -> None:
    """Neither who wrote last, nor who opted out, was taken over, or is qualified."""
    kept = await policy(theatre, **NUDGE)
    made = await campaign(theatre, campaignPolicyId=kept)
    talker, gone, taken, qualified, silent = numbers = [(await people(theatre))[0] for _ in range(5)]
    await enroll(theatre, made, numbers)
    await theatre.pass_(hours=1)
    await theatre.reply(talker)
    await theatre.reply(gone, "STOP")
    for verb, number in (("takeOverLead", taken), ("qualifyLead", qualified)):
        document = f"mutation ($l: ID!) {{ {verb}(input: {{leadId: $l}}) {{ __typename }} }}"
        await theatre.tenant.owner.ask(document, l=await lead_of(theatre, number))
    await theatre.pass_(days=12, step=timedelta(hours=3))
    assert [text.recipient for _, text in theatre.postbox.sent if text.body == NUDGED] == [silent]
    await theatre.pass_(days=30, step=timedelta(hours=12))
    for number in numbers:
        assert [one["status"] for one in await talk(theatre, number)] == ["ARCHIVED"]


async def test_whoever_comes_back_and_goes_silent_again_is_nudged_again(theatre: Theatre) -> None:
    _, _, number = await begun(theatre)
    await theatre.pass_(days=9, step=timedelta(hours=3))
    assert bodies(theatre)[1:] == [NUDGED]
    await theatre.reply(number)
    await theatre.pass_(days=9, step=timedelta(hours=3))
    assert len(bodies(theatre)) == 2, "it is for us to answer"


async def test_while_more_is_planned_nobody_is_nudged(theatre: Theatre) -> None:
    """The campaign speaks for itself; and what rests nudges nobody."""
    _, made, _ = await begun(theatre, TEXT, {**TEXT, "body": "Two", "delayDays": 10})
    await theatre.pass_(days=9, step=timedelta(hours=3))
    assert len(bodies(theatre)) == 1
    await theatre.pass_(days=4, step=timedelta(hours=3))
    assert bodies(theatre)[1:] == ["Two"]
    await do(theatre.tenant.owner, "pauseCampaign", campaignId=made)
    await theatre.pass_(days=10, step=timedelta(hours=3))
    assert len(bodies(theatre)) == 2
    await do(theatre.tenant.owner, "resumeCampaign", campaignId=made)
    await theatre.pass_(days=4, step=timedelta(hours=3))
    assert bodies(theatre)[2:] == [NUDGED]


async def test_a_policy_that_changes_is_heard_at_once(theatre: Theatre) -> None:
    """Nudge or not, and for how long; without a policy a conversation ends after 28 days, with none of it never. Also
    where its campaign gets another policy.
    """
    kept, _, number = await begun(theatre, silenceNudgeDays=None, silenceNudgeBody=None, silenceTimeoutDays=None)
    usual = await campaign(theatre, tag="usual", campaignPolicyId=None)
    [other] = await people(theatre, tags=("usual",))
    await theatre.pass_(days=40, step=timedelta(hours=12))
    assert [one["status"] for one in await talk(theatre, number)] == ["ACTIVE"]
    assert [one["status"] for one in await talk(theatre, other)] == ["ARCHIVED"]
    await rule(theatre.tenant.owner, "changeCampaignPolicy", campaignPolicyId=kept, silenceTimeoutDays=14)
    await theatre.pass_(hours=1)
    assert [one["status"] for one in await talk(theatre, number)] == ["ARCHIVED"]
    assert usual


async def test_another_policy_is_heard_at_once(theatre: Theatre) -> None:
    """Of a campaign that has begun: until then its conversations are looked at once a week."""
    _, made, number = await begun(theatre, silenceNudgeDays=None, silenceNudgeBody=None, silenceTimeoutDays=None)
    await theatre.pass_(days=9, step=timedelta(hours=12))
    strict = await policy(theatre, name="Strict", silenceTimeoutDays=2)
    await do(theatre.tenant.owner, "changeCampaign", campaignId=made, campaignPolicyId=strict)
    await theatre.pass_(hours=1)
    assert [one["status"] for one in await talk(theatre, number)] == ["ARCHIVED"]


async def test_all_are_looked_at_anew_in_portions(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another change amid the first begins from the first conversation again."""
    monkeypatch.setattr("actions.recalling._AT_ONCE", 2)
    kept = await policy(theatre, silenceNudgeDays=None, silenceNudgeBody=None, silenceTimeoutDays=None)
    numbers = [(await people(theatre))[0] for _ in range(5)]
    await enroll(theatre, await campaign(theatre, campaignPolicyId=kept), numbers)
    await theatre.pass_(days=3, step=timedelta(hours=12))
    look, organization = theatre.dispatcher.take_silences, theatre.tenant.organization_id
    for days in (20, 2):
        await rule(theatre.tenant.owner, "changeCampaignPolicy", campaignPolicyId=kept, silenceTimeoutDays=days)
        assert await look(organization) and await due(theatre) == 2
    assert await look(organization) and await look(organization) and await due(theatre) == 5
    assert await look(organization) and not await look(organization) and await due(theatre) == 0
    for number in numbers:
        assert [one["status"] for one in await talk(theatre, number)] == ["ARCHIVED"]


async def due(theatre: Theatre) -> int:
    """How many conversations are to be looked at by now."""
    async with theatre.database.work(theatre.tenant.product) as session:
        found = await session.rows("silence", "next_silences", theatre.now, 100)
    return len(found)


async def test_what_only_its_end_is_awaited_of_is_looked_at_once_a_week(theatre: Theatre) -> None:
    """And after a campaign has written in it, within a day."""
    steps = (TEXT, {**TEXT, "body": "Two", "delayDays": 10})
    await begun(theatre, *steps, silenceNudgeDays=None, silenceNudgeBody=None)
    organization = theatre.tenant.organization_id
    asked = "select next_attempt_at from silences where organization_id = $1"

    async def looked_at() -> datetime:
        async with theatre.database.work(theatre.tenant.product) as session:
            found: datetime = await session.connection.fetchval(asked, organization)
        return found

    await theatre.pass_(days=2, step=timedelta(hours=12))
    assert await looked_at() - theatre.now > timedelta(days=5)
    while len(bodies(theatre)) == 1:
        await theatre.pass_(hours=1)
    assert await looked_at() - theatre.now <= timedelta(days=1)


async def test_two_at_work_and_a_carrier_that_is_away_nudge_once(theatre: Theatre) -> None:
    """Whoever works, and whatever is taken by nobody: nobody is nudged twice."""
    kept = await policy(theatre, **NUDGE)
    made = await campaign(theatre, campaignPolicyId=kept)
    numbers = [(await people(theatre))[0] for _ in range(8)]
    await enroll(theatre, made, numbers)
    await theatre.work()
    twins = (theatre, Theatre(theatre.tenant))
    for one in twins:
        one.now = MORNING + timedelta(days=7, hours=1)
        one.postbox.sent.clear()
        one.postbox.refuse = lambda text: CarrierUnreachable("it is down")
    organization = theatre.tenant.organization_id
    await asyncio.gather(*(one.dispatcher.take_silences(organization) for one in twins))
    for one in twins:
        one.postbox.refuse = lambda text: None
    for hours in range(6):
        for one in twins:
            one.now = MORNING + timedelta(days=7, hours=2 + hours / 2)
        await asyncio.gather(*(one.dispatcher.take_silences(organization) for _ in range(2) for one in twins))
    await theatre.pass_(days=2, step=timedelta(hours=2))
    sent = sorted(text.recipient for one in twins for _, text in one.postbox.sent)
    assert sent == sorted(numbers)


async def test_what_no_campaign_has_begun_is_never_put_away(theatre: Theatre) -> None:
    number = next_number()
    await theatre.reply(number)
    await begun(theatre)
    await theatre.pass_(days=60, step=timedelta(days=1))
    assert [one["status"] for one in await talk(theatre, number)] == ["ACTIVE"]
