"""How versions do: counted, compared, guarded by plain code, and following whose conversations they are (S1.11)."""

from typing import Any

import asyncpg
import pytest

from actions.deploying import guard_versions
from domain.ids import new_id, show_id
from tests.play.past import bare, keep_dataset, raise_insight
from tests.play.past_prompts import expose, write_in
from tests.play.prompting import LIVE, Prompting, a_prompt, do, history, live, teach
from tests.play.tenant import Tenant, open_tenant


async def a_second(tenant: Tenant) -> tuple[Prompting, str]:
    """A prompt whose second version is live."""
    prompt = await a_prompt(tenant)
    second = await prompt.write("Dry.")
    for version in (prompt.first, second):
        await prompt.deploy(version)
    return prompt, second


async def guard(tenant: Tenant, *versions: str) -> None:
    async with tenant.house.parts.database.work(tenant.product) as session:
        await guard_versions(session, [bare(version) for version in versions])


async def breach(sql: asyncpg.Connection, version: str, count: int) -> None:
    """As if so many of its answers had been withheld because they broke a rule."""
    await sql.execute(
        "insert into prompt_outcomes as o (organization_id, id, breaches_count)"
        " select organization_id, id, $2 from prompt_versions where id = $1"
        " on conflict (organization_id, id) do update set breaches_count = o.breaches_count + excluded.breaches_count",
        bare(version), count,
    )  # fmt: skip


async def test_the_guard_takes_back_what_makes_more_people_opt_out(tenant: Tenant, sql: asyncpg.Connection) -> None:
    prompt, second = await a_second(tenant)
    await write_in(tenant, sql, prompt.first, 40, opted_out=1)
    await write_in(tenant, sql, second, 19, opted_out=15)
    await guard(tenant, prompt.first, second)
    assert await prompt.look(LIVE) == live(second), "before twenty conversations nothing is said"
    await write_in(tenant, sql, second, 5, opted_out=5)
    await guard(tenant, prompt.first, second)
    assert await prompt.look(LIVE) == live(prompt.first)
    latest = (await history(prompt))[0]
    assert (latest["verb"], latest["member"], latest["previousVersion"]["id"]) == ("GUARDED", None, second)
    assert latest["reason"] == "20 of 24 leads opted out, beside 1 of 40 with the version before."
    assert latest["performanceBefore"] | {"opt_outs": 20, "conversations": 24} == latest["performanceBefore"]
    assert await prompt.look("deployer { name }") == {"deployer": None}
    await guard(tenant, second)
    assert len(await history(prompt)) == 3, "what does not write any more is not looked at"


async def test_the_guard_ends_a_trial_and_leaves_what_is_live(tenant: Tenant, sql: asyncpg.Connection) -> None:
    prompt, second = await a_second(tenant)
    third = await prompt.write("Warm.")
    await prompt.deploy(third, 30)
    await write_in(tenant, sql, second, 40)
    await write_in(tenant, sql, third, 20, opted_out=10)
    await guard(tenant, third)
    assert await prompt.look(LIVE) == live(second)


async def test_the_guard_looks_at_what_is_live_during_a_trial_too(tenant: Tenant, sql: asyncpg.Connection) -> None:
    prompt, second = await a_second(tenant)
    await prompt.deploy(await prompt.write("Warm."), 30)
    await write_in(tenant, sql, second, 5)
    await breach(sql, second, 4)
    await guard(tenant, second)
    assert await prompt.look(LIVE) == live(prompt.first)


@pytest.mark.parametrize(("texts", "breaches", "is_taken_back"), [(5, 3, True), (5, 2, False), (40, 4, False)])
async def test_the_guard_takes_back_what_breaks_rules(
    tenant: Tenant, sql: asyncpg.Connection, texts: int, breaches: int, is_taken_back: bool
) -> None:
    """Three answers that had to be withheld, and more than a tenth of all; however few conversations there were."""
    prompt, second = await a_second(tenant)
    await write_in(tenant, sql, second, texts)
    await breach(sql, second, breaches)
    await guard(tenant, second)
    assert await prompt.look(LIVE) == live(prompt.first if is_taken_back else second)


async def test_the_guard_leaves_alone_what_nobody_wants_guarded_and_what_nothing_was_before(
    tenant: Tenant, sql: asyncpg.Connection
) -> None:
    prompt, second = await a_second(tenant)
    await do(tenant.owner, "changePrompt", "id", promptId=prompt.id, isGuarded=False)
    elsewhere = await keep_dataset(tenant)
    only = await a_prompt(tenant, datasetId=elsewhere)
    await only.deploy(only.first)
    for version in (second, only.first):
        await breach(sql, version, 9)
    await guard(tenant, second, only.first)
    assert await prompt.look(LIVE) == live(second) and await only.look(LIVE) == live(only.first)


@pytest.mark.parametrize("by", ["hand", "guard"])
async def test_what_was_taught_by_it_is_rolled_back(tenant: Tenant, sql: asyncpg.Connection, by: str) -> None:
    """S1.16: of an insight that was applied by what is taken back, everybody hears."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    insight = await raise_insight(tenant, *await tenant.text())
    made = await do(tenant.owner, "approveInsight", "appliedVersion { id }", insightId=insight)
    await prompt.deploy(made["appliedVersion"]["id"], 50)
    await breach(sql, made["appliedVersion"]["id"], 5)
    told = "... on InsightReviewed { insight { id status } }"
    async with tenant.agent.hear(f"subscription {{ inboxEvents {{ {told} }} }}") as ear:
        await tenant.followed()
        await (guard(tenant, made["appliedVersion"]["id"]) if by == "guard" else prompt.roll_back())
        heard = await ear.take(2)
    assert {"insight": {"id": insight, "status": "ROLLED_BACK"}} in heard


COMPARE = """query ($v: ID!) { promptComparison(promptVersionId: $v) { rates {
  name verdict newer { count of value low high } older { count of value low high } } } }"""


async def test_versions_are_compared_with_their_intervals(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.11: nothing is said of few; then better, worse, or no difference, and fewer opt-outs are better."""
    prompt, second = await a_second(tenant)
    await write_in(tenant, sql, prompt.first, 100, replied=20, booked=2, opted_out=30)
    await write_in(tenant, sql, second, 29, replied=29)

    async def verdicts() -> dict[str, str]:
        rates = (await tenant.viewer.ask(COMPARE, v=second))["promptComparison"]["rates"]
        return {one["name"]: one["verdict"] for one in rates}

    assert set((await verdicts()).values()) == {"INSUFFICIENT_DATA"}
    await write_in(tenant, sql, second, 71, replied=31, booked=1)
    assert await verdicts() == {
        "replies": "BETTER", "positive": "NO_DIFFERENCE", "bookings": "NO_DIFFERENCE", "opt_outs": "BETTER"
    }  # fmt: skip
    rates = (await tenant.viewer.ask(COMPARE, v=second))["promptComparison"]["rates"]
    assert rates[0]["newer"] == {"count": 60, "of": 100, "value": 0.6, "low": 0.502, "high": 0.6906}
    assert rates[0]["older"] == {"count": 20, "of": 100, "value": 0.2, "low": 0.1334, "high": 0.2888}


OUTCOME = """conversationsCount textsCount repliesCount positiveCount bookingsCount optOutsCount bookingRate
  performanceVsPrevious averageSentiment"""
COUNTED = """select count(*), sum(texts_count), count(replied_at), count(positive_at), count(booked_at),
  count(opted_out_at) from exposures where prompt_version_id = $1"""


async def test_counters_are_what_there_is(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.11: kept a statement at a time, whatever a statement adds, changes or leaves."""
    prompt, second = await a_second(tenant)
    await write_in(tenant, sql, prompt.first, 8, replied=4, booked=1)
    await write_in(tenant, sql, second, 10, replied=5, positive=3, booked=2, opted_out=1)
    more = "update exposures set texts_count = texts_count + 1, replied_at = null where organization_id = $1"
    await sql.execute(more + " and booked_at is null", tenant.organization_id)
    await sql.execute("update exposures set sentiment_score = 0.5 where organization_id = $1", tenant.organization_id)
    found = (await prompt.look(f"versions {{ nodes {{ {OUTCOME} }} }}"))["versions"]["nodes"]
    for shown, version in zip(found, (second, prompt.first), strict=True):
        counts = [value for name, value in shown.items() if name.endswith("Count")]
        assert counts == list(*(await sql.fetch(COUNTED, bare(version))))
        assert shown["averageSentiment"] == 0.5
    assert [one["bookingRate"] for one in found] == [0.2, 0.125]
    assert [one["performanceVsPrevious"] for one in found] == [0.075, None]
    latest = (await history(prompt))[0]
    assert latest["performanceBefore"]["replies"] == 0, "as it was when it was deployed"


async def test_a_lesson_counts_where_versions_that_have_it_wrote(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.10: times applied and success rate."""
    lesson = await teach(tenant.owner, "Say hello")
    prompt, second = await a_second(tenant)
    await write_in(tenant, sql, prompt.first, 6, booked=3)
    await write_in(tenant, sql, second, 4, booked=1)
    other = await open_tenant(tenant.house)
    await write_in(other, sql, (await a_prompt(other)).first, 5, booked=5)
    look = f'{{ lesson(id: "{lesson}") {{ timesApplied exposureCount successRate }} }}'
    found = (await tenant.viewer.ask(look))["lesson"]
    assert found == {"timesApplied": 10, "exposureCount": 10, "successRate": 0.4}


COMPARED = """query ($l: ID!) { lessonComparison(lessonId: $l) {
  name verdict newer { count of low high } older { count of } } }"""


async def test_a_lesson_is_compared_with_what_was_written_without_it(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.10: with intervals, and nothing said of too few."""
    prompt, second = await a_second(tenant)
    lesson = await teach(tenant.owner, "Say hello")
    made = await do(tenant.owner, "applyLessons", "id", promptId=prompt.id, lessonIds=[lesson])
    await write_in(tenant, sql, second, 40, booked=2)
    await write_in(tenant, sql, made["id"], 10, booked=8)

    async def bookings() -> dict[str, Any]:
        found = (await tenant.viewer.ask(COMPARED, l=lesson))["lessonComparison"]
        return next(one for one in found if one["name"] == "bookings")

    assert (await bookings())["verdict"] == "INSUFFICIENT_DATA"
    await write_in(tenant, sql, made["id"], 30, booked=12)
    told = await bookings()
    assert (told["verdict"], told["newer"]["count"], told["newer"]["of"]) == ("BETTER", 20, 40)
    assert told["older"] == {"count": 2, "of": 40} and told["newer"]["low"] < 0.5 < told["newer"]["high"]
    nobodys = await tenant.viewer.ask(COMPARED, l=show_id("lesson", new_id()))
    assert nobodys["lessonComparison"] is None


async def test_exposures_go_where_their_lead_goes(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """Handed over, put into a dataset, merged and taken apart, as everything that belongs to a lead."""
    prompt, _ = await a_second(tenant)
    lead = await tenant.lead(phone="+447911123456")
    other = await tenant.lead(phone="+447911123457")
    conversations = [(await tenant.text(sender=f"+44791112345{digit}"))[0] for digit in (6, 7)]
    await expose(sql, bare(prompt.first), *map(bare, conversations))
    dataset, member = await keep_dataset(tenant, other), show_id("member", next(iter(tenant.members.values())))
    assign = "mutation ($i: AssignConversationInput!) { assignConversation(input: $i) { __typename } }"
    await tenant.owner.ask(assign, i={"conversationId": conversations[1], "assigneeId": member})
    kept = "select lead_id, assignee_id, dataset_ids from exposures where conversation_id = $1"
    assert tuple(*(await sql.fetch(kept, bare(conversations[1])))) == (other, bare(member), [bare(dataset)])
    merged = await do(
        tenant.owner, "mergeLeads", "merges { nodes { id } }", leadId=show_id("lead", lead),
        otherLeadId=show_id("lead", other),
    )  # fmt: skip
    both = [tuple(*(await sql.fetch(kept, bare(one)))) for one in conversations]
    assert both[0] == both[1] and both[1][0] == lead and both[1][2] == [bare(dataset)]
    await do(tenant.owner, "undoMerge", "id", leadMergeId=merged["merges"]["nodes"][0]["id"])
    assert await sql.fetchval(kept, bare(conversations[1])) == other
