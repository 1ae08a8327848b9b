"""Templates of messages: written once, used by hand, and sent by their tag (S0.23, S2.13, S0.9)."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from domain.people import Role
from gateways.carrier import CarrierUnreachable
from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import bodies, campaign, lead_of, people, policy
from tests.play.callers import Caller
from tests.play.campaigning import MORNING, Theatre
from tests.play.tenant import Tenant
from workers.dispatching import take_enrollments

FACTS = """id version name channel subject body category tag fields sample encoding segments usageCount lastUsedAt
  archivedAt creator { id } campaign { id status kind messageTemplate { id } sentCount
    enrollments { nodes { status reason stepRuns { status skipReason message { body } } } } }"""
INPUTS = {"addMessageTemplate": "AddMessageTemplateInput", "changeMessageTemplate": "ChangeMessageTemplateInput"}
RENDER = """mutation ($i: RenderMessageTemplateInput!) { a: renderMessageTemplate(input: $i) {
  ... on RenderedMessageTemplate { subject body encoding segments missingFields } ... on Refused { code } } }"""
SEND = """mutation ($i: SendMessageInput!) { a: sendMessage(input: $i) {
  ... on Message { id body } ... on Refused { code why: field } } }"""
TAG = "mutation ($l: [ID!]!, $t: String!) { %s(input: {leadIds: $l, tags: [$t]}) { __typename } }"
NIGHT = MORNING.replace(hour=2)


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def template(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    """The template as it became, or `{code, why}`."""
    document = f"""mutation ($i: {INPUTS.get(verb, "MessageTemplateInput")}!) {{ a: {verb}(input: $i) {{
      ... on MessageTemplate {{ {FACTS} }} ... on Refused {{ code why: field }} }} }}"""
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer


async def added(tenant: Tenant, **facts: Any) -> dict[str, Any]:
    usual = {"name": "Brochure", "channel": "SMS", "body": "Hi {{first_name|there}}, here it is."}
    return await template(tenant.owner, "addMessageTemplate", **usual | facts)


async def found(tenant: Tenant, id: str) -> dict[str, Any]:
    asked = f"query ($t: ID!) {{ messageTemplate(id: $t) {{ {FACTS} }} }}"
    answer: dict[str, Any] = (await tenant.owner.ask(asked, t=id))["messageTemplate"]
    return answer


async def tag(theatre: Theatre, number: str, word: str, verb: str = "tagLeads") -> None:
    await theatre.tenant.owner.ask(TAG % verb, l=[await lead_of(theatre, number)], t=word)


async def runs(theatre: Theatre, id: str) -> list[dict[str, Any]]:
    """What became of it for each who was given its tag."""
    nodes = (await found(theatre.tenant, id))["campaign"]["enrollments"]["nodes"]
    return [run for one in nodes for run in one["stepRuns"]]


async def test_a_template_is_written_changed_and_put_away(tenant: Tenant) -> None:
    """S2.13: type, category, subject, content, variables."""
    manager = tenant.as_(Role.MANAGER)
    made = await template(
        manager,
        "addMessageTemplate",
        name=" Welcome ",
        channel="EMAIL",
        subject="For {{company|you}}",
        body="Dear {{name}}, {{name}}!",
        category="Onboarding",
    )
    assert (made["name"], made["category"], made["fields"]) == ("Welcome", "Onboarding", ["company", "name"])
    assert (made["sample"], made["segments"], made["usageCount"], made["campaign"]) == (
        "Dear Alexandra Montgomery, Alexandra Montgomery!", 1, 0, None,
    )  # fmt: skip
    text = await template(
        manager, "changeMessageTemplate", messageTemplateId=made["id"], channel="SMS", subject=None, body="Hi 👋" * 30
    )
    assert (text["encoding"], text["segments"], text["fields"]) == ("UCS_2", 3, [])
    stale = await template(
        manager, "changeMessageTemplate", messageTemplateId=made["id"], name="Other", expectedVersion=made["version"]
    )
    assert stale["code"] == "CONFLICT"
    listed = '{ messageTemplates(filter: {category: {eq: "Onboarding"}}) { nodes { id } totalCount } }'
    assert (await tenant.agent.ask(listed))["messageTemplates"] == {"nodes": [{"id": made["id"]}], "totalCount": 1}
    assert (await template(manager, "archiveMessageTemplate", messageTemplateId=made["id"]))["archivedAt"]
    assert (await tenant.agent.ask(listed))["messageTemplates"]["totalCount"] == 0
    gone = await template(manager, "changeMessageTemplate", messageTemplateId=made["id"], name="Other")
    assert gone["code"] == "CONFLICT"
    assert (await template(tenant.agent, "addMessageTemplate", name="x", channel="SMS", body="x"))[
        "code"
    ] == "FORBIDDEN"


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"body": "Hi {{shoe_size}}"}, "body"),
        ({"body": "Hi {{first_name"}, "body"),
        ({"body": " "}, "body"),
        ({"body": "x" * 1601}, "body"),
        ({"subject": "Hello"}, "subject"),
        ({"channel": "EMAIL"}, "subject"),
        ({"channel": "EMAIL", "subject": "For {{shoe_size}}"}, "subject"),
        ({"name": " "}, "name"),
        ({"tag": "x" * 101}, "tag"),
    ],
)
async def test_what_could_not_be_sent_is_refused(tenant: Tenant, facts: dict[str, Any], field: str) -> None:
    """S2.13: variables are known when they are written down."""
    refused = await added(tenant, **facts)
    assert (refused["code"], refused["why"]) == ("BAD_INPUT", field)


async def test_a_tag_is_of_one_template(tenant: Tenant, stranger: Tenant) -> None:
    """S0.23: unique, and free again once its template is put away or has another."""
    first = await added(tenant, tag="brochure")
    second = await added(tenant, tag="brochure")
    assert (second["code"], second["why"]) == ("CONFLICT", "tag")
    assert (await added(stranger, tag="brochure"))["tag"] == "brochure"
    assert (await template(tenant.owner, "archiveMessageTemplate", messageTemplateId=first["id"]))["campaign"]
    assert (await added(tenant, tag="brochure"))["tag"] == "brochure"


async def test_a_template_is_read_for_a_lead_and_sent_by_hand(tenant: Tenant) -> None:
    """S2.13: used by hand it counts as used, once per message."""
    made = await added(tenant, body="Hi {{first_name|there}} of {{company}}, {{booking_link}}")
    conversation, _ = await tenant.text()
    asked = "query ($c: ID!) { conversation(id: $c) { lead { id } } }"
    lead = (await tenant.agent.ask(asked, c=conversation))["conversation"]["lead"]["id"]
    read = (await tenant.agent.ask(RENDER, i={"messageTemplateId": made["id"], "leadId": lead}))["a"]
    assert read == {
        "subject": None, "body": "Hi there of ,", "encoding": "GSM_7", "segments": 1,
        "missingFields": ["company", "booking_link"],
    }  # fmt: skip
    given = {"conversationId": conversation, "body": read["body"], "idempotencyKey": uuid4().hex}
    for _ in range(2):
        assert "id" in (await tenant.agent.ask(SEND, i=given | {"messageTemplateId": made["id"]}))["a"]
    after = await found(tenant, made["id"])
    assert after["usageCount"] == 1 and after["lastUsedAt"] and after["version"] == made["version"]
    never = made["id"][:-4] + "0000"
    refused = (await tenant.agent.ask(SEND, i=given | {"messageTemplateId": never, "idempotencyKey": "n"}))["a"]
    assert (refused["code"], refused["why"]) == ("NOT_FOUND", "messageTemplateId")


async def test_a_tag_without_a_campaign_sends_its_template_once(theatre: Theatre) -> None:
    """S0.9, S0.8: by hand, and to who comes with it; a tag that is taken away does nothing."""
    made = await added(theatre.tenant, tag="brochure")
    [by_hand] = await people(theatre)
    await people(theatre, tags=("brochure", "other"))
    for verb in ("tagLeads", "tagLeads", "untagLeads"):
        await tag(theatre, by_hand, "brochure", verb)
        await theatre.work()
    await theatre.pass_(days=2)
    assert bodies(theatre) == ["Hi Ann, here it is."] * 2
    after = await found(theatre.tenant, made["id"])
    assert (after["usageCount"], after["version"], after["campaign"]["sentCount"]) == (2, made["version"], 2)
    await tag(theatre, by_hand, "brochure")
    await theatre.pass_(hours=1)
    assert len(bodies(theatre)) == 3, "who is given it anew is sent it anew"


async def test_a_campaign_with_the_same_tag_wins(theatre: Theatre) -> None:
    """S0.9: while it runs; one that is a draft, or rests, has no tag yet."""
    owner = theatre.tenant.owner
    made = await added(theatre.tenant, tag="brochure")
    running = await campaign(theatre, {**TEXT, "body": "Drip"}, tag="brochure")
    await people(theatre, tags=("brochure",))
    await theatre.work()
    assert bodies(theatre) == ["Drip"] and await runs(theatre, made["id"]) == []
    await do(owner, "pauseCampaign", campaignId=running)
    await people(theatre, tags=("brochure",))
    await theatre.work()
    assert bodies(theatre) == ["Drip", "Hi Ann, here it is."]


async def test_it_waits_for_the_opening_and_says_so(theatre: Theatre) -> None:
    """S0.9 by the rules of every step: not at night, not to who opted out or was taken over, not without consent."""
    theatre.now = NIGHT
    made = await added(theatre.tenant, tag="brochure")
    gone, taken, fine = [(await people(theatre))[0] for _ in range(3)]
    await theatre.tenant.lead(tags=("brochure",))
    await theatre.reply(gone, "STOP")
    take = "mutation ($l: ID!) { takeOverLead(input: {leadId: $l}) { __typename } }"
    await theatre.tenant.owner.ask(take, l=await lead_of(theatre, taken))
    for number in (gone, taken, fine):
        await tag(theatre, number, "brochure")
    await theatre.pass_(hours=5)
    assert bodies(theatre) == []
    await theatre.pass_(hours=8)
    assert [text.recipient for _, text in theatre.postbox.sent] == [fine]
    assert 9 <= theatre.postbox.sent[0][0].hour < 17
    kept = sorted(str(run["skipReason"]) for run in await runs(theatre, made["id"]))
    assert kept == ["MANUAL_MODE", "NO_CONSENT", "None", "SUPPRESSED"]


async def test_what_waits_reads_as_the_template_does_then(theatre: Theatre) -> None:
    """It changes with its template, and is not sent once that was put away."""
    theatre.now = NIGHT
    made = await added(theatre.tenant, tag="brochure")
    await people(theatre, tags=("brochure",))
    await theatre.work()
    await template(theatre.tenant.owner, "changeMessageTemplate", messageTemplateId=made["id"], body="New words")
    await theatre.pass_(hours=10)
    assert bodies(theatre) == ["New words"]
    theatre.now = NIGHT + timedelta(days=1)
    await people(theatre, tags=("brochure",))
    await theatre.work()
    away = await template(theatre.tenant.owner, "archiveMessageTemplate", messageTemplateId=made["id"])
    assert away["campaign"]["status"] == "COMPLETED"
    await theatre.pass_(hours=10)
    assert bodies(theatre) == ["New words"]
    await people(theatre, tags=("brochure",))
    await theatre.work()
    assert len(bodies(theatre)) == 1


async def test_what_sends_a_template_is_in_no_list_and_led_by_it(theatre: Theatre) -> None:
    """It is found by its template and by what it sent; a policy it may have of its own, and it can rest."""
    owner, made = theatre.tenant.owner, await added(theatre.tenant, tag="brochure")
    id = made["campaign"]["id"]
    assert (made["campaign"]["kind"], made["campaign"]["messageTemplate"]["id"]) == ("BROADCAST", made["id"])
    assert (await owner.ask("{ campaigns { totalCount } }"))["campaigns"]["totalCount"] == 0
    for verb, given in (("completeCampaign", {}), ("archiveCampaign", {}), ("changeCampaign", {"tag": "x"})):
        assert (await do(owner, verb, campaignId=id, **given))["code"] == "CONFLICT"
    kept = await policy(theatre, sendingEnabled=False)
    assert (await do(owner, "changeCampaign", campaignId=id, campaignPolicyId=kept))["policy"]["id"] == kept
    await people(theatre, tags=("brochure",))
    await theatre.work()
    assert [run["skipReason"] for run in await runs(theatre, made["id"])] == ["SENDING_DISABLED"]
    assert (await do(owner, "pauseCampaign", campaignId=id))["status"] == "PAUSED"
    await people(theatre, tags=("brochure",))
    assert (await do(owner, "resumeCampaign", campaignId=id))["status"] == "ACTIVE"
    await theatre.work()
    assert len(await runs(theatre, made["id"])) == 1, "who was given the tag while it rested was not asked for"


async def test_two_at_work_and_a_carrier_that_is_away_send_it_once(theatre: Theatre) -> None:
    """S0.9: nobody twice for one tag, whoever works and whatever fails in between."""
    made = await added(theatre.tenant, tag="brochure")
    kept = await policy(theatre)
    await do(theatre.tenant.owner, "changeCampaign", campaignId=made["campaign"]["id"], campaignPolicyId=kept)
    numbers = await people(theatre, 12, tags=("brochure",))
    organization, twins = theatre.tenant.organization_id, (theatre, Theatre(theatre.tenant))
    takes = [take_enrollments(theatre.database, organization, theatre.clock) for _ in range(3)]
    await asyncio.gather(*takes)
    for one in twins:
        one.postbox.refuse = lambda text: CarrierUnreachable("it is down")
    await asyncio.gather(*(one.dispatcher.take_steps(organization) for one in twins))
    for one in twins:
        one.postbox.refuse = lambda text: None
        one.now += timedelta(hours=1)
    for _ in range(4):
        await asyncio.gather(*(one.dispatcher.take_steps(organization) for one in twins))
    await theatre.pass_(days=1)
    sent = [text.recipient for one in twins for _, text in one.postbox.sent]
    assert sorted(sent) == sorted(numbers)
