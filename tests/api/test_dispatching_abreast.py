"""Texts of a campaign are made ready while the carrier takes those before them; rates hold all the same (S0.17)."""

import asyncio
from itertools import pairwise

import pytest

from actions import dispatching
from gateways.carrier import CarrierReceipt, Outbound
from tests.api.test_campaigns import TEXT
from tests.api.test_dispatching import bodies, campaign, enroll, people, policy
from tests.play.campaigning import Postbox, Theatre
from tests.play.tenant import Tenant
from tests.play.waiting import until

PORTION = 2


class SlowPostbox(Postbox):
    """Takes nothing until it may, and knows who waits."""

    def __init__(self, theatre: Theatre) -> None:
        super().__init__(theatre.clock)
        self.may_take = asyncio.Event()
        self.offered: list[str] = []

    async def send(self, message: Outbound) -> CarrierReceipt:
        self.offered.append(message.recipient)
        await self.may_take.wait()
        return await super().send(message)


@pytest.fixture
def theatre(unattended: Tenant, monkeypatch: pytest.MonkeyPatch) -> Theatre:
    monkeypatch.setattr(dispatching, "AT_ONCE", PORTION)
    return Theatre(unattended)


async def test_the_next_turn_is_taken_while_the_carrier_thinks(theatre: Theatre) -> None:
    """And what it had not taken yet is offered to it by nobody else."""
    slow = SlowPostbox(theatre)
    theatre.texts.channels = type(theatre.texts.channels)(slow, slow, "", theatre.texts.channels.links)
    numbers = await people(theatre, 2 * PORTION + 1)
    await enroll(theatre, await campaign(theatre), numbers)
    organization = theatre.tenant.organization_id
    turns = [asyncio.create_task(theatre.dispatcher.take_steps(organization)) for _ in range(2)]

    async def are_offered() -> bool:
        return len(slow.offered) == 2 * PORTION

    await until(are_offered)
    assert not any(turn.done() for turn in turns)
    slow.may_take.set()
    assert await asyncio.gather(*turns) == [True, True]
    assert await theatre.dispatcher.take_steps(organization)
    assert sorted(text.recipient for _, text in slow.sent) == sorted(numbers) == sorted(slow.offered)


async def test_rates_hold_however_many_turns_are_taken_at_once(theatre: Theatre) -> None:
    kept = await policy(theatre, messagesPerMinute=3)
    await enroll(theatre, await campaign(theatre, TEXT, campaignPolicyId=kept), await people(theatre, 8))
    organization = theatre.tenant.organization_id
    await asyncio.gather(*(theatre.dispatcher.take_steps(organization) for _ in range(6)))
    assert len(bodies(theatre)) == 3
    while len(bodies(theatre)) < 8:
        await theatre.pass_(hours=1 / 60)
    instants = [at for at, _ in theatre.postbox.sent]
    assert all((late - early).total_seconds() >= 60 for early, late in pairwise(instants[::3]))
