"""What campaigns send, and when; and why not (S0.8, S0.9, S0.14, S0.17-S0.19, S1.4, S3.4, S3.6)."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from actions.enrolling import enroll_leads
from domain.conversations import CarrierCode
from domain.ids import show_id
from gateways.carrier import CarrierRefused, CarrierUnreachable
from tests.api.test_campaigns import TEXT, do, rule
from tests.play.campaigning import MORNING, Theatre, bare
from tests.play.past import keep_dataset
from tests.play.tenant import Tenant, next_number, open_tenant
from workers.dispatching import take_enrollments

ENROLL = """mutation ($i: EnrollLeadsInput!) { enrollLeads(input: $i) {
  ... on Enrolled { enrollments { id status reason } } ... on Refused { code message } } }"""
TURN = """mutation ($i: EnrollmentInput!) { a: %s(input: $i) {
  ... on Enrollment { id status reason stepRuns { status } } ... on Refused { code message } } }"""


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def campaign(theatre: Theatre, *steps: dict[str, Any], **facts: Any) -> str:
    """One that runs, under a policy with wide rates unless told otherwise."""
    owner = theatre.tenant.owner
    if "campaignPolicyId" not in facts:
        facts["campaignPolicyId"] = await policy(theatre)
    made = await do(owner, "draftCampaign", **{"kind": "DRIP", "name": "Wake up", **facts})
    await do(owner, "setCampaignSteps", campaignId=made["id"], steps=list(steps) or [TEXT])
    active = await do(owner, "activateCampaign", campaignId=made["id"])
    assert active["status"] == "ACTIVE", active
    id: str = made["id"]
    return id


async def policy(theatre: Theatre, **facts: Any) -> str:
    rates = {"messagesPerMinute": 1000, "messagesPerHour": 1000, "messagesPerDay": 1000}
    usual = {"name": f"Policy {next_number()}", **rates}
    id: str = (await rule(theatre.tenant.owner, "addCampaignPolicy", **usual | facts))["id"]
    return id


async def people(theatre: Theatre, count: int = 1, **facts: Any) -> list[str]:
    """Leads who may be written to."""
    dataset = await keep_dataset(theatre.tenant, lawful_basis="CONSENT")
    numbers = [next_number() for _ in range(count)]
    for number in numbers:
        await theatre.tenant.lead(phone=number, dataset_ids=[bare(dataset)], **facts)
    return numbers


async def enroll(theatre: Theatre, campaign_id: str, numbers: Sequence[str]) -> list[str]:
    """By hand, at the time of the theatre; answers the ids."""
    ids = [bare(await lead_of(theatre, number)) for number in numbers]
    async with theatre.database.work(theatre.tenant.product) as session:
        found = await enroll_leads(session, bare(campaign_id), ids, theatre.now)
    return [show_id("enrollment", id) for id in found]


async def lead_of(theatre: Theatre, number: str) -> str:
    asked = "query ($n: PhoneNumber!) { leads(filter: {phone: {eq: $n}}) { nodes { id } } }"
    [found] = (await theatre.tenant.owner.ask(asked, n=number))["leads"]["nodes"]
    id: str = found["id"]
    return id


async def turn(theatre: Theatre, verb: str, enrollment: str) -> dict[str, Any]:
    answer: dict[str, Any] = (await theatre.tenant.owner.ask(TURN % verb, i={"enrollmentId": enrollment}))["a"]
    return answer


def bodies(theatre: Theatre) -> list[str]:
    return [text.body for _, text in theatre.postbox.sent]


async def test_a_tag_begins_a_drip_on_days_one_two_four_and_six(theatre: Theatre) -> None:
    """S0.9, S0.16, S0.19: and with the last message it is over."""
    steps = [{**TEXT, "body": f"Day {day}", "anchor": "DATE", "dayNumber": day} for day in (1, 2, 4, 6)]
    made = await campaign(theatre, *steps, tag="Ghosted")
    [number] = await people(theatre, tags=("Ghosted",))
    await theatre.pass_(days=7)
    assert bodies(theatre) == ["Day 1", "Day 2", "Day 4", "Day 6"]
    [one] = await theatre.runs(made)
    assert (one["status"], one["reason"]) == ("COMPLETED", "CADENCE_FINISHED")
    days = [at.date() - MORNING.date() for at, _ in theatre.postbox.sent]
    assert [day.days for day in days] == [0, 1, 5, 6], "a weekend is waited for, and no two come on one day"
    assert {text.recipient for _, text in theatre.postbox.sent} == {number}


async def test_who_comes_with_a_tag_is_enrolled_and_who_loses_one_stays(theatre: Theatre) -> None:
    """S0.8: added with the tag, or given it later, and once; taking it away does nothing (S0.9)."""
    made = await campaign(theatre, TEXT, tag="Ghosted")
    await people(theatre, tags=("Ghosted", "Other"))
    [later] = await people(theatre, tags=("Other",))
    lead = await lead_of(theatre, later)
    tag = 'mutation ($l: ID!) { %s(input: {leadIds: [$l], tags: ["Ghosted"]}) { __typename } }'
    for verb in ("tagLeads", "tagLeads", "untagLeads", "tagLeads"):
        await theatre.tenant.owner.ask(tag % verb, l=lead)
        await theatre.work()
    runs = await theatre.runs(made)
    assert {one["status"] for one in runs} == {"COMPLETED"}
    assert len(bodies(theatre)) == len(runs) == 3, "after the end they may begin again"


async def test_a_reactivation_writes_until_they_reply(theatre: Theatre) -> None:
    """S1.4: M1 at once, M2 after 48 hours and M3 after 72, each only without a reply; S0.14, S1.6."""
    steps: list[dict[str, Any]] = [
        {**TEXT, "body": "One"},
        {**TEXT, "body": "Two", "delayHours": 48},
        {**TEXT, "body": "Three", "delayHours": 72},
    ]
    made = await campaign(theatre, *steps, kind="REACTIVATION")
    silent, talker = await people(theatre, 2)
    await enroll(theatre, made, [silent, talker])
    await theatre.pass_(days=1)
    await theatre.reply(talker)
    await theatre.pass_(days=7)
    found = {one["lead"]["phone"]: one for one in await theatre.runs(made)}
    assert [run["message"]["kind"] for run in found[silent]["stepRuns"]] == ["M1", "M2", "M3"]
    assert found[talker]["reason"] == "REPLIED" and found[talker]["repliedAt"]
    left = [run["skipReason"] for run in found[talker]["stepRuns"] if run["status"] == "SKIPPED"]
    assert left and set(left) == {"REPLIED_SINCE"}


async def test_a_stop_ends_it_at_once_and_they_may_come_back(theatre: Theatre) -> None:
    """S0.18: paused on an opt-out, with the reason; resumed only once they want to hear again."""
    made = await campaign(theatre, TEXT, {**TEXT, "body": "More", "delayDays": 1})
    [number] = await people(theatre, tags=())
    await enroll(theatre, made, [number])
    await theatre.work()
    await theatre.reply(number, "STOP")
    [rest] = await theatre.runs(made)
    assert (rest["status"], rest["reason"], rest["repliedAt"]) == ("PAUSED", "OPTED_OUT", None)
    assert [run["skipReason"] for run in rest["stepRuns"]] == [None, "SUPPRESSED"]
    assert (await turn(theatre, "resumeEnrollment", rest["id"]))["code"] == "LEAD_OPTED_OUT"
    await theatre.pass_(days=7)
    assert len(bodies(theatre)) == 1
    await theatre.reply(number, "START")
    assert (await turn(theatre, "resumeEnrollment", rest["id"]))["status"] == "ACTIVE"
    await theatre.pass_(days=7)
    assert bodies(theatre)[1:] == ["More"]


async def test_who_may_not_be_written_to_is_enrolled_with_the_reason(theatre: Theatre) -> None:
    """Each of them is seen, none is written to."""
    made = await campaign(theatre, TEXT)
    no_basis = next_number()
    await theatre.tenant.lead(phone=no_basis)
    [abroad] = await people(theatre)
    [fine] = await people(theatre)
    far = "+4930901820"
    dataset = await keep_dataset(theatre.tenant, lawful_basis="CONSENT")
    await theatre.tenant.lead(phone=far, dataset_ids=[bare(dataset)])
    await theatre.reply(abroad, "STOP")
    await enroll(theatre, made, [no_basis, abroad, far, fine])
    await theatre.work()
    found = {one["lead"]["phone"]: one["stepRuns"][0] for one in await theatre.runs(made)}
    reasons = {number: run["skipReason"] for number, run in found.items()}
    assert reasons == {no_basis: "NO_CONSENT", abroad: "SUPPRESSED", far: "INTERNATIONAL_BLOCKED", fine: None}
    assert [text.recipient for _, text in theatre.postbox.sent] == [fine]


async def test_nobody_is_in_a_campaign_twice(theatre: Theatre) -> None:
    """S0.17, S3.6: unique while it stands; again once it is over."""
    made = await campaign(theatre, TEXT)
    numbers = await people(theatre, 3)
    first = await enroll(theatre, made, numbers)
    assert await enroll(theatre, made, numbers) == first
    assert (await turn(theatre, "cancelEnrollment", first[0]))["stepRuns"] == [{"status": "CANCELED"}]
    again = await enroll(theatre, made, numbers)
    assert again[1:] == first[1:] and again[0] != first[0]


async def test_what_rests_is_as_far_off_when_it_goes_on(theatre: Theatre) -> None:
    """S3.4: paused, none is sent; resumed, the times are set anew; one enrolment, or the whole campaign."""
    made = await campaign(theatre, {**TEXT, "delayDays": 10, "expiresAfterHours": 24})
    [one, other] = await enroll(theatre, made, await people(theatre, 2))
    before = {run["id"]: run["stepRuns"][0] for run in await theatre.runs(made)}
    await turn(theatre, "pauseEnrollment", one)
    await turn(theatre, "resumeEnrollment", one)
    await do(theatre.tenant.owner, "pauseCampaign", campaignId=made)
    await do(theatre.tenant.owner, "resumeCampaign", campaignId=made)
    after = {run["id"]: run["stepRuns"][0] for run in await theatre.runs(made)}
    for id in (one, other):
        moved = [datetime.fromisoformat(at[id]["scheduledAt"]) for at in (before, after)]
        lasts = [datetime.fromisoformat(at[id]["expiresAt"]) for at in (before, after)]
        assert timedelta() < moved[1] - moved[0] < timedelta(minutes=1)
        assert abs((lasts[1] - lasts[0]) - (moved[1] - moved[0])) < timedelta(milliseconds=1)


async def test_a_campaign_that_is_over_takes_its_enrolments_along(theatre: Theatre) -> None:
    made = await campaign(theatre, TEXT, {**TEXT, "delayDays": 1})
    await enroll(theatre, made, await people(theatre, 2))
    await do(theatre.tenant.owner, "completeCampaign", campaignId=made)
    found = await theatre.runs(made)
    assert {(one["status"], one["reason"]) for one in found} == {("COMPLETED", "CAMPAIGN_ENDED")}
    assert {run["skipReason"] for one in found for run in one["stepRuns"]} == {"CAMPAIGN_NOT_ACTIVE"}


async def test_rates_hold_over_all_campaigns_of_a_policy(theatre: Theatre) -> None:
    """S1.3: by the minute and the hour; in segments, so that a long text counts for what it is."""
    rates = await policy(theatre, messagesPerMinute=2, messagesPerHour=6)
    long = {**TEXT, "body": "x" * 200}
    made = [await campaign(theatre, step, tag=tag, campaignPolicyId=rates) for tag, step in (("a", TEXT), ("b", long))]
    for tag in ("a", "b"):
        await people(theatre, 4, tags=(tag,))
    await theatre.pass_(hours=3, step=timedelta(seconds=20))
    sent = [(at, 2 if len(text.body) > 160 else 1) for at, text in theatre.postbox.sent]
    assert len(sent) == 8
    for length, most in ((timedelta(minutes=1), 2), (timedelta(hours=1), 6)):
        for begin, _ in sent:
            assert sum(size for at, size in sent if begin <= at < begin + length) <= most
    assert [len(await theatre.runs(one)) for one in made] == [4, 4]


async def test_a_dead_carrier_loses_and_repeats_nothing(theatre: Theatre) -> None:
    """What it did not take waits, as the same text, and is asked of the gate again."""
    made = await campaign(theatre, TEXT, tag="Ghosted")
    await people(theatre, tags=("Ghosted",))
    theatre.postbox.refuse = lambda text: CarrierUnreachable("it is down")
    await theatre.work()
    [waiting] = await theatre.runs(made)
    assert (waiting["status"], waiting["stepRuns"][0]["status"]) == ("ACTIVE", "SCHEDULED")
    theatre.postbox.refuse = lambda text: None
    await theatre.pass_(days=2)
    [sent] = await theatre.runs(made)
    assert (sent["status"], sent["stepRuns"][0]["message"]["status"]) == ("COMPLETED", "SENT")
    assert len(bodies(theatre)) == 1


async def test_what_waits_for_a_carrier_is_asked_of_the_gate_again(theatre: Theatre) -> None:
    """Meanwhile the campaign was paused: it is the same text that goes when it is resumed."""
    made = await campaign(theatre, TEXT, tag="Ghosted")
    await people(theatre, tags=("Ghosted",))
    theatre.postbox.refuse = lambda text: CarrierUnreachable("it is down")
    await theatre.work()
    await do(theatre.tenant.owner, "pauseCampaign", campaignId=made)
    theatre.postbox.refuse = lambda text: None
    await theatre.pass_(days=1)
    assert not bodies(theatre)
    await do(theatre.tenant.owner, "resumeCampaign", campaignId=made)
    await theatre.pass_(days=1)
    assert len(bodies(theatre)) == 1
    messages = (await theatre.tenant.owner.ask("{ messages { totalCount } }"))["messages"]
    assert messages == {"totalCount": 1}


async def test_one_bad_number_stops_nobody_else(theatre: Theatre) -> None:
    made = await campaign(theatre, TEXT, {**TEXT, "delayDays": 1}, tag="Ghosted")
    bad, *others = await people(theatre, 4, tags=("Ghosted",))

    def refuse(text: Any) -> Exception | None:
        return CarrierRefused(CarrierCode.INVALID_NUMBER, "no such number") if text.recipient == bad else None

    theatre.postbox.refuse = refuse
    await theatre.pass_(days=3)
    found = {one["lead"]["phone"]: one for one in await theatre.runs(made)}
    assert [run["status"] for run in found[bad]["stepRuns"]] == ["FAILED", "SKIPPED"]
    assert found[bad]["stepRuns"][1]["skipReason"] == "INVALID_ADDRESS"
    assert all(found[other]["status"] == "COMPLETED" for other in others)
    assert len(bodies(theatre)) == 2 * len(others)


async def test_a_booking_a_colleague_or_a_merge_ends_or_keeps_it(theatre: Theatre) -> None:
    """S0.18: qualified; taken over, it waits until it is handed back."""
    made = await campaign(theatre, TEXT, {**TEXT, "delayDays": 1}, tag="Ghosted")
    booked, taken = await people(theatre, 2, tags=("Ghosted",))
    await theatre.work()
    book = """mutation ($l: ID!, $t: DateTime!) { bookCall(input: {leadId: $l, startsAt: $t}) { __typename } }"""
    soon = (datetime.now(UTC) + timedelta(days=3)).isoformat()
    await theatre.tenant.owner.ask(book, l=await lead_of(theatre, booked), t=soon)
    over = "mutation ($l: ID!) { %s(input: {leadId: $l}) { __typename } }"
    await theatre.tenant.owner.ask(over % "takeOverLead", l=await lead_of(theatre, taken))
    await theatre.pass_(days=3)
    found = {one["lead"]["phone"]: one for one in await theatre.runs(made)}
    assert (found[booked]["status"], found[booked]["reason"]) == ("QUALIFIED", "BOOKED")
    assert found[taken]["stepRuns"][1]["skipReason"] == "MANUAL_MODE" and len(bodies(theatre)) == 2
    await theatre.tenant.owner.ask(over % "handBackLead", l=await lead_of(theatre, taken))
    await theatre.pass_(days=3)
    assert len(bodies(theatre)) == 3


async def test_what_a_campaign_has_brought_is_counted(theatre: Theatre) -> None:
    """S3.10, S1.6: also of one with nobody in it."""
    made = await campaign(theatre, {**TEXT, "body": "y" * 200}, tag="Ghosted")
    await campaign(theatre, TEXT)
    [talker, _, leaver] = await people(theatre, 3, tags=("Ghosted",))
    await theatre.work()
    await theatre.reply(talker)
    await theatre.reply(leaver, "STOP")
    asked = """{ campaigns { nodes { id enrolledCount activeCount repliedCount positiveCount bookedCount optedOutCount
      sentCount deliveredCount segmentsCount } } }"""
    nodes = (await theatre.tenant.owner.ask(asked))["campaigns"]["nodes"]
    of = {node.pop("id"): list(node.values()) for node in nodes}
    assert of.pop(made) == [3, 0, 1, 0, 0, 1, 3, 0, 6]
    assert list(of.values()) == [[0] * 9]


async def test_a_dataset_begins_with_its_campaign(theatre: Theatre) -> None:
    """S1.4, and the whole of it, in the background."""
    numbers = await people(theatre, 3)
    dataset = await keep_dataset(theatre.tenant, lawful_basis="CONSENT")
    put = "mutation ($d: ID!, $l: [ID!]!) { addLeadsToDataset(input: {datasetId: $d, leadIds: $l}) { __typename } }"
    ids = [await lead_of(theatre, number) for number in numbers]
    await theatre.tenant.owner.ask(put, d=dataset, l=ids)
    made = await campaign(theatre, TEXT, kind="REACTIVATION", datasetId=dataset)
    await theatre.work()
    found = await theatre.runs(made)
    assert {one["lead"]["id"] for one in found} == set(ids) and len(bodies(theatre)) == 3


async def test_two_organizations_know_nothing_of_each_other(theatre: Theatre) -> None:
    made = await campaign(theatre, TEXT)
    [one] = await enroll(theatre, made, await people(theatre))
    stranger = Theatre(await open_tenant(theatre.tenant.house))
    ids = [show_id("lead", await stranger.tenant.lead())]
    answer = await stranger.tenant.owner.ask(ENROLL, i={"campaignId": made, "leadIds": ids})
    assert answer["enrollLeads"]["code"] == "NOT_FOUND"
    assert (await turn(stranger, "cancelEnrollment", one))["code"] == "NOT_FOUND"
    await stranger.work()
    assert not stranger.postbox.sent
    ours = await campaign(theatre, TEXT)
    answer = await theatre.tenant.owner.ask(ENROLL, i={"campaignId": ours, "leadIds": ids})
    assert answer["enrollLeads"]["code"] == "NOT_FOUND"


async def test_a_sequence_goes_over_texts_and_e_mails(theatre: Theatre) -> None:
    """S3.4, S4.5: each step on its channel; one that nothing serves waits, and so do those after it."""
    steps: list[dict[str, Any]] = [
        TEXT,
        {"channel": "EMAIL", "subject": "For {{first_name|you}}", "body": "Dear {{name}}", "delayDays": 1},
        {"channel": "LINKEDIN", "body": "Hello", "delayDays": 1},
    ]
    made = await campaign(theatre, *steps, kind="SEQUENCE")
    numbers = await people(theatre, 1, email="ann@example.com", linkedin_url="https://www.linkedin.com/in/ann")
    [one] = await enroll(theatre, made, numbers)
    await theatre.pass_(days=2)
    [found] = await theatre.runs(made)
    assert [run["skipReason"] for run in found["stepRuns"]] == [None, "NO_SENDER", None]
    change = 'mutation { changeOrganization(input: {mailAddress: "us@example.com"}) { __typename } }'
    await theatre.tenant.owner.ask(change)
    await theatre.pass_(days=4)
    letter = theatre.postbox.sent[-1][1]
    assert (letter.recipient, letter.sender, letter.body) == ("ann@example.com", "us@example.com", "Dear Ann")
    assert letter.envelope and letter.envelope.subject == "For Ann" and letter.envelope.unsubscribe_url
    [found] = await theatre.runs(made)
    assert (found["id"], found["status"]) == (one, "ACTIVE")
    assert [run["status"] for run in found["stepRuns"]] == ["SENT", "SENT", "SCHEDULED"]
    assert found["stepRuns"][2]["skipReason"] == "NO_SENDER"


async def test_a_campaign_that_somebody_holds_keeps_no_dispatcher(theatre: Theatre) -> None:
    """Whoever pauses a campaign has its row and waits for its turn; the other way round they would wait for ever."""
    made = await campaign(theatre, TEXT, tag="Ghosted")
    await people(theatre, tags=("Ghosted",))
    await take_enrollments(theatre.database, theatre.tenant.organization_id, theatre.clock)
    async with theatre.database.work(theatre.tenant.product) as session:
        await session.row("campaigns", "lock_campaign", bare(made))
        await asyncio.wait_for(theatre.dispatcher.take_steps(theatre.tenant.organization_id), 10)
    assert len(bodies(theatre)) == 1


async def test_what_no_carrier_took_is_one_text_however_long_it_waits(theatre: Theatre) -> None:
    """Over a night, or an opt-out: nothing is left behind that seems to be on its way."""
    made = await campaign(theatre, TEXT, tag="Ghosted")
    late, leaver = await people(theatre, 2, tags=("Ghosted",))
    theatre.postbox.refuse = lambda text: CarrierUnreachable("it is down")
    await theatre.pass_(hours=9)
    theatre.postbox.refuse = lambda text: None
    await theatre.reply(leaver, "STOP")
    await theatre.reply(leaver, "START")
    resting = next(one for one in await theatre.runs(made) if one["lead"]["phone"] == leaver)
    assert (await turn(theatre, "resumeEnrollment", resting["id"]))["status"] == "ACTIVE"
    await theatre.pass_(days=2)
    assert sorted(text.recipient for _, text in theatre.postbox.sent) == sorted([late, leaver])
    asked = "{ messages(filter: {status: {eq: QUEUED}}) { nodes { purpose } } }"
    left = (await theatre.tenant.owner.ask(asked))["messages"]["nodes"]
    assert {one["purpose"] for one in left} <= {"COMPLIANCE"}, "answers wait for a worker that is not here"
