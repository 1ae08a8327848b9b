"""Sophie's loop, whole: a faulty answer, an insight, what somebody teaches, the next version, its trial, and its end.

S1.8, S1.9, S1.11, S1.13, S1.16, S1.17.
"""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg

from domain.answering import Answer, Brief
from tests.play.answering import GOOD, AnswerDesk
from tests.play.callers import Caller
from tests.play.past import settled
from tests.play.tenant import Tenant, next_number
from tests.play.waiting import until

ANSWERS = {
    "company": "We fit solar panels on homes.",
    "leads": "People who asked for a quote.",
    "goal": "A call of fifteen minutes.",
    "knowledge": "Surveys are free.",
}
PROMPT = """... on Prompt { id version isLive trialShare liveVersion { id semanticVersion status }
  newestVersion { id semanticVersion status createdByType summary sectionsChanged lessonsCount compiled }
  trialVersion { id status }
  deployments { nodes { verb share reason performanceBefore version { id } previousVersion { id } } } }
  ... on Refused { code why: message }"""
REPLAY = """... on Replay { id status rows { nodes { isOfLesson outcome body message { body } } } }
  ... on Refused { code why: message }"""
INSIGHT = """... on Insight { id status feedback appliedAt lesson { id type title source description }
  appliedVersion { id status previous { id } changes: summary } } ... on Refused { code why: message }"""
MEASURED = """query ($v: ID!) {
  promptVersion(id: $v) { status conversationsCount textsCount repliesCount positiveCount bookingsCount optOutsCount
    bookingRate performanceVsPrevious }
  promptComparison(promptVersionId: $v) { diff { sign text }
    rates { name verdict newer { count of value low high } older { count of } } } }"""


async def do(caller: Caller, verb: str, shown: str = PROMPT, **given: Any) -> dict[str, Any]:
    name = verb[0].upper() + verb[1:]
    made: dict[str, Any] = (
        await caller.ask(f"mutation ($i: {name}Input!) {{ {verb}(input: $i) {{ {shown} }} }}", i=given)
    )[verb]
    assert "code" not in made, made
    return made


async def prompt_of(tenant: Tenant, id: str) -> dict[str, Any]:
    asked = f"query ($p: ID!) {{ node(id: $p) {{ {PROMPT.partition('... on Refused')[0]} }} }}"
    found: dict[str, Any] = (await tenant.owner.ask(asked, p=id))["node"]
    return found


async def live_prompt(tenant: Tenant) -> dict[str, Any]:
    """Made by the wizard, and deployed to all."""
    answers = [{"key": key, "answer": answer} for key, answer in ANSWERS.items()]
    made = await do(tenant.owner, "createPrompt", name="Reactivation", origin={"wizard": {"answers": answers}})
    return await do(tenant.owner, "deployPromptVersion", promptVersionId=made["newestVersion"]["id"])


async def taught(desk: AnswerDesk, sql: asyncpg.Connection) -> dict[str, Any]:
    """Sophie shouts, notices it herself, and somebody says what to learn from it."""
    desk.says("CALL US NOW!! It is GREAT!!")
    await desk.hear("Is it worth it?")
    assert await desk.write() == 1
    await settled(desk.tenant, sql)
    asked = "{ insights { nodes { id status category originalText message { aiGenerated } } } }"
    nodes = (await desk.tenant.owner.ask(asked))["insights"]["nodes"]
    [insight] = [one for one in nodes if one["category"] == "TONE"]
    assert insight["status"] == "PENDING" and insight["originalText"] == "CALL US NOW!! It is GREAT!!"
    assert insight["message"]["aiGenerated"]
    words = "Never shout: write as you would speak."
    return await do(desk.tenant.owner, "teachSophie", INSIGHT, insightId=insight["id"], feedback=words)


async def replayed(tenant: Tenant, version: str) -> None:
    """The thread that taught it is answered again before anybody hears it, and stands beside what was said."""
    begun = await do(tenant.owner, "replayPromptVersion", REPLAY, promptVersionId=version, threads=5)
    asked = f"query ($r: ID!) {{ node(id: $r) {{ {REPLAY.partition('... on Refused')[0]} }} }}"

    async def is_done() -> Any:
        found = (await tenant.owner.ask(asked, r=begun["id"]))["node"]
        return found if found["status"] == "COMPLETED" else None

    [row, *_] = (await until(is_done))["rows"]["nodes"]
    assert row["isOfLesson"] and row["message"]["body"].startswith("CALL US NOW") and row["outcome"] != "WAITING"


async def talk(desk: AnswerDesk, count: int) -> list[tuple[str, str]]:
    """So many people write and are answered; each number with the version that answered it."""
    numbers = [next_number() for _ in range(count)]
    for number in numbers:
        await desk.hear("Is it worth it?", number)
    await desk.write()
    found = await desk.drafts(status={"eq": "SENT"})
    versions = {one["conversation"]["id"]: one["promptVersion"]["id"] for one in found}
    phones = await desk.tenant.owner.ask("{ conversations(first: 100) { nodes { id lead { phone } } } }")
    return [
        (one["lead"]["phone"], versions[one["id"]])
        for one in phones["conversations"]["nodes"]
        if one["id"] in versions and one["lead"]["phone"] in numbers
    ]


async def test_the_loop(tenant: Tenant, sql: asyncpg.Connection) -> None:
    desk = await AnswerDesk(tenant).open()
    prompt = await live_prompt(tenant)
    first = prompt["liveVersion"]["id"]
    insight = await taught(desk, sql)
    assert insight["status"] == "TAUGHT_SOPHIE" and insight["lesson"]["source"] == "USER_TAUGHT"
    second = insight["appliedVersion"]
    assert second["status"] == "DRAFT" and second["previous"]["id"] == first and insight["appliedAt"]
    await replayed(tenant, second["id"])
    tried = await do(tenant.owner, "deployPromptVersion", promptVersionId=second["id"], share=50, reason="Looks good.")
    assert (tried["trialShare"], tried["trialVersion"]["id"]) == (50, second["id"])
    assert "Never shout" in tried["newestVersion"]["compiled"]

    desk.pen.says = _as_told
    people = await talk(desk, 90)
    by_version = {id: [number for number, version in people if version == id] for id in (first, second["id"])}
    assert all(len(numbers) >= 25 for numbers in by_version.values()), "about a half each"
    for number in by_version[first][:10]:
        conversation, _ = await desk.hear("Yes please", number)
        await book(tenant, conversation)
    await measured_so_far(desk, second["id"], len(by_version[second["id"]]))
    for number in by_version[second["id"]][:20]:
        await desk.hear("STOP", number)
    await guarded(tenant, prompt["id"], first, second["id"], insight["id"])


async def book(tenant: Tenant, conversation: str) -> None:
    """Whoever says yes books a call."""
    asked = "query ($c: ID!) { conversation(id: $c) { lead { id } } }"
    lead = (await tenant.owner.ask(asked, c=conversation))["conversation"]["lead"]["id"]
    soon = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    await do(tenant.agent, "bookCall", "... on Booking { id } ... on Refused { code }", leadId=lead, startsAt=soon)


def _as_told(brief: Brief) -> Answer:
    """What the version says makes a difference."""
    return replace(GOOD, text="Would Tuesday suit you?" if "Never shout" in brief.prompt else "Call us today.")


async def measured_so_far(desk: AnswerDesk, second: str, count: int) -> None:
    await desk.write()
    found = await desk.tenant.owner.ask(MEASURED, v=second)
    version, compared = found["promptVersion"], found["promptComparison"]
    assert (version["status"], version["conversationsCount"]) == ("TRIAL", count)
    assert any(line["sign"] == "ADDED" and "Never shout" in line["text"] for line in compared["diff"])
    replies = next(one for one in compared["rates"] if one["name"] == "replies")
    assert replies["older"]["count"] >= 10 and replies["newer"]["count"] == 0
    assert replies["verdict"] == "WORSE"
    bookings = next(one for one in compared["rates"] if one["name"] == "bookings")
    assert (bookings["older"]["count"], bookings["newer"]["count"], bookings["verdict"]) == (10, 0, "WORSE")
    assert version["bookingRate"] == 0 and version["performanceVsPrevious"] < 0


async def guarded(tenant: Tenant, prompt: str, first: str, second: str, insight: str) -> None:
    """More people opted out than with the version before: it is taken back by itself, and everybody is told."""
    found = await prompt_of(tenant, prompt)
    assert found["trialVersion"] is None and found["liveVersion"]["id"] == first
    newest, *_ = found["deployments"]["nodes"]
    assert (newest["verb"], newest["version"]["id"], newest["previousVersion"]["id"]) == ("GUARDED", first, second)
    assert "opted out" in newest["reason"] and newest["performanceBefore"]["opt_outs"] >= 3
    asked = "query ($i: ID!) { node(id: $i) { ... on Insight { status } } }"
    assert (await tenant.owner.ask(asked, i=insight))["node"]["status"] == "ROLLED_BACK"
    told = """subscription { inboxEvents(after: "0", filter: {kinds: [PROMPT_DEPLOYED]}) {
      ... on PromptDeployed { prompt { id } } } }"""
    async with tenant.agent.hear(told) as ear:
        assert [(await ear.next())["prompt"]["id"] for _ in range(3)] == [prompt] * 3
