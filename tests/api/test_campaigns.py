"""Campaigns as people draft and lead them, and the policies they keep to (S0.15, S0.16, S1.3, S3.3, S4.1)."""

from typing import Any
from uuid import uuid4

import pytest

from domain.ids import new_id, show_id
from domain.people import Role
from tests.play.callers import Caller
from tests.play.past import bare, keep_dataset
from tests.play.tenant import Tenant

FACTS = """id kind name description status tag isPredefined activatedAt pausedAt completedAt archivedAt version
  dataset { id } policy { id name } creator { id } steps { position channel subject body anchor dayNumber delayDays
  delayHours delayType delayRespectSendingHours jitterSeconds expiresAfterHours onlyWithoutReply }"""
INPUTS = {
    "draftCampaign": "DraftCampaignInput",
    "changeCampaign": "ChangeCampaignInput",
    "setCampaignSteps": "SetCampaignStepsInput",
    "copyCampaign": "CopyCampaignInput",
}
POLICY = """id name version sendingDays sendingStart sendingEnd sendingTimeZone messagesPerMinute messagesPerHour
  messagesPerDay messagesPerPerson sendingEnabled aiResponseDelaySeconds silenceTimeoutDays hotLeadAssignment
  respondsAtAnyHour isScheduleStrict allowInternational updatesStatus notifiesOfHotLeads sender"""
POLICIES = {"addCampaignPolicy": "AddCampaignPolicyInput", "changeCampaignPolicy": "ChangeCampaignPolicyInput"}
TEXT = {"channel": "SMS", "body": "Hi {{first_name|there}}, is it still on your mind?"}


async def do(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    """The campaign as it became, or `{code, why}`."""
    document = f"""mutation ($i: {INPUTS.get(verb, "CampaignInput")}!) {{ a: {verb}(input: $i) {{
      ... on Campaign {{ {FACTS} }} ... on Refused {{ code message why: field }} }} }}"""
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer


async def rule(caller: Caller, verb: str, **given: Any) -> dict[str, Any]:
    document = f"""mutation ($i: {POLICIES.get(verb, "CampaignPolicyInput")}!) {{ a: {verb}(input: $i) {{
      ... on CampaignPolicy {{ {POLICY} }} ... on Refused {{ code message why: field }} }} }}"""
    answer: dict[str, Any] = (await caller.ask(document, i=given))["a"]
    return answer


async def drafted(tenant: Tenant, **facts: Any) -> dict[str, Any]:
    return await do(tenant.owner, "draftCampaign", **{"kind": "DRIP", "name": "Wake up", **facts})


async def ready(tenant: Tenant, **facts: Any) -> dict[str, Any]:
    """A draft with one step."""
    made = await drafted(tenant, **facts)
    return await do(tenant.owner, "setCampaignSteps", campaignId=made["id"], steps=[TEXT])


async def test_a_campaign_is_drafted_given_steps_and_led_to_its_end(tenant: Tenant) -> None:
    """S3.3: draft, active, paused, completed; S4.1."""
    manager = tenant.as_(Role.MANAGER)
    made = await do(manager, "draftCampaign", kind="SEQUENCE", name=" Old quotes ", description="Those of last year.")
    assert (made["status"], made["name"], made["creator"]["id"]) == (
        "DRAFT",
        "Old quotes",
        show_id("member", tenant.members[Role.MANAGER]),
    )
    steps = [TEXT, {"channel": "EMAIL", "subject": "Still there?", "body": "Dear {{name}}", "delayDays": 2}]
    found = await do(manager, "setCampaignSteps", campaignId=made["id"], steps=steps)
    assert [(step["position"], step["channel"], step["delayDays"]) for step in found["steps"]] == [
        (1, "SMS", 0),
        (2, "EMAIL", 2),
    ]
    assert found["steps"][0]["onlyWithoutReply"] and found["steps"][1]["anchor"] == "PREVIOUS_STEP"
    active = await do(manager, "activateCampaign", campaignId=made["id"])
    assert active["status"] == "ACTIVE" and active["activatedAt"] and not active["pausedAt"]
    paused = await do(manager, "pauseCampaign", campaignId=made["id"])
    assert paused["status"] == "PAUSED" and paused["pausedAt"]
    resumed = await do(manager, "resumeCampaign", campaignId=made["id"])
    assert (resumed["status"], resumed["activatedAt"], resumed["pausedAt"]) == ("ACTIVE", active["activatedAt"], None)
    again = await do(manager, "resumeCampaign", campaignId=made["id"])
    assert again["version"] == resumed["version"], "what is so already stays"
    done = await do(manager, "completeCampaign", campaignId=made["id"])
    assert done["status"] == "COMPLETED" and done["completedAt"]
    assert (await do(manager, "archiveCampaign", campaignId=made["id"]))["archivedAt"]
    gone = await do(manager, "changeCampaign", campaignId=made["id"], name="Other")
    assert gone["code"] == "CONFLICT"


async def test_what_has_begun_keeps_its_steps_and_whom_it_is_about(tenant: Tenant) -> None:
    made = await ready(tenant, tag="old")
    empty = await drafted(tenant)
    refused = await do(tenant.owner, "activateCampaign", campaignId=empty["id"])
    assert (refused["code"], refused["why"]) == ("BAD_INPUT", "steps")
    await do(tenant.owner, "activateCampaign", campaignId=made["id"])
    for verb, given in (
        ("setCampaignSteps", {"steps": [TEXT]}),
        ("changeCampaign", {"tag": "new"}),
        ("archiveCampaign", {}),
    ):
        assert (await do(tenant.owner, verb, campaignId=made["id"], **given))["code"] == "CONFLICT"
    assert (await do(tenant.owner, "changeCampaign", campaignId=made["id"], name="Renamed"))["name"] == "Renamed"
    copy = await do(tenant.owner, "copyCampaign", campaignId=made["id"], name="Once more")
    assert (copy["status"], copy["tag"], len(copy["steps"])) == ("DRAFT", None, 1)


async def test_a_tag_is_of_one_campaign(tenant: Tenant, stranger: Tenant) -> None:
    """S0.15: unique, and free again once its campaign is put away; another organization has its own."""
    first = await drafted(tenant, tag="Ghosted")
    refused = await drafted(tenant, tag="Ghosted")
    assert (refused["code"], refused["why"]) == ("CONFLICT", "tag")
    assert (await drafted(stranger, tag="Ghosted"))["tag"] == "Ghosted"
    await do(tenant.owner, "archiveCampaign", campaignId=first["id"])
    assert (await drafted(tenant, tag="Ghosted"))["tag"] == "Ghosted"


@pytest.mark.parametrize(
    ("steps", "field"),
    [
        ([], "steps"),
        ([TEXT] * 31, "steps"),
        ([{**TEXT, "body": "Hi {{shoe_size}}"}], "body"),
        ([{**TEXT, "body": "Hi {{first_name"}], "body"),
        ([{**TEXT, "body": " "}], "body"),
        ([{**TEXT, "anchor": "DATE", "dayNumber": 2}, {**TEXT, "anchor": "DATE", "dayNumber": 2}], "dayNumber"),
        ([{**TEXT, "anchor": "DATE"}], "dayNumber"),
        ([{**TEXT, "delayDays": -1}], "delayHours"),
        ([{**TEXT, "jitterSeconds": 4000}], "jitterSeconds"),
        ([{**TEXT, "channel": "EMAIL"}], "subject"),
        ([{**TEXT, "subject": "Hello"}], "subject"),
    ],
)
async def test_steps_that_could_not_be_sent_are_refused(tenant: Tenant, steps: list[Any], field: str) -> None:
    """S0.16: days come once and in order; merge fields are known when they are written down."""
    made = await drafted(tenant)
    refused = await do(tenant.owner, "setCampaignSteps", campaignId=made["id"], steps=steps)
    assert (refused["code"], refused["why"]) == ("BAD_INPUT", field), refused
    found = await tenant.owner.ask("query ($id: ID!) { campaign(id: $id) { steps { id } } }", id=made["id"])
    assert found["campaign"]["steps"] == []


async def test_of_two_who_change_a_campaign_one_is_told(tenant: Tenant) -> None:
    made = await drafted(tenant)
    given = {"campaignId": made["id"], "expectedVersion": made["version"]}
    first = await do(tenant.owner, "setCampaignSteps", steps=[TEXT], **given)
    assert first["version"] > made["version"]
    second = await do(tenant.admin, "setCampaignSteps", steps=[TEXT], **given)
    assert (second["code"], second["why"]) == ("CONFLICT", "expectedVersion")


async def test_a_policy_says_what_is_usual_until_somebody_says_otherwise(tenant: Tenant) -> None:
    """S1.3, with its defaults."""
    made = await rule(tenant.owner, "addCampaignPolicy", name="Gentle")
    assert {name: made[name] for name in ("messagesPerMinute", "messagesPerHour", "messagesPerDay")} == {
        "messagesPerMinute": 1,
        "messagesPerHour": 30,
        "messagesPerDay": 500,
    }
    assert made["aiResponseDelaySeconds"] == 60 and made["silenceTimeoutDays"] == 28 and made["sendingEnabled"]
    assert made["respondsAtAnyHour"] and not made["isScheduleStrict"] and not made["allowInternational"]
    assert made["updatesStatus"] and made["notifiesOfHotLeads"] and made["hotLeadAssignment"] == "MANUAL"
    assert (made["sendingDays"], made["sendingStart"]) == ([], None)
    changed = await rule(
        tenant.owner,
        "changeCampaignPolicy",
        campaignPolicyId=made["id"],
        sendingStart="22:00",
        sendingEnd="10:00:00",
        sendingDays=["SUNDAY", "MONDAY"],
    )
    assert (changed["sendingStart"], changed["sendingEnd"]) == ("22:00:00", "10:00:00")
    assert changed["sendingDays"] == ["MONDAY", "SUNDAY"]
    campaign = await drafted(tenant, campaignPolicyId=made["id"])
    assert campaign["policy"] == {"id": made["id"], "name": "Gentle"}
    refused = await rule(tenant.owner, "archiveCampaignPolicy", campaignPolicyId=made["id"])
    assert refused["code"] == "CONFLICT"
    await do(tenant.owner, "changeCampaign", campaignId=campaign["id"], campaignPolicyId=None)
    assert (await rule(tenant.owner, "archiveCampaignPolicy", campaignPolicyId=made["id"]))["id"] == made["id"]
    again = await rule(tenant.owner, "addCampaignPolicy", name="gentle")
    assert again["name"] == "gentle", "the name of one that was put away is free"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"sendingStart": "09:00"}, "sendingStart"),
        ({"sendingStart": "22:00", "sendingEnd": "07:00"}, "sendingStart"),
        ({"messagesPerMinute": 0}, "messagesPerMinute"),
        ({"messagesPerDay": None}, "messagesPerDay"),
        ({"silenceNudgeDays": 7}, "silenceNudgeBody"),
        ({"sender": "+447700900999"}, "sender"),
    ],
)
async def test_a_policy_by_which_nothing_could_be_sent_is_refused(
    tenant: Tenant, given: dict[str, Any], field: str
) -> None:
    refused = await rule(tenant.owner, "addCampaignPolicy", name=uuid4().hex, **given)
    assert refused["code"] in ("BAD_INPUT", "NOT_FOUND") and refused["why"] == field, refused


async def test_a_policy_sends_from_a_number_of_ones_own(tenant: Tenant, stranger: Tenant) -> None:
    made = await rule(tenant.owner, "addCampaignPolicy", name="Ours", sender=tenant.number)
    assert made["sender"] == tenant.number
    refused = await rule(tenant.owner, "addCampaignPolicy", name="Theirs", sender=stranger.number)
    assert refused["code"] == "NOT_FOUND"


async def test_a_campaign_of_a_dataset_needs_one_that_is_at_hand(tenant: Tenant) -> None:
    dataset = await keep_dataset(tenant)
    made = await drafted(tenant, kind="REACTIVATION", datasetId=dataset)
    assert made["dataset"] == {"id": dataset}
    refused = await drafted(tenant, datasetId=show_id("dataset", new_id()))
    assert (refused["code"], refused["why"]) == ("NOT_FOUND", "datasetId")
    assert bare(made["id"])


async def test_the_product_brings_fourteen_campaigns(tenant: Tenant) -> None:
    """S0.20: four texts each on days 1, 2, 4 and 6. S0.15: their tags stay; asked once more, nothing comes twice."""
    document = f"""mutation {{ addPredefinedCampaigns {{ ... on AddedCampaigns {{ campaigns {{ {FACTS} }} }}
      ... on Refused {{ code }} }} }}"""
    mine = await drafted(tenant, tag="Rate Too High")
    added = (await tenant.owner.ask(document))["addPredefinedCampaigns"]["campaigns"]
    assert len(added) == 13 and all(one["isPredefined"] and one["status"] == "DRAFT" for one in added)
    assert {tuple(step["dayNumber"] for step in one["steps"]) for one in added} == {(1, 2, 4, 6)}
    assert added[0]["tag"] == "Ghosted" and added[0]["name"] == "Ghosted / No Response"
    refused = await do(tenant.owner, "changeCampaign", campaignId=added[0]["id"], tag="Other")
    assert (refused["code"], refused["why"]) == ("CONFLICT", "tag")
    assert (await do(tenant.owner, "changeCampaign", campaignId=added[0]["id"], name="Quiet"))["name"] == "Quiet"
    await do(tenant.owner, "archiveCampaign", campaignId=mine["id"])
    again = (await tenant.owner.ask(document))["addPredefinedCampaigns"]["campaigns"]
    assert [one["tag"] for one in again] == ["Rate Too High"]
    assert (await tenant.owner.ask(document))["addPredefinedCampaigns"]["campaigns"] == []
    assert (await do(tenant.owner, "activateCampaign", campaignId=again[0]["id"]))["status"] == "ACTIVE"


async def test_it_is_told(tenant: Tenant) -> None:
    feed = """subscription { inboxEvents(filter: {kinds: [CAMPAIGN_CHANGED]}) { ... on CampaignChanged {
      campaign { id status version } version } } }"""
    async with tenant.agent.hear(feed) as ear:
        await tenant.followed()
        made = await ready(tenant)
        await do(tenant.owner, "activateCampaign", campaignId=made["id"])
        told = [await ear.next() for _ in range(3)]
    assert told[-1]["campaign"]["status"] == "ACTIVE"
    assert told[-1]["version"] == told[-1]["campaign"]["version"]
