"""What people make of insights: a lesson, and a draft of the prompt that answers the lead (S1.16, S1.17)."""

import asyncio

import asyncpg
import pytest

from domain.people import Permission, Role
from tests.play.past import keep_dataset, raise_insight
from tests.play.prompting import a_prompt, do, teach
from tests.play.tenant import Tenant, next_number

MADE = """id status feedback reviewedAt appliedAt impactScore reviewer { name }
  lesson { id type title description source reasoning exampleConversation sourceMessage { id } }
  appliedVersion { id number status createdByType reason summary previous { id } compiled }"""


async def an_insight(tenant: Tenant, rule: str = "a test") -> str:
    conversation, _ = await tenant.text("How much is it?")
    answer = await tenant.answer(conversation, "It depends.")
    return await raise_insight(tenant, conversation, answer, rule)


async def test_what_is_approved_becomes_a_lesson_and_a_draft(tenant: Tenant) -> None:
    """S1.17: with before and after; nothing of it is live before somebody deploys it."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    insight = await an_insight(tenant)
    made = await do(tenant.owner, "approveInsight", MADE, insightId=insight)
    assert (made["status"], made["reviewer"]["name"], made["feedback"]) == ("APPROVED_AND_LEARNED", "Owner", None)
    lesson, version = made["lesson"], made["appliedVersion"]
    assert (lesson["type"], lesson["title"], lesson["source"]) == ("DOS_DONTS", "Say more.", "SOPHIE_SUGGESTION")
    assert [line["text"] for line in lesson["exampleConversation"]] == ["How much is it?", "It depends."]
    assert lesson["sourceMessage"]["id"].startswith("message_")
    assert (version["number"], version["status"], version["createdByType"]) == (2, "DRAFT", "SOPHIE")
    assert version["previous"]["id"] == prompt.first and version["reason"] == "Sophie noticed: Curt"
    assert "Say more. Because: Curt" in version["compiled"] and made["appliedAt"] and made["impactScore"] is None
    compare = """query ($v: ID!) { promptComparison(promptVersionId: $v) { diff { sign text } } }"""
    lines = (await tenant.viewer.ask(compare, v=version["id"]))["promptComparison"]["diff"]
    assert [one["text"] for one in lines if one["sign"] != "SAME" and one["text"]] == ["- Say more. Because: Curt"]
    assert (await prompt.look("liveVersion { id }"))["liveVersion"]["id"] == prompt.first
    back = "query ($id: ID!) { lesson(id: $id) { insights { nodes { id } } } }"
    assert (await tenant.viewer.ask(back, id=lesson["id"]))["lesson"]["insights"]["nodes"] == [{"id": insight}]


async def test_the_lesson_may_differ_from_what_is_suggested(tenant: Tenant) -> None:
    facts = {"type": "OBJECTION_HANDLING", "trigger": "they ask for the price", "correctResponse": "It depends."}
    made = await do(
        tenant.owner, "approveInsight", "lesson { type title trigger correctResponse tags priority }",
        insightId=await an_insight(tenant), lesson={**facts, "title": "Price", "tags": ["price"], "priority": 7},
    )  # fmt: skip
    assert made["lesson"] == {**facts, "title": "Price", "tags": ["price"], "priority": 7}


async def test_what_is_said_already_joins_the_lesson_that_says_it(tenant: Tenant) -> None:
    """S1.17: several insights may have taught one lesson; it goes into the prompt once."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    lesson = await teach(tenant.owner, "Say more than one word")
    insights = [await an_insight(tenant) for _ in range(2)]
    made = [await do(tenant.owner, "approveInsight", MADE, insightId=one, lessonId=lesson) for one in insights]
    assert [one["lesson"]["id"] for one in made] == [lesson, lesson]
    assert [one["appliedVersion"]["number"] for one in made] == [2, 2], "the draft has it already"
    assert (await tenant.viewer.ask("{ lessons { totalCount } }"))["lessons"]["totalCount"] == 1
    of = "query ($f: InsightFilter) { insights(filter: $f) { totalCount } }"
    assert (await tenant.viewer.ask(of, f={"lessonId": {"eq": lesson}}))["insights"]["totalCount"] == 2
    await do(tenant.owner, "archiveLesson", "id", lessonId=lesson)
    away = await an_insight(tenant)
    assert (await do(tenant.owner, "approveInsight", MADE, insightId=away, lessonId=lesson))["code"] == "CONFLICT"


async def test_who_teaches_says_what(tenant: Tenant) -> None:
    """S1.17: feedback is required; the first line is what the lesson is called."""
    insight = await an_insight(tenant)
    for feedback in ("", "  ", "x" * 2001, "a\x00"):
        refused = await do(tenant.owner, "teachSophie", MADE, insightId=insight, feedback=feedback)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "feedback")
    words = "Say how long it takes.\nTwo days for most homes."
    made = await do(tenant.owner, "teachSophie", MADE, insightId=insight, feedback=words)
    lesson = made["lesson"]
    assert (made["status"], made["feedback"]) == ("TAUGHT_SOPHIE", words)
    assert (lesson["title"], lesson["description"]) == ("Say how long it takes.", words)
    assert lesson["source"] == "USER_TAUGHT" and made["appliedVersion"] is made["appliedAt"] is None


async def test_what_cannot_be_a_lesson_leaves_everything_as_it_was(tenant: Tenant) -> None:
    insight = await an_insight(tenant)
    lacking = {"insightId": insight, "lesson": {"type": "EXAMPLE_GOOD"}}
    for verb, more in (("approveInsight", {}), ("teachSophie", {"feedback": "Say more."})):
        refused = await do(tenant.owner, verb, MADE, **lacking, **more)
        assert (refused["code"], refused["field"]) == ("BAD_INPUT", "correctResponse")
    shown = await tenant.viewer.ask("{ insights { nodes { status lesson { id } } } lessons { totalCount } }")
    assert shown == {"insights": {"nodes": [{"status": "PENDING", "lesson": None}]}, "lessons": {"totalCount": 0}}


VERBS = {
    "approveInsight": {},
    "teachSophie": {"feedback": "Say more."},
    "dismissInsight": {"reason": "It is fine."},
}


@pytest.mark.parametrize("second", VERBS)
@pytest.mark.parametrize("first", VERBS)
async def test_who_comes_second_is_told_who_was_first(tenant: Tenant, first: str, second: str) -> None:
    """S1.17: an insight is decided about once."""
    insight = await an_insight(tenant)
    made = await do(tenant.owner, first, "status", insightId=insight, **VERBS[first])
    refused = await do(tenant.admin, second, "status", insightId=insight, **VERBS[second])
    assert (refused["code"], refused["why"]) == ("CONFLICT", f"This insight is {made['status']} already, by Owner.")


async def test_of_two_at_once_one_wins(tenant: Tenant) -> None:
    """One lesson, one draft, and the other is told who has decided."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    insight = await an_insight(tenant)
    callers = (tenant.owner, tenant.admin)
    made = await asyncio.gather(*(do(one, "approveInsight", "status", insightId=insight) for one in callers))
    refused, _ = sorted(made, key=lambda one: "code" not in one)
    assert refused["code"] == "CONFLICT" and refused["why"].endswith(("by Owner.", "by Admin."))
    look = "{ lessons { totalCount } prompts { nodes { versions { totalCount } } } }"
    counted = await tenant.viewer.ask(look)
    assert counted == {"lessons": {"totalCount": 1}, "prompts": {"nodes": [{"versions": {"totalCount": 2}}]}}


async def test_different_insights_at_once_are_all_learned(tenant: Tenant) -> None:
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    insights = [await an_insight(tenant) for _ in range(4)]
    taught = [{"insightId": one, "feedback": f"No. {number}"} for number, one in enumerate(insights)]
    made = await asyncio.gather(*(do(tenant.owner, "teachSophie", MADE, **one) for one in taught))
    assert sorted(one["appliedVersion"]["number"] for one in made) == [2, 3, 4, 5]
    compiled = (await prompt.look("newestVersion { compiled }"))["newestVersion"]["compiled"]
    assert all(f"No. {number}" in compiled for number in range(4))


async def test_it_goes_into_the_prompt_that_answers_the_lead(tenant: Tenant) -> None:
    phone = next_number()
    lead = await tenant.lead(phone=phone)
    inside = await a_prompt(tenant, datasetId=await keep_dataset(tenant, lead))
    whole = await a_prompt(tenant)
    for prompt in (inside, whole):
        await prompt.deploy(prompt.first)
    insight = await raise_insight(tenant, *await tenant.text(sender=phone))
    version = "appliedVersion { prompt { id } }"
    made = await do(tenant.owner, "approveInsight", version, insightId=insight)
    assert made["appliedVersion"] == {"prompt": {"id": inside.id}}
    made = await do(tenant.owner, "approveInsight", version, insightId=await an_insight(tenant))
    assert made["appliedVersion"] == {"prompt": {"id": whole.id}}


async def test_who_may_not_write_prompts_teaches_a_lesson_alone(tenant: Tenant) -> None:
    """S1.14: who may edit lessons need not be who says what is live."""
    prompt = await a_prompt(tenant)
    await prompt.deploy(prompt.first)
    teacher = await tenant.program(Permission.INBOX_READ, Permission.LESSONS_WRITE)
    made = await do(teacher, "approveInsight", MADE, insightId=await an_insight(tenant))
    assert made["lesson"]["title"] == "Say more." and made["appliedVersion"] is made["appliedAt"] is None
    assert (await do(tenant.agent, "approveInsight", MADE, insightId=await an_insight(tenant)))["code"] == "FORBIDDEN"


async def test_an_insight_out_of_sight_teaches_nobody(tenant: Tenant, sql: asyncpg.Connection) -> None:
    """S1.15: whoever does not see the lead does not decide about what was noticed with it."""
    insight = await an_insight(tenant)
    await sql.execute("update memberships set lead_scope = 'ASSIGNED' where id = $1", tenant.members[Role.MANAGER])
    refused = await do(tenant.as_(Role.MANAGER), "approveInsight", MADE, insightId=insight)
    assert (refused["code"], refused["field"]) == ("NOT_FOUND", "insightId")


async def test_a_decision_is_heard_of(tenant: Tenant) -> None:
    insight = await an_insight(tenant)
    told = "... on InsightReviewed { insight { id status lesson { title } } }"
    async with tenant.agent.hear(f"subscription {{ inboxEvents {{ {told} }} }}") as ear:
        await tenant.followed()
        await do(tenant.owner, "teachSophie", "id", insightId=insight, feedback="Say when.")
        heard = {"id": insight, "status": "TAUGHT_SOPHIE", "lesson": {"title": "Say when."}}
        while "insight" not in (event := await ear.next()):
            continue  # what becomes of the answer is heard as well
        assert event == {"insight": heard}
