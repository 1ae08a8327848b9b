"""Before a version goes live it answers again what was answered already, and people see both (S1.11, S1.13)."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import asyncpg
import pytest

from domain.answering import Intent, ModelMalformed, ModelRefused, ModelUnreachable, Usage
from domain.ids import new_id, show_id
from domain.lessons import LessonType
from tests.play.answering import GOOD
from tests.play.past import keep_dataset
from tests.play.replaying import MADE, ReplayDesk, do
from tests.play.tenant import Tenant, next_number
from tests.play.texting import send
from tests.play.waiting import until

LEDGER = "{ modelUses { nodes { purpose outcome model inputTokens cost } } }"


@pytest.fixture
def desk(unattended: Tenant) -> ReplayDesk:
    return ReplayDesk(unattended)


@pytest.fixture
async def sql(unattended: Tenant) -> AsyncIterator[asyncpg.Connection]:
    """Around the policies, in the database where nobody works."""
    connection = await asyncpg.connect(unattended.house.database_url)
    yield connection
    await connection.close()


async def test_what_was_answered_is_answered_again_beside_it(desk: ReplayDesk) -> None:
    """The newest first, each as it stood when the lead had written."""
    _, older = await desk.thread("Hi", "Hello!", "How much is it?", "Let us talk.")
    conversation, newer = await desk.thread("Is it still on?", "It is.")
    _, version = await desk.prompt()
    begun = await desk.begin(version, threads=2)
    assert (begun["status"], begun["totalCount"], begun["doneCount"]) == ("RUNNING", 2, 0)
    assert [row["outcome"] for row in begun["rows"]["nodes"]] == ["WAITING"] * 2
    await desk.work()
    found = await desk.read(begun["id"])
    assert found and (found["status"], found["doneCount"], found["problem"]) == ("COMPLETED", 2, None)
    assert found["completedAt"] and found["promptVersion"] == {"id": version}
    first, second = found["rows"]["nodes"]
    assert (first["inboundMessage"]["id"], first["message"]["body"]) == (newer[0], "It is.")
    assert (first["outcome"], first["body"], first["model"]) == ("WRITTEN", GOOD.text, "test:pen")
    assert (first["intent"], first["sentiment"], first["isOfLesson"]) == ("INTERESTED", "POSITIVE", False)
    assert first["conversation"] == {"id": conversation}
    assert (second["inboundMessage"]["id"], second["message"]["id"]) == (older[2], older[3])
    assert [line.text for line in desk.pen.asked[1].lines] == ["Hi", "Hello!", "How much is it?"]
    assert "What is said of the goal." in desk.pen.asked[0].prompt


async def test_nothing_is_sent_and_nobody_changes(desk: ReplayDesk, sql: asyncpg.Connection) -> None:
    """A replay is no conversation: neither figures nor leads know of it."""
    await desk.thread("How much is it?", "Let us talk.")
    _, version = await desk.prompt()
    of = "select (select count(*) from messages where organization_id = $1), (select count(*) from exposures"
    of += " where organization_id = $1), (select count(*) from drafts where organization_id = $1),"
    of += " array(select l::text from leads l where organization_id = $1)"
    before = await sql.fetchrow(of, desk.tenant.organization_id)
    desk.pen.says = replace(GOOD, text="It costs £499, guaranteed.")
    await desk.replayed(version)
    assert await sql.fetchrow(of, desk.tenant.organization_id) == before
    asked = "query ($v: ID!) { promptVersion(id: $v) { textsCount breachesCount status replays { totalCount } } }"
    found = (await desk.tenant.owner.ask(asked, v=version))["promptVersion"]
    assert found == {"textsCount": 0, "breachesCount": 0, "status": "DRAFT", "replays": {"totalCount": 1}}


async def test_threads_that_taught_come_first_as_they_stood_before(desk: ReplayDesk) -> None:
    """Though many were answered since; and one that is both has one row."""
    prompt, _ = await desk.prompt()
    _, taught = await desk.thread("Hi", "CALL US NOW!!", "Please stop shouting", "Sorry.")
    version = await desk.learned(prompt, taught[1])
    await desk.thread("Is it still on?", "It is.")
    found = await desk.replayed(version, threads=1)
    first, second = found["rows"]["nodes"]
    assert (first["isOfLesson"], first["message"]["id"], first["inboundMessage"]["id"]) == (True, taught[1], taught[0])
    assert [line.text for line in desk.pen.asked[0].lines] == ["Hi"]
    assert second["isOfLesson"] is False and second["message"]["body"] == "It is."
    again = await desk.replayed(version, threads=20)
    assert [row["isOfLesson"] for row in again["rows"]["nodes"]] == [True, False, False]


async def test_a_lesson_of_what_a_lead_wrote_is_replayed_on_that(desk: ReplayDesk) -> None:
    """Answered or not."""
    prompt, _ = await desk.prompt()
    _, asked = await desk.thread("Do you do batteries?")
    await desk.learned(prompt, asked[0])
    _, answered = await desk.thread("And heat pumps?", "We do.")
    version = await desk.learned(prompt, answered[0], "Name heat pumps")
    found = await desk.replayed(version, threads=1)
    rows = {row["inboundMessage"]["id"]: row for row in found["rows"]["nodes"]}
    assert {id: row["message"] and row["message"]["id"] for id, row in rows.items()} == {
        asked[0]: None,
        answered[0]: answered[1],
    }
    assert all(row["isOfLesson"] and row["outcome"] == "WRITTEN" for row in rows.values())


async def test_what_breaks_a_rule_is_shown_with_the_rule(desk: ReplayDesk) -> None:
    await desk.thread("How much is it?", "Let us talk.")
    _, version = await desk.prompt()
    desk.pen.says = replace(GOOD, text="It costs £499. Look at https://elsewhere.example/offer")
    found = await desk.replayed(version)
    [row] = found["rows"]["nodes"]
    assert (row["outcome"], sorted(row["breaches"])) == ("WITHHELD", ["LINK", "PRICE"])
    assert row["body"].startswith("It costs £499.") and "£499" in row["problem"]
    assert (found["status"], found["breachesCount"], found["doneCount"]) == ("COMPLETED", 1, 1)


async def test_a_lesson_on_trial_keeps_words_out(desk: ReplayDesk) -> None:
    """One that is being tried holds for the version it is in."""
    prompt, first = await desk.prompt()
    await desk.thread("Is it worth it?", "It is.")
    facts = {"type": LessonType.BLACKLIST_WORD, "title": "No miracles", "incorrect_response": "miracle"}
    version = await desk.applied(prompt, facts)
    desk.pen.says = replace(GOOD, text="It is a miracle.")
    assert (await desk.replayed(first))["breachesCount"] == 0
    assert (await desk.replayed(version))["rows"]["nodes"][0]["breaches"] == ["BLACKLISTED_WORD"]


async def test_who_wants_a_person_would_get_one(desk: ReplayDesk) -> None:
    await desk.thread("Can I talk to somebody?", "Of course.")
    _, version = await desk.prompt()
    desk.pen.says = replace(GOOD, text="", wants_human=True, intent=Intent.HUMAN)
    [row] = (await desk.replayed(version))["rows"]["nodes"]
    assert (row["outcome"], row["body"], row["wantsHuman"]) == ("WITHHELD", None, True)
    assert "person" in row["problem"]


@pytest.mark.parametrize(
    ("trouble", "outcome"),
    [
        (ModelRefused("The model will not answer this.", Usage("test:pen", 50, 1, 5)), "REFUSED"),
        (ModelMalformed("The model's reply was cut off.", Usage("test:pen", 50, 1, 5)), "MALFORMED"),
    ],
)
async def test_what_no_answer_comes_of_is_said_of_that_thread(
    desk: ReplayDesk, trouble: Exception, outcome: str
) -> None:
    await desk.thread("How much is it?", "Let us talk.")
    _, version = await desk.prompt()
    desk.pen.says = trouble
    found = await desk.replayed(version)
    [row] = found["rows"]["nodes"]
    assert (found["status"], row["outcome"], row["problem"]) == ("COMPLETED", "FAILED", str(trouble))
    [use] = (await desk.tenant.owner.ask(LEDGER))["modelUses"]["nodes"]
    assert use == {"purpose": "REPLAY", "outcome": outcome, "model": "test:pen", "inputTokens": 50, "cost": 108}


async def test_while_the_model_is_away_it_waits_and_then_goes_on(desk: ReplayDesk, sql: asyncpg.Connection) -> None:
    """What was written stays; after five tries that came nowhere it ends, and says why."""
    await desk.thread("Hi", "Hello.", "How much is it?", "Let us talk.")
    _, version = await desk.prompt()
    desk.pen.says = ModelUnreachable("The model cannot be reached.")
    begun = await desk.begin(version)
    later = "update replays set next_attempt_at = now() where organization_id = $1"
    with pytest.raises(ModelUnreachable):
        await desk.work()
    found = await desk.read(begun["id"])
    assert found and (found["status"], found["problem"]) == ("RUNNING", "The model cannot be reached.")
    assert not await desk.replaying.take_replay(desk.tenant.organization_id), "it is not due"
    for _ in range(4):
        await sql.execute(later, desk.tenant.organization_id)
        with pytest.raises(ModelUnreachable):
            await desk.work()
    await sql.execute(later, desk.tenant.organization_id)
    assert desk.tenant.organization_id in await desk.replaying.find_due()
    await desk.work()
    found = await desk.read(begun["id"])
    assert found and found["status"] == "FAILED" and found["problem"].startswith("The model cannot be reached.")
    desk.pen.says = GOOD
    assert (await desk.replayed(version))["doneCount"] == 2


class Killed(BaseException):
    """As a kill would end it."""


async def test_killed_on_the_way_it_goes_on_where_it_was(desk: ReplayDesk, sql: asyncpg.Connection) -> None:
    await desk.thread("Hi", "Hello.", "How much is it?", "Let us talk.")
    _, version = await desk.prompt()
    begun = await desk.begin(version)

    async def die() -> None:
        if len(desk.pen.asked) == 2:
            raise Killed

    desk.pen.meanwhile = die
    with pytest.raises(Killed):
        await desk.work()
    desk.pen.meanwhile = None
    assert not await desk.replaying.take_replay(desk.tenant.organization_id), "its lease has not ended"
    await sql.execute("update replays set next_attempt_at = now()")
    await desk.work()
    found = await desk.read(begun["id"])
    assert found and (found["status"], found["doneCount"], len(desk.pen.asked)) == ("COMPLETED", 2, 3)


async def test_one_that_is_given_up_goes_no_further(desk: ReplayDesk) -> None:
    """What was being asked meanwhile is paid for, and not kept."""
    await desk.thread("Hi", "Hello.", "How much is it?", "Let us talk.")
    _, version = await desk.prompt()
    begun = await desk.begin(version)

    async def cancel() -> None:
        assert (await do(desk.tenant.owner, "cancelReplay", replayId=begun["id"]))["status"] == "CANCELLED"

    desk.pen.meanwhile = cancel
    await desk.work()
    found = await desk.read(begun["id"])
    assert found and (found["status"], found["doneCount"], len(desk.pen.asked)) == ("CANCELLED", 0, 1)
    assert [row["outcome"] for row in found["rows"]["nodes"]] == ["WAITING"] * 2
    assert len((await desk.tenant.owner.ask(LEDGER))["modelUses"]["nodes"]) == 1
    assert (await do(desk.tenant.owner, "cancelReplay", replayId=begun["id"]))["status"] == "CANCELLED"


async def test_what_cannot_be_replayed_is_refused(desk: ReplayDesk, stranger: Tenant) -> None:
    prompt, version = await desk.prompt()
    await desk.thread("Hi", "Hello.")
    never = show_id("prompt_version", new_id())
    assert (await desk.begin(never))["why"] == "promptVersionId"
    for threads in (0, 101):
        refused = await desk.begin(version, threads=threads)
        assert (refused["code"], refused["why"]) == ("BAD_INPUT", "threads")
    refused = await desk.begin(version, datasetId=show_id("dataset", new_id()))
    assert (refused["code"], refused["why"]) == ("NOT_FOUND", "datasetId")
    assert (await desk.begin(version, desk.tenant.agent))["code"] == "FORBIDDEN"
    assert (await desk.begin(version))["status"] == "RUNNING"
    assert (await desk.begin(version))["code"] == "CONFLICT", "once at a time"
    await desk.work()
    await do(desk.tenant.owner, "archivePrompt", MADE, promptId=prompt)
    refused = await desk.begin(version)
    assert (refused["code"], refused["why"]) == ("CONFLICT", "promptId")
    assert (await do(desk.tenant.owner, "cancelReplay", replayId=show_id("replay", new_id())))["code"] == "NOT_FOUND"


async def test_where_nobody_was_answered_there_is_nothing_to_replay(desk: ReplayDesk) -> None:
    """Neither what nobody answered, nor what only a machine has sent, is an answer."""
    await desk.thread("Hello?")
    conversation, _ = await desk.tenant.text()
    await desk.tenant.answer(conversation, "Sent by a program.")
    _, version = await desk.prompt()
    begun = await desk.begin(version)
    assert (begun["status"], begun["totalCount"], begun["rows"]["nodes"]) == ("COMPLETED", 0, [])
    assert "Nobody has answered" in begun["problem"] and begun["completedAt"]


async def test_what_sophie_answered_is_replayed_too(desk: ReplayDesk) -> None:
    conversation, _ = await desk.tenant.text("How much is it?")
    sent = await desk.tenant.answer(conversation, "Let us talk.", ai_generated=True)
    _, version = await desk.prompt()
    assert [row["message"]["id"] for row in (await desk.replayed(version))["rows"]["nodes"]] == [sent]


async def test_a_prompt_is_replayed_with_those_it_is_for(desk: ReplayDesk) -> None:
    """A dataset's with that dataset's leads; the organization's with those that no other prompt answers."""
    number = next_number()
    lead = await desk.tenant.lead(phone=number)
    dataset, other = await keep_dataset(desk.tenant, lead), await keep_dataset(desk.tenant, await desk.tenant.lead())
    conversation, _ = await desk.tenant.text("Hello?", number)
    inside = (await send(desk.tenant.owner, conversation, "Hello."))["id"]
    _, (_, outside) = await desk.thread("Hi", "Hi there.")
    _, of_all = await desk.prompt()
    _, of_some = await desk.prompt(datasetId=dataset)

    async def chosen(version: str, **given: Any) -> set[str]:
        found = await desk.replayed(version, **given)
        return {row["message"]["id"] for row in found["rows"]["nodes"]}

    assert await chosen(of_some) == {inside}
    assert await chosen(of_all) == {inside, outside}
    assert await chosen(of_all, datasetId=dataset) == {inside}
    assert await chosen(of_some, datasetId=other) == set()
    await do(desk.tenant.owner, "deployPromptVersion", MADE, promptVersionId=of_some)
    assert await chosen(of_all) == {outside}


async def test_the_products_own_worker_replays_by_plain_rules(tenant: Tenant) -> None:
    """Where no model is configured."""
    desk = ReplayDesk(tenant)
    await desk.thread("Are you a real person?", "I am.")
    _, version = await desk.prompt()
    begun = await desk.begin(version)

    async def is_done() -> bool:
        found = await desk.read(begun["id"])
        return bool(found and found["status"] == "COMPLETED" and found["rows"]["nodes"][0]["model"] == "rules")

    await until(is_done)
