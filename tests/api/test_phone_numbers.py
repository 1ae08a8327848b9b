"""Numbers of the organization's own: they rest where carriers filter them, and go by services."""

from datetime import timedelta

import pytest

from actions.receiving import record_status
from domain.conversations import MessageStatus, StatusReport
from tests.api.test_campaigns import TEXT
from tests.api.test_dispatching import campaign, people, policy
from tests.play.campaigning import Theatre
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send

NUMBERS = "{ phoneNumbers { nodes { id number pausedAt pauseReason } } }"
TURN = """mutation ($i: PhoneNumberInput!) { a: %s(input: $i) {
  ... on OwnPhoneNumber { pauseReason } ... on Refused { code } } }"""
INSIGHTS = "{ insights { nodes { title severity message { sender } } } }"


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def filter_texts(theatre: Theatre, count: int) -> None:
    """Carriers say of so many texts that they took them for spam."""
    asked = (
        "select external_id from messages where organization_id = $1 and error_code is null and external_id is not null"
    )
    async with theatre.database.work(theatre.tenant.product) as session:
        found = await session.connection.fetch(
            f"{asked} order by created_at desc limit $2", theatre.tenant.organization_id, count
        )
        assert len(found) == count
        for row in found:
            said = (row["external_id"], MessageStatus.UNDELIVERED, theatre.now, 30007, "Filtered")
            assert await record_status(session, StatusReport(*said))


async def turn(theatre: Theatre, verb: str, number: str) -> dict[str, str]:
    answer: dict[str, str] = (await theatre.tenant.owner.ask(TURN % verb, i={"phoneNumberId": number}))["a"]
    return answer


async def test_a_number_that_is_filtered_rests_until_it_is_resumed(theatre: Theatre) -> None:
    """What waits says why; from then on only what is filtered later counts."""
    owner = theatre.tenant.owner
    later = {**TEXT, "body": "Still there?", "delayHours": 1}
    made = await campaign(theatre, TEXT, later, tag="Ghosted")
    await people(theatre, 11, tags=("Ghosted",))
    await theatre.work()
    await filter_texts(theatre, 9)
    [number] = (await owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
    assert number["pausedAt"] is None
    await filter_texts(theatre, 1)
    [number] = (await owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
    assert number["pausedAt"] and number["pauseReason"] == "FILTERED"
    [told] = [one for one in (await owner.ask(INSIGHTS))["insights"]["nodes"] if one["severity"] == "CRITICAL"]
    assert number["number"] in told["title"] and told["message"]["sender"] == number["number"]
    await theatre.pass_(hours=2)
    assert len(theatre.postbox.sent) == 11
    assert {one["stepRuns"][1]["skipReason"] for one in await theatre.runs(made)} == {"NO_SENDER"}
    assert await turn(theatre, "resumePhoneNumber", number["id"]) == {"pauseReason": None}
    await theatre.pass_(hours=1)
    assert len(theatre.postbox.sent) == 22
    await remember_by_the_clock_here(theatre)
    for count, is_paused in ((9, False), (1, True)):
        await filter_texts(theatre, count)
        [number] = (await owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
        assert bool(number["pausedAt"]) is is_paused


async def remember_by_the_clock_here(theatre: Theatre) -> None:
    """That the number was resumed before the last texts."""
    async with theatre.database.work(theatre.tenant.product) as session:
        then = theatre.now - timedelta(hours=1, minutes=1)
        await session.connection.execute("update phone_numbers set resumed_at = $1", then)


async def test_another_number_takes_the_place_of_one_that_rests(theatre: Theatre) -> None:
    """Unless a policy names the one."""
    owner, other = theatre.tenant.owner, next_number()
    [number] = (await owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
    named = await policy(theatre, sender=number["number"])
    await campaign(theatre, TEXT, {**TEXT, "body": "Two"}, tag="any")
    await campaign(theatre, TEXT, tag="named", campaignPolicyId=named)
    async with theatre.database.work(theatre.tenant.product) as session:
        await session.execute("people", "add_phone_number", theatre.tenant.organization_id, other)
    assert await turn(theatre, "pausePhoneNumber", number["id"]) == {"pauseReason": "BY_HAND"}
    await people(theatre, tags=("any",))
    await people(theatre, tags=("named",))
    await theatre.work()
    assert [text.sender for _, text in theatre.postbox.sent] == [other, other]
    await turn(theatre, "resumePhoneNumber", number["id"])
    await theatre.pass_(hours=1)
    assert [text.sender for _, text in theatre.postbox.sent] == [other, other, number["number"]]


async def test_a_thread_goes_on_from_a_number_that_does_not_rest(theatre: Theatre) -> None:
    later = {**TEXT, "body": "Still there?", "delayHours": 1}
    await campaign(theatre, TEXT, later, tag="Ghosted")
    await people(theatre, tags=("Ghosted",))
    await theatre.work()
    [number] = (await theatre.tenant.owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
    other = next_number()
    async with theatre.database.work(theatre.tenant.product) as session:
        await session.execute("people", "add_phone_number", theatre.tenant.organization_id, other)
    await turn(theatre, "pausePhoneNumber", number["id"])
    await theatre.pass_(hours=2)
    assert [text.sender for _, text in theatre.postbox.sent] == [number["number"], other]


async def test_texts_go_by_the_service_of_their_number(theatre: Theatre) -> None:
    """Those of campaigns, and what people write."""
    [number] = (await theatre.tenant.owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
    change = """mutation ($i: ChangePhoneNumberInput!) { a: changePhoneNumber(input: $i) {
      ... on OwnPhoneNumber { messagingService } ... on Refused { code field } } }"""
    service = f"MG{'ab' * 16}"
    for given, answer in (
        ("AC5", {"code": "BAD_INPUT", "field": "messagingService"}),
        (service, {"messagingService": service}),
    ):
        asked = {"phoneNumberId": number["id"], "messagingService": given}
        assert (await theatre.tenant.owner.ask(change, i=asked))["a"] == answer
    await campaign(theatre, TEXT, tag="Ghosted")
    await people(theatre, tags=("Ghosted",))
    await theatre.work()
    conversation, _ = await theatre.tenant.text()
    await send(theatre.tenant.agent, conversation)
    assert await theatre.texts.take_message(theatre.tenant.organization_id)
    assert [text.messaging_service for _, text in theatre.postbox.sent] == [service, service]


async def test_another_organization_pauses_nothing_of_ours(theatre: Theatre, stranger: Tenant) -> None:
    [number] = (await theatre.tenant.owner.ask(NUMBERS))["phoneNumbers"]["nodes"]
    document = TURN % "pausePhoneNumber"
    for caller, code in ((stranger.owner, "NOT_FOUND"), (theatre.tenant.agent, "FORBIDDEN")):
        answer = await caller.answer(document, i={"phoneNumberId": number["id"]})
        found = (answer.get("data") or {}).get("a") or answer["errors"][0]["extensions"]
        assert found["code"] == code
