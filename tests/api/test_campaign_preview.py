"""Previews of campaigns: who would get what and when, and why not, before it is sent (S0.9, S0.16, S1.3, S1.4)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest

from actions.enrolling import enroll_leads
from domain.campaigns.reasons import SENTENCES, GateReason
from domain.ids import new_id, show_id
from domain.linkedin import SECRETS
from domain.people import LeadScope
from tests.api.test_campaigns import TEXT, do, rule
from tests.play.callers import Caller
from tests.play.campaigning import MORNING, Theatre
from tests.play.past import bare, keep_dataset
from tests.play.statements import listened_to
from tests.play.tenant import Tenant, next_number

NOON = datetime(2027, 3, 3, 12, tzinfo=UTC)  # a Wednesday
STEPS = """steps { position subject body encoding segments missingFields scheduledAt expiresAt verdict reason message
  retryAt }"""
PREVIEW = """query ($c: ID!, $at: DateTime, $ids: [ID!], $first: Int, $after: Cursor) {
  campaignPreview(campaignId: $c, at: $at, leadIds: $ids, first: $first, after: $after) { at
    leads { lead { id phone } status statusReason %s }
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    counts { leadCount isWhole sendCount waitCount holdCount endCount reasons { verdict reason message count } } } }"""


async def preview(caller: Caller, campaign: str, at: datetime = NOON, **given: Any) -> dict[str, Any]:
    asked = await caller.ask(PREVIEW % STEPS, c=campaign, at=at.isoformat(), **given)
    found: dict[str, Any] = asked["campaignPreview"]
    return found


async def first_of(tenant: Tenant, campaign: str, lead: Any, at: datetime = NOON) -> dict[str, Any]:
    """What one lead would get first, with how they would begin."""
    [one] = (await preview(tenant.agent, campaign, at, ids=[show_id("lead", lead)]))["leads"]
    return {**one["steps"][0], "begins": (one["status"], one["statusReason"])}


async def draft(tenant: Tenant, *steps: dict[str, Any], policy: dict[str, Any] | None = None, **facts: Any) -> str:
    rates = {"messagesPerMinute": 1000, "messagesPerHour": 1000, "messagesPerDay": 1000}
    given = {"name": f"Policy {next_number()}", **rates, **(policy or {})}
    facts.setdefault("campaignPolicyId", (await rule(tenant.owner, "addCampaignPolicy", **given))["id"])
    made = await do(tenant.owner, "draftCampaign", **{"kind": "DRIP", "name": "Wake up", **facts})
    await do(tenant.owner, "setCampaignSteps", campaignId=made["id"], steps=list(steps) or [TEXT])
    return str(made["id"])


async def consenting(tenant: Tenant) -> str:
    return await keep_dataset(tenant, lawful_basis="CONSENT")


async def test_a_draft_shows_what_its_dataset_would_get(tenant: Tenant) -> None:
    """S0.16, S1.4: each step with its text, its time and its price, of every lead of the dataset."""
    dataset = await consenting(tenant)
    steps = [
        {**TEXT, "body": "Hi {{first_name|there}}, still at {{company}}?", "expiresAfterHours": 5},
        {**TEXT, "body": "Žluťoučký {{first_name}}?", "delayHours": 48},
        {"channel": "EMAIL", "subject": "For {{name}}", "body": "x" * 900, "delayDays": 3},
    ]
    campaign = await draft(tenant, *steps, datasetId=dataset)
    ids = [bare(dataset)]
    ann = await tenant.lead(first_name="Ann", last_name="Lee", company="Acme", email="a@b.example", dataset_ids=ids)
    bob = await tenant.lead(first_name=None, company=None, dataset_ids=ids)
    await tenant.lead()
    found = await preview(tenant.viewer, campaign)
    assert datetime.fromisoformat(found["at"]) == NOON
    assert [one["lead"]["id"] for one in found["leads"]] == [show_id("lead", id) for id in (bob, ann)]
    of_bob, of_ann = (one["steps"] for one in found["leads"])
    assert [step["body"] for step in of_ann[:2]] == ["Hi Ann, still at Acme?", "Žluťoučký Ann?"]
    assert [(step["encoding"], step["segments"]) for step in of_ann] == [("GSM_7", 1), ("UCS_2", 1), ("GSM_7", 1)]
    assert [step["subject"] for step in of_ann] == [None, None, "For Ann Lee"]
    assert (of_bob[0]["body"], of_bob[0]["missingFields"]) == ("Hi there, still at ?", ["company"])
    times = [datetime.fromisoformat(step["scheduledAt"]) for step in of_ann]
    assert times == [NOON, NOON + timedelta(hours=48), times[1] + timedelta(days=3)]
    assert datetime.fromisoformat(of_ann[0]["expiresAt"]) == NOON + timedelta(hours=5) and not of_ann[1]["expiresAt"]
    assert {(step["verdict"], step["reason"]) for step in of_ann[:2]} == {("SEND", None)}
    assert (of_ann[2]["verdict"], of_ann[2]["reason"]) == ("HOLD", "NO_SENDER"), "there is no address to send from"
    assert found["counts"] == {
        "leadCount": 2, "isWhole": True, "sendCount": 2, "waitCount": 0, "holdCount": 0, "endCount": 0, "reasons": [],
    }  # fmt: skip


async def test_a_draft_without_steps_or_people_shows_nobody(tenant: Tenant) -> None:
    made = await do(tenant.owner, "draftCampaign", kind="DRIP", name="Empty", datasetId=await consenting(tenant))
    found = await preview(tenant.agent, made["id"])
    assert (found["leads"], found["counts"]["leadCount"], found["pageInfo"]["endCursor"]) == ([], 0, None)
    [one] = (await preview(tenant.agent, made["id"], ids=[show_id("lead", await tenant.lead())]))["leads"]
    assert (one["steps"], one["status"]) == ([], "ACTIVE")


async def opt_out(tenant: Tenant, lead: Any) -> None:
    out = "mutation ($l: ID!) { optOutLead(input: {leadId: $l}) { __typename } }"
    await tenant.owner.ask(out, l=show_id("lead", lead))


# What keeps somebody, as facts of the lead or a change of them, with how they would begin.
PEOPLE: list[tuple[str, str, dict[str, Any], str, tuple[str, str | None]]] = [
    ("INVALID_ADDRESS", "END", {"phone": None, "email": "x@y.example"}, "", ("PAUSED", "INVALID_ADDRESS")),
    ("INVALID_ADDRESS", "END", {}, "phone_problem = 'INVALID'", ("PAUSED", "INVALID_ADDRESS")),
    ("LEAD_ARCHIVED", "END", {}, "archived_at = now()", ("ACTIVE", None)),
    ("MANUAL_MODE", "HOLD", {}, "manual_mode_at = now()", ("ACTIVE", None)),
    ("INTERNATIONAL_BLOCKED", "END", {"phone": "+33612345678"}, "", ("ACTIVE", None)),
    ("CONTENT_BLOCKED", "END", {"first_name": "Cheap"}, "", ("ACTIVE", None)),
    ("QUIET_HOURS", "WAIT", {}, "time_zone = 'America/Los_Angeles'", ("ACTIVE", None)),
]


async def test_everything_that_keeps_a_lead_is_told_and_counted(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S0.18, S1.1, S1.3, S3.6: the reason, its sentence, and until when; and of how many it is so."""
    dataset = await consenting(tenant)
    wanted: dict[str, tuple[str | None, ...]] = {}
    campaign = await draft(tenant, {**TEXT, "body": "Hi {{first_name}}"}, datasetId=dataset)
    await tenant.owner.ask(
        'mutation { changeOrganization(input: {blacklistedWords: ["cheap"]}) { ... on Refused { message } } }'
    )
    for reason, verdict, facts, change, begins in PEOPLE:
        lead = await tenant.lead(**{**facts, "dataset_ids": [bare(dataset)]})
        if change:
            await sql.execute(f"update leads set {change} where id = $1", lead)
        wanted[show_id("lead", lead)] = (verdict, reason, *begins)
    out = await tenant.lead(dataset_ids=[bare(dataset)])
    await opt_out(tenant, out)
    wanted[show_id("lead", out)] = ("END", "SUPPRESSED", "PAUSED", "OPTED_OUT")
    free = await tenant.lead(dataset_ids=[bare(dataset)])
    wanted[show_id("lead", free)] = ("SEND", None, "ACTIVE", None)
    found = await preview(tenant.agent, campaign)
    told = {}
    for one in found["leads"]:
        step = one["steps"][0]
        told[one["lead"]["id"]] = (step["verdict"], step["reason"], one["status"], one["statusReason"])
        assert (step["retryAt"] is not None) is (step["verdict"] == "WAIT")
        if step["reason"] and step["reason"] != "CONTENT_BLOCKED":
            assert step["message"] == SENTENCES[GateReason(step["reason"])]
    assert told == wanted
    counts = found["counts"]
    assert (counts["leadCount"], counts["sendCount"], counts["waitCount"], counts["holdCount"]) == (9, 1, 1, 1)
    of = {(one["verdict"], one["reason"]): one["count"] for one in counts["reasons"]}
    assert of.pop(("END", "INVALID_ADDRESS")) == 2 and set(of.values()) == {1}
    assert counts["reasons"][0]["count"] == 2 and sum(of.values()) == 6


async def test_whom_no_law_lets_us_write_to_is_told_of(tenant: Tenant) -> None:
    """The campaign's own dataset decides, where it has one."""
    silent = await keep_dataset(tenant)
    lead = await tenant.lead(dataset_ids=[bare(silent), bare(await consenting(tenant))])
    found = await first_of(tenant, await draft(tenant, datasetId=silent), lead)
    assert (found["verdict"], found["reason"]) == ("HOLD", "NO_CONSENT")
    assert (await first_of(tenant, await draft(tenant), lead))["verdict"] == "SEND"


async def test_what_keeps_all_is_told_of_each(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.1, S1.3, S2.1: switched off, paused, no number, a window that never opens, the night, and rates."""
    lead = await tenant.lead(dataset_ids=[bare(await consenting(tenant))])
    off = await draft(tenant, policy={"sendingEnabled": False})
    assert (await first_of(tenant, off, lead))["reason"] == "SENDING_DISABLED"
    never = await draft(
        tenant, policy={"sendingStart": "09:00", "sendingEnd": "10:00", "sendingTimeZone": "Asia/Tokyo"}
    )
    found = await first_of(tenant, never, lead)
    assert (found["verdict"], found["reason"], found["scheduledAt"]) == ("HOLD", "OUTSIDE_WINDOW", None)
    usual = await draft(tenant)
    night = await first_of(tenant, usual, lead, NOON + timedelta(hours=11))
    assert (night["verdict"], night["reason"], night["retryAt"]) == ("WAIT", "QUIET_HOURS", night["scheduledAt"])
    assert datetime.fromisoformat(night["scheduledAt"]) == NOON + timedelta(hours=21), "the window opens at nine"
    await sql.execute(
        "insert into sent_segments (organization_id, scope_id, seconds, began_at, segments)"
        " select $1, campaign_policy_id, 1, $3, 1000 from campaigns where organization_id = $1 and id = $2",
        tenant.organization_id, bare(usual), NOON - timedelta(seconds=30),
    )  # fmt: skip
    full = await first_of(tenant, usual, lead)
    assert (full["verdict"], full["reason"]) == ("WAIT", "RATE_LIMITED")
    assert NOON < datetime.fromisoformat(full["retryAt"]) <= NOON + timedelta(seconds=31)
    assert (await first_of(tenant, usual, lead, NOON + timedelta(minutes=2)))["verdict"] == "SEND"
    await sql.execute("delete from phone_numbers where organization_id = $1", tenant.organization_id)
    assert (await first_of(tenant, usual, lead))["reason"] == "NO_SENDER"
    await sql.execute("update organizations set trial_ends_at = $2 where id = $1", tenant.organization_id, NOON)
    assert (await first_of(tenant, usual, lead, NOON - timedelta(seconds=1)))["reason"] == "NO_SENDER"
    assert (await first_of(tenant, usual, lead))["reason"] == "ORGANIZATION_INACTIVE"


async def test_calls_and_linkedin_are_asked_of_as_they_are_sent(tenant: Tenant) -> None:
    """S3.4: a call needs nothing to be sent from, LinkedIn the agents of the organization, whoever asks."""
    steps = [{"channel": "CALL", "body": "Ask."}, {"channel": "LINKEDIN", "body": "Hello"}]
    campaign = await draft(tenant, *steps, kind="SEQUENCE")
    page = "https://www.linkedin.com/in/ann"
    lead = await tenant.lead(linkedin_url=page, dataset_ids=[bare(await consenting(tenant))])

    async def answers(caller: Caller) -> list[tuple[str, str | None]]:
        [one] = (await preview(caller, campaign, ids=[show_id("lead", lead)]))["leads"]
        return [(step["verdict"], step["reason"]) for step in one["steps"]]

    assert await answers(tenant.viewer) == [("SEND", None), ("HOLD", "NO_SENDER")]
    store = "mutation ($i: StoreCredentialInput!) { storeCredential(input: $i) { __typename } }"
    secrets = [{"name": name, "value": "x"} for name in SECRETS]
    given = {"kind": "INTEGRATION", "provider": "PHANTOMBUSTER", "name": "Ours", "secrets": secrets}
    assert (await tenant.owner.ask(store, i=given))["storeCredential"] == {"__typename": "Credential"}
    assert await answers(tenant.viewer) == [("SEND", None), ("SEND", None)]


async def test_candidates_come_by_tag_and_dataset_each_once_page_by_page(tenant: Tenant) -> None:
    """S0.8, S1.2. Whoever repeats another is shown as the other."""
    dataset = await consenting(tenant)
    campaign = await draft(tenant, datasetId=dataset, tag="Ghosted")
    ids = [bare(dataset)]
    leads = [await tenant.lead(dataset_ids=ids, tags=["Ghosted"]) for _ in range(3)]
    leads += [await tenant.lead(dataset_ids=ids), await tenant.lead(tags=["Ghosted"])]
    wanted, seen, after = [show_id("lead", id) for id in reversed(leads)], [], None
    for has_next in (True, True, False):
        page = await preview(tenant.agent, campaign, first=2, after=after)
        assert page["pageInfo"]["hasNextPage"] is has_next
        assert page["pageInfo"]["hasPreviousPage"] is (after is not None)
        assert page["counts"]["leadCount"] == 5, "of all, on every page"
        seen += [one["lead"]["id"] for one in page["leads"]]
        after = page["pageInfo"]["endCursor"]
    assert seen == wanted
    other = await draft(tenant, datasetId=dataset)
    for cursor in (after, "x", "é", "bnVsbA"):
        refused = await tenant.agent.answer(PREVIEW % STEPS, c=other, after=cursor)
        assert refused["errors"][0]["extensions"]["field"] == "after", cursor


async def test_who_repeats_another_is_shown_as_the_other(tenant: Tenant, sql: asyncpg.Connection) -> None:
    dataset = await consenting(tenant)
    campaign, ids = await draft(tenant, datasetId=dataset), [bare(dataset)]
    inside, outside = await tenant.lead(dataset_ids=ids), await tenant.lead()
    for one in (inside, outside):
        twin = await tenant.lead(dataset_ids=ids)
        await sql.execute("update leads set duplicate_of_id = $2 where id = $1", twin, one)
    found = [one["lead"]["id"] for one in (await preview(tenant.agent, campaign))["leads"]]
    assert sorted(found) == sorted(show_id("lead", id) for id in (inside, outside))


async def test_who_is_in_it_is_no_candidate(tenant: Tenant) -> None:
    """S0.17, S3.4, S3.6: of a campaign that runs, rests, or is over."""
    dataset = await consenting(tenant)
    campaign = await draft(tenant, {**TEXT, "delayDays": 2}, tag="Ghosted")
    early, named, standing = [
        await tenant.lead(dataset_ids=[bare(dataset)], tags=tags) for tags in (["Ghosted"], [], [])
    ]
    await do(tenant.owner, "activateCampaign", campaignId=campaign)
    async with tenant.house.parts.database.work(tenant.product) as session:
        await enroll_leads(session, bare(campaign), [standing])
    assert [one["lead"]["id"] for one in (await preview(tenant.agent, campaign))["leads"]] == [show_id("lead", early)]
    both = [show_id("lead", id) for id in (standing, named)]
    found = await preview(tenant.agent, campaign, ids=both)
    assert [one["lead"]["id"] for one in found["leads"]] == both[1:] and found["counts"]["leadCount"] == 1
    await do(tenant.owner, "pauseCampaign", campaignId=campaign)
    assert (await first_of(tenant, campaign, named))["verdict"] == "SEND", "as if it ran"
    await do(tenant.owner, "completeCampaign", campaignId=campaign)
    found = await first_of(tenant, campaign, named)
    assert (found["verdict"], found["reason"]) == ("END", "CAMPAIGN_NOT_ACTIVE")


async def test_what_is_refused(tenant: Tenant) -> None:
    campaign, now = await draft(tenant), datetime.now(UTC)
    lead = show_id("lead", await tenant.lead())
    refusals: list[tuple[dict[str, Any], str, str]] = [
        ({"at": now - timedelta(days=1, minutes=1)}, "at", "BAD_USER_INPUT"),
        ({"at": now + timedelta(days=366)}, "at", "BAD_USER_INPUT"),
        ({"first": 101}, "first", "BAD_USER_INPUT"),
        ({"ids": []}, "leadIds", "BAD_USER_INPUT"),
        ({"ids": [lead] * 101}, "leadIds", "BAD_USER_INPUT"),
        ({"ids": [campaign]}, "leadIds", "BAD_USER_INPUT"),
    ]
    for given, field, code in refusals:
        asked = {"c": campaign} | {name: one.isoformat() if name == "at" else one for name, one in given.items()}
        [error] = (await tenant.agent.answer(PREVIEW % STEPS, **asked))["errors"]
        assert (error["extensions"].get("field"), error["extensions"]["code"]) == (field, code), given
    asked = await tenant.agent.ask(PREVIEW % STEPS, c=show_id("campaign", new_id()))
    assert asked["campaignPreview"] is None
    counts = " ".join(f"{name}: campaignPreview(campaignId: $c) {{ counts {{ leadCount }} }}" for name in "abc")
    thrice = f"query ($c: ID!) {{ {counts} }}"
    assert await tenant.agent.code(thrice, c=campaign) == "TOO_COMPLEX"


async def test_nobody_sees_more_than_they_see(tenant: Tenant) -> None:
    """S1.15: neither leads of others nor of other datasets; what the gate asks is the same for everybody."""
    shown, hidden = await keep_dataset(tenant), await consenting(tenant)
    agent, member = await tenant.colleague(LeadScope.ASSIGNED)
    limited, _ = await tenant.colleague(LeadScope.ALL, limit=frozenset({bare(shown)}))
    both = [bare(shown), bare(hidden)]
    mine = await tenant.lead(dataset_ids=[bare(hidden)], tags=["a"], owner_id=member)
    theirs = await tenant.lead(dataset_ids=both, tags=["a"])
    campaign = await draft(tenant, tag="a")
    assert (await preview(tenant.owner, campaign))["counts"]["sendCount"] == 2
    for caller, lead, other in ((agent, mine, theirs), (limited, theirs, mine)):
        found = await preview(caller, campaign)
        assert [one["lead"]["id"] for one in found["leads"]] == [show_id("lead", lead)]
        assert (found["counts"]["leadCount"], found["counts"]["sendCount"]) == (1, 1), "its basis lies elsewhere"
        named = await preview(caller, campaign, ids=[show_id("lead", id) for id in (other, new_id())])
        assert (named["leads"], named["counts"]["leadCount"]) == ([], 0)


async def test_leads_are_read_together_and_nothing_is_written(tenant: Tenant) -> None:
    dataset = await consenting(tenant)
    campaign = await draft(tenant, datasetId=dataset)
    for _ in range(12):
        await tenant.lead(dataset_ids=[bare(dataset)])
    text = """query ($c: ID!, $n: Int) { campaignPreview(campaignId: $c, first: $n) { leads {
      lead { name owner { id } ...more } again: lead { id } } } }
      fragment more on Lead { datasets { totalCount nodes { name } } }"""
    said = {}
    async with listened_to(tenant.house) as log:
        for count in (1, 12):
            with log.of(tenant.organization_id) as heard:
                found = (await tenant.agent.ask(text, c=campaign, n=count))["campaignPreview"]["leads"]
            assert len(found) == count and {one["lead"]["datasets"]["totalCount"] for one in found} == {1}
            said[count] = len([one for one in heard if one.startswith("with ctx")])
    assert said == {1: 2, 12: 2}, "one for each field"
    async with tenant.house.parts.database.work(tenant.product, is_reading=True) as session:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await session.connection.execute("delete from leads")


@pytest.fixture
def theatre(unattended: Tenant) -> Theatre:
    return Theatre(unattended)


async def test_what_is_previewed_is_what_happens(theatre: Theatre, sql: asyncpg.Connection) -> None:
    """S0.19, S1.4: the same words at the same times to the same people, and the same reasons."""
    tenant = theatre.tenant
    dataset = await consenting(tenant)
    steps = [{**TEXT, "body": f"{{{{first_name}}}} {number}", "delayHours": 30} for number in (1, 2)]
    campaign = await draft(tenant, *steps, datasetId=dataset)
    ids = [bare(dataset)]
    for name in ("Ann", "Bob", "Cid"):
        await tenant.lead(first_name=name, dataset_ids=ids)
    await opt_out(tenant, await tenant.lead(first_name="Dot", dataset_ids=ids))
    theatre.now = MORNING + timedelta(hours=11)
    seen = await preview(tenant.owner, campaign, theatre.now)
    await do(tenant.owner, "activateCampaign", campaignId=campaign)
    await theatre.pass_(days=7)
    assert sorted(text.body for _, text in theatre.postbox.sent) == sorted(
        step["body"] for one in seen["leads"] for step in one["steps"] if step["verdict"] != "END"
    )
    runs = {one["lead"]["id"]: one for one in await theatre.runs(campaign)}
    for one in seen["leads"]:
        run = runs[one["lead"]["id"]]
        if one["status"] == "PAUSED":
            assert (run["status"], run["reason"]) == ("PAUSED", one["statusReason"]) == ("PAUSED", "OPTED_OUT")
            assert run["stepRuns"][0]["skipReason"] == one["steps"][0]["reason"] == "SUPPRESSED"
        else:
            assert [step["message"]["body"] for step in run["stepRuns"]] == [step["body"] for step in one["steps"]]
            assert run["stepRuns"][0]["scheduledAt"] == one["steps"][0]["scheduledAt"]
