"""One bad number, one text that cannot be said, one dead mail server: the rest goes out."""

from typing import Any

import pytest

from domain.conversations import CarrierCode, Channel
from gateways.carrier import CarrierRefused, CarrierUnreachable, Outbound
from tests.api.test_campaigns import TEXT
from tests.api.test_dispatching import bodies, campaign, people
from tests.play.campaigning import Theatre
from tests.play.tenant import Tenant

LETTER: dict[str, Any] = {"channel": "EMAIL", "subject": "Hello", "body": "Dear {{name}}"}
LONG = {**TEXT, "body": f"{{{{first_name}}}}{'.' * 1580}"}


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def test_each_trouble_keeps_its_own_alone(theatre: Theatre) -> None:
    """Whoever comes after it in the same turn is written to, and so is everybody by other campaigns."""
    await theatre.tenant.owner.ask(
        'mutation { changeOrganization(input: {mailAddress: "us@b.example"}) { __typename } }'
    )
    texts = await campaign(theatre, TEXT, tag="texts")
    long = await campaign(theatre, LONG, tag="long")
    letters = await campaign(theatre, LETTER, tag="letters")
    bad, *good = await people(theatre, 5, tags=("texts",))
    await people(theatre, 1, tags=("long",), first_name="A name that is far too long")
    short = await people(theatre, 3, tags=("long",))
    for number in range(2):
        await people(theatre, 1, tags=("letters",), email=f"ann{number}@example.com")

    def refuse(text: Outbound) -> Exception | None:
        if text.channel is Channel.EMAIL:
            return CarrierUnreachable("the mail server is away")
        return CarrierRefused(CarrierCode.INVALID_NUMBER, "no such number") if text.recipient == bad else None

    theatre.postbox.refuse = refuse
    await theatre.work()
    assert {text.recipient for _, text in theatre.postbox.sent} == {*good, *short}
    assert await became(theatre, texts) == ["FAILED None", *["SENT None"] * 4]
    assert await became(theatre, long) == [*["SENT None"] * 3, "SKIPPED CONTENT_BLOCKED"]
    theatre.postbox.refuse = lambda text: None
    await theatre.pass_(hours=1)
    assert await became(theatre, letters) == ["SENT None"] * 2
    assert len(bodies(theatre)) == 9


async def became(theatre: Theatre, campaign_id: str) -> list[str]:
    runs = [run for one in await theatre.runs(campaign_id) for run in one["stepRuns"]]
    return sorted(f"{run['status']} {run['skipReason']}" for run in runs)
