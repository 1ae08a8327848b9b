"""Campaigns over LinkedIn: invitations and messages, by the organization's own agents, and what keeps them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.credentials import CredentialProvider
from domain.ids import show_id
from gateways.phantombuster import PhantomBuster
from tests.api.test_campaigns import do
from tests.api.test_dispatching import campaign
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.phantoms import INVITER, KEY, WRITER, Mood, Phantoms
from tests.play.tenant import Tenant

INVITE = {"channel": "LINKEDIN", "body": "Hi {{first_name|there}}, shall we connect?"}
WRITE = {"channel": "LINKEDIN", "body": "How is it going?", "delayDays": 1}
SECRETS = {"api_key": KEY, "invite_agent_id": INVITER, "message_agent_id": WRITER}
STORE = """mutation ($i: StoreCredentialInput!) { storeCredential(input: $i) { __typename
  ... on Credential { id lastCharacters } ... on Refused { code message field } } }"""


@pytest.fixture
async def phantoms() -> AsyncIterator[Phantoms]:
    async with Phantoms().open() as phantoms:
        yield phantoms


@pytest.fixture
async def theatre(unattended: Tenant, phantoms: Phantoms) -> AsyncIterator[Theatre]:
    carrier = PhantomBuster(phantoms.url, timeout_seconds=2)
    yield Theatre(unattended, linkedin=carrier)
    await carrier.close()


async def store(theatre: Theatre, secrets: dict[str, str], **more: Any) -> dict[str, Any]:
    named = [{"name": name, "value": value} for name, value in secrets.items()]
    provider = CredentialProvider.PHANTOMBUSTER
    given = {"kind": "INTEGRATION", "provider": provider, "name": "Olivia's LinkedIn", "secrets": named, **more}
    stored: dict[str, Any] = (await theatre.tenant.owner.ask(STORE, i=given))["storeCredential"]
    return stored


async def connected(theatre: Theatre) -> str:
    id: str = (await store(theatre, SECRETS))["id"]
    return id


async def somebody(theatre: Theatre, made: str, **facts: Any) -> str:
    """Who is on LinkedIn and in the campaign; answers their page there."""
    page = f"https://www.linkedin.com/in/{uuid4().hex}"
    dataset = await keep_dataset(theatre.tenant, lawful_basis="CONSENT")
    facts = {"phone": None, "linkedin_url": page, "dataset_ids": [bare(dataset)]} | facts
    lead = show_id("lead", await theatre.tenant.lead(**facts))
    enroll = "mutation ($c: ID!, $l: ID!) { enrollLeads(input: {campaignId: $c, leadIds: [$l]}) { __typename } }"
    await theatre.tenant.owner.ask(enroll, c=made, l=lead)
    return page


async def begin(theatre: Theatre, *steps: dict[str, Any], **facts: Any) -> tuple[str, str]:
    made = await campaign(theatre, *(steps or (INVITE, WRITE)))
    page = await somebody(theatre, made, **facts)
    theatre.now += timedelta(minutes=1)
    await theatre.work()
    return made, page


async def steps_of(theatre: Theatre, made: str) -> list[dict[str, Any]]:
    [one] = await theatre.runs(made)
    found: list[dict[str, Any]] = one["stepRuns"]
    return found


async def test_first_they_are_invited_and_then_written_to(theatre: Theatre, phantoms: Phantoms) -> None:
    """S3.4 linkedin_invite and linkedin_message, S3.5, S2.11: a conversation of its own, with receipts."""
    await connected(theatre)
    made, page = await begin(theatre, first_name="Ann")
    await theatre.pass_(days=3)
    assert [one.agent_id for one in phantoms.launches] == [INVITER, WRITER]
    assert [one.argument["spreadsheetUrl"] for one in phantoms.launches] == [page, page]
    assert phantoms.launches[0].argument["message"] == "Hi Ann, shall we connect?"
    assert [run["status"] for run in await steps_of(theatre, made)] == ["SENT", "SENT"]
    asked = """{ conversations { nodes { channel messages { nodes { status sender recipient segments body
      campaign { id } } } } } }"""
    [thread] = (await theatre.tenant.owner.ask(asked))["conversations"]["nodes"]
    assert thread["channel"] == "LINKEDIN"
    for message in thread["messages"]["nodes"]:
        assert (message["status"], message["sender"], message["recipient"]) == ("SENT", "Olivia's LinkedIn", page)
        assert (message["segments"], message["campaign"]["id"]) == (1, made)
    assert not theatre.postbox.sent, "no other carrier hears of it"


async def test_without_a_credential_it_waits_and_goes_on_with_one(theatre: Theatre, phantoms: Phantoms) -> None:
    """As long as it is switched off or somebody's own as well."""
    owner = theatre.tenant.owner
    me = (await owner.ask("{ viewer { member { id } } }"))["viewer"]["member"]["id"]
    assert (await store(theatre, SECRETS, ownerId=me))["__typename"] == "Credential"
    credential = await connected(theatre)
    turn = "mutation ($c: ID!) { %s(input: {credentialId: $c}) { __typename } }"
    await owner.ask(turn % "deactivateCredential", c=credential)
    made, _ = await begin(theatre)
    [first, _] = await steps_of(theatre, made)
    assert (first["status"], first["skipReason"]) == ("SCHEDULED", "NO_SENDER")
    await owner.ask(turn % "activateCredential", c=credential)
    await theatre.pass_(hours=1)
    assert len(phantoms.launches) == 1
    assert (await steps_of(theatre, made))[0]["status"] == "SENT"


async def test_what_a_credential_must_hold(theatre: Theatre) -> None:
    refused = await store(theatre, {"api_key": KEY})
    assert (refused["code"], refused["field"]) == ("BAD_INPUT", "secrets")
    assert "invite_agent_id, message_agent_id" in refused["message"] and KEY not in refused["message"]


async def test_a_note_is_short(theatre: Theatre, phantoms: Phantoms) -> None:
    """When steps are saved; and where facts or a step that was left out make it too long, nobody is invited."""
    owner = theatre.tenant.owner
    made = await do(owner, "draftCampaign", kind="DRIP", name="Wake up")
    long = {**WRITE, "body": "a" * 301}
    refused = await do(owner, "setCampaignSteps", campaignId=made["id"], steps=[long, INVITE])
    assert refused["code"] == "BAD_INPUT" and "300" in refused["message"]
    taken = await do(owner, "setCampaignSteps", campaignId=made["id"], steps=[INVITE, long])
    assert "code" not in taken
    await connected(theatre)
    running, _ = await begin(theatre, {**INVITE, "body": "{{company}} " + "a" * 280}, company="b" * 80)
    [run] = await steps_of(theatre, running)
    assert (run["status"], run["message"]["status"]) == ("FAILED", "FAILED")
    assert not phantoms.launches


async def test_a_busy_agent_is_asked_again(theatre: Theatre, phantoms: Phantoms) -> None:
    await connected(theatre)
    phantoms.moods = [Mood.BUSY, Mood.BUSY]
    made, _ = await begin(theatre, INVITE)
    assert (await steps_of(theatre, made))[0]["status"] == "SCHEDULED"
    for _ in range(3):
        theatre.now += timedelta(hours=1)
        await theatre.work()
    [run] = await steps_of(theatre, made)
    assert (run["status"], len(phantoms.launches), phantoms.asked) == ("SENT", 1, 3)
    assert phantoms.launches[0].agent_id == INVITER, "it still is an invitation"


@pytest.mark.parametrize("mood", [Mood.TAKEN_AND_CUT, Mood.TAKEN_AND_FAILED])
async def test_what_may_have_been_taken_is_not_sent_twice(theatre: Theatre, phantoms: Phantoms, mood: Mood) -> None:
    await connected(theatre)
    phantoms.moods = [mood]
    made, _ = await begin(theatre, INVITE)
    await theatre.pass_(days=1, step=timedelta(hours=3))
    [run] = await steps_of(theatre, made)
    assert (run["status"], run["message"]["status"], len(phantoms.launches)) == ("FAILED", "FAILED", 1)


async def test_a_worker_that_died_leaves_one_that_nobody_repeats(theatre: Theatre, phantoms: Phantoms) -> None:
    """It was marked SENDING, and nobody can say whether it was launched."""
    await connected(theatre)
    made = await campaign(theatre, INVITE)
    await somebody(theatre, made)
    theatre.now += timedelta(minutes=1)
    await theatre.plan()
    async with theatre.database.work(theatre.tenant.product) as session:
        claim = "update messages set status = 'SENDING', claimed_at = now(), scheduled_at = now()"
        await session.connection.execute(f"{claim} where organization_id = $1", theatre.tenant.organization_id)
    await theatre.work()
    [run] = await steps_of(theatre, made)
    assert (run["status"], run["message"]["status"]) == ("FAILED", "FAILED")
    assert phantoms.asked == 0


async def test_who_opts_out_is_not_written_to(theatre: Theatre, phantoms: Phantoms) -> None:
    """S0.18: LinkedIn is a channel like the others; who has no page there has no address."""
    await connected(theatre)
    made, page = await begin(theatre)
    assert len(phantoms.launches) == 1
    opt_out = "mutation ($l: ID!) { optOutLead(input: {leadId: $l}) { ... on Lead { optedOutOf } } }"
    [one] = await theatre.runs(made)
    answer = await theatre.tenant.owner.ask(opt_out, l=one["lead"]["id"])
    assert "LINKEDIN" in answer["optOutLead"]["optedOutOf"]
    await somebody(theatre, made, linkedin_url=None, email=f"{uuid4().hex}@example.com")
    await theatre.pass_(days=3, step=timedelta(hours=3))
    assert [one.argument["spreadsheetUrl"] for one in phantoms.launches] == [page]
    standings = {(one["status"], one["reason"]) for one in await theatre.runs(made)}
    assert standings == {("PAUSED", "OPTED_OUT"), ("PAUSED", "INVALID_ADDRESS")}
