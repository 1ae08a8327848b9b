"""Calls that campaigns ask for: tasks of people, when they are made, what came of them, and what calls them off."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.ids import show_id
from domain.people import Actor, LeadScope, Rights, Role
from tests.api.test_campaigns import TEXT, do
from tests.api.test_dispatching import campaign, enroll, lead_of, people, turn
from tests.play.callers import Caller
from tests.play.campaigning import Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import Tenant

CALL = {"channel": "CALL", "subject": "Call {{first_name|them}}", "body": "Ask {{first_name|them}} about the roof."}
FACTS = """id kind status title body dueAt outcome note doneAt cancelledAt cancelReason lead { id phone phoneProblem
  lifecycle lastContactedAt } campaign { id } assignee { id } doneBy { id }"""
TASKS = f"query ($f: TaskFilter) {{ tasks(first: 100, filter: $f, order: [{{dueAt: ASC}}]) {{ nodes {{ {FACTS} }} }} }}"
DO = (
    f"mutation ($i: %s!) {{ a: %s(input: $i) {{ ... on Task {{ {FACTS} }} ... on Refused {{ code message field }} }} }}"
)


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def tasks(caller: Caller, **filter: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await caller.ask(TASKS, f=filter))["tasks"]["nodes"]
    return found


async def complete(caller: Caller, task: str, outcome: str, note: str | None = None) -> dict[str, Any]:
    given = {"taskId": task, "outcome": outcome, "note": note}
    done: dict[str, Any] = (await caller.ask(DO % ("CompleteTaskInput", "completeTask"), i=given))["a"]
    return done


async def reopen(caller: Caller, task: str) -> dict[str, Any]:
    found: dict[str, Any] = (await caller.ask(DO % ("TaskInput", "reopenTask"), i={"taskId": task}))["a"]
    return found


async def called(theatre: Theatre, *steps: dict[str, Any], **facts: Any) -> tuple[str, str, dict[str, Any]]:
    """A campaign, a number in it, and the task that its first step has become."""
    made = await campaign(theatre, *(steps or (CALL,)))
    [number] = await people(theatre, **facts)
    await enroll(theatre, made, [number])
    await theatre.work()
    [task] = await tasks(theatre.tenant.owner, status={"eq": "OPEN"})
    return made, number, task


async def test_a_call_that_is_due_is_somebody_s_task(theatre: Theatre) -> None:
    """S3.4, S2.11: the step is over with it, and the next follows; its words are what to say."""
    agent = next(iter(theatre.tenant.members.values()))
    later = {**TEXT, "body": "We called.", "delayHours": 2}
    made, number, task = await called(theatre, CALL, later, first_name="Ann", owner_id=agent)
    assert (task["kind"], task["title"], task["body"]) == ("CALL", "Call Ann", "Ask Ann about the roof.")
    assert (task["campaign"]["id"], task["lead"]["phone"]) == (made, number)
    assert task["assignee"]["id"] == show_id("member", agent), "whose the lead is"
    assert datetime.fromisoformat(task["dueAt"]) == theatre.now
    [one] = await theatre.runs(made)
    assert [run["status"] for run in one["stepRuns"]] == ["SENT", "SCHEDULED"]
    assert one["stepRuns"][0]["message"] is None and not theatre.postbox.sent
    await theatre.pass_(hours=3)
    assert [text.body for _, text in theatre.postbox.sent] == ["We called."]
    assert len(await tasks(theatre.tenant.owner)) == 1, "however often it is looked at"
    asked = "query ($e: ID!) { enrollment(id: $e) { stepRuns { task { id } } lead { tasks { nodes { id } } } } }"
    found = (await theatre.tenant.owner.ask(asked, e=one["id"]))["enrollment"]
    assert [run["task"] for run in found["stepRuns"]] == [{"id": task["id"]}, None]
    assert found["lead"]["tasks"]["nodes"] == [{"id": task["id"]}]


async def test_nobody_is_called_at_night_or_without_a_number(theatre: Theatre) -> None:
    """S0.18: nor who asked not to be; a landline can be called, and without a subject it is called as the campaign."""
    theatre.now = datetime(2027, 3, 3, 23, tzinfo=UTC)
    made = await campaign(theatre, {"channel": "CALL", "body": "Ask."})
    landline, wrong, opted_out = await people(theatre, 3)
    dataset = await keep_dataset(theatre.tenant, lawful_basis="CONSENT")
    silent = await theatre.tenant.lead(email="ann@example.com", phone=None, dataset_ids=[bare(dataset)])
    owner = theatre.tenant.owner
    opt_out = "mutation ($l: ID!) { optOutLead(input: {leadId: $l, channels: [CALL]}) { __typename } }"
    await owner.ask(opt_out, l=await lead_of(theatre, opted_out))
    async with theatre.database.work(theatre.tenant.product) as session:
        for number, problem in ((landline, "LANDLINE"), (wrong, "INVALID")):
            note = "update leads set phone_problem = $2 where organization_id = $1 and phone = $3"
            await session.connection.execute(note, theatre.tenant.organization_id, problem, number)
    await enroll(theatre, made, [landline, wrong, opted_out])
    await do(owner, "changeCampaign", campaignId=made, name="Wake up")
    ids = [show_id("lead", silent)]
    await owner.ask(
        "mutation ($c: ID!, $l: [ID!]!) { enrollLeads(input: {campaignId: $c, leadIds: $l}) { __typename } }",
        c=made, l=ids,
    )  # fmt: skip
    await theatre.pass_(hours=8)
    assert await tasks(owner) == []
    await theatre.pass_(hours=5)
    [task] = await tasks(owner)
    assert (task["lead"]["phone"], task["title"]) == (landline, "Wake up")
    assert datetime.fromisoformat(task["dueAt"]).hour in (8, 9)


async def test_calls_use_up_no_rates(theatre: Theatre) -> None:
    """People who call are limited by nothing but their day."""
    made = await campaign(theatre, CALL, {**TEXT, "body": "Hello."}, campaignPolicyId=None)
    numbers = await people(theatre, 5)
    await enroll(theatre, made, numbers)
    await theatre.work()
    assert len(await tasks(theatre.tenant.owner)) == 5
    assert len(theatre.postbox.sent) < 5, "of texts the usual rates allow fewer at once"


async def test_what_came_of_it(theatre: Theatre) -> None:
    _, _, task = await called(theatre)
    agent = theatre.tenant.agent
    done = await complete(agent, task["id"], "REACHED", " Wants a call in May. ")
    assert (done["status"], done["outcome"], done["note"]) == ("DONE", "REACHED", "Wants a call in May.")
    assert (
        done["doneAt"]
        and done["doneBy"]["id"] == (await agent.ask("{ viewer { member { id } } }"))["viewer"]["member"]["id"]
    )
    assert done["lead"]["lifecycle"] == "CONTACTED" and done["lead"]["lastContactedAt"]
    assert (await complete(agent, task["id"], "REACHED", "Wants a call in May."))["doneAt"] == done["doneAt"]
    assert (await complete(agent, task["id"], "NO_ANSWER"))["code"] == "CONFLICT"
    again = await reopen(agent, task["id"])
    assert (again["status"], again["outcome"], again["doneAt"], again["doneBy"]) == ("OPEN", None, None, None)
    assert (await reopen(agent, task["id"]))["status"] == "OPEN"
    assert (await complete(agent, task["id"], "NO_ANSWER", "x" * 2001))["field"] == "note"
    assert (await complete(theatre.tenant.viewer, task["id"], "REACHED"))["code"] == "FORBIDDEN"


async def test_a_wrong_number_is_texted_no_more(theatre: Theatre) -> None:
    _, _, task = await called(theatre)
    done = await complete(theatre.tenant.agent, task["id"], "WRONG_NUMBER")
    assert (done["lead"]["phoneProblem"], done["lead"]["lifecycle"]) == ("INVALID", "NEW")


async def test_a_reply_calls_off_what_is_for_the_silent(theatre: Theatre) -> None:
    """S3.4, S1.4: in the same transaction as what is planned; a step for everybody stays."""
    _, number, task = await called(theatre, CALL, {**TEXT, "delayDays": 3})
    always = await campaign(theatre, {**CALL, "onlyWithoutReply": False})
    await enroll(theatre, always, [number])
    await theatre.work()
    await theatre.reply(number)
    found = {one["id"]: one for one in await tasks(theatre.tenant.owner)}
    off = found.pop(task["id"])
    assert (off["status"], off["cancelReason"]) == ("CANCELLED", "REPLIED_SINCE") and off["cancelledAt"]
    assert [one["status"] for one in found.values()] == ["OPEN"]
    assert (await complete(theatre.tenant.agent, task["id"], "REACHED"))["code"] == "CONFLICT"
    assert (await reopen(theatre.tenant.agent, task["id"]))["code"] == "CONFLICT"


@pytest.mark.parametrize(
    ("verb", "reason"),
    [
        ("STOP", "SUPPRESSED"),
        ("archiveLead", "LEAD_ARCHIVED"),
        ("qualifyLead", "ENROLLMENT_NOT_ACTIVE"),
        ("cancelEnrollment", "ENROLLMENT_NOT_ACTIVE"),
        ("completeCampaign", "CAMPAIGN_NOT_ACTIVE"),
    ],
)
async def test_what_calls_a_call_off(theatre: Theatre, verb: str, reason: str) -> None:
    """S3.4: whoever opts out, is put away or is taken out of the campaign is not to be called."""
    steps = (CALL, {**TEXT, "delayDays": 3}) if verb in ("cancelEnrollment", "completeCampaign") else (CALL,)
    made, number, task = await called(theatre, *steps)
    owner = theatre.tenant.owner
    if verb == "STOP":
        await theatre.reply(number, "STOP")
    elif verb == "completeCampaign":
        await do(owner, verb, campaignId=made)
    elif verb == "cancelEnrollment":
        await turn(theatre, verb, (await theatre.runs(made))[0]["id"])
    else:
        away = f"mutation ($l: ID!) {{ {verb}(input: {{leadId: $l}}) {{ __typename }} }}"
        await owner.ask(away, l=task["lead"]["id"])
    [off] = await tasks(owner)
    assert (off["status"], off["cancelReason"]) == ("CANCELLED", reason)


async def test_a_task_goes_with_its_lead(theatre: Theatre) -> None:
    """Handed over, merged and taken apart, and seen by whoever sees the lead alone."""
    _, _, task = await called(theatre)
    tenant, lead = theatre.tenant, task["lead"]["id"]
    colleague, member = await tenant.colleague(LeadScope.ASSIGNED)
    other, _ = await tenant.colleague(LeadScope.ASSIGNED)
    assert await tasks(colleague) == []
    await theatre.tenant.owner.ask(
        "mutation ($l: ID!, $m: ID!) { assignLeads(input: {leadIds: [$l], assigneeId: $m}) { __typename } }",
        l=lead, m=show_id("member", member),
    )  # fmt: skip
    [mine] = await tasks(colleague, assigneeId={"eq": show_id("member", member)})
    assert mine["assignee"]["id"] == show_id("member", member)
    assert await tasks(other) == []
    older = show_id("lead", await tenant.lead())
    merge = """mutation ($a: ID!, $b: ID!) { mergeLeads(input: {leadId: $a, otherLeadId: $b}) {
      ... on Lead { id merges { nodes { id } } tasks { nodes { id } } } ... on Refused { message } } }"""
    kept = (await tenant.owner.ask(merge, a=older, b=lead))["mergeLeads"]
    assert kept["tasks"]["nodes"] == [{"id": task["id"]}]
    undo = "mutation ($m: ID!) { undoMerge(input: {leadMergeId: $m}) { __typename } }"
    await tenant.owner.ask(undo, m=kept["merges"]["nodes"][0]["id"])
    [back] = await tasks(tenant.owner)
    assert back["lead"]["id"] == lead


async def test_an_erased_lead_leaves_no_words(theatre: Theatre) -> None:
    _, _, task = await called(theatre, first_name="Ann")
    await complete(theatre.tenant.agent, task["id"], "NO_ANSWER", "Ann is away.")
    erase = "mutation ($l: ID!) { eraseLead(input: {leadId: $l}) { __typename } }"
    await theatre.tenant.owner.ask(erase, l=task["lead"]["id"])
    [left] = await tasks(theatre.tenant.owner)
    assert (left["title"], left["body"], left["note"], left["outcome"]) == ("", "", None, "NO_ANSWER")


HEAR = """subscription { inboxEvents(after: "0", filter: {kinds: [TASK_CHANGED]}) {
  ... on TaskChanged { version task { id status outcome } } } }"""


async def test_whoever_does_not_see_the_lead_does_not_hear_of_it(theatre: Theatre) -> None:
    """Not even that something has happened."""
    eve, her_id = await theatre.tenant.colleague(LeadScope.ASSIGNED)
    _, _, other = await called(theatre)
    await complete(theatre.tenant.owner, other["id"], "VOICEMAIL")
    _, _, hers = await called(theatre, owner_id=her_id)
    async with eve.hear(HEAR) as ear:
        assert (await ear.next())["task"] == {"id": hers["id"], "status": "OPEN", "outcome": None}
    rights = Rights.of(Role.AGENT, LeadScope.ASSIGNED, (), None)
    async with theatre.database.work(Actor(theatre.tenant.organization_id, her_id, rights=rights)) as session:
        told = await session.connection.fetch("select distinct lead_id from events where kind = 'TASK_CHANGED'")
        assert [show_id("lead", row["lead_id"]) for row in told] == [hers["lead"]["id"]]


async def test_whoever_sees_the_lead_hears_of_it(theatre: Theatre) -> None:
    _, _, task = await called(theatre)
    await complete(theatre.tenant.agent, task["id"], "VOICEMAIL")
    now = {"id": task["id"], "status": "DONE", "outcome": "VOICEMAIL"}
    async with theatre.tenant.agent.hear(HEAR) as ear:
        assert [await ear.next() for _ in range(2)] == [{"version": 2, "task": now}] * 2
