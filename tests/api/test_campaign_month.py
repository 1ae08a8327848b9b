"""A month of campaigns under a virtual clock, with leads of every temper, over two changes of clocks and a holiday.

S0.18, S0.19, S0.20, S1.3, S1.4: what must never happen does not, whatever happens.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from domain.conversations import CarrierCode, Channel
from gateways.carrier import CarrierRefused, Outbound
from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import campaign, policy
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import Tenant, next_number

# America changes its clocks on 14 March 2027, Europe on the 28th; Good Friday is the 26th, Easter Monday the 29th.
BEGIN = datetime(2027, 3, 11, 7, tzinfo=UTC)
HOLIDAYS = {date(2027, 3, 26), date(2027, 3, 29)}
PREDEFINED = "mutation { addPredefinedCampaigns { ... on AddedCampaigns { campaigns { id tag } } } }"
ZONES = {"+44": "Europe/London", "+12": "America/New_York"}
TEMPERS = ("silent", "silent", "replies", "stops", "bad number", "writes at night")
RATES = {"messagesPerMinute": 3, "messagesPerHour": 40, "messagesPerDay": 300}


@dataclass
class Cast:
    """Who plays, and what they have done."""

    theatre: Theatre
    tempers: dict[str, str] = field(default_factory=dict)
    stopped: dict[str, datetime] = field(default_factory=dict)
    heard: int = 0

    def refuse(self, text: Outbound) -> Exception | None:
        is_bad = self.tempers.get(text.recipient) == "bad number"
        return CarrierRefused(CarrierCode.INVALID_NUMBER, "no such number") if is_bad else None

    async def react(self) -> None:
        """To what came since the last time."""
        new = self.theatre.postbox.sent[self.heard :]
        self.heard = len(self.theatre.postbox.sent)
        for _, text in new:
            if text.channel is not Channel.SMS:
                continue
            temper = self.tempers[text.recipient]
            count = sum(other.recipient == text.recipient for _, other in self.theatre.postbox.sent)
            if temper == "stops" and text.recipient not in self.stopped:
                await self.theatre.reply(text.recipient, "Stop.")
                self.stopped[text.recipient] = self.theatre.now
            elif temper == "replies" and count == 2:
                await self.theatre.reply(text.recipient, "Yes, tell me more")
            elif temper == "writes at night" and count == 1:
                self.theatre.now += timedelta(minutes=1)
                await self.theatre.reply(text.recipient, "What is it about?")


@pytest.fixture
async def cast(idle: Tenant) -> Cast:
    theatre = Theatre(idle, BEGIN)
    cast = Cast(theatre)
    theatre.postbox.refuse = cast.refuse
    return cast


async def hire(cast: Cast, tag: str, prefix: str = "+44") -> None:
    """One lead of every temper, with a tag."""
    dataset = await keep_dataset(cast.theatre.tenant, lawful_basis="SOFT_OPT_IN")
    for temper in TEMPERS:
        number = next_number() if prefix == "+44" else f"+1212555{len(cast.tempers):04}"
        cast.tempers[number] = temper
        facts = {"time_zone": ZONES[prefix]}
        given = {"phone": number, "tags": (tag,), "email": f"{number[1:]}@example.com", "facts": facts}
        await cast.theatre.tenant.lead(dataset_ids=[bare(dataset)], **given)


async def play(cast: Cast, days: int) -> None:
    end = cast.theatre.now + timedelta(days=days)
    while cast.theatre.now < end:
        await cast.theatre.pass_(hours=0.5)
        await cast.react()


async def test_a_month_of_everything(cast: Cast) -> None:
    theatre, owner = cast.theatre, cast.theatre.tenant.owner
    kept = await policy(theatre, allowInternational=True, **RATES)
    drips = (await owner.ask(PREDEFINED))["addPredefinedCampaigns"]["campaigns"]
    for drip in drips:
        await do(owner, "changeCampaign", campaignId=drip["id"], campaignPolicyId=kept)
        assert (await do(owner, "activateCampaign", campaignId=drip["id"]))["status"] == "ACTIVE"
        await hire(cast, drip["tag"])
    more = [{**TEXT, "body": body, "delayHours": hours} for body, hours in (("M2", 48), ("M3", 72))]
    letter: dict[str, Any] = {"channel": "EMAIL", "subject": "Hello", "body": "Dear {{name}}", "delayDays": 2}
    shapes: list[tuple[str, str, list[dict[str, Any]]]] = [
        ("reactivate", "REACTIVATION", [TEXT, *more]),
        ("sequence", "SEQUENCE", [TEXT, letter]),
    ]
    for tag, kind, steps in shapes:
        drips.append({"id": await campaign(theatre, *steps, kind=kind, tag=tag, campaignPolicyId=kept)})
        await hire(cast, tag)
        await hire(cast, tag, "+12")
    await owner.ask('mutation { changeOrganization(input: {mailAddress: "us@example.com"}) { __typename } }')
    await play(cast, 13)
    for tag in ("Ghosted", "reactivate", "sequence"):  # and some who come just before Easter
        await hire(cast, tag)
    await play(cast, 18)
    check_times(cast)
    check_rates(cast)
    check_stops(cast)
    await check_plans(cast, [drip["id"] for drip in drips])


def check_times(cast: Cast) -> None:
    """In the window, on a day that is none off, by the clock where they are."""
    for at, text in cast.theatre.postbox.sent:
        if text.channel is not Channel.SMS:
            continue
        there = at.astimezone(ZoneInfo(ZONES[text.recipient[:3]]))
        assert time(9) <= there.time() < time(17) and there.weekday() < 5, (there, text.recipient)
        assert not (text.recipient.startswith("+44") and there.date() in HOLIDAYS), there
        assert text.validity_seconds and there + timedelta(seconds=text.validity_seconds) <= there.replace(
            hour=17, minute=0
        )
    instants = [at for at, _ in cast.theatre.postbox.sent]
    clocks = {at.astimezone(ZoneInfo(zone)).utcoffset() for at in instants for zone in ZONES.values()}
    assert len(clocks) == 4, "before and after each change"


def check_rates(cast: Cast) -> None:
    instants = [at for at, _ in cast.theatre.postbox.sent]
    for length, most in ((timedelta(minutes=1), 3), (timedelta(hours=1), 40), (timedelta(days=1), 300)):
        assert max(sum(begin <= at < begin + length for at in instants) for begin in instants) <= most


def check_stops(cast: Cast) -> None:
    """Nothing after a STOP, nothing twice."""
    for at, text in cast.theatre.postbox.sent:
        if text.recipient in cast.stopped:
            assert at <= cast.stopped[text.recipient]
    said = Counter((text.recipient, text.channel, text.body) for _, text in cast.theatre.postbox.sent)
    assert set(said.values()) == {1}
    assert cast.stopped


async def check_plans(cast: Cast, campaigns: list[str]) -> None:
    """Everybody is where their temper brought them, and every step that was not sent says why."""
    ends = {
        "silent": {("COMPLETED", "CADENCE_FINISHED")},
        "stops": {("PAUSED", "OPTED_OUT"), ("COMPLETED", "CADENCE_FINISHED")},  # who still had an e-mail to come
        "bad number": {("PAUSED", "INVALID_ADDRESS"), ("COMPLETED", "CADENCE_FINISHED")},
        "replies": {("COMPLETED", "REPLIED"), ("COMPLETED", "CADENCE_FINISHED")},
        "writes at night": {("COMPLETED", "REPLIED")},
    }
    found = [one for id in campaigns for one in await cast.theatre.runs(id)]
    assert len(found) == len(cast.tempers)
    for one in found:
        temper = cast.tempers[one["lead"]["phone"]]
        assert (one["status"], one["reason"]) in ends[temper], (temper, one)
        for run in one["stepRuns"]:
            assert run["status"] in ("SENT", "FAILED") or run["skipReason"], run
    asked = "{ campaigns(first: 100) { nodes { enrolledCount optedOutCount sentCount } } }"
    counts = (await cast.theatre.tenant.owner.ask(asked))["campaigns"]["nodes"]
    assert sum(one["optedOutCount"] for one in counts) == len(cast.stopped)
    assert sum(one["enrolledCount"] for one in counts) == len(found)
    assert sum(one["sentCount"] for one in counts) == len(cast.theatre.postbox.sent)
    sent = sum(run["status"] == "SENT" for one in found for run in one["stepRuns"])
    assert sent == len(cast.theatre.postbox.sent)
