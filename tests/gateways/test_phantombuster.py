"""The real client of PhantomBuster against one on loopback: what is launched, refused, put off and in doubt (S3.5)."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from domain.conversations import Channel, MessageStatus
from domain.linkedin import LONGEST_NOTE, Phantom
from gateways.carrier import Carrier, CarrierBusy, CarrierRefused, CarrierUnaware, CarrierUnreachable, Outbound
from gateways.phantombuster import PhantomBuster
from tests.play.campaigning import Postbox
from tests.play.phantoms import INVITER, KEY, WRITER, Mood, Phantoms

THEIRS = "https://www.linkedin.com/in/ann-lee"


def a_message(body: str = "Hello Ann", *, is_invitation: bool = False, **given: Any) -> Outbound:
    phantom = Phantom(KEY, INVITER if is_invitation else WRITER, is_invitation)
    return Outbound("Ours", THEIRS, body, Channel.LINKEDIN, **{"phantom": phantom} | given)


@pytest.fixture
async def phantoms() -> AsyncIterator[Phantoms]:
    async with Phantoms().open() as phantoms:
        yield phantoms


@pytest.fixture
async def carrier(phantoms: Phantoms) -> AsyncIterator[PhantomBuster]:
    carrier = PhantomBuster(phantoms.url, timeout_seconds=2)
    yield carrier
    await carrier.close()


@pytest.fixture(params=["real", "in the same process"])
def either(request: pytest.FixtureRequest, carrier: PhantomBuster) -> Carrier:
    return carrier if request.param == "real" else Postbox(lambda: datetime.now(UTC))


async def test_what_every_carrier_promises(either: Carrier) -> None:
    message = a_message("Grüße & 100 % ✓")
    receipt = await either.send(message)
    assert (receipt.sender, receipt.recipient, receipt.body) == (message.sender, message.recipient, message.body)
    assert receipt.external_id and receipt.status is MessageStatus.SENT and receipt.error_code is None
    assert (await either.send(message)).external_id != receipt.external_id


async def test_an_invitation_and_a_message_are_launched_by_their_agents(
    phantoms: Phantoms, carrier: PhantomBuster
) -> None:
    """S3.4 linkedin_invite and linkedin_message: one person per launch."""
    receipts = [await carrier.send(a_message(is_invitation=is_invitation)) for is_invitation in (True, False)]
    invitation, message = phantoms.launches
    said = {"spreadsheetUrl": THEIRS, "message": "Hello Ann"}
    assert (invitation.agent_id, invitation.argument) == (INVITER, {**said, "numberOfAddsPerLaunch": 1})
    assert (message.agent_id, message.argument) == (WRITER, {**said, "profilesPerLaunch": 1})
    assert [receipt.external_id for receipt in receipts] == [one.container_id for one in phantoms.launches]


@pytest.mark.parametrize("mood", [Mood.BUSY, Mood.USED_UP])
async def test_what_was_not_taken_may_be_sent_later(phantoms: Phantoms, carrier: PhantomBuster, mood: Mood) -> None:
    """And nobody else's message waits for it."""
    phantoms.moods = [mood]
    with pytest.raises(CarrierUnreachable) as told:
        await carrier.send(a_message())
    assert not isinstance(told.value, CarrierBusy) and not phantoms.launches
    await carrier.send(a_message())


@pytest.mark.parametrize("phantom", [None, Phantom("another key", WRITER, False), Phantom(KEY, "3333", False)])
async def test_a_wrong_key_or_agent_can_be_mended(
    phantoms: Phantoms, carrier: PhantomBuster, phantom: Phantom | None
) -> None:
    with pytest.raises(CarrierUnreachable):
        await carrier.send(a_message(phantom=phantom))
    assert not phantoms.launches and phantoms.asked == (phantom is not None)


async def test_who_is_away_has_taken_nothing(phantoms: Phantoms, carrier: PhantomBuster) -> None:
    await phantoms.shut()
    with pytest.raises(CarrierUnreachable):
        await carrier.send(a_message())


async def test_a_no_is_a_no(phantoms: Phantoms, carrier: PhantomBuster) -> None:
    phantoms.moods = [Mood.REFUSING]
    with pytest.raises(CarrierRefused, match="too big"):
        await carrier.send(a_message())
    with pytest.raises(CarrierRefused, match="300"):
        await carrier.send(a_message("a" * (LONGEST_NOTE + 1), is_invitation=True))
    assert phantoms.asked == 1
    await carrier.send(a_message("a" * (LONGEST_NOTE + 1)))


IN_DOUBT = [Mood.FAILING, Mood.TAKEN_AND_FAILED, Mood.TAKEN_AND_CUT, Mood.TAKEN_AND_SILENT, Mood.GARBAGE, Mood.NAMELESS]


@pytest.mark.parametrize("mood", IN_DOUBT)
async def test_what_may_have_been_taken_is_nobody_s_to_repeat(
    phantoms: Phantoms, carrier: PhantomBuster, mood: Mood
) -> None:
    phantoms.moods = [mood]
    with pytest.raises(CarrierUnaware):
        await carrier.send(a_message())
    assert phantoms.asked == 1


async def test_nobody_can_say_what_was_sent(carrier: PhantomBuster) -> None:
    with pytest.raises(CarrierUnaware):
        await carrier.find_sent(a_message(), datetime.now(UTC))


async def test_no_key_is_shown(phantoms: Phantoms, carrier: PhantomBuster) -> None:
    """Neither in what is printed nor in what is told of trouble."""
    message = a_message()
    assert KEY not in repr(message)
    phantoms.moods = [Mood.BUSY]
    with pytest.raises(CarrierUnreachable) as told:
        await carrier.send(message)
    assert KEY not in str(told.value)
